// Everything a person can get wrong has a clear message, its exit code, and loses nothing.

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';

let cli: Cli;
beforeEach(async () => {
  cli = await createCli();
});
afterEach(() => cli.dispose());

const file = (name: string, content: string) => cli.file(name, content);

test('a port in use: exit 3, the message names it, the other program keeps it', async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address() as AddressInfo;
  const result = await cli.run('listen', '--port', String(port), '--json');
  expect(result.code).toBe(3);
  expect(result.stderr).toContain(`Port ${port}`);
  expect(result.lines).toContainEqual(expect.objectContaining({ type: 'error', code: 'RECEIVER_PORT_IN_USE' }));
  expect(other.listening).toBe(true);
  await new Promise((done) => other.close(done));
});

test('what needs a data folder for itself, beside an owner: exit 3 with the owner’s process id', async () => {
  const owner = await cli.listen();
  for (const args of [
    ['listen', '--port', '0', '--respond', '500'],
    ['run-queue', '--until-empty'],
  ]) {
    const result = await cli.run(...args);
    expect(result.code, args[0]).toBe(3);
    expect(result.stderr, args[0]).toContain(String(owner.pid));
  }
  expect((await fetch(owner.url, { method: 'POST', body: 'still here' })).status).toBe(200);
  expect(await owner.stop()).toBe(0);
});

test('an address that other machines reach needs --allow-remote', async () => {
  const result = await cli.run('listen', '--host', '0.0.0.0', '--port', '0');
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('--allow-remote');
});

test('a data folder that is a file: exit 3, the file stays as it was', async () => {
  const path = await file('not-a-folder', 'precious');
  for (const command of [['listen', '--port', '0'], ['requests']]) {
    const result = await cli.run(...command, '--data-dir', path);
    expect(result.code, command[0]).toBe(3);
    expect(result.stderr).toContain(path);
  }
  expect(await readFile(path, 'utf8')).toBe('precious');
});

test('a data folder that cannot be made: exit 3 and its name', async () => {
  const path = join(await file('in-the-way', 'x'), 'below');
  const result = await cli.run('listen', '--port', '0', '--data-dir', path);
  expect(result.code).toBe(3);
  expect(result.stderr).toContain(path);
});

test.each(['queue.json', 'workspace.json', 'settings.json', 'dead-letters.json', 'secrets.json'])(
  'a broken %s is put aside, said in the ready line, and capture works',
  async (name) => {
    const garbage = '{"version":1,"sha256":"00","payload":{"deliver';
    await writeFile(join(cli.dataDir, name), garbage);
    const listening = await cli.listen();
    expect(JSON.stringify(listening.ready['recovered'])).toContain(name);
    expect((await fetch(listening.url, { method: 'POST', body: 'x' })).status).toBe(200);
    const aside = (await readdir(cli.dataDir)).filter((entry) => entry.startsWith(`${name}.corrupt-`));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(cli.dataDir, aside[0] as string), 'utf8')).toBe(garbage);
    expect(await listening.stop()).toBe(0);
  },
);

test('a history that is no database is put aside, said, and capture works', async () => {
  await writeFile(join(cli.dataDir, 'history.sqlite'), 'this is a diary, not a database. '.repeat(200));
  const listening = await cli.listen();
  expect(JSON.stringify(listening.ready['recovered'])).toContain('history.sqlite');
  expect((await fetch(listening.url, { method: 'POST', body: 'x' })).status).toBe(200);
  expect((await readdir(cli.dataDir)).some((entry) => entry.startsWith('history.sqlite.corrupt-'))).toBe(true);
  await listening.stop();
});

test('a queue of a newer version is never written: sending ends with exit 3', async () => {
  const newer = JSON.stringify({ version: 99, sha256: 'x', payload: { deliveries: ['from the future'] } });
  await writeFile(join(cli.dataDir, 'queue.json'), newer);
  const body = await file('body.json', '{}');
  const result = await cli.run('send', '--to', 'http://127.0.0.1:9/', '--body', body, '--enqueue-only');
  expect(result.code).toBe(3);
  expect(result.stderr).toMatch(/newer/);
  expect(await readFile(join(cli.dataDir, 'queue.json'), 'utf8')).toBe(newer);
});

