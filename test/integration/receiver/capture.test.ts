// What the receiver keeps of a request is what came over the wire: bytes, headers, target, method, order.

import { createHash, randomBytes } from 'node:crypto';
import { METHODS } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CapturedRequest } from '../../../src/shared/exchange.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { startRecorder } from './start.ts';
import type { Recorder } from './start.ts';

let recorder: Recorder;
beforeAll(async () => {
  recorder = await startRecorder();
});
afterAll(async () => {
  await recorder.stop();
  expect(recorder.faults).toEqual([]);
  expect(recorder.refused).toEqual([]);
});

/** Sends bytes on one connection and gives what was captured of it when `replies` replies have come. */
async function send(bytes: Uint8Array | string, replies = 1, headReplies = false): Promise<CapturedRequest[]> {
  const before = recorder.captured.length;
  const client = connectRaw(recorder.port, { headReplies });
  client.write(bytes);
  await client.until(() => client.replies().length === replies);
  expect(client.replies().map((reply) => reply.status)).toEqual(Array.from({ length: replies }, () => 200));
  await client.close();
  return recorder.captured.slice(before);
}

function withLength(body: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(`POST /in HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);
}

function inChunks(body: Uint8Array, size: number): Uint8Array {
  const parts = [Buffer.from('POST /in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), Buffer.from(piece), Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the body', () => {
  const bodies: readonly (readonly [string, Uint8Array])[] = [
    ['empty', Buffer.alloc(0)],
    ['one byte', Buffer.from([0])],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80, 0xed, 0xa0, 0x80])],
    ['a byte order mark and line ends', Buffer.from('\uFEFF{"a":1}\r\n\n\r')],
    ['emoji', Buffer.from('{"text":"👩‍👩‍👧 \u202E"}')],
    ['gzip', gzipSync('{"a":1}')],
    ['one packet', randomBytes(1_000)],
    ['many packets', randomBytes(300_000)],
    ['several MB', randomBytes(5_000_001)],
  ];

  it.each(bodies)('is kept byte for byte with a length: %s', async (_name, body) => {
    const [request] = await send(withLength(body));
    expect(Buffer.compare(request?.body ?? Buffer.alloc(0), body)).toBe(0);
    expect(request).toMatchObject({ size: body.length, truncated: false, sha256: sha256(body), trailers: [] });
  });

  it.each(bodies)('is kept byte for byte in chunks: %s', async (_name, body) => {
    const [request] = await send(inChunks(body, Math.max(1, Math.floor(body.length / 7))));
    expect(Buffer.compare(request?.body ?? Buffer.alloc(0), body)).toBe(0);
    expect(request).toMatchObject({ size: body.length, truncated: false, sha256: sha256(body) });
  });

  it('is kept when every byte of the request comes alone', async () => {
    const client = connectRaw(recorder.port);
    const before = recorder.captured.length;
    for (const byte of withLength(Buffer.from('drip'))) client.write(Buffer.from([byte]));
    await client.until(() => client.replies().length === 1);
    expect(Buffer.from(recorder.captured[before]?.body ?? []).toString()).toBe('drip');
    await client.close();
  });
});

describe('the headers', () => {
  it('keep order, case, repeats and Latin-1 bytes', async () => {
    const fields = [
      'X-B: 1',
      'x-a: 2',
      'X-b: 3',
      'HOST: localhost',
      'X-Latin: \xE9\xFF',
      'X-Empty:',
      'Cookie: a',
      'Cookie: b',
      'X-B: 1',
      '__proto__: x',
    ];
    const [request] = await send(Buffer.from(`GET / HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1'));
    expect(request?.headers.map(([name, value]) => (value === '' ? `${name}:` : `${name}: ${value}`))).toEqual(fields);
  });

  it('stand apart from trailers', async () => {
    const [request] = await send(
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n',
    );
    expect(request?.trailers).toEqual([
      ['X-Sum', '1'],
      ['x-sum', '2'],
    ]);
    expect(request?.headers.map(([name]) => name)).toEqual(['Host', 'Transfer-Encoding']);
  });
});

describe('method and target', () => {
  it.each(METHODS.filter((method) => method !== 'CONNECT'))('%s is captured with its body', async (method) => {
    const [request] = await send(
      `${method} /m?x=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody`,
      1,
      method === 'HEAD',
    );
    expect(request).toMatchObject({ method, target: '/m?x=1', size: 4, sha256: sha256(Buffer.from('body')) });
  });

  it.each([
    '/%ff',
    '/%',
    '/a/../b/./c//d',
    '//evil.example/x',
    '/a?b=%zz&b=[]#c',
    'http://other.example:1/x?y',
    '*',
    '/constructor',
    '/a;b=c',
    '/:id',
  ])('keeps the target %s as sent', async (target) => {
    const [request] = await send(`OPTIONS ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(request).toMatchObject({ target, httpVersion: '1.1' });
  });

  it.each(['application/json garbage', '', 'text', '/', 'multipart/form-data', 'application/x-www-form-urlencoded'])(
    'does not care for the content type "%s"',
    async (type) => {
      const [request] = await send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1\r\n\r\n{`);
      expect(request?.size).toBe(1);
    },
  );
});

describe('the order', () => {
  it('is that of the request starts, on one connection and over several', async () => {
    const slow = connectRaw(recorder.port);
    const before = recorder.captured.length;
    slow.write('POST /slow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    await slow.until(() => slow.received().includes('100 Continue'));
    await send(
      'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\naGET /3 HTTP/1.1\r\nHost: x\r\n\r\n',
      3,
    );
    slow.write('ok');
    await slow.until(() => slow.replies().length === 1);
    const bySeq = recorder.captured.slice(before).toSorted((a, b) => a.seq - b.seq);
    expect(bySeq.map((request) => request.target)).toEqual(['/slow', '/1', '/2', '/3']);
    expect(bySeq.map((request) => request.receivedAt)).toEqual(
      bySeq.map((request) => request.receivedAt).toSorted((a, b) => a - b),
    );
    await slow.close();
  });
});
