// Redirects over real sockets: what a chain shares (one deadline, one permission) and what it ends with.

import { afterEach, describe, expect, it } from 'vitest';
import { attempt } from '../../../src/main/sender/wire.ts';
import type { WireOptions } from '../../../src/main/sender/wire.ts';
import { systemClock } from '../../../src/main/system.ts';
import { startRawServer } from '../../support/raw-server.ts';
import type { RawServer } from '../../support/raw-server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: Parameters<typeof startRawServer>[0]): Promise<RawServer> {
  const server = await startRawServer(answer);
  closers.push(server.close);
  return server;
}

const send = (url: string, more: Partial<WireOptions> = {}) =>
  attempt({
    method: 'POST',
    url,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Signature', 'canary'],
    ],
    body: new TextEncoder().encode('{"a":1}'),
    clock: systemClock,
    totalMs: 5_000,
    followRedirects: true,
    ...more,
  });

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const moved = (location: string, status = 307) =>
  `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;

describe('redirects that are followed @sending 3', () => {
  it('within the origin the message arrives whole, and the outcome says where', async () => {
    const server = await serve((socket, { received }) => socket.end(received.length === 1 ? moved('/new') : ok));
    const outcome = await send(`${server.url}/old`);
    expect(outcome).toMatchObject({ outcome: 'delivered', status: 200 });
    expect(outcome.message).toBe(`HTTP 200; after 1 redirect to ${server.url}/new`);
    expect(server.received[1]).toBe(server.received[0]?.replace('/old', '/new'));
    expect(outcome.request.url).toBe(`${server.url}/old`);
    expect(Buffer.from(outcome.response?.body ?? []).toString()).toBe('ok');
  });

  it('a 303 says that the message was taken; a 302 does not', async () => {
    for (const [status, expected] of [
      [303, 'delivered'],
      [302, 'http-status'],
    ] as const) {
      const server = await serve((socket, { received }) =>
        socket.end(received.length === 1 ? moved('/b', status) : ok),
      );
      expect(await send(server.url)).toMatchObject({ outcome: expected, status: 200 });
      expect(server.received[1]).toMatch(
        /^GET \/b HTTP\/1.1\r\nHost: [^\r]+\r\nX-Signature: canary\r\nConnection: close\r\n\r\n$/,
      );
    }
  });

  it('all requests together have the one deadline', async () => {
    const server = await serve((socket, { received }) => {
      if (received.length < 3) setTimeout(() => socket.end(moved(`/${received.length}`)), 150);
    });
    const outcome = await send(server.url, { totalMs: 500 });
    expect(outcome).toMatchObject({ outcome: 'timeout-response', status: null });
    expect(outcome.message).toMatch(/^no reply within 500 ms; after 2 redirects to /);
    expect(outcome.ms).toBeGreaterThanOrEqual(480);
    expect(outcome.ms).toBeLessThan(1_000);
    await server.allClosed();
  });

  it('an abort ends the chain', async () => {
    const controller = new AbortController();
    const server = await serve((socket, { received }) => {
      if (received.length === 1) socket.end(moved('/b'));
      else controller.abort();
    });
    expect((await send(server.url, { signal: controller.signal })).outcome).toBe('interrupted');
    expect(server.received).toHaveLength(2);
  });

  it('a metadata address is blocked behind a redirect, also for a target that may use one', async () => {
    for (const allowLinkLocal of [false, true]) {
      const server = await serve((socket) => socket.end(moved('http://169.254.169.254/latest/meta-data/')));
      const outcome = await send(server.url, { allowLinkLocal });
      expect(outcome).toMatchObject({ outcome: 'blocked-address', status: null });
    }
  });

  it('a name is looked up and checked for each request', async () => {
    const server = await serve((socket) => socket.end(moved('http://inside.test/')));
    const asked: string[] = [];
    const lookup = async (host: string) => {
      asked.push(host);
      return [{ address: host === 'inside.test' ? '100.100.100.200' : '127.0.0.1', family: 4 as const }];
    };
    const outcome = await send(`http://hooks.test:${server.port}/`, { lookup });
    expect(asked).toEqual(['hooks.test', 'inside.test']);
    expect(outcome.outcome).toBe('blocked-address');
  });

  it('a 200 in the chain’s middle ends it; a redirect without a Location is an answer', async () => {
    const server = await serve((socket) => socket.end('HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n'));
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ outcome: 'http-status', status: 302 });
    expect(outcome.message).toBe('HTTP 302: not followed, since the reply names no Location');
    const multiple = await serve((socket) => socket.end(moved('/x', 300)));
    expect(await send(multiple.url)).toMatchObject({ outcome: 'http-status', status: 300 });
    expect(multiple.received).toHaveLength(1);
  });
});
