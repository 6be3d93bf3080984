// Mistakes in where requests arrive and how they are answered, through the command line alone: refused before anything
// is kept, and nothing is left behind.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
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

const kept = (name: string) => readFile(join(cli.dataDir, name), 'utf8').catch(() => '');
const tunnel = (...options: readonly string[]) => cli.run('tunnel', 'add', 'way', '--kind', ...options);

test('a tunnel that takes no secret, or is refused, leaves none behind', async () => {
  const ssh = await tunnel('ssh', '--ssh', 'me@server.example', '--secret', 'not-real-1');
  expect([ssh.code, ssh.stderr]).toEqual([2, expect.stringContaining('--secret: leave it out with --kind ssh')]);
  const unnamed = await tunnel('cloudflared', '--secret', 'not-real-2');
  expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('--public-url is needed')]);
  const broken = await tunnel('cloudflared', '--secret', 'not-real-3', '--public-url', 'https://[');
  expect(broken.code).toBe(2);
  const two = await tunnel('ngrok', '--secret', 'not-real-4', '--secret', 'not-real-5');
  expect([two.code, two.stderr]).toEqual([2, expect.stringContaining('--secret: a tunnel takes one secret')]);
  expect(await kept('secrets.json')).not.toContain('not-real');
  expect((await cli.run('tunnel', 'list')).stdout).toBe('');

  expect((await tunnel('ngrok', '--secret', 'not-real-6')).code).toBe(0);
  expect(await kept('secrets.json')).toContain('not-real-6');
});

test('secrets that an endpoint no longer names are told, and removed on request', async () => {
  const set = (...options: readonly string[]) => cli.run('endpoint', 'set', 'hub', ...options);
  await cli.run('endpoint', 'add', 'hub', '--provider', 'github', '--secret', 'not-real-1', '--secret', 'not-real-2');
  const fewer = await set('--secret', 'not-real-3');
  expect([fewer.code, fewer.stderr]).toEqual([0, expect.stringContaining('secret "hub 2"')]);
  const none = await set('--unsigned', '--with-secrets');
  expect(none.code).toBe(0);
  expect(none.stderr).not.toContain('Still in the data folder');
  expect(await kept('secrets.json')).not.toContain('not-real-3');
  expect(await kept('secrets.json')).toContain('not-real-2');
});

test('what could never work is refused with its option', async () => {
  const refused = async (option: string, ...given: readonly string[]): Promise<string> => {
    const { code, stderr } = await cli.run('endpoint', 'add', 'odd', ...given);
    expect([given, code, stderr]).toEqual([given, 2, expect.stringContaining(option)]);
    return stderr;
  };
  await refused('--reply-header: Header "Bad Name"', '--reply-header', 'Bad Name: x');
  await refused('--reply-header: Header "X-A"', '--reply-header', 'X-A: a\u0001b');
  await refused('--quota must be at least 1 byte', '--quota', '0');
  await refused('--allow: ', '--allow', '::ffff:10.0.0.0/8');
  await refused('--copy-to: Nothing is sent to 169.254.169.254', '--copy-to', 'http://169.254.169.254/');
  const told = await refused('--forward-to: ', '--forward-to', 'http://u:p4ssw0rd@localhost:3/');
  expect(told).not.toContain('p4ssw0rd');
  const listening = await cli.run('listen', '--port', '0', '--forward-to', 'http://u:p4ssw0rd@localhost:3/');
  expect([listening.code, listening.stderr]).toEqual([2, expect.stringMatching(/^(?!.*p4ssw0rd).*--forward-to: /s)]);
  expect(await kept('workspace.json')).not.toContain('odd');
  expect((await cli.run('retention', '--max-size', '0')).stderr).toContain('--max-size must be at least 1 byte');
});

test('retention removes what lies beyond, set now or before', async () => {
  const listening = await cli.listen();
  for (let n = 0; n < 4; n += 1) await fetch(listening.url, { method: 'POST', body: `${n}` });
  await listening.stop();
  await cli.document('settings.json', { retention: { maxCount: 3, maxAgeDays: null, maxBytes: null } });
  const shown = await cli.run('retention', '--json');
  expect(shown.lines).toEqual([expect.objectContaining({ maxCount: 3, kept: 3, removed: 1 })]);
});

test('a request whose line could not tell the answer gets a reply line, whoever answered', async () => {
  const waiting: ServerResponse[] = [];
  const app = createServer((request, response) => void request.resume().on('end', () => waiting.push(response)));
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const listening = await cli.listen(
    ...['--mode', 'strict', '--provider', 'github', '--secret', 'github-secret-that-is-not-real'],
    ...['--forward-to', `http://127.0.0.1:${(app.address() as AddressInfo).port}/`],
  );
  try {
    const mac = createHmac('sha256', 'github-secret-that-is-not-real').update('{}').digest('hex');
    const post = () =>
      fetch(listening.url, {
        method: 'POST',
        headers: { 'X-GitHub-Event': 'ping', 'X-GitHub-Delivery': 'd-1', 'X-Hub-Signature-256': `sha256=${mac}` },
        body: '{}',
      });
    const first = post();
    await listening.line(({ duplicate }) => (duplicate as { n?: number } | undefined)?.n === 1);
    const second = post();
    const line = await listening.line(({ duplicate }) => (duplicate as { n?: number } | undefined)?.n === 2);
    expect(line['reply']).toMatchObject({ status: null });
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    waiting.shift()?.end('done');
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    const reply = await listening.line(({ type, id }) => type === 'reply' && id === line['id']);
    expect(reply).toMatchObject({ status: 200, by: 'strict' });
  } finally {
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
    await listening.stop();
  }
});
