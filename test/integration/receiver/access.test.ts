// Access rules over real sockets: each family of addresses, rates, quota; and that a refused sender reads why, whatever it
// still wanted to send, uses no number, and holds nobody up.

import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { TunnelPassage } from '../../../src/main/receiver/access-contract.ts';
import { createAccess } from '../../../src/main/receiver/access.ts';
import { openAccess } from '../../../src/shared/access.ts';
import type { Access as AccessRules } from '../../../src/shared/access.ts';
import type { RequestHead } from '../../../src/shared/exchange.ts';
import { headerValue } from '../../../src/shared/headers.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { okPlan, startRecorder } from './start.ts';
import type { Recorder } from './start.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const post = (target = '/', body = 'x', fields = '') =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;

let recorder: Recorder;
let clock: number;
let stored: number;

/** Everything below `/off` is switched off; `X-Sender` stands for what a trusted tunnel tells. */
async function start(changed: Partial<AccessRules>, host = '127.0.0.1', hasSlow = false): Promise<void> {
  clock = 0;
  stored = 0;
  const endpoint = { ...defaultEndpoint, access: { ...openAccess, ...changed } };
  const passageOf = ({ headers }: RequestHead): TunnelPassage | null => {
    const sender = headerValue(headers, 'x-sender');
    return sender === undefined ? null : { tunnelId: 't', sender: sender === '' ? null : sender };
  };
  const access = createAccess({
    monotonic: () => clock,
    bodyLimit: 1_048_576,
    endpointOf: (target) => (target.startsWith('/off') ? null : endpoint),
    passageOf,
    storedBytes: () => stored,
  });
  recorder = await startRecorder({
    host,
    admit: (head) => access.admit(head),
    onRequest: (request, onStored) => {
      stored += request.size;
      if (!hasSlow || request.target !== '/slow') return Promise.resolve(okPlan);
      onStored();
      return new Promise(() => undefined);
    },
  });
}

afterEach(async () => {
  await recorder.stop();
  expect(recorder.faults).toEqual([]);
});

/** Status of the reply to one request on its own connection. */
async function statusOf(request = post(), host: '127.0.0.1' | '::1' = '127.0.0.1'): Promise<number | undefined> {
  const client = connectRaw(recorder.port, { host });
  client.write(request);
  await client.until(() => client.replies().length === 1);
  const status = client.replies()[0]?.status;
  await client.close();
  return status;
}

describe('the allow-list', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', 200],
    ['127.0.0.0/8', '127.0.0.1', '127.0.0.1', 200],
    ['::ffff:127.0.0.0/104', '127.0.0.1', '127.0.0.1', 200],
    ['192.0.2.0/24', '127.0.0.1', '127.0.0.1', 403],
    ['::1', '127.0.0.1', '127.0.0.1', 403],
    // A socket of both families writes IPv4 addresses as IPv6 ones.
    ['127.0.0.0/8', '::', '127.0.0.1', 200],
    ['::ffff:127.0.0.1', '::', '127.0.0.1', 200],
    ['::/0', '::', '127.0.0.1', 403],
    ['::1/128', '::', '::1', 200],
    ['127.0.0.0/8', '::', '::1', 403],
  ] as const)('of %s, listening on %s, asked from %s: %i', async (network, listen, from, status) => {
    const needsIpv6: readonly string[] = ['::', '::1'];
    if (!hasIpv6 && (needsIpv6.includes(listen) || needsIpv6.includes(from))) return;
    await start({ allow: [network] }, listen);
    expect(await statusOf(post(), from)).toBe(status);
    expect(recorder.captured).toHaveLength(status === 200 ? 1 : 0);
    expect(recorder.refused.map(({ reason }) => reason)).toEqual(status === 200 ? [] : ['access']);
  });

  it('goes by the sender that a trusted tunnel tells', async () => {
    await start({ allow: ['192.0.2.0/24', '127.0.0.1'] });
    expect(await statusOf(post('/', 'x', 'X-Sender: 192.0.2.7\r\n'))).toBe(200);
    expect(await statusOf(post('/', 'x', 'X-Sender: 198.51.100.7\r\n'))).toBe(403);
    expect(await statusOf(post('/', 'x', 'X-Sender: \r\n'))).toBe(403);
    expect(await statusOf()).toBe(200);
  });
});