const usage: readonly (readonly [name: string, args: readonly string[], message: RegExp])[] = [
  ['an unknown command', ['bogus'], /unknown command/],
  ['an unknown option', ['listen', '--bogus'], /--bogus/],
  ['a port that is none', ['listen', '--port', 'many'], /--port/],
  ['an unknown provider', ['listen', '--port', '0', '--provider', 'acme'], /acme.*stripe/s],
  ['an unknown provider to sign', ['sign', '--provider', 'acme', '--body', 'BODY'], /acme.*stripe/s],
  [
    'a malformed secret',
    ['sign', '--provider', 'standard-webhooks', '--secret', 'whsec_!!!', '--body', 'BODY'],
    /whsec_/,
  ],
  [
    'a malformed secret to send with',
    ['send', '--to', 'http://127.0.0.1:9/', '--provider', 'svix', '--secret', 'whsec_?', '--body', 'BODY'],
    /whsec_/,
  ],
  ['an empty secret', ['sign', '--provider', 'stripe', '--secret', '', '--body', 'BODY'], /--secret/],
  [
    'a secret variable that is not set',
    ['sign', '--provider', 'stripe', '--secret-env', 'HOOKBENCH_NO_SUCH', '--body', 'BODY'],
    /HOOKBENCH_NO_SUCH/,
  ],
  ['a URL of another scheme', ['send', '--to', 'ftp://127.0.0.1/', '--body', 'BODY'], /http/],
  ['a URL with a password', ['send', '--to', 'http://a:b@127.0.0.1/', '--body', 'BODY'], /password|user/],
  ['a target that does not exist', ['send', '--to', 'staging', '--body', 'BODY'], /staging/],
  [
    'a header with a line break',
    ['send', '--to', 'http://127.0.0.1:9/', '--body', 'BODY', '--header', 'X-A:1\r\nX-B: 2'],
    /X-A/,
  ],
  ['a method that is none', ['send', '--to', 'http://127.0.0.1:9/', '--body', 'BODY', '--method', 'P OST'], /method/i],
  [
    'an unknown schedule',
    ['send', '--to', 'http://127.0.0.1:9/', '--body', 'BODY', '--schedule', 'weekly'],
    /weekly.*quick/s,
  ],
  ['a speed of nothing', ['send', '--to', 'http://127.0.0.1:9/', '--body', 'BODY', '--speed', '0'], /--speed/],
  [
    'a body that is not there',
    ['send', '--to', 'http://127.0.0.1:9/', '--body', '/no/such/file'],
    /--body.*\/no\/such\/file/,
  ],
  ['no body at all', ['send', '--to', 'http://127.0.0.1:9/'], /--body.*--sample.*--batch/],
  ['a batch with a broken line', ['send', '--to', 'http://127.0.0.1:9/', '--batch', 'BATCH'], /line 2/],
  ['an unknown query key', ['requests', '--query', 'colour:red'], /colour.*verdict/s],
  ['an unknown format', ['export', '--format', 'word'], /word/],
  ['a request that does not exist', ['show', 'req_00000000000000000000'], /req_00000000000000000000/],
  [
    'a replay of nothing',
    ['replay', 'req_00000000000000000000', '--to', 'http://127.0.0.1:9/'],
    /req_00000000000000000000/,
  ],
  ['a dead letter that does not exist', ['redrive', 'dlv_00000000000000000000'], /dlv_00000000000000000000/],
  ['vectors that are not JSON', ['verify', '--vectors', 'BATCH'], /--vectors/],
  ['headers that are no headers', ['verify', '--provider', 'stripe', '--headers', 'BODY2', '--body', 'BODY'], /line 1/],
  [
    'a date that is none',
    ['sign', '--provider', 'stripe', '--secret', 'x', '--body', 'BODY', '--at', 'yesterday'],
    /--at/,
  ],
];

test.each(usage)('%s: exit 2 and a message that names it', async (_name, args, message) => {
  const paths: Record<string, string> = {
    BODY: await file('body.json', '{"a":1}'),
    BODY2: await file('headers.txt', 'no colon here'),
    BATCH: await file('batch.jsonl', '{"body":"{}"}\n{"boddy":"{}"}\n'),
  };
  const result = await cli.run(...args.map((arg) => paths[arg] ?? arg));
  expect({ code: result.code, stderr: result.stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(message) as string,
  });
  expect(result.stdout).toBe('');
  const { stdout } = await cli.run('deliveries', '--json');
  expect(stdout, 'nothing was queued').toBe('');
});

test('a queue of a newer version is not run either: exit 3 at once', async () => {
  await writeFile(join(cli.dataDir, 'queue.json'), JSON.stringify({ version: 99, sha256: 'x', payload: {} }));
  expect((await cli.run('run-queue', '--until-empty')).code).toBe(3);
});

test('what a file of secrets holds never comes back in a message', async () => {
  const secrets = await file('secrets.json', 'whsec_CANARY_that_is_no_JSON');
  const body = await file('body.json', '{}');
  const { code, stdout, stderr } = await cli.run(
    'sign',
    '--provider',
    'stripe',
    '--secrets',
    secrets,
    '--body',
    body,
    '--json',
  );
  expect([code, stdout.includes('CANARY'), stderr.includes('CANARY')]).toEqual([2, false, false]);
});
