// The way of a request through the host where several parts meet: strict mode, duplicates, forwards and rules.

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReplyRecord } from '../../../src/shared/replies.ts';
import type { Forward } from '../../../src/shared/forwards.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { createWaiting } from '../../support/waiting.ts';

const secret = 'github-secret-that-is-not-real';
const payload = '{"action":"opened","number":7}';

let tested: TestHost;
let app: App;
beforeEach(async () => {
  tested = await startTestHost();
  app = await startApp();
  await tested.host.handlers['secrets.set']({ name: 'hook', value: secret, provider: 'github' });
});
afterEach(async () => {
  await app.close();
  await tested.stop();
});

/** An app under development whose answers a test gives by hand. */
interface App {
  readonly url: string;
  /** Requests that wait for their answer, oldest first. */
  readonly waiting: ServerResponse[];
  /** How many came in all. */
  count(): number;
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

async function startApp(): Promise<App> {
  const waiting: ServerResponse[] = [];
  let count = 0;
  const seen = createWaiting(() => `${count} requests`);
  const server = createServer((request: IncomingMessage, response) => {
    request.resume().on('end', () => {
      count += 1;
      waiting.push(response);
      seen.notify();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    count: () => count,
    until: (condition) => seen.until(condition),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const forwardTo = (url: string, mode: Forward['mode'] = 'answer'): Forward => ({
  ...{ id: mode, url, mode, active: true, appendPath: false, events: ['*'], verdicts: [], duplicates: [] },
  ...{ keepHost: false, timeoutMs: 5_000, schedule: 'quick' },
});

async function setUp(changes: Partial<Endpoint>): Promise<void> {
  const own = { id: 'gh', name: 'GitHub', path: '/in/github', provider: 'github', secretNames: ['hook'] };
  await tested.host.handlers['endpoints.save']({ ...defaultEndpoint, ...own, ...changes });
}

async function post(id: string | null, signedWith: string | null = secret): Promise<{ status: number; text: string }> {
  const mac = signedWith === null ? null : createHmac('sha256', signedWith).update(payload).digest('hex');
  const reply = await fetch(`${tested.url()}/in/github`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Event': 'issues',
      ...(id !== null && { 'X-GitHub-Delivery': id }),
      ...(mac !== null && { 'X-Hub-Signature-256': `sha256=${mac}` }),
    },
    body: payload,
  });
  return { status: reply.status, text: await reply.text() };
}

function rows() {
  return tested.host.parts.history.list({ query: '', limit: 50, now: Date.now() }).rows.toReversed();
}

async function detail(n: number) {
  return tested.host.handlers['requests.get']({ id: rows()[n]?.id ?? '' });
}

/** The next waiting request of the app gets this status. */
function answer(status: number): void {
  app.waiting.shift()?.writeHead(status, { 'Content-Type': 'text/plain' }).end(`app says ${status}`);
}

test('strict: the same delivery again while the app still works on it waits for its end, and is not forwarded', async () => {
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url)] });
  const first = post('d-1');
  await app.until(() => app.count() === 1);
  const second = post('d-1');
  // The second is stored and waits: the history shows it before anything is answered.
  await expect.poll(() => tested.changes.filter(({ type }) => type === 'request').length).toBe(2);
  answer(201);
  expect(await first).toEqual({ status: 201, text: 'app says 201' });
  expect(await second).toEqual({ status: 200, text: '{"received":true,"duplicate":true}' });
  expect(app.count()).toBe(1);
  expect((await detail(1)).replyRecord).toMatchObject({ by: 'strict', why: expect.stringContaining('processed') });
});

test('strict: a delivery that the app failed does not count as processed, so the retry is forwarded', async () => {
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url)] });
  const failed = post('d-1');
  await app.until(() => app.count() === 1);
  answer(500);
  expect((await failed).status).toBe(500);
  const retried = post('d-1');
  await app.until(() => app.count() === 2);
  answer(200);
  expect((await retried).status).toBe(200);
  // From now on it is processed.
  expect((await post('d-1')).text).toContain('duplicate');
  expect(app.count()).toBe(2);
  expect(rows().map(({ reply }) => [reply.status, reply.by])).toEqual([
    [500, 'forward'],
    [200, 'forward'],
    [200, 'strict'],
  ]);
});

