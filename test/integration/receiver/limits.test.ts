// Where the receiver stops: sizes, time, half requests, senders that expect too much. What is refused is listed once,
// with its reason; what is too large is captured as truncated.

import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplyPlan } from '../../../src/main/receiver/server.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { expectAlive, okPlan, startRecorder } from './start.ts';
import type { Recorder } from './start.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const head = (fields: string) => `POST /in HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

let recorder: Recorder;
/** Ids of requests whose answer the test holds back, with what gives it. */
let held: ((plan: ReplyPlan) => void)[];

async function start(limits: Parameters<typeof startRecorder>[0] = {}): Promise<void> {
  recorder = await startRecorder({
    ...limits,
    onRequest: (request) =>
      request.target === '/hold' ? new Promise((resolve) => held.push(resolve)) : Promise.resolve(okPlan),
  });
}

beforeEach(() => {
  held = [];
});
afterEach(async () => {
  await expectAlive(recorder);
  await recorder.stop();
  expect(recorder.faults).toEqual([]);
});

/** Writes, waits for one reply, gives its status and whether the connection was then closed. */
async function statusOf(bytes: string, closes: boolean): Promise<number | undefined> {
  const client = connectRaw(recorder.port);
  client.write(bytes);
  await client.until(() => client.replies().length === 1 && (!closes || client.isClosed()), 1_500);
  const status = client.replies()[0]?.status;
  await client.close();
  return status;
}

