// A request in pieces goes by the target's rules as whole ones do: its headers, certificates that nobody vouches for,
// addresses that need a permission. Those addresses are played by loopback.

import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, LookupFunction, NetConnectOpts } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HandlerRules } from '../../../../src/main/handler-check/options.ts';
import { sendInPieces } from '../../../../src/main/handler-check/pieces.ts';
import { systemClock } from '../../../../src/main/system.ts';
import { createTestAuthority } from '../../../support/test-certificates.ts';

vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  const connect = (options: NetConnectOpts & { host: string; lookup: LookupFunction }) =>
    net.connect(options.host.startsWith('169.254.') ? { ...options, host: '127.0.0.1' } : options);
  return { ...net, connect };
});

let seen: { readonly headers: readonly string[]; readonly body: string }[];
let servers: Server[];
beforeEach(() => {
  seen = [];
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await new Promise((done) => server.close(done));
});

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    seen.push({ headers: request.rawHeaders, body });
    response.end('ok');
  });
};

async function start(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const send = (url: string, rules?: HandlerRules) =>
  sendInPieces({
    request: { url, headers: [['X-Own', 'of the request']], body: new Uint8Array() },
    declaredBytes: 4,
    async script(writer) {
      await writer.write(Buffer.from('ab'));
      await writer.write(Buffer.from('cd'));
      writer.end();
    },
    clock: systemClock,
    totalMs: 5_000,
    rules,
  });

const plain: HandlerRules = { headers: [], allowLinkLocal: false, skipTlsCheck: false };

it("adds the target's headers where the request has none of the name", async () => {
  const url = `http://127.0.0.1:${await start(createHttp(answer))}/`;
  const headers = [
    ['X-Team', 'orders'],
    ['x-own', 'of the target'],
  ] as const;
  expect(await send(url, { ...plain, headers })).toMatchObject({ outcome: 'delivered', status: 200 });
  expect(seen[0]?.body).toBe('abcd');
  const at = seen[0]?.headers.indexOf('X-Team') ?? -1;
  expect(seen[0]?.headers[at + 1]).toBe('orders');
  expect(seen[0]?.headers).toContain('of the request');
  expect(seen[0]?.headers).not.toContain('of the target');
});

it('checks certificates unless the target says not to', async () => {
  const leaf = createTestAuthority().issue('127.0.0.1');
  const url = `https://127.0.0.1:${await start(createHttps(leaf, answer))}/`;
  expect(await send(url)).toMatchObject({ outcome: 'tls', status: null });
  expect(await send(url, plain)).toMatchObject({ outcome: 'tls', status: null });
  expect(seen).toEqual([]);
  expect(await send(url, { ...plain, skipTlsCheck: true })).toMatchObject({ outcome: 'delivered', status: 200 });
});

it('reaches a link-local address only where the target allows it', async () => {
  const url = `http://169.254.7.7:${await start(createHttp(answer))}/`;
  expect(await send(url)).toMatchObject({ outcome: 'blocked-address', status: null });
  expect(await send(url, plain)).toMatchObject({ outcome: 'blocked-address', status: null });
  expect(seen).toEqual([]);
  expect(await send(url, { ...plain, allowLinkLocal: true })).toMatchObject({ outcome: 'delivered', status: 200 });
});