test('strict: an app that cannot be reached is 502, and its delivery is forwarded once it is back', async () => {
  const { url } = app;
  await app.close();
  await setUp({ mode: 'strict', forwards: [forwardTo(url)] });
  expect((await post('d-1')).status).toBe(502);
  expect((await detail(0)).forwards).toEqual([expect.objectContaining({ state: 'failed', status: null })]);
  app = await startApp();
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url)] });
  const retried = post('d-1');
  await app.until(() => app.count() === 1);
  answer(204);
  expect((await retried).status).toBe(204);
});

test('strict: what is refused is stored, shown, and neither forwarded nor copied', async () => {
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url), forwardTo(app.url, 'copy')] });
  expect((await post('d-1', null)).status).toBe(401);
  expect((await post('d-2', 'another secret')).status).toBe(401);
  expect(rows().map(({ verdict }) => verdict.status)).toEqual(['missing', 'invalid']);
  expect(tested.host.queue.pending()).toEqual([]);
  expect(app.count()).toBe(0);
  // A request that names no provider is not let through either.
  const bare = await fetch(`${tested.url()}/in/github`, { method: 'POST', body: payload });
  expect(bare.status).toBe(401);
});

test('a copy is in the queue before the request is acknowledged', async () => {
  const { url } = app;
  await app.close();
  await setUp({ forwards: [forwardTo(url, 'copy')] });
  expect((await post('d-1')).status).toBe(200);
  const [delivery] = tested.host.queue.pending();
  expect(delivery).toMatchObject({ forwardOf: rows()[0]?.id, message: { messageId: expect.any(String) } });
  const { forwards } = await detail(0);
  expect(forwards).toEqual([expect.objectContaining({ mode: 'copy', state: 'queued', deliveryId: delivery?.id })]);
  app = await startApp();
});

test('a rule answers in place of the app, which is told apart in the record; an exception lets the app answer', async () => {
  const rule = (id: string, value: string, reply: Endpoint['rules'][number]['reply']) => ({
    ...{ id, name: id, active: true, reply },
    when: [{ field: 'header' as const, name: 'X-GitHub-Delivery', op: 'is' as const, value }],
  });
  await setUp({
    forwards: [forwardTo(app.url)],
    rules: [rule('Exception', 'd-1', null), rule('Down', 'd-*', { ...defaultEndpoint.reply, status: 503, body: '' })],
  });
  const asked = post('d-1');
  await app.until(() => app.count() === 1);
  answer(200);
  expect((await asked).text).toBe('app says 200');
  expect((await post('d-2')).status).toBe(503);
  const { forwards, replyRecord } = await detail(1);
  expect(replyRecord).toMatchObject({ by: 'rule', status: 503 } satisfies Partial<ReplyRecord>);
  expect(forwards).toEqual([expect.objectContaining({ state: 'skipped', message: expect.stringContaining('Down') })]);
});

test('the answer that is shown is the one that was sent, late ones of apps included', async () => {
  await setUp({ forwards: [forwardTo(app.url)] });
  const asked = post('d-1');
  await app.until(() => app.count() === 1);
  answer(202);
  await asked;
  await expect.poll(async () => (await detail(0)).replyRecord?.status).toBe(202);
  const { replyRecord, reply } = await detail(0);
  expect(reply).toMatchObject({ status: 202, by: 'forward' });
  expect(new TextDecoder().decode(replyRecord?.body)).toBe('app says 202');
  expect(replyRecord?.headers.some(([name]) => name === 'Content-Type')).toBe(true);
});

test('editing or removing an endpoint drops no request that is under way', async () => {
  await setUp({ forwards: [forwardTo(app.url)] });
  const asked = post('d-1');
  await app.until(() => app.count() === 1);
  await setUp({ path: '/in/elsewhere', forwards: [] });
  await tested.host.handlers['endpoints.remove']({ id: 'gh' });
  answer(201);
  expect(await asked).toEqual({ status: 201, text: 'app says 201' });
  expect(rows()[0]).toMatchObject({ endpoint: 'gh', provider: 'github' });
});

test('strict: a delivery with the body of another one is another delivery, also when it comes again', async () => {
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url)] });
  const first = post('d-1');
  await app.until(() => app.count() === 1);
  answer(200);
  await first;
  const other = post('d-2');
  await app.until(() => app.count() === 2);
  answer(500);
  expect((await other).status).toBe(500);
  const again = post('d-2');
  await app.until(() => app.count() === 3);
  answer(200);
  expect((await again).text).toBe('app says 200');
});

