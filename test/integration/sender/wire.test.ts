import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
    headers: [['Content-Type', 'application/json']],
    body: new TextEncoder().encode('{"a":1}'),
    clock: systemClock,
    totalMs: 5_000,
    ...more,
  });

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('what goes over the wire', () => {
  it('headers in order, case and number, with the sender’s own around them', async () => {
    const server = await serve((socket) => socket.end(ok));
    const headers = [
      ['x-Zeta', '1'],
      ['X-ALPHA', '2'],
      ['x-zeta', '3'],
      ['Latin', 'é'],
      ['Empty', ''],
    ] as const;
    const outcome = await send(`${server.url}/in?b=2&a=1`, { headers });
    const { host } = new URL(server.url);
    expect(server.received[0]).toBe(
      `POST /in?b=2&a=1 HTTP/1.1\r\nHost: ${host}\r\nx-Zeta: 1\r\nX-ALPHA: 2\r\nx-zeta: 3\r\nLatin: é\r\nEmpty: \r\n` +
        'Content-Length: 7\r\nConnection: close\r\n\r\n{"a":1}',
    );
    expect(outcome).toMatchObject({ outcome: 'delivered', status: 200, message: 'HTTP 200' });
    expect(outcome.request.headers.map(([name]) => name)).toEqual([
      'Host',
      'x-Zeta',
      'X-ALPHA',
      'x-zeta',
      'Latin',
      'Empty',
      'Content-Length',
      'Connection',
    ]);
    expect(Buffer.from(outcome.response?.body ?? []).toString()).toBe('ok');
  });

  it('bytes that are not text arrive as they are', async () => {
    const server = await serve((socket) => socket.end(ok));
    const body = Uint8Array.from({ length: 256 }, (_, i) => i);
    await send(server.url, { body });
    expect(server.received[0]?.endsWith(`\r\n\r\n${Buffer.from(body).toString('latin1')}`)).toBe(true);
  });

  it('framing and hop-by-hop fields of the message are replaced', async () => {
    const server = await serve((socket) => socket.end(ok));
    const { edits } = JSON.parse(readFileSync('test/fixtures/hostile/edit/edit-framing.json', 'utf8')) as {
      edits: { header: [string, string] }[];
    };
    await send(server.url, { headers: edits.map(({ header }) => header) });
    const { host } = new URL(server.url);
    expect(server.received[0]).toBe(
      `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{"a":1}`,
    );
  });

  it.each([
    ['GET', 0, false],
    ['GET', 3, true],
    ['POST', 0, true],
    ['DELETE', 0, false],
    ['PROPFIND', 0, true],
  ])('%s with %d bytes: length field %s', async (method, size, has) => {
    const server = await serve((socket) => socket.end(ok));
    await send(server.url, { method, headers: [], body: new Uint8Array(size) });
    expect(server.received[0]?.includes(`Content-Length: ${size}`)).toBe(has);
    expect(server.received[0]).not.toContain('chunked');
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%d is the final answer; the other origin gets nothing', async (status) => {
    const other = await serve((socket) => socket.end(ok));
    const server = await serve((socket) =>
      socket.end(`HTTP/1.1 ${status} Moved\r\nLocation: ${other.url}/\r\nContent-Length: 0\r\n\r\n`),
    );
    const { request } = JSON.parse(readFileSync('test/fixtures/hostile/edit/edit-redirect-secrets.json', 'utf8')) as {
      request: { headers: [string, string][]; body: string };
    };
    const outcome = await send(server.url, { headers: request.headers, body: Buffer.from(request.body) });
    expect(outcome).toMatchObject({ outcome: 'http-status', status });
    expect(outcome.message).toContain('not followed');
    expect(server.received).toHaveLength(1);
    expect(other.received).toEqual([]);
  });
});

