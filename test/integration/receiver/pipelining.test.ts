// Many requests on one connection behind a slow answer: only so many are taken, the socket is not read, and none is lost,
// refused or answered out of turn once the answers come.

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReplyPlan } from '../../../src/main/receiver/server.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { expectAlive, startRecorder } from './start.ts';
import type { Recorder, RecorderOptions } from './start.ts';

const post = (target: string, body = 'x') =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const posts = (count: number, body = 'x', from = 1) =>
  Array.from({ length: count }, (_, i) => post(`/${from + i}`, body)).join('');
const targets = (count: number) => Array.from({ length: count }, (_, i) => `/${i + 1}`);

let recorder: Recorder;
/** Answers that the test gives, in the order of their requests. */
let answers: (() => void)[];

/** Everything but `/probe` waits for its answer, its target, until the test gives it. */
async function start(options: RecorderOptions = {}, plan: Partial<ReplyPlan> = {}): Promise<void> {
  answers = [];
  recorder = await startRecorder({
    ...options,
    onRequest({ target }) {
      const reply = { status: 200, headers: [], body: target };
      return target === '/probe'
        ? Promise.resolve(reply)
        : new Promise((resolve) => answers.push(() => resolve({ ...reply, ...plan })));
    },
  });
}

/** Requests that were taken. */
const taken = () => recorder.captured.filter(({ target }) => target !== '/probe').length;

/** Gives every answer, as the requests come. */
async function answerAll(count: number): Promise<void> {
  for (let given = 0; given < count; given += 1) {
    await recorder.until(() => taken() > given);
    answers[given]?.();
  }
}

afterEach(async () => {
  await recorder.stop();
  expect(recorder.faults).toEqual([]);
});

/** Bytes that a client could write before the receiver stopped to read, when it writes without end. */
async function writtenTo(socket: Socket, piece: Buffer): Promise<number> {
  socket.on('error', () => undefined);
  let before = -1;
  while (before !== socket.bytesWritten - socket.writableLength) {
    before = socket.bytesWritten - socket.writableLength;
    while (socket.writableLength < 4 * piece.length) socket.write(piece);
    await expectAlive(recorder);
    await expectAlive(recorder);
  }
  return before;
}