test('strict: a forged request under the same id does not count for the genuine one', async () => {
  await setUp({ mode: 'capture' });
  expect((await post('d-1', 'forged')).status).toBe(200);
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url)] });
  const genuine = post('d-1');
  await app.until(() => app.count() === 1);
  answer(200);
  expect((await genuine).text).toBe('app says 200');
});

test('strict: deliveries without an id are told by their body, and queued as a copy once', async () => {
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url, 'copy')] });
  await tested.host.handlers['endpoints.save']({
    ...tested.host.parts.endpoint('gh'),
    provider: 'generic',
    secretNames: [],
  });
  const replies = await Promise.all([1, 2, 3, 4].map(() => post(null, null)));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await app.until(() => app.count() === 1);
  answer(200);
  expect((await post(null, null)).text).toContain('duplicate');
  const made = rows().flatMap(({ id }) => tested.host.parts.history.forwardsOf(id));
  expect(made.filter(({ state }) => state === 'queued')).toHaveLength(1);
});

test('strict: where the app fails the first, those who waited get the same answer, and the app is asked once', async () => {
  await setUp({ mode: 'strict', forwards: [forwardTo(app.url)] });
  const asked = [post('d-1'), post('d-1'), post('d-1')];
  await app.until(() => app.count() === 1);
  // The news of a request comes when it is stored.
  await expect.poll(() => tested.changes.filter(({ type }) => type === 'request').length).toBe(3);
  answer(500);
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([500, 500, 500]);
  expect(app.count()).toBe(1);
});

test('a queue without room is 503, and the delivery does not count as processed', async () => {
  const { url } = app;
  await app.close();
  await setUp({ mode: 'strict', forwards: [forwardTo(url, 'copy')] });
  const { queue } = tested.host;
  const message = {
    ...{ messageId: 'm', provider: 'generic', event: null, method: 'POST', headers: [], bodySize: 0 },
    ...{ bodyHash: await tested.host.parts.history.putMessageBody(new Uint8Array()), signature: 'none' as const },
  };
  const filler = { message, targetId: null, url, secretName: null, schedule: 'svix', speed: 0.001 };
  await queue.enqueue(Array.from({ length: 10_000 }, () => filler));
  const refused = await post('d-1');
  expect(refused.status).toBe(503);
  expect((await detail(0)).forwards).toEqual([
    expect.objectContaining({ state: 'failed', message: expect.stringContaining('10000') }),
  ]);
  await expect.poll(async () => (await detail(0)).replyRecord).toMatchObject({ status: 503, by: 'limit' });
  const last = queue.pending().at(-1)?.id ?? '';
  await queue.pause(last);
  await queue.remove([last]);
  expect((await post('d-1')).status).toBe(200);
  app = await startApp();
});

test('a secret that cannot be read is our own trouble: the sender is told to try again', async () => {
  await setUp({ mode: 'strict' });
  await tested.host.handlers['secrets.remove']({ name: 'hook' });
  expect((await post('d-1')).status).toBe(503);
  await tested.host.handlers['secrets.set']({ name: 'hook', value: secret, provider: 'github' });
  expect((await post('d-1')).status).toBe(200);
});

test('a body over the limit is 413, and the record says why', async () => {
  await tested.stop();
  tested = await startTestHost({ limits: { ...tested.limits, bodyLimit: 1_000 } });
  const reply = await fetch(`${tested.url()}/large`, { method: 'POST', body: 'x'.repeat(1_500) });
  expect(reply.status).toBe(413);
  expect((await detail(0)).replyRecord).toMatchObject({ status: 413, by: 'limit' });
});

test('a sequence of the catch-all goes on under the options of one run when another endpoint is edited', async () => {
  const runEndpoint = { provider: null, secrets: [], status: 202 };
  const other = await startTestHost({ runEndpoint });
  try {
    const answer = { status: 503, headers: [], body: '', delayMs: 0, fault: null };
    const sequence = { answers: [answer, { ...answer, status: 200 }], per: 'endpoint', atEnd: 'stay' } as const;
    const { handlers } = other.host;
    const reply = { ...defaultEndpoint.reply, sequence: { ...sequence, answers: [...sequence.answers] } };
    await handlers['endpoints.save']({ ...defaultEndpoint, reply });
    const ask = async () => (await fetch(other.url(), { method: 'POST', body: 'x' })).status;
    expect(await ask()).toBe(503);
    await handlers['endpoints.save']({ ...defaultEndpoint, id: 'elsewhere', name: 'Elsewhere', path: '/in/elsewhere' });
    expect(await ask()).toBe(200);
  } finally {
    await other.stop();
  }
});