describe('a body over the limit', () => {
  beforeEach(() => start({ limits: { bodyLimit: 10 } }));

  it('is answered 413 from the header alone and recorded with its declared size', async () => {
    expect(await statusOf(head('Content-Length: 11'), true)).toBe(413);
    expect(recorder.captured).toMatchObject([{ truncated: true, size: 11, sha256: sha256('') }]);
    expect(recorder.captured[0]?.body).toHaveLength(0);
    expect(recorder.replied).toMatchObject([{ status: 413 }]);
    expect(recorder.refused).toEqual([]);
  });

  it('is not asked for with 100 Continue', async () => {
    const client = connectRaw(recorder.port);
    client.write(head('Content-Length: 11\r\nExpect: 100-continue'));
    await client.until(() => client.isClosed());
    expect(client.received()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('in chunks keeps its beginning, counts the rest, and keeps the connection', async () => {
    const client = connectRaw(recorder.port);
    client.write(`${head('Transfer-Encoding: chunked')}${chunk('12345')}${chunk('67890abc')}0\r\n\r\n`);
    client.write(`${head('Content-Length: 10')}1234567890`);
    await client.until(() => client.replies().length === 2);
    expect(client.replies().map((reply) => reply.status)).toEqual([413, 200]);
    expect(recorder.captured).toMatchObject([
      { truncated: true, size: 13, sha256: sha256('1234567890') },
      { truncated: false, size: 10, sha256: sha256('1234567890') },
    ]);
    await client.close();
  });

  it('without end is cut off', async () => {
    expect(await statusOf(`${head('Transfer-Encoding: chunked')}${chunk('x'.repeat(21))}`, true)).toBe(413);
    expect(recorder.captured).toMatchObject([{ truncated: true, size: 21, sha256: sha256('x'.repeat(10)) }]);
  });

  it('answers 413 to a sender that writes it all before it reads', async () => {
    const client = connectRaw(recorder.port);
    client.write(head('Content-Length: 4000000'));
    client.write('x'.repeat(4_000_000));
    await client.until(() => client.isGone());
    expect(client.replies()[0]?.status).toBe(413);
    // The connection was ended, not reset: a reset may destroy a reply that is not yet read.
    expect(client.failure()).toBeNull();
  });
});

describe('bodies in flight', () => {
  it('over their limit together wait for their turn', async () => {
    await start({ limits: { inFlightLimit: 100_000 } });
    const holding = connectRaw(recorder.port);
    holding.write(`POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n${'x'.repeat(80_000)}`);
    await recorder.until(() => recorder.captured.length === 1);
    const waiting = connectRaw(recorder.port);
    waiting.write(head('Content-Length: 50000\r\nExpect: 100-continue'));
    await expectAlive(recorder);
    expect(waiting.received()).toBe('');
    held[0]?.(okPlan);
    await waiting.until(() => waiting.received().includes('100 Continue'));
    waiting.write('y'.repeat(50_000));
    await waiting.until(() => waiting.replies().length === 1);
    expect(recorder.captured.at(-1)?.size).toBe(50_000);
    await holding.close();
    await waiting.close();
  });

  it('that find no room in time get 503 and are refused as busy', async () => {
    await start({ limits: { inFlightLimit: 100_000, requestTimeoutMs: 400, headersTimeoutMs: 400 } });
    const holding = connectRaw(recorder.port);
    holding.write(`POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n${'x'.repeat(80_000)}`);
    await recorder.until(() => recorder.captured.length === 1);
    expect(await statusOf(head('Content-Length: 50000'), true)).toBe(503);
    expect(await statusOf(head('Content-Length: 100001'), true)).toBe(503);
    expect(await statusOf(`${head('Transfer-Encoding: chunked')}${chunk('z'.repeat(90_000))}`, true)).toBe(503);
    expect(recorder.refused.map(({ reason, status }) => ({ reason, status }))).toEqual(
      Array.from({ length: 3 }, () => ({ reason: 'busy', status: 503 })),
    );
    held[0]?.(okPlan);
    await holding.close();
  });

  it('give their room back whatever becomes of them', async () => {
    await start({ limits: { inFlightLimit: 100_000 } });
    for (let round = 0; round < 5; round += 1) {
      const broken = connectRaw(recorder.port);
      broken.write(`${head('Transfer-Encoding: chunked')}${chunk('z'.repeat(40_000))}`);
      const declared = connectRaw(recorder.port);
      declared.write(head('Content-Length: 20000\r\nExpect: 100-continue'));
      await declared.until(() => declared.received().includes('100 Continue'));
      broken.reset();
      declared.reset();
      await recorder.until(() => recorder.refused.length === 2 * (round + 1));
    }
    expect(recorder.refused.every(({ reason, status }) => reason === 'aborted' && status === null)).toBe(true);
    expect(await statusOf(`${head('Content-Length: 100000')}${'x'.repeat(100_000)}`, false)).toBe(200);
  });

  it('that waited in vain leave the queue', async () => {
    await start({ limits: { inFlightLimit: 100_000 } });
    const holding = connectRaw(recorder.port);
    holding.write(`POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n${'x'.repeat(80_000)}`);
    await recorder.until(() => recorder.captured.length === 1);
    const waiting = connectRaw(recorder.port);
    waiting.write(head('Content-Length: 50000'));
    await expectAlive(recorder);
    waiting.reset();
    await recorder.until(() => recorder.refused.length === 1);
    held[0]?.(okPlan);
    expect(await statusOf(`${head('Content-Length: 100000')}${'x'.repeat(100_000)}`, false)).toBe(200);
    expect(recorder.refused).toMatchObject([{ reason: 'aborted', status: null }]);
    await holding.close();
  });
});

describe('a half request', () => {
  beforeEach(() => start({ limits: { headersTimeoutMs: 600, requestTimeoutMs: 900 } }));

  it('that is broken off is refused as aborted, with its beginning, and never captured', async () => {
    const text = `${head('Content-Length: 50')}hello`;
    const client = connectRaw(recorder.port);
    client.write(text);
    await client.until(() => true);
    client.end();
    await client.until(() => client.isClosed());
    expect(recorder.refused).toMatchObject([{ reason: 'aborted', status: 400, bytes: text.length }]);
    expect(Buffer.from(recorder.refused[0]?.head ?? []).toString()).toBe(text);
    expect(recorder.captured).toEqual([]);
  });

  it('that stalls in its body gets 408 and is refused as timeout, once', async () => {
    const client = connectRaw(recorder.port);
    client.write(`${head('Content-Length: 50')}hello`);
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.status)).toEqual([408]);
    expect(recorder.refused).toMatchObject([{ reason: 'timeout', status: 408 }]);
    expect(recorder.captured).toEqual([]);
  });

  it('after a whole one on the same connection is counted by its own bytes', async () => {
    const client = connectRaw(recorder.port);
    client.write(`${head('Content-Length: 5')}whole`);
    await client.until(() => client.replies().length === 1);
    client.write('POST / HTTP/1.1\r\nHo');
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.status)).toEqual([200, 408]);
    expect(recorder.refused).toMatchObject([{ reason: 'timeout', status: 408, bytes: 19 }]);
  });

  it('that stalls in its headers gets 408; a socket that never speaks is not listed', async () => {
    const silent = connectRaw(recorder.port);
    const slow = connectRaw(recorder.port);
    slow.write('POST / HTTP/1.1\r\nHo');
    await slow.until(() => slow.isClosed());
    await silent.until(() => silent.isClosed());
    expect(slow.replies().map((reply) => reply.status)).toEqual([408]);
    expect(recorder.refused).toMatchObject([{ reason: 'timeout', status: 408, bytes: 19 }]);
  });
});