describe('requests behind one that is not answered', () => {
  it('are taken only so far, and are all answered in their order later', async () => {
    await start();
    const client = connectRaw(recorder.port);
    client.write(posts(200));
    await recorder.until(() => taken() === 16);
    await expectAlive(recorder);
    expect(answers).toHaveLength(16);
    // The last ones first: what is answered makes a place, but waits for its turn.
    for (const answer of answers.slice(1)) answer();
    await recorder.until(() => taken() === 31);
    expect(client.received()).toBe('');
    await answerAll(200);
    await client.until(() => client.replies().length === 200);
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(targets(200));
    const captured = recorder.captured.filter(({ target }) => target !== '/probe');
    expect(captured.map(({ target }) => target)).toEqual(targets(200));
    expect(captured.map(({ seq }) => seq)).toEqual(captured.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(recorder.refused).toEqual([]);
    client.write(post('/201'));
    await answerAll(201);
    await client.until(() => client.replies().length === 201);
    await client.close();
  });

  it('are not read from the socket, however many come', async () => {
    await start();
    const body = Buffer.alloc(60_000, 97);
    const piece = Buffer.concat([
      Buffer.from(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`),
      body,
    ]);
    const socket = connect(recorder.port, '127.0.0.1');
    // What the system keeps for a socket that is not read is some megabytes.
    expect(await writtenTo(socket, piece)).toBeLessThan(30_000_000);
    expect(answers).toHaveLength(16);
    socket.destroy();
    for (const answer of answers) answer();
  });

  it('keep their bodies, large or in chunks, whatever had arrived of them', async () => {
    await start();
    const client = connectRaw(recorder.port);
    client.write(posts(16));
    await recorder.until(() => taken() === 16);
    const large = 'ab'.repeat(500_000);
    client.write(post('/17', large) + `POST /18 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    client.write(`3\r\nabc\r\n`);
    await expectAlive(recorder);
    expect(answers).toHaveLength(16);
    answers[0]?.();
    await recorder.until(() => taken() === 17);
    client.write('0\r\n\r\n');
    await answerAll(18);
    await client.until(() => client.replies().length === 18);
    const bodyOf = (target: string) =>
      Buffer.from(recorder.captured.find((request) => request.target === target)?.body ?? []).toString();
    expect(bodyOf('/17') === large).toBe(true);
    expect(bodyOf('/18')).toBe('abc');
    await client.close();
  });

  it('take room for their bodies beside the first', async () => {
    await start({ limits: { inFlightLimit: 100_000, maxConnections: 10 } });
    const client = connectRaw(recorder.port);
    // Small bodies (10,000 bytes here) are free, but only one of a connection.
    client.write(posts(16, 'x'.repeat(9_000)));
    await recorder.until(() => taken() === 12);
    await expectAlive(recorder);
    expect(answers).toHaveLength(12);
    await answerAll(16);
    await client.until(() => client.replies().length === 16);
    expect(recorder.refused).toEqual([]);
    await client.close();
  });

  it('beyond what one read brings are refused as busy, after the answers to those before', async () => {
    await start();
    const client = connectRaw(recorder.port);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_000));
    await recorder.until(() => recorder.refused.length === 1);
    expect(recorder.refused).toMatchObject([{ reason: 'busy', status: 503 }]);
    await answerAll(272);
    await client.until(() => client.isClosed());
    expect(client.replies().map(({ status }) => status)).toEqual([...Array.from({ length: 272 }, () => 200), 503]);
  });

  it('before bad bytes still get their replies', async () => {
    await start();
    const client = connectRaw(recorder.port);
    client.write(`${posts(20)}NONSENSE\r\n\r\n`);
    await recorder.until(() => recorder.refused.length === 1);
    await answerAll(20);
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(targets(20));
    expect(recorder.refused).toMatchObject([{ reason: 'bad-request', status: null }]);
  });

  it('that the receiver kept waiting are not told that they were slow', async () => {
    await start({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 300 } });
    const client = connectRaw(recorder.port);
    client.write(`${posts(20)}POST /half HTTP/1.1\r\nHo`);
    await recorder.until(() => recorder.refused.length === 1);
    expect(recorder.refused).toMatchObject([{ reason: 'busy', status: null }]);
    await answerAll(20);
    await client.until(() => client.isClosed());
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(targets(20));
  });

  it('are listed as aborted when the sender goes away before they are taken', async () => {
    await start();
    const client = connectRaw(recorder.port);
    client.write(posts(20));
    await recorder.until(() => taken() === 16);
    client.reset();
    await expectAlive(recorder);
    // A socket that is not read shows its end when it is written to. One more is taken on that occasion.
    answers[0]?.();
    await expectAlive(recorder);
    await expectAlive(recorder);
    for (const answer of answers) answer();
    await recorder.until(() => recorder.refused.length === 3);
    expect(recorder.refused.map(({ reason, status }) => [reason, status])).toEqual(
      Array.from({ length: 3 }, () => ['aborted', null]),
    );
    expect(answers).toHaveLength(17);
  });

  it('are answered, too, when the receiver stops', async () => {
    await start();
    const client = connectRaw(recorder.port);
    client.write(posts(40));
    await recorder.until(() => taken() === 16);
    const stopped = recorder.stop();
    await answerAll(40);
    await client.until(() => client.isClosed());
    await stopped;
    expect(client.replies().map((reply) => reply.body.toString())).toEqual(targets(40));
  });

  it('are dropped behind an answer that ends the connection; a held one still notices the client’s end', async () => {
    await start({}, { fault: 'never' });
    const client = connectRaw(recorder.port);
    client.write(posts(40));
    await recorder.until(() => taken() === 16);
    answers[0]?.();
    await expectAlive(recorder);
    expect(answers).toHaveLength(16);
    client.end();
    await client.until(() => client.isGone());
    for (const answer of answers) answer();
    await recorder.until(() => recorder.replied.length === 17);
    expect(recorder.replied.filter(({ status }) => status === null)).toHaveLength(16);
  });
});
