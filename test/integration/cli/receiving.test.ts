// Endpoints, replies, forwards, access, tunnels and what is kept, through the command line alone.

import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { headerValue } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, Listening } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';

const secret = 'github-secret-that-is-not-real';
const payload = '{"action":"opened","number":7}';
const signature = `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;

let cli: Cli;
let app: TargetServer;
beforeEach(async () => {
  cli = await createCli();
  app = await startTarget();
});
afterEach(async () => {
  await cli.dispose();
  await app.close();
});

interface Sent {
  readonly path?: string;
  readonly id?: string;
  readonly signature?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(
  listening: Listening,
  { path = '/in/github', id = 'd-1', signature: given = signature, headers }: Sent = {},
) {
  const reply = await fetch(`${listening.url}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Event': 'issues',
      'X-GitHub-Delivery': id,
      ...(given !== null && { 'X-Hub-Signature-256': given }),
      ...headers,
    },
    body: payload,
  });
  return { status: reply.status, text: await reply.text(), headers: reply.headers };
}

const add = (...options: readonly string[]) =>
  cli.run('endpoint', 'add', 'github', '--provider', 'github', '--secret', secret, ...options, '--json');

test('@receiving 1 endpoints are added, listed, changed and removed; strict mode refuses and skips duplicates', async () => {
  const made = await add('--mode', 'strict', '--duplicates', 'id', '--duplicate-window', '2h');
  expect(made.code).toBe(0);
  expect(made.stdout + made.stderr).not.toContain(secret);
  const wanted = {
    type: 'endpoint',
    id: 'github',
    path: '/in/github',
    provider: 'github',
    secretNames: ['github'],
    mode: 'strict',
    duplicates: { by: 'id', windowHours: 2 },
  };
  expect(made.lines).toEqual([expect.objectContaining(wanted)]);
  const again = await add();
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('endpoint set')]);
  const guessed = await cli.run('endpoint', 'add', 'hidden', '--random-path', '--json');
  expect(guessed.lines[0]?.['path']).toMatch(/^\/in\/[\w-]{22}$/);

  const listening = await cli.listen();
  expect(await post(listening, { signature: null })).toMatchObject({ status: 401 });
  expect(await post(listening, { signature: signature.replace(/.$/, 'z') })).toMatchObject({ status: 401 });
  expect(await post(listening)).toMatchObject({ status: 200 });
  expect(await post(listening)).toMatchObject({ status: 200, text: expect.stringContaining('duplicate') });
  // What is refused is stored and shown all the same.
  const line = await listening.line(({ reply }) => (reply as { status: number } | undefined)?.status === 401);
  expect(line).toMatchObject({ endpoint: 'github', verdict: { status: 'missing' }, reply: { by: 'strict' } });
  await listening.stop();

  const off = await cli.run('endpoint', 'set', 'default', '--no-active', '--json');
  expect(off.lines[0]).toMatchObject({ id: 'default', active: false });
  const closed = await cli.listen();
  expect(await post(closed, { path: '/elsewhere' })).toMatchObject({ status: 404, text: '' });
  expect(await closed.line(({ type }) => type === 'refused')).toMatchObject({ reason: 'no-endpoint', status: 404 });
  await closed.stop();

  const shown = await cli.run('endpoint', 'list');
  expect(shown.stdout).toMatch(/^active {2}github {2}\/in\/github {2}github {2}strict/);
  expect(shown.stdout).toMatch(/\noff {2}Everything else \(default\)/);
  const removed = await cli.run('endpoint', 'remove', 'github', '--with-secrets', '--json');
  expect(removed.lines).toEqual([{ type: 'endpoint-removed', id: 'github', name: 'github' }]);
});

