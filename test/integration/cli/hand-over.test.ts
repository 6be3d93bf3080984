// Commands beside a running owner are handed to it: what they change is there at once, and nobody needs the lock.

import { createServer } from 'node:http';
import { statSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCli } from '../../support/cli.ts';
import type { Cli, Listening } from '../../support/cli.ts';

let cli: Cli;
let owner: Listening;

beforeEach(async () => {
  cli = await createCli();
  owner = await cli.listen();
});

afterEach(() => cli.dispose());

async function capture(): Promise<string> {
  await fetch(`${owner.url}/hook`, { method: 'POST', body: '{"n":1}' });
  const line = await owner.line(({ type, target }) => type === 'request' && target === '/hook');
  return String(line['id']);
}

async function startTarget(): Promise<{ readonly url: string; readonly bodies: string[]; close(): void }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/in`, bodies, close: () => void server.close() };
}

test.skipIf(process.platform === 'win32')('the socket is private and goes with its owner', async () => {
  const socket = join(cli.dataDir, 'control.sock');
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(await owner.stop()).toBe(0);
  expect(existsSync(socket)).toBe(false);
});

test('an owner that was killed leaves a socket that the next one replaces', async () => {
  await owner.stop('SIGKILL');
  owner = await cli.listen();
  const added = await cli.run('target', 'add', 'Shop', '--url', 'http://127.0.0.1:9/in');
  expect(added).toMatchObject({ code: 0 });
});

test('targets and endpoints with secrets are added, changed and removed, and no secret is printed', async () => {
  const secret = 'obviously-fake-secret-of-a-test';
  const added = await cli.run(
    ...['target', 'add', 'Shop', '--url', 'http://127.0.0.1:9/in', '--provider', 'github'],
    ...['--secret', secret, '--json'],
  );
  expect(added).toMatchObject({ code: 0 });
  expect(added.lines[0]).toMatchObject({ type: 'target', name: 'Shop', secretName: 'Shop' });
  expect(await cli.run('target', 'pause', 'Shop', '--json')).toMatchObject({ code: 0, lines: [{ state: 'paused' }] });
  const endpoint = await cli.run('endpoint', 'add', 'Pay', '--provider', 'github', '--secret', secret, '--json');
  expect(endpoint).toMatchObject({ code: 0 });
  const listed = await cli.run('endpoint', 'list', '--json');
  expect(listed.lines).toContainEqual(expect.objectContaining({ name: 'Pay', secretNames: ['Pay'] }));
  expect(await cli.run('endpoint', 'remove', 'Pay', '--with-secrets')).toMatchObject({ code: 0 });
  expect(await cli.run('target', 'remove', 'Shop', '--with-secrets')).toMatchObject({ code: 0 });
  const twice = await cli.run('target', 'remove', 'Shop');
  expect(twice).toMatchObject({ code: 2 });
  expect([added, endpoint].map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain(secret);
});

test('requests are pinned, noted and removed', async () => {
  const id = await capture();
  expect(await cli.run('pin', id)).toMatchObject({ code: 0 });
  expect(await cli.run('note', id, 'look at this')).toMatchObject({ code: 0 });
  const found = await cli.run('requests', '--query', 'pinned:true note:look', '--json');
  expect(found.lines.map((line) => line['id'])).toEqual([id]);
  expect(await cli.run('remove', id)).toMatchObject({ code: 0 });
  expect(await cli.run('pin', id)).toMatchObject({ code: 2 });
  expect(await cli.run('retention', '--max-count', '100', '--json')).toMatchObject({
    code: 0,
    lines: [{ maxCount: 100, kept: 0 }],
  });
});

test('the owner delivers what is sent and replayed', async () => {
  const target = await startTarget();
  const body = await cli.file('body.json', '{"sent":true}');
  const sent = await cli.run('send', '--to', target.url, '--body', body, '--wait', '--json');
  expect(sent).toMatchObject({ code: 0 });
  expect(sent.lines.at(-1)).toMatchObject({ type: 'delivery', state: 'delivered' });
  const replayed = await cli.run('replay', await capture(), '--to', target.url, '--wait', '--json');
  expect(replayed.lines.at(-1)).toMatchObject({ type: 'delivery', state: 'delivered' });
  expect(target.bodies).toEqual(['{"sent":true}', '{"n":1}']);
  const dead = await cli.run(
    ...['send', '--to', 'http://127.0.0.1:9/', '--body', body, '--schedule', 'quick', '--speed', '100000'],
    ...['--wait', '--json'],
  );
  expect(dead).toMatchObject({ code: 1 });
  const died = String(dead.lines.at(-1)?.['id']);
  const again = await cli.run('redrive', died, '--json');
  expect(again).toMatchObject({ code: 0, lines: [{ redriveOf: died }] });
  const unfinished = await cli.run('send', '--to', target.url, '--body', body, '--json');
  expect(unfinished).toMatchObject({ code: 0, lines: [{ type: 'delivery' }] });
  target.close();
});

test('a second listen follows the first, and says so when that one ends', async () => {
  const second = await cli.listen();
  expect(second.ready).toMatchObject({ attached: true, port: owner.port });
  const id = await capture();
  await second.line((line) => line['type'] === 'request' && line['id'] === id);
  const own = await cli.run('listen', '--respond', '500');
  expect(own).toMatchObject({ code: 3 });
  expect(own.stderr).toContain(`in use by process ${owner.pid}`);
  const third = await cli.listen();
  expect(await third.stop()).toBe(0);
  await owner.stop();
  expect(await second.stop('SIGCONT')).toBe(3);
});

test('files are imported by the owner', async () => {
  const imported = await cli.run('import', '--curl', 'curl -d a=1 https://shop.example/hook', '--json');
  expect(imported).toMatchObject({ code: 0, lines: [{ imported: 1 }] });
  const found = await cli.run('requests', '--json');
  expect(found.lines).toHaveLength(1);
});
