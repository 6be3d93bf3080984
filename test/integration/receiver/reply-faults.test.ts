// Replies that are delayed or broken on purpose, as a raw client sees them, byte for byte; and that nobody else notices.

import { afterEach, describe, expect, it } from 'vitest';
import type { ReplyPlan } from '../../../src/main/receiver/server.ts';
import type { ReplyFault } from '../../../src/shared/replies.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { expectAlive, startRecorder } from './start.ts';
import type { Recorder, RecorderOptions } from './start.ts';

const post = (target: string, body = 'x', fields = '') =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;

let recorder: Recorder;

/** Answers `/plain` and the like at once, anything that `plans` names as it says. */
async function start(plans: Readonly<Record<string, Partial<ReplyPlan>>>, options: RecorderOptions = {}) {
  recorder = await startRecorder({
    ...options,
    onRequest: ({ target }) =>
      Promise.resolve({ status: 200, headers: [['X-For', target]], body: target, ...plans[target] }),
  });
}

afterEach(async () => {
  const started = performance.now();
  await recorder.stop();
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(recorder.faults).toEqual([]);
});

/** What was reported, by target. */
function reported(): Record<string, number | null> {
  const targets = new Map(recorder.captured.map(({ id, target }) => [id, target]));
  return Object.fromEntries(recorder.replied.map(({ id, status }) => [targets.get(id) ?? '', status]));
}

describe('a delayed reply', () => {
  it('comes after its time, counted from the end of the request, and others do not wait for it', async () => {
    await start({ '/late': { delayMs: 300 } });
    const started = performance.now();
    const late = connectRaw(recorder.port);
    late.write(post('/late'));
    await recorder.until(() => recorder.captured.length === 1);
    await expectAlive(recorder);
    expect(late.received()).toBe('');
    await late.until(() => late.replies().length === 1);
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
    expect(late.replies()[0]?.body.toString()).toBe('/late');
    expect(recorder.replied.at(-1)?.ms).toBeGreaterThanOrEqual(295);
    late.write(post('/again'));
    await late.until(() => late.replies().length === 2);
    await late.close();
  });

  it('keeps the order of pipelined requests, also of those that are delayed less or not at all', async () => {
    await start({ '/1': { delayMs: 200 }, '/3': { delayMs: 50 } });
    const client = connectRaw(recorder.port);
    client.write(post('/1') + post('/2') + post('/3') + post('/4'));
    await recorder.until(() => recorder.captured.length === 4);
    await client.until(() => client.replies().length === 4);
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(['/1', '/2', '/3', '/4']);
    expect(recorder.replied).toHaveLength(4);
    await client.close();
  });

  it.each([
    ['resets', (client: ReturnType<typeof connectRaw>) => client.reset()],
    ['closes', (client: ReturnType<typeof connectRaw>) => void client.close()],
  ])('ends when the client %s its connection, and says that none left', async (_how, leave) => {
    await start({ '/late': { delayMs: 60_000 } });
    const client = connectRaw(recorder.port);
    client.write(post('/late') + post('/behind'));
    await recorder.until(() => recorder.captured.length === 2);
    await expectAlive(recorder);
    leave(client);
    await recorder.until(() => recorder.replied.length === 3);
    expect(reported()).toEqual({ '/probe': 200, '/late': null, '/behind': null });
  });

  it('reaches a client that had ended its side before', async () => {
    await start({});
    let open: (plan: ReplyPlan) => void = () => undefined;
    const half = await startRecorder({ onRequest: () => new Promise((resolve) => (open = resolve)) });
    const client = connectRaw(half.port);
    client.write(post('/'));
    client.end();
    await half.until(() => half.captured.length === 1);
    // The end has arrived once a connection that came later was dealt with.
    const later = connectRaw(half.port);
    later.write('NONSENSE\r\n\r\n');
    await half.until(() => half.refused.length === 1);
    open({ status: 200, headers: [], body: 'late', delayMs: 50 });
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(['late']);
    await half.stop();
  });

  it('is given at once when the receiver stops', async () => {
    await start({ '/late': { delayMs: 60_000 }, '/later': { delayMs: 70_000 } });
    const client = connectRaw(recorder.port);
    client.write(post('/late') + post('/later'));
    await recorder.until(() => recorder.captured.length === 2);
    await expectAlive(recorder);
    const started = performance.now();
    const stopped = recorder.stop();
    await client.until(() => client.isClosed());
    await stopped;
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(['/late', '/later']);
  });

  it('planned while the receiver stops is given at once', async () => {
    await start({});
    let open: (plan: ReplyPlan) => void = () => undefined;
    const stopping = await startRecorder({ onRequest: () => new Promise((resolve) => (open = resolve)) });
    const client = connectRaw(stopping.port);
    client.write(post('/'));
    await stopping.until(() => stopping.captured.length === 1);
    const started = performance.now();
    const stopped = stopping.stop();
    open({ status: 200, headers: [], body: 'late', delayMs: 60_000 });
    await stopped;
    expect(performance.now() - started).toBeLessThan(1_000);
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(['late']);
  });

  it('does not take the replies behind it along when the receiver stops', async () => {
    await start({});
    let open: (plan: ReplyPlan) => void = () => undefined;
    const stopping = await startRecorder({
      onRequest: ({ target }) =>
        target === '/first'
          ? new Promise((resolve) => (open = resolve))
          : Promise.resolve({ status: 200, headers: [], body: target }),
    });
    const client = connectRaw(stopping.port);
    client.write(post('/first') + post('/second'));
    await stopping.until(() => stopping.replied.length === 1);
    open({ status: 200, headers: [], body: '/first', delayMs: 60_000 });
    const other = connectRaw(stopping.port);
    other.write(post('/other'));
    await other.until(() => other.replies().length === 1);
    const stopped = stopping.stop();
    await client.until(() => client.replies().length === 2 || client.isClosed());
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(['/first', '/second']);
    await client.close();
    await stopped;
  });

  it('is given early where waiting bodies would take more than half of the room', async () => {
    await start({ '/late': { delayMs: 60_000 } }, { limits: { inFlightLimit: 1_000_000 } });
    const clients = [connectRaw(recorder.port), connectRaw(recorder.port)];
    clients[0]?.write(post('/late', 'a'.repeat(300_000)));
    await recorder.until(() => recorder.captured.length === 1);
    clients[1]?.write(post('/late', 'b'.repeat(300_000)));
    await clients[0]?.until(() => clients[0]?.replies().length === 1);
    expect(clients[1]?.received()).toBe('');
    for (const client of clients) await client.close();
  });

  it('lets only so many requests stand behind it', async () => {
    await start({ '/late': { delayMs: 60_000 } });
    const client = connectRaw(recorder.port);
    client.write(post('/late'));
    await recorder.until(() => recorder.captured.length === 1);
    await expectAlive(recorder);
    client.write(post('/behind').repeat(300));
    await recorder.until(() => recorder.refused.length === 1);
    expect(recorder.refused).toMatchObject([{ reason: 'busy', status: 503 }]);
    client.write(post('/ignored').repeat(300));
    await client.until(() => client.isClosed());
    // The others were thrown away unread when the connection broke.
    expect(recorder.captured.filter(({ target }) => target === '/behind')).toHaveLength(15);
    await recorder.until(() => recorder.replied.length === 17);
    expect(reported()).toEqual({ '/late': null, '/probe': 200, '/behind': null });
    expect(recorder.refused.filter(({ reason }) => reason === 'aborted')).toHaveLength(256);
  });
});