test('@receiving 2 replies: fixed with look-ups, in turn, by rules; what was answered and why is stored', async () => {
  const rules = await cli.file(
    'rules.json',
    JSON.stringify([
      {
        name: 'Teapot',
        when: [{ field: 'header', name: 'X-Brew', op: 'is', value: 'tea*' }],
        reply: { status: 418, headers: [], body: 'short and stout' },
      },
    ]),
  );
  await add(
    ...['--reply', '202', '--reply-header', 'Content-Type: application/json'],
    ...['--reply-body', '{"got":"{{header.X-GitHub-Event}}"}', '--sequence', '500,500,202', '--rules', rules],
  );
  const listening = await cli.listen();
  const statuses = [];
  for (const id of ['d-1', 'd-2', 'd-3', 'd-4']) statuses.push((await post(listening, { id })).status);
  expect(statuses).toEqual([500, 500, 202, 202]);
  const brewed = await post(listening, { id: 'd-5', headers: { 'X-Brew': 'teapot' } });
  expect(brewed).toMatchObject({ status: 418, text: 'short and stout' });
  await listening.stop();

  const stored = await cli.run('requests', '--json');
  expect(stored.lines.map(({ reply }) => (reply as { by: string }).by)).toEqual([...Array(4).fill('endpoint'), 'rule']);
  const [, , third, , fifth] = stored.lines;
  const shown = await cli.run('show', String(fifth?.['id']), '--json');
  expect(shown.lines[0]?.['answer']).toMatchObject({
    status: 418,
    by: 'rule',
    why: expect.stringContaining('Teapot'),
    bodyBase64: Buffer.from('short and stout').toString('base64'),
  });
  const turn = await cli.run('show', String(third?.['id']), '--json');
  const answer = turn.lines[0]?.['answer'] as { bodyBase64: string; why: string };
  expect(Buffer.from(answer.bodyBase64, 'base64').toString()).toBe('{"got":"issues"}');
  expect(answer.why).toContain('3 of 3');

  const wrong = await cli.run('endpoint', 'set', 'github', '--rules', await cli.file('bad.json', '[{"when":[{"field":"colour","op":"is"}],"reply":null}]')); // prettier-ignore
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--rules')]);
});

test('@receiving 3 handshakes are answered by the provider’s rule', async () => {
  await cli.run('endpoint', 'add', 'x', '--provider', 'x', '--secret', 'public-x-consumer-secret');
  const listening = await cli.listen();
  const reply = await fetch(`${listening.url}/in/x?crc_token=abc123`);
  const mac = createHmac('sha256', 'public-x-consumer-secret').update('abc123').digest('base64');
  expect(await reply.json()).toEqual({ response_token: `sha256=${mac}` });
  expect(await listening.line(({ type }) => type === 'request')).toMatchObject({
    reply: { status: 200, challenge: true, by: 'handshake' },
  });
  await listening.stop();
});

test('@receiving 4 access: networks, rates and quotas refuse and are listed', async () => {
  await add('--allow', '203.0.113.0/24, 2001:db8::/32', '--sender-rate', '2/1m:2', '--quota', '60B');
  const listening = await cli.listen();
  expect(await post(listening)).toMatchObject({ status: 403 });
  await listening.line(({ reason }) => reason === 'access');
  await listening.stop();

  await cli.run('endpoint', 'set', 'github', '--no-allow');
  const limited = await cli.listen();
  expect((await post(limited, { id: 'd-1' })).status).toBe(200);
  expect((await post(limited, { id: 'd-2' })).status).toBe(200);
  const refused = await post(limited, { id: 'd-3' });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await limited.line(({ reason }) => reason === 'rate');
  await limited.stop();

  await cli.run('endpoint', 'set', 'github', '--sender-rate', 'off');
  const full = await cli.listen();
  expect((await post(full, { id: 'd-4' })).status).toBe(507);
  await full.line(({ reason }) => reason === 'quota');
  await full.stop();
  expect((await cli.run('endpoint', 'set', 'github', '--allow', '300.1.2.3')).stderr).toContain('--allow');
});

test('@receiving 5 forwarding: the app’s answer, a copy through the queue, and an app that is down', async () => {
  app.status = 201;
  const listening = await cli.listen('--forward-to', `${app.url}/hooks`);
  expect((await post(listening, { path: '/any' })).status).toBe(201);
  const [received] = app.received;
  expect(received?.body.toString()).toBe(payload);
  expect(headerValue(received?.headers ?? [], 'X-Hub-Signature-256')).toBe(signature);
  const line = await listening.line(({ type }) => type === 'request');
  expect(line['reply']).toMatchObject({ status: null });
  const reply = await listening.line(({ type }) => type === 'reply');
  expect(reply).toMatchObject({ id: line['id'], status: 201, by: 'forward' });
  await listening.stop();
  const shown = await cli.run('show', String(line['id']), '--json');
  expect(shown.lines[0]?.['forwards']).toEqual([expect.objectContaining({ state: 'answered', status: 201 })]);

  const copying = await cli.listen('--copy-to', app.url);
  expect((await post(copying, { id: 'd-2' })).status).toBe(200);
  await app.until(() => app.received.length === 2);
  await copying.stop();
  const { port } = new URL(app.url);
  await app.close();
  const down = await cli.listen('--forward-to', `http://127.0.0.1:${port}`);
  expect((await post(down, { id: 'd-3' })).status).toBe(502);
  await down.stop();
});

