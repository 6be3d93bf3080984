// A name that changes its meaning between two requests of one chain: the address of each look-up is judged by where the
// redirect came from. Addresses of the internet are played by loopback: only where a connection ends is replaced.

import type { LookupFunction, NetConnectOpts } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Address } from '../../../src/main/sender/connect.ts';
import { attempt } from '../../../src/main/sender/wire.ts';
import type { WireOptions } from '../../../src/main/sender/wire.ts';
import { systemClock } from '../../../src/main/system.ts';
import { startRawServer } from '../../support/raw-server.ts';
import type { RawServer } from '../../support/raw-server.ts';

/** Addresses that connections were opened to. */
const reached = vi.hoisted((): string[] => []);

vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  const connect = (options: NetConnectOpts & { lookup: LookupFunction }) => {
    let meant = '';
    const lookup: LookupFunction = (host, _options, callback) =>
      options.lookup(host, { all: true }, (error, found) => {
        meant = Array.isArray(found) ? (found[0]?.address ?? '') : found;
        reached.push(meant);
        callback(error, [{ address: '127.0.0.1', family: 4 }]);
      });
    const socket = net.connect({ ...options, lookup });
    Object.defineProperty(socket, 'remoteAddress', { get: () => meant });
    return socket;
  };
  return { ...net, connect };
});

const outside: Address = { address: '203.0.113.7', family: 4 };
const inner: Address = { address: '10.0.0.5', family: 4 };
const own: Address = { address: '127.0.0.1', family: 4 };
const mapped: Address = { address: '::ffff:127.0.0.1', family: 6 };

let server: RawServer;
let location: string;
beforeEach(async () => {
  reached.length = 0;
  server = await startRawServer((socket, { received }) =>
    socket.end(
      received.length === 1
        ? `HTTP/1.1 307 Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ),
  );
  location = `http://hooks.test:${server.port}/next`;
});
afterEach(() => server.close());

/** Sends to a name whose look-ups give these answers, one after the other. */
function send(answers: readonly (readonly Address[])[], more: Partial<WireOptions> = {}) {
  let n = 0;
  return attempt({
    method: 'POST',
    url: `http://hooks.test:${server.port}/first`,
    headers: [['X-Signature', 'canary']],
    body: new TextEncoder().encode('{"a":1}'),
    clock: systemClock,
    totalMs: 5_000,
    followRedirects: true,
    lookup: () => Promise.resolve(answers[n++] ?? []),
    ...more,
  });
}

test.each([
  ['this machine', [own], 'this machine'],
  ['this machine, written as IPv6', [mapped], 'this machine'],
  ['a private network', [inner], 'a private network'],
  ['outside and inside at once', [outside, inner], 'a private network'],
] as const)('@sending 3 a name that means %s at the second look-up gets nothing', async (_name, second, reach) => {
  const outcome = await send([[outside], second]);
  expect(outcome).toMatchObject({ outcome: 'blocked-address', status: null });
  expect(outcome.message).toContain(`a redirect from the internet may not lead to ${reach}`);
  expect(server.received).toHaveLength(1);
  expect(reached).toEqual(['203.0.113.7']);
});

test('@sending 3 what counts is the address that was reached, not what else the name stands for', async () => {
  const outcome = await send([[outside, own], [own]]);
  expect(outcome).toMatchObject({ outcome: 'blocked-address' });
  expect(reached).toEqual(['203.0.113.7']);
});

test('@sending 3 permission for link-local addresses does not open the way inwards', async () => {
  expect(await send([[outside], [own]], { allowLinkLocal: true })).toMatchObject({ outcome: 'blocked-address' });
  expect(server.received).toHaveLength(1);
});

test('@sending 3 from a private network the way leads to it, and no further in', async () => {
  expect(await send([[inner], [inner]])).toMatchObject({ outcome: 'delivered' });
  await server.close();
  server = await startRawServer((socket) =>
    socket.end(`HTTP/1.1 307 Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
  );
  location = `http://hooks.test:${server.port}/next`;
  expect(await send([[inner], [own]])).toMatchObject({ outcome: 'blocked-address' });
  expect(server.received).toHaveLength(1);
});

test('@sending 3 a name that stays outside is followed, with each look-up used for its own request', async () => {
  const other: Address = { address: '198.51.100.4', family: 4 };
  expect(await send([[outside], [other]])).toMatchObject({ outcome: 'delivered', status: 200 });
  expect(reached).toEqual(['203.0.113.7', '198.51.100.4']);
});
