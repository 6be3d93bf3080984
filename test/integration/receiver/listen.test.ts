// Opening and closing the port: both loopback families, ports that are taken, and an end that loses no reply.

import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenOn } from '../../../src/main/receiver/listen.ts';
import type { ReplyPlan } from '../../../src/main/receiver/server.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { okPlan, startRecorder } from './start.ts';

const post = (target: string) => `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx`;

/** Some other program on a port of this machine. */
function occupy(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });
}

const release = (server: Server) => new Promise((resolve) => server.close(resolve));

async function hasIpv6(): Promise<boolean> {
  return occupy('::1', 0).then(
    (server) => release(server).then(() => true),
    () => false,
  );
}

describe('listening', () => {
  it('takes 127.0.0.1 and ::1 on the same port and says where', async (context) => {
    if (!(await hasIpv6())) context.skip('this machine has no IPv6 loopback');
    const recorder = await startRecorder();
    expect(recorder.url).toBe(`http://127.0.0.1:${recorder.port}`);
    for (const host of ['127.0.0.1', '::1'] as const) {
      const client = connectRaw(recorder.port, { host });
      client.write(post('/'));
      await client.until(() => client.replies().length === 1);
      await client.close();
      const bad = connectRaw(recorder.port, { host });
      bad.write('NONSENSE\r\n\r\n');
      await bad.until(() => bad.isClosed());
    }
    expect(recorder.captured.map((request) => request.remoteAddress)).toEqual(['127.0.0.1', '::1']);
    expect(recorder.refused.map((entry) => entry.remoteAddress)).toEqual(['127.0.0.1', '::1']);
    await recorder.stop();
  });

  it('on another host takes just that', async (context) => {
    if (!(await hasIpv6())) context.skip('this machine has no IPv6 loopback');
    const recorder = await startRecorder({ host: '::1' });
    expect(recorder.url).toBe(`http://[::1]:${recorder.port}`);
    const client = connectRaw(recorder.port);
    await client.until(() => client.isClosed());
    await recorder.stop();
  });

  it.each(['127.0.0.1', '::1'])(
    'reports a port that another program has on %s, and leaves nothing open',
    async (host) => {
      const other = await occupy(host, 0).catch(() => null);
      if (!other) return;
      const { port } = other.address() as AddressInfo;
      await expect(startRecorder({ port })).rejects.toMatchObject({ code: 'RECEIVER_PORT_IN_USE', details: { port } });
      await release(other);
      const recorder = await startRecorder({ port });
      expect(recorder.port).toBe(port);
      await recorder.stop();
    },
  );

  it('reports an address that this machine does not have', async () => {
    await expect(startRecorder({ host: '203.0.113.1' })).rejects.toMatchObject({ code: 'RECEIVER_ADDRESS' });
  });
});

describe('the second family', () => {
  /** A server whose first attempts to listen fail with `code`. */
  function failing(code: string, times: number): Server {
    const server = createServer();
    const listen = server.listen.bind(server) as (options: object) => Server;
    let left = times;
    const listenLater = (options: object) => {
      left -= 1;
      if (left < 0) return listen(options);
      process.nextTick(() => server.emit('error', Object.assign(new Error(code), { code })));
      return server;
    };
    return Object.assign(server, { listen: listenLater });
  }

  it('having its port taken makes another free port be tried', async (context) => {
    if (!(await hasIpv6())) context.skip('this machine has no IPv6 loopback');
    const server = createServer();
    const companion = failing('EADDRINUSE', 2);
    const port = await listenOn(server, companion, '127.0.0.1', 0);
    expect([server, companion].map((one) => (one.address() as AddressInfo).port)).toEqual([port, port]);
    await Promise.all([release(server), release(companion)]);
  });

  it('having every port taken ends the tries', async () => {
    const server = createServer();
    const listening = listenOn(server, failing('EADDRINUSE', 100), '127.0.0.1', 0);
    await expect(listening).rejects.toMatchObject({ code: 'RECEIVER_PORT_IN_USE' });
    expect(server.listening).toBe(false);
  });

  it.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])('not existing (%s) is no error', async (code) => {
    const server = createServer();
    const companion = failing(code, 1);
    expect(await listenOn(server, companion, '127.0.0.1', 0)).toBeGreaterThan(0);
    expect(companion.listening).toBe(false);
    await release(server);
  });
});

describe('stopping', () => {
  it('closes idle and silent sockets, lets requests in flight finish, and frees the port', async () => {
    let answer: (plan: ReplyPlan) => void = () => undefined;
    const recorder = await startRecorder({
      onRequest: (request) =>
        request.target === '/slow' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(okPlan),
    });
    const [idle, silent, busy, half] = [1, 2, 3, 4].map(() => connectRaw(recorder.port));
    if (!idle || !silent || !busy || !half) throw new Error('four clients');
    idle.write(post('/'));
    await idle.until(() => idle.replies().length === 1);
    half.write('POST /half HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    await half.until(() => half.received().includes('100 Continue'));
    busy.write(post('/slow'));
    await recorder.until(() => recorder.captured.length === 2);

    const started = performance.now();
    const stopped = recorder.stop();
    await idle.until(() => idle.isClosed());
    await silent.until(() => silent.isClosed());
    expect(busy.isClosed()).toBe(false);
    half.write('done');
    answer(okPlan);
    for (const client of [busy, half]) {
      await client.until(() => client.isClosed());
      expect(client.replies()[0]?.status).toBe(200);
      expect(client.received()).toContain('Connection: close');
    }
    await stopped;
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(recorder.captured.map((request) => request.target)).toEqual(['/', '/slow', '/half']);
    await release(await occupy('127.0.0.1', recorder.port));
  });

  it('does not wait longer than 5 s for a host that never answers', async () => {
    const recorder = await startRecorder({ onRequest: () => new Promise(() => undefined) });
    const client = connectRaw(recorder.port);
    client.write(post('/'));
    await recorder.until(() => recorder.captured.length === 1);
    const started = performance.now();
    await recorder.stop();
    expect(performance.now() - started).toBeLessThan(6_000);
    await client.until(() => client.isClosed());
  });
});