test('@receiving 6 tunnels: added, listed, tested and removed', async () => {
  const script = await cli.file(
    'tunnel.mjs',
    `import { createServer, connect } from 'node:net';
     const server = createServer((a) => { const b = connect(Number(process.argv[2]), '127.0.0.1'); a.pipe(b).pipe(a); a.on('error', () => b.destroy()); b.on('error', () => a.destroy()); });
     server.listen(0, '127.0.0.1', () => console.log('ready at http://127.0.0.1:' + server.address().port));`,
  );
  const made = await cli.run(
    ...['tunnel', 'add', 'own', '--kind', 'command', '--url-holds', 'http:', '--json'],
    ...['--', process.execPath, script, '{port}'],
  );
  expect(made.lines).toEqual([expect.objectContaining({ type: 'tunnel-setup', id: 'own', kind: 'command' })]);
  const tested = await cli.run('tunnel', 'test', 'own', '--json');
  expect(tested.lines).toEqual([
    expect.objectContaining({ type: 'tunnel', state: 'up' }),
    expect.objectContaining({ type: 'tunnel-probe', ok: true, code: 'ok' }),
  ]);
  expect(tested.code).toBe(0);
  const missing = await cli.run('tunnel', 'add', 'gone', '--kind', 'cloudflared', '--program', '/nowhere/cloudflared');
  expect(missing.code).toBe(0);
  const failed = await cli.run('tunnel', 'test', 'gone', '--json');
  expect([failed.code, failed.lines[0]]).toEqual([
    1,
    expect.objectContaining({ state: 'failed', problem: expect.objectContaining({ code: 'program-missing' }) }),
  ]);
  expect((await cli.run('tunnel', 'add', 'odd', '--kind', 'smee', '--domain', 'a.example')).stderr).toContain(
    '--domain',
  );
  expect((await cli.run('tunnel', 'remove', 'own', '--json')).lines[0]).toMatchObject({ type: 'tunnel-removed' });
});

test('@receiving 7 retention: the oldest go, pinned ones stay', async () => {
  const listening = await cli.listen();
  for (const id of ['d-1', 'd-2', 'd-3', 'd-4']) await post(listening, { id });
  await listening.stop();
  const ids = (await cli.run('requests', '--json')).lines.map(({ id }) => String(id));
  expect((await cli.run('pin', ids[0] as string, '--json')).lines).toEqual([
    { type: 'mark', id: ids[0], pinned: true },
  ]);
  await cli.run('note', ids[0] as string, 'the first one');
  const kept = await cli.run('retention', '--max-count', '2', '--json');
  expect(kept.lines[0]).toMatchObject({ type: 'retention', maxCount: 2, removed: 1 });
  const left = (await cli.run('requests', '--json')).lines;
  // Pinned ones come on top of the limit.
  expect(left.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
  expect(left[0]).toMatchObject({ pinned: true, note: 'the first one' });
  expect((await cli.run('requests', '--query', 'pinned:true', '--json')).lines).toHaveLength(1);
  expect((await cli.run('retention', '--max-age', 'ever')).code).toBe(2);
  // All or none.
  expect((await cli.run('remove', ids[0] as string, 'req_none')).code).toBe(2);
  expect((await cli.run('requests', '--json')).lines).toHaveLength(3);
  expect((await cli.run('remove', ids[0] as string, ids[3] as string, '--json')).lines).toEqual([
    { type: 'removed', id: ids[0] },
    { type: 'removed', id: ids[3] },
  ]);
  expect((await cli.run('requests', '--json')).lines.map(({ id }) => id)).toEqual([ids[2]]);
});
