// The control socket against whoever may connect: garbage, half frames, floods and clients that vanish end their own
// connection, and the owner goes on.

import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectControl } from '../../../src/main/control/client.ts';
import { createLineCutter, decodeLine, encodeLine, maxCallBytes } from '../../../src/main/control/frames.ts';
import { startControl } from '../../../src/main/control/server.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';

let running: TestHost;
const isWindows = process.platform === 'win32';

beforeEach(async () => {
  running = await startTestHost();
});

afterEach(() => running.stop());

function connect(): Socket {
  const socket = createConnection(join(running.dataDir, 'control.sock'));
  socket.on('error', () => {});
  return socket;
}

function ended(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('close', () => resolve(text));
  });
}

async function expectAlive(): Promise<void> {
  const client = await connectControl(running.dataDir, process.platform);
  expect(await client?.call('requests.list', { limit: 1 })).toEqual({ rows: [], more: false });
  client?.close();
}

test('bytes, errors and news cross as they are', async () => {
  const client = await connectControl(running.dataDir, process.platform);
  if (client === null) throw new Error('nobody answers');
  const news: string[] = [];
  client.follow((change) => news.push(change.type));
  await client.call('settings.save', { duplicateWindowHours: 3 });
  expect(news).toEqual(['settings']);
  await expect(client.call('requests.get', { id: 'none' })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  await expect(client.call('requests.get', {} as never)).rejects.toMatchObject({ code: 'IPC_INVALID_INPUT' });
  await expect(client.call('no.such' as never, undefined as never)).rejects.toMatchObject({
    code: 'IPC_UNKNOWN_COMMAND',
  });
  await fetch(`${running.url()}/x`, { method: 'POST', body: new Uint8Array([0, 255, 10, 13]) });
  const [row] = (await client.call('requests.list', { limit: 1 })).rows;
  const body = await client.call('requests.body', { id: row?.id ?? '', offset: 0, length: 10 });
  expect(body).toEqual(new Uint8Array([0, 255, 10, 13]));
  client.close();
});

test('what belongs to the window is refused', async () => {
  const client = await connectControl(running.dataDir, process.platform);
  await expect(client?.call('open.external', { url: 'https://shop.example/' })).rejects.toMatchObject({
    code: 'IPC_UNTRUSTED_SENDER',
  });
  client?.close();
});

test.skipIf(isWindows)('garbage and calls without a greeting end the connection', async () => {
  for (const text of [
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    '{"id":1,"call":"state.get"}\n',
    '{"control":2}\n',
    '{"control":1}\n{"id":"one","call":"state.get"}\n',
    '{"control":1}\n[]\n',
    '\u0000\n',
  ]) {
    const socket = connect();
    const end = ended(socket);
    socket.write(text);
    expect(await end).not.toContain('"result"');
  }
  await expectAlive();
});

test.skipIf(isWindows)('half frames and clients that vanish change nothing', async () => {
  const half = connect();
  half.write('{"control":1}\n{"id":1,"call":"settings.save","input":{"port":5');
  const gone = connect();
  gone.write('{"control":1}\n{"follow":true}\n{"id":1,"call":"state.get"}\n');
  gone.destroy();
  half.destroy();
  await fetch(`${running.url()}/x`);
  const settings = running.host.parts.settings.data;
  expect(settings.port).toBe(4100);
  expect((await fetch(`${running.url()}/x`)).status).toBe(200);
});

test.skipIf(isWindows)('a flood of calls is answered one by one, and too many connections are closed', async () => {
  const socket = connect();
  let answers = 0;
  const cutter = createLineCutter(maxCallBytes);
  const all = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Uint8Array) => {
      answers += cutter.take(chunk)?.length ?? 0;
      if (answers === 2_001) resolve();
    });
  });
  socket.write('{"control":1}\n');
  socket.write('{"id":1,"call":"refused.list"}\n'.repeat(2_000));
  await all;
  socket.destroy();
  const many = Array.from({ length: 60 }, connect);
  await Promise.race(many.map(ended));
  for (const one of many) one.destroy();
  expect(answers).toBe(2_001);
});

test('a line over the cap is not kept', () => {
  const cutter = createLineCutter(10);
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(cutter.take(bytes('12345'))).toEqual([]);
  expect(cutter.take(bytes('67890\nab'))).toEqual(['1234567890']);
  expect(cutter.take(bytes('c'.repeat(9)))).toBeNull();
  const value = { a: new Uint8Array([1, 2]), b: [{ $bytes: 1 }] };
  expect(decodeLine(encodeLine(value))).toEqual(value);
  expect(decodeLine(encodeLine({ a: Buffer.from([1]) }))).toEqual({ a: new Uint8Array([1]) });
});

test.skipIf(isWindows)('what is no socket stays, and the owner works without', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hookbench-control-'));
  writeFileSync(join(dir, 'control.sock'), 'mine');
  const warnings: string[] = [];
  const { handlers, onChange, parts } = running.host;
  const control = await startControl({
    dataDir: dir,
    platform: process.platform,
    version: '0.0.0',
    handlers,
    onChange,
    clock: parts.clock,
    makeId: () => 'bug',
    logger: { info: () => {}, warn: (message) => warnings.push(message), error: () => {} },
  });
  expect(control).toBeNull();
  expect(warnings).toHaveLength(1);
  expect(await connectControl(dir, process.platform)).toBeNull();
  await rm(dir, { recursive: true });
});