describe('a rate', () => {
  it('answers 429 with Retry-After, and lets in again when the time has come', async () => {
    await start({ senderRate: { count: 2, periodSeconds: 10, burst: 2 } });
    expect([await statusOf(), await statusOf()]).toEqual([200, 200]);
    const client = connectRaw(recorder.port);
    client.write(post());
    await client.until(() => client.isClosed());
    expect(client.replies()[0]?.status).toBe(429);
    expect(client.replies()[0]?.headers).toContainEqual(['Retry-After', '5']);
    clock += 5_000;
    expect([await statusOf(), await statusOf()]).toEqual([200, 429]);
    expect(recorder.refused.map(({ reason, status }) => [reason, status])).toEqual([
      ['rate', 429],
      ['rate', 429],
    ]);
  });

  it('of the endpoint holds for all senders of a tunnel together', async () => {
    await start({ endpointRate: { count: 1, periodSeconds: 60, burst: 3 } });
    const statuses: (number | undefined)[] = [];
    for (let i = 1; i <= 4; i += 1) statuses.push(await statusOf(post('/', 'x', `X-Sender: 192.0.2.${i}\r\n`)));
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe('the quota', () => {
  it('answers 507 to what would not fit, and to everything once it is used up', async () => {
    await start({ quotaBytes: 10 });
    expect(await statusOf(post('/', '12345678'))).toBe(200);
    expect(await statusOf(post('/', '123'))).toBe(507);
    expect(await statusOf(post('/', '12'))).toBe(200);
    expect(await statusOf('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe(507);
    expect(recorder.refused.map(({ reason }) => reason)).toEqual(['quota', 'quota']);
  });

  const chunked = (body: string, isWhole = true) =>
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n${isWhole ? '0\r\n\r\n' : ''}`;

  it('answers 507 to a body of unknown length that crosses what is left, and stores nothing of it', async () => {
    await start({ quotaBytes: 1_000 });
    const client = connectRaw(recorder.port);
    client.write(chunked('a'.repeat(900), false));
    expect(await statusOf(post('/', 'b'.repeat(50)))).toBe(200);
    client.write('64\r\n');
    client.write(`${'a'.repeat(100)}\r\n`);
    await client.until(() => client.isClosed());
    expect(client.replies().map(({ status }) => status)).toEqual([507]);
    expect(recorder.refused).toMatchObject([{ reason: 'quota', status: 507 }]);
    expect(recorder.captured.map(({ size }) => size)).toEqual([50]);
    expect(await statusOf(chunked('c'.repeat(950)))).toBe(200);
    expect(await statusOf()).toBe(507);
  });

  it('is not exceeded by many at once, of known or unknown length', async () => {
    await start({ quotaBytes: 100_000 });
    const clients = Array.from({ length: 8 }, () => connectRaw(recorder.port));
    const body = 'a'.repeat(60_000);
    for (const [i, client] of clients.entries()) client.write(i % 2 === 0 ? chunked(body) : post('/', body));
    for (const client of clients) await client.until(() => client.replies().length === 1);
    const statuses = clients.map((client) => client.replies()[0]?.status);
    expect(statuses.filter((status) => status === 507).length).toBeGreaterThanOrEqual(7);
    expect(stored).toBeLessThanOrEqual(100_000);
    for (const client of clients) await client.close();
    // What was set aside is given back.
    const left = 100_000 - stored;
    expect(await statusOf(post('/', 'a'.repeat(left + 1)))).toBe(507);
    expect(await statusOf(post('/', 'a'.repeat(left)))).toBe(200);
  });

  it('counts what is announced until the sender has gone', async () => {
    await start({ quotaBytes: 1_000 });
    const client = connectRaw(recorder.port);
    client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\nExpect: 100-continue\r\n\r\n');
    await client.until(() => client.received().includes('100 Continue'));
    expect(await statusOf(post('/', 'b'.repeat(101)))).toBe(507);
    client.reset();
    await recorder.until(() => recorder.refused.length === 2);
    expect(await statusOf(post('/', 'b'.repeat(1_000)))).toBe(200);
  });

  it('counts a request once, stored or not, while its answer waits', async () => {
    await start({ quotaBytes: 1_000 }, '127.0.0.1', true);
    const client = connectRaw(recorder.port);
    client.write(post('/slow', 'a'.repeat(600)));
    await recorder.until(() => recorder.captured.length === 1);
    expect(await statusOf(post('/', 'b'.repeat(401)))).toBe(507);
    expect(await statusOf(post('/', 'b'.repeat(400)))).toBe(200);
    expect(client.received()).toBe('');
    await client.close();
  });
});

describe('a refused request', () => {
  it('of an unknown path is told 404 without content, and nothing else', async () => {
    await start({});
    const client = connectRaw(recorder.port);
    client.write(post('/off/guess', 'secret body'));
    await client.until(() => client.isClosed());
    const [reply] = client.replies();
    expect(reply?.status).toBe(404);
    expect(reply?.body).toHaveLength(0);
    expect(reply?.headers.map(([name]) => name)).toEqual(['Content-Length', 'Date', 'Connection']);
    expect(recorder.refused).toMatchObject([{ reason: 'no-endpoint', status: 404, remoteAddress: '127.0.0.1' }]);
    expect(Buffer.from(recorder.refused[0]?.head ?? []).toString()).toMatch(/^POST \/off\/guess HTTP\/1\.1\r\nHost: /);
  });

  it('uses no number and no id', async () => {
    await start({});
    await statusOf();
    for (let i = 0; i < 5; i += 1) expect(await statusOf(post('/off'))).toBe(404);
    await statusOf();
    expect(recorder.captured.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(recorder.refused).toHaveLength(5);
  });

  it('that expects 100-continue gets the final status instead', async () => {
    await start({});
    const client = connectRaw(recorder.port);
    client.write('POST /off HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n');
    await client.until(() => client.isClosed());
    expect(client.received()).toMatch(/^HTTP\/1\.1 404 /);
    expect(client.received()).not.toContain('100 Continue');
  });

  it.each(['Content-Length: 30000000', 'Transfer-Encoding: chunked'])(
    'is answered before its body comes: %s',
    async (field) => {
      await start({});
      const client = connectRaw(recorder.port);
      client.write(`POST /off HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`);
      await client.until(() => client.replies().length === 1);
      expect(client.replies()[0]?.status).toBe(404);
      await client.until(() => client.isGone());
      expect(recorder.refused).toHaveLength(1);
    },
  );

  it('reads its answer though it first sends all of a large body', async () => {
    await start({});
    const bytes = new Uint8Array(8 * 1_048_576).fill(120);
    const init = { method: 'POST', body: bytes };
    expect((await fetch(`${recorder.url}/off`, init)).status).toBe(404);
    expect((await fetch(`${recorder.url}/in`, init)).status).toBe(200);
    expect(recorder.captured).toHaveLength(1);
  });

  it('comes in its turn after others of the same connection', async () => {
    await start({});
    const client = connectRaw(recorder.port);
    client.write(post('/in') + post('/off') + post('/in'));
    await client.until(() => client.isClosed());
    expect(client.replies().map(({ status }) => status)).toEqual([200, 404]);
    expect(recorder.captured).toHaveLength(1);
  });

  it('has no body after HEAD', async () => {
    await start({ allow: ['192.0.2.1'] });
    const client = connectRaw(recorder.port, { headReplies: true });
    client.write('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until(() => client.isClosed());
    expect(client.replies()[0]?.status).toBe(403);
    expect(client.received().endsWith('\r\n\r\n')).toBe(true);
  });
});

describe('access rules that fail', () => {
  it('let nothing in, and say so', async () => {
    const failing = await startRecorder({
      admit: () => {
        throw new Error('bug');
      },
    });
    recorder = await startRecorder();
    const client = connectRaw(failing.port);
    client.write(post());
    await client.until(() => client.isClosed());
    expect(client.replies()[0]?.status).toBe(503);
    expect([failing.captured.length, failing.faults.length]).toEqual([0, 1]);
    expect(failing.refused).toMatchObject([{ reason: 'not-stored' }]);
    await failing.stop();
  });
});