describe('deadlines', () => {
  const within = (ms: number, limit: number) => {
    expect(ms).toBeGreaterThanOrEqual(limit - 20);
    expect(ms).toBeLessThan(limit + 500);
  };

  it('a target that accepts and never answers', async () => {
    const server = await serve(() => {});
    const outcome = await send(server.url, { totalMs: 300 });
    expect(outcome).toMatchObject({ outcome: 'timeout-response', status: null, response: null });
    expect(outcome.message).toBe('no reply within 300 ms');
    within(outcome.ms, 300);
    await server.allClosed();
  });

  it('a target that never reads a large body', async () => {
    const server = createServer((socket) => socket.pause().on('error', () => {}));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const outcome = await send(`http://127.0.0.1:${port}`, { totalMs: 300, body: new Uint8Array(32 * 1_048_576) });
    expect(outcome.outcome).toBe('timeout-response');
    within(outcome.ms, 300);
  });

  it.each(['head', 'body'])('one byte at a time in the %s, for ever', async (part) => {
    const server = await serve((socket) => {
      socket.write(part === 'head' ? 'HTTP/1.1 200 OK\r\nX: ' : 'HTTP/1.1 500 No\r\nContent-Length: 999\r\n\r\n');
      const timer = setInterval(() => socket.write('a'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const outcome = await send(server.url, { totalMs: 400 });
    expect(outcome.outcome).toBe(part === 'head' ? 'timeout-response' : 'http-status');
    within(outcome.ms, 400);
    await server.allClosed();
  });

  it('a TLS handshake that stalls ends at the connect deadline', async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const outcome = await send(`https://127.0.0.1:${port}`, { connectMs: 200 });
    expect(outcome).toMatchObject({ outcome: 'timeout-connect', message: 'no connection within 200 ms' });
    within(outcome.ms, 200);
  });

  it('a name that is never looked up', async () => {
    const outcome = await send('http://slow.test/', { totalMs: 100, lookup: () => new Promise(() => {}) });
    expect(outcome).toMatchObject({ outcome: 'timeout-connect', status: null });
  });

  it('an abort ends it as interrupted', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const outcome = await send(server.url, { signal: controller.signal });
    expect(outcome.outcome).toBe('interrupted');
    await server.allClosed();
    expect((await send(server.url, { signal: controller.signal })).outcome).toBe('interrupted');
    expect(server.received).toHaveLength(1);
  });
});

describe('replies that are too much or too little', () => {
  it('an endless body: 1 MiB kept, about 10 MiB read, then closed', async () => {
    let written = 0;
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 97), Buffer.from('\r\n')]);
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
        written += chunk.length;
      };
      socket.on('drain', more);
      more();
    });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ outcome: 'delivered', status: 200, message: 'HTTP 200; reply body cut' });
    expect(outcome.response?.bodyCut).toBe(true);
    expect(outcome.response?.body).toHaveLength(1_048_576);
    await server.allClosed();
    expect(written).toBeLessThan(30 * 1_048_576);
  });

  it('a compressed body is kept as it came', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1_048_576));
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    });
    const outcome = await send(server.url);
    expect(Buffer.from(outcome.response?.body ?? []).equals(bomb)).toBe(true);
    expect(outcome.response?.bodyCut).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['one byte', 'H'],
    ['half a head', 'HTTP/1.1 200 OK\r\nX: y\r\n'],
  ])('reset after %s', async (_name, bytes) => {
    const server = await serve((socket) => socket.write(bytes, () => setImmediate(() => socket.resetAndDestroy())));
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ outcome: 'reset', status: null });
  });

  it.each([
    [200, 'delivered'],
    [500, 'http-status'],
  ])('%d, then reset inside the body', async (status, expected) => {
    const server = await serve((socket) => {
      const head = `HTTP/1.1 ${status} X\r\nContent-Length: 100\r\n\r\npart`;
      socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ outcome: expected, status });
    expect(Buffer.from(outcome.response?.body ?? []).toString()).toBe('part');
    expect(outcome.response?.bodyCut).toBe(true);
    if (status === 200) expect(outcome.message).toContain('warning');
  });

  it('an answer before the body was read is an answer', async () => {
    const server = await serve((socket) => socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n'));
    const outcome = await send(server.url, { body: new Uint8Array(100_000) });
    expect(outcome).toMatchObject({ outcome: 'http-status', status: 413 });
  });

  it('an upgrade nobody asked for is a failure', async () => {
    const server = await serve((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    );
    expect(await send(server.url)).toMatchObject({ outcome: 'http-status', status: 101 });
    await server.allClosed();
  });

  it('a few interim replies are skipped', async () => {
    const server = await serve((socket) => socket.end(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok}`));
    expect(await send(server.url)).toMatchObject({ outcome: 'delivered', status: 200 });
  });
});

describe('where it connects', () => {
  it('a closed port', async () => {
    const server = await serve(() => {});
    await server.close();
    expect(await send(server.url)).toMatchObject({ outcome: 'refused', message: 'connection refused', response: null });
  });

  it('looks up once and connects to that address', async () => {
    const server = await serve((socket) => socket.end(ok));
    let asked = 0;
    const lookup = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 as const }];
    };
    const outcome = await send(`http://hooks.test:${server.port}/`, { lookup });
    expect(outcome).toMatchObject({ outcome: 'delivered' });
    expect(asked).toBe(1);
    expect(server.received[0]).toContain(`Host: hooks.test:${server.port}`);
    expect(outcome.timings.connect).toBeGreaterThanOrEqual(outcome.timings.dns ?? NaN);
    expect(outcome.timings.total).toBeGreaterThanOrEqual(outcome.timings.firstByte ?? NaN);
  });

  it('localhost reaches a server on 127.0.0.1 only', async () => {
    const server = await serve((socket) => socket.end(ok));
    expect(await send(`http://localhost:${server.port}/`)).toMatchObject({ outcome: 'delivered' });
  });

  it('tries the next address when the first refuses', async () => {
    const server = await serve((socket) => socket.end(ok));
    const lookup = async () => [
      { address: '::1', family: 6 as const },
      { address: '127.0.0.1', family: 4 as const },
    ];
    expect(await send(`http://both.test:${server.port}/`, { lookup })).toMatchObject({ outcome: 'delivered' });
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://100.100.100.200/',
  ])('%s is blocked', async (url) => {
    expect(await send(url, { totalMs: 1_000 })).toMatchObject({ outcome: 'blocked-address', status: null });
  });

  it('a name of which one address is blocked is blocked', async () => {
    const server = await serve((socket) => socket.end(ok));
    const lookup = async () => [
      { address: '127.0.0.1', family: 4 as const },
      { address: '169.254.1.1', family: 4 as const },
    ];
    const outcome = await send(`http://mixed.test:${server.port}/`, { lookup });
    expect(outcome.outcome).toBe('blocked-address');
    expect(server.received).toEqual([]);
  });

  it('a name that does not exist', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    expect(await send('http://nowhere.test/', { lookup })).toMatchObject({ outcome: 'dns' });
    expect(await send('http://nowhere.test/', { lookup: async () => [] })).toMatchObject({ outcome: 'dns' });
  });
});

describe('TLS', () => {
  it('a certificate nobody vouches for, one that is trusted, one for another name, and no TLS at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wire-tls-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    const pem = readFileSync(cert, 'utf8');
    const server = createHttpsServer({ key: readFileSync(key), cert: pem }, (_request, reply) => reply.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const lookup = async () => [{ address: '127.0.0.1', family: 4 as const }];

    const unknown = await send(`https://localhost:${port}/`, { lookup });
    expect(unknown).toMatchObject({ outcome: 'tls', message: 'the certificate is self-signed' });
    const trusted = await send(`https://localhost:${port}/`, { lookup, ca: pem });
    expect(trusted).toMatchObject({ outcome: 'delivered', status: 200 });
    expect(trusted.timings.tls).toBeGreaterThanOrEqual(trusted.timings.connect ?? NaN);
    const renamed = await send(`https://other.test:${port}/`, { lookup, ca: pem });
    expect(renamed).toMatchObject({ outcome: 'tls', message: 'the certificate is for another host name' });
    const mute = createServer((socket) => socket.end(ok));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closers.push(() => mute.close());
    const noTls = await send(`https://localhost:${(mute.address() as AddressInfo).port}/`, { lookup });
    expect(noTls.outcome).toBe('tls');
  });
});