describe('a fault', () => {
  const body = 'abcdefghij';
  const faulty = (fault: ReplyFault, plan: Partial<ReplyPlan> = {}) =>
    start({ '/fault': { body, fault, ...plan }, '/slow': { body: 'ab', fault: 'slow' }, '/late': { delayMs: 150 } });

  /** The client after its request, once its connection has ended. */
  async function ask(request = post('/fault')) {
    const client = connectRaw(recorder.port);
    client.write(request);
    await client.until(() => client.isClosed());
    return { received: client.received(), failure: client.failure() };
  }

  it('never: holds the connection until the client closes it', async () => {
    await faulty('never');
    const client = connectRaw(recorder.port);
    client.write(post('/fault'));
    await recorder.until(() => recorder.captured.length === 1);
    await expectAlive(recorder);
    expect([client.received(), client.isClosed(), recorder.replied.length]).toEqual(['', false, 1]);
    client.write(post('/behind'));
    await expectAlive(recorder);
    expect(recorder.captured.map(({ target }) => target)).not.toContain('/behind');
    client.end();
    await client.until(() => client.isGone());
    await recorder.until(() => recorder.replied.length === 3);
    expect(client.received()).toBe('');
    expect(reported()).toEqual({ '/probe': 200, '/fault': null });
  });

  it('never: does not hold up a stop', async () => {
    await faulty('never');
    const client = connectRaw(recorder.port);
    client.write(post('/fault'));
    await recorder.until(() => recorder.captured.length === 1);
    await expectAlive(recorder);
    await recorder.stop();
    await client.until(() => client.isClosed());
    expect(client.received()).toBe('');
    expect(reported()).toEqual({ '/probe': 200, '/fault': null });
  });

  it('never: notices the client’s end behind a body that nobody wants', async () => {
    await faulty('never');
    const client = connectRaw(recorder.port);
    client.write(post('/fault'));
    await recorder.until(() => recorder.captured.length === 1);
    await expectAlive(recorder);
    client.write(post('/ignored', 'x'.repeat(4_000_000)));
    client.end();
    await recorder.until(() => recorder.replied.length === 2);
    expect(reported()).toEqual({ '/probe': 200, '/fault': null });
  });

  it('never: takes only so many requests in vain', async () => {
    await faulty('never');
    const client = connectRaw(recorder.port);
    client.write(post('/fault'));
    await recorder.until(() => recorder.captured.length === 1);
    await expectAlive(recorder);
    client.write(post('/ignored').repeat(300));
    await client.until(() => client.isClosed());
    await recorder.until(() => recorder.replied.length === 2);
  });

  it('close: ends without a byte', async () => {
    await faulty('close');
    expect(await ask()).toEqual({ received: '', failure: null });
    expect(reported()).toEqual({ '/fault': null });
  });

  it('reset: breaks without a byte', async () => {
    await faulty('reset');
    expect(await ask()).toEqual({ received: '', failure: 'ECONNRESET' });
    expect(reported()).toEqual({ '/fault': null });
  });

  it('cut: announces the whole body, sends half of it and breaks', async () => {
    await faulty('cut');
    const { received, failure } = await ask();
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).toContain('Content-Length: 10\r\n');
    expect(received.endsWith('\r\n\r\nabcde')).toBe(true);
    expect(failure).toBe('ECONNRESET');
    expect(reported()).toEqual({ '/fault': 200 });
  });

  it.each([
    ['one byte', { body: 'a' }, /Content-Length: 1\r\n[^]*\r\n\r\n$/, 200],
    ['nothing, so that the answer is missing', { body: '' }, /^$/, null],
    ['nothing after 204', { status: 204 }, /^$/, null],
    [
      'a large body',
      { body: new Uint8Array(2_000_000).fill(97) },
      /Content-Length: 2000000\r\n[^]*\r\n\r\na{1000000}$/,
      200,
    ],
  ] as const)('cut: %s', async (_what, plan, wire, status) => {
    await faulty('cut', plan);
    const { received, failure } = await ask();
    expect(wire.test(received)).toBe(true);
    expect(failure).toBe('ECONNRESET');
    expect(reported()).toEqual({ '/fault': status });
  });

  it('slow: sends the head at once, then the body byte by byte', async () => {
    await faulty('slow', { body: 'abcd' });
    const client = connectRaw(recorder.port);
    const started = performance.now();
    client.write(post('/fault'));
    await client.until(() => client.received().endsWith('\r\n\r\n'));
    expect(client.received()).toContain('Content-Length: 4\r\n');
    const lengths = new Set<number>();
    await client.until(() => {
      lengths.add(client.received().length);
      return client.replies().length === 1;
    });
    expect(lengths.size).toBe(5);
    expect(performance.now() - started).toBeGreaterThanOrEqual(390);
    expect(client.replies()[0]?.body.toString()).toBe('abcd');
    await recorder.until(() => recorder.replied.length === 1);
    expect(reported()).toEqual({ '/fault': 200 });
    client.write(post('/after'));
    await client.until(() => client.replies().length === 2);
    await client.close();
  });

  it('slow: sends a large body in larger pieces, and the rest at once when the receiver stops', async () => {
    await faulty('slow', { body: 'b'.repeat(60_000) });
    const client = connectRaw(recorder.port);
    client.write(post('/fault'));
    await client.until(() => client.received().endsWith('\r\n\r\n'));
    const head = client.received().length;
    await client.until(() => client.received().length > head);
    expect(client.received().length - head).toBe(100);
    const started = performance.now();
    await recorder.stop();
    expect(performance.now() - started).toBeLessThan(1_000);
    await client.until(() => client.isClosed());
    expect(client.replies()[0]?.body).toHaveLength(60_000);
    expect(reported()).toEqual({ '/fault': 200 });
  });

  it('slow: ends when the client has gone', async () => {
    await faulty('slow');
    const client = connectRaw(recorder.port);
    client.write(post('/fault'));
    await client.until(() => client.received().endsWith('a'));
    client.reset();
    await recorder.until(() => recorder.replied.length === 1);
    expect(reported()).toEqual({ '/fault': 200 });
  });

  it('slow: has no body after HEAD', async () => {
    await faulty('slow');
    const client = connectRaw(recorder.port, { headReplies: true });
    client.write('HEAD /fault HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until(() => client.replies().length === 1);
    expect(client.received()).toContain('Content-Length: 10\r\n');
    await client.close();
  });

  it.each(['never', 'close', 'reset', 'cut'] as const)(
    '%s: comes after the replies before it, and nothing after it',
    async (fault) => {
      await faulty(fault);
      const client = connectRaw(recorder.port);
      client.write(post('/late') + post('/plain') + post('/slow') + post('/fault') + post('/behind'));
      await client.until(() => client.replies().length === 3);
      if (fault === 'never') client.end();
      await client.until(() => client.isClosed());
      expect(client.replies().map((reply) => reply.body.toString())).toEqual(['/late', '/plain', 'ab']);
      await recorder.until(() => recorder.replied.length === 5);
      const rest = { '/fault': fault === 'cut' ? 200 : null, '/behind': null };
      expect(reported()).toEqual({ '/late': 200, '/plain': 200, '/slow': 200, ...rest });
    },
  );

  it('comes after its delay', async () => {
    await faulty('close', { delayMs: 150 });
    const started = performance.now();
    expect(await ask()).toEqual({ received: '', failure: null });
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('does not change what a request that is too large is told', async () => {
    await start({ '/fault': { fault: 'never', delayMs: 60_000 } }, { limits: { bodyLimit: 10 } });
    expect((await ask(post('/fault', 'x'.repeat(11)))).received).toMatch(/^HTTP\/1\.1 413 /);
  });
});
