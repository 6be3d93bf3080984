// Rules, sequences, shares and look-ups as a sender sees them: the chooser's plans over real sockets.

import { afterEach, describe, expect, it } from 'vitest';
import { createReplyChooser } from '../../../src/main/receiver/rules.ts';
import { lookAt } from '../../../src/shared/providers/read-value.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import { answerOf, replyOf, ruleOf, verdictOf } from '../../unit/main/receiver/reply-facts.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { startRecorder } from './start.ts';
import type { Recorder } from './start.ts';

let recorder: Recorder;
let drawn: number;

/** A receiver whose host asks a chooser; the delivery id is the header `X-Id`, counted by the test. */
async function start(changed: Partial<Endpoint>): Promise<void> {
  const endpoint = { ...defaultEndpoint, ...changed };
  drawn = 0.99;
  const arrivals = new Map<string, number>();
  const chooser = createReplyChooser({ now: () => 0, random01: () => drawn, makeUuid: () => 'uuid' });
  recorder = await startRecorder({
    onRequest(request) {
      const look = lookAt(request.headers, request.target, () => new TextDecoder().decode(request.body));
      const deliveryId = look.header('x-id') ?? null;
      const n = (arrivals.get(deliveryId ?? '') ?? 0) + 1;
      arrivals.set(deliveryId ?? '', n);
      const decision = chooser.choose({
        request,
        look,
        endpoint,
        provider: null,
        event: null,
        deliveryId,
        verdict: verdictOf('unverified'),
        duplicate: { kind: n === 1 ? 'first' : 'retry', of: null, n },
        wasProcessed: () => false,
        expectsSignature: () => false,
        secretsReadable: () => true,
        arrival: () => n,
      });
      if (decision.kind === 'forward') throw new Error('no forward was set up');
      return Promise.resolve(decision.plan);
    },
  });
}

afterEach(() => recorder.stop());

const post = (target: string, body = '', fields = '') =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;

/** The replies to these requests on one connection. */
async function ask(...requests: readonly string[]) {
  const client = connectRaw(recorder.port);
  client.write(requests.join(''));
  await client.until(() => client.replies().length === requests.length || client.isClosed());
  const replies = client.replies();
  await client.close();
  return replies;
}
const statuses = async (...requests: readonly string[]) => (await ask(...requests)).map(({ status }) => status);

describe('rules over a socket', () => {
  it('answer by path, header and JSON, else the endpoint does', async () => {
    await start({
      rules: [
        ruleOf('path', { when: [{ field: 'path', name: '', op: 'is', value: '/tea*' }] }),
        ruleOf('header', {
          when: [{ field: 'header', name: 'x-mode', op: 'has', value: 'test' }],
          reply: replyOf(202, { headers: [['X-Rule', 'header']], body: 'test' }),
        }),
        ruleOf('json', {
          when: [
            { field: 'json', name: 'data.kind', op: 'is', value: 'a' },
            { field: 'method', name: '', op: 'is', value: 'POST' },
          ],
          reply: replyOf(503),
        }),
      ],
    });
    const replies = await ask(
      post('/teapot'),
      post('/x', '', 'X-Mode: TESTING\r\n'),
      post('/x', '{"data":{"kind":"a"}}'),
      post('/x', '{"data":{"kind":"b"}}'),
    );
    expect(replies.map(({ status }) => status)).toEqual([418, 202, 503, 200]);
    expect(replies[1]?.headers).toContainEqual(['X-Rule', 'header']);
    expect(replies[3]?.body.toString()).toBe('{"received":true}');
  });

  it('give their sequence in order, over all requests and for each delivery apart', async () => {
    const answers = [answerOf(500), answerOf(500), answerOf(200)];
    const sequence = (per: 'endpoint' | 'delivery') => ({ answers, atEnd: 'stay', per }) as const;
    await start({
      reply: replyOf(200, { sequence: sequence('endpoint') }),
      rules: [
        ruleOf('each', {
          when: [{ field: 'header', name: 'x-id', op: 'exists', value: '' }],
          reply: replyOf(200, { sequence: sequence('delivery') }),
        }),
      ],
    });
    const of = (id: string) => post('/', '', `X-Id: ${id}\r\n`);
    expect(await statuses(of('a'), of('b'), of('a'), of('a'), of('b'), of('a'))).toEqual([
      500, 500, 500, 200, 500, 200,
    ]);
    expect(await statuses(post('/'), post('/'), post('/'), post('/'))).toEqual([500, 500, 200, 200]);
  });

  it('give a share of the requests another answer', async () => {
    await start({ reply: replyOf(200, { shares: [{ percent: 20, answer: answerOf(503) }] }) });
    expect(await statuses(post('/'))).toEqual([200]);
    drawn = 0.19;
    expect(await statuses(post('/'))).toEqual([503]);
  });

  it('put text of the request into the answer without letting it break out', async () => {
    await start({
      reply: replyOf(200, {
        headers: [
          ['Content-Type', 'application/json'],
          ['X-Echo', '{{body.text}}'],
        ],
        body: '{"echo":"{{body.text}}","path":"{{path}}"}',
      }),
    });
    const text = 'a"}\r\nSet-Cookie: x=1\r\n\r\n{{id}}';
    const [reply] = await ask(post('/p?q', JSON.stringify({ text })));
    expect(JSON.parse(reply?.body.toString() ?? '')).toEqual({ echo: text, path: '/p' });
    expect(reply?.headers).toContainEqual(['X-Echo', 'a"}Set-Cookie: x=1{{id}}']);
    expect(reply?.headers).toContainEqual(['X-Content-Type-Options', 'nosniff']);
    expect(reply?.headers.map(([name]) => name.toLowerCase())).not.toContain('set-cookie');
  });

  it('delay and break an answer', async () => {
    await start({
      reply: replyOf(200, {
        sequence: {
          answers: [answerOf(200, { delayMs: 120 }), answerOf(200, { fault: 'close' })],
          atEnd: 'stay',
          per: 'endpoint',
        },
      }),
    });
    const started = performance.now();
    expect(await statuses(post('/'), post('/'))).toEqual([200]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
    await recorder.until(() => recorder.replied.length === 2);
    expect(recorder.replied.map(({ status }) => status)).toEqual([200, null]);
  });
});