describe('a sender that does not read its reply', () => {
  it('loses its socket after the request timeout', async () => {
    await start();
    const crowded = await startRecorder({
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 300, maxConnections: 1 },
      onRequest: ({ target }) =>
        Promise.resolve(target === '/in' ? { ...okPlan, body: new Uint8Array(64 * 1_048_576) } : okPlan),
    });
    const deaf = connect(crowded.port, '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.write(`${head('Content-Length: 1')}x`);
    await crowded.until(() => crowded.replied.length === 1);
    // Its socket is the only one allowed: others are turned away until it is gone.
    const started = performance.now();
    let turnedAway = 0;
    for (let served = false; !served;) {
      const other = connectRaw(crowded.port);
      other.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await other.until(() => other.isClosed() || other.replies().length === 1);
      served = other.replies().length === 1;
      if (!served) turnedAway += 1;
      expect(performance.now() - started).toBeLessThan(3_000);
      await other.close();
    }
    expect(turnedAway).toBeGreaterThan(0);
    deaf.destroy();
    await crowded.stop();
  });
});

describe('what is no request', () => {
  beforeEach(() => start());

  it('is listed with reason, status and its first bytes', async () => {
    const garbage = `\x16\x03\x01 ${'z'.repeat(6_000)}`;
    expect(await statusOf(garbage, true)).toBe(400);
    expect(await statusOf(`GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, true)).toBe(431);
    expect(await statusOf('GET / HTTP/1.1\r\n\r\n', true)).toBe(400);
    expect(await statusOf('CONNECT other.example:443 HTTP/1.1\r\nHost: other.example\r\n\r\n', true)).toBe(405);
    expect(await statusOf(head('Expect: miracles\r\nContent-Length: 3'), true)).toBe(417);
    expect(recorder.refused.map(({ reason, status }) => [reason, status])).toEqual([
      ['bad-request', 400],
      ['headers-too-large', 431],
      ['bad-request', 400],
      ['bad-request', 405],
      ['bad-request', 417],
    ]);
    expect(recorder.refused[0]).toMatchObject({ bytes: garbage.length, remoteAddress: '127.0.0.1' });
    expect(Buffer.from(recorder.refused[0]?.head ?? []).toString('latin1')).toBe(garbage.slice(0, 4_096));
    expect(recorder.captured).toEqual([]);
  });

  it('ends its connection: a request behind it is not taken', async () => {
    const client = connectRaw(recorder.port);
    client.write(`GET /no-host HTTP/1.1\r\n\r\n${head('Content-Length: 1')}x`);
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.status)).toEqual([400]);
    expect(recorder.captured).toEqual([]);
  });

  it('does not include a connection that comes and goes', async () => {
    const client = connectRaw(recorder.port);
    client.end();
    await client.until(() => client.isClosed());
    expect(recorder.refused).toEqual([]);
  });

  it('beyond the number of sockets is closed at once', async () => {
    const crowded = await startRecorder({ limits: { maxConnections: 2 } });
    const clients = [connectRaw(crowded.port), connectRaw(crowded.port)];
    for (const client of clients) {
      client.write(`${head('Content-Length: 1')}x`);
      await client.until(() => client.replies().length === 1);
    }
    const third = connectRaw(crowded.port);
    await third.until(() => third.isClosed());
    expect(third.received()).toBe('');
    await clients[0]?.close();
    await clients[1]?.close();
    await expectAlive(crowded);
    await crowded.stop();
  });
});
