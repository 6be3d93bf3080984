// Answer mode against apps that are down, slow, odd or restarted: what the provider is told, and what is noted.

import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Forwarder } from '../../../src/main/host-forward.ts';
import type { Forward } from '../../../src/shared/forwards.ts';
import { createTestAuthority } from '../../support/test-certificates.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { startRecorder } from '../receiver/start.ts';
import { captured, endpointWith, forwardTo, okBytes, openForwarder, startRawApp } from './forward-app.ts';
import type { RawApp } from './forward-app.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function app(answer?: Parameters<typeof startRawApp>[0]): Promise<RawApp> {
  const started = await startRawApp(answer);
  cleanups.push(() => started.close());
  return started;
}

function open(forward: Forward, options: Parameters<typeof openForwarder>[0] = {}) {
  const endpoint = endpointWith([forward]);
  const { forwarder, news } = openForwarder({ endpoint, ...options });
  cleanups.push(() => forwarder.stop());
  const ask = (more: Parameters<typeof captured>[0] = {}): ReturnType<Forwarder['answer']> =>
    forwarder.answer(captured(more), endpoint, forward);
  return { forwarder, news, ask, endpoint };
}

const bodyText = (body: Uint8Array | string): string =>
  typeof body === 'string' ? body : Buffer.from(body).toString();

describe('the app’s answer goes to the provider', () => {
  it.each([
    ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 200, [['Content-Length', '2']], 'ok'],
    [
      'repeated Set-Cookie, odd case, hop-by-hop fields gone',
      'HTTP/1.1 201 Made\r\nsEt-cOOkie: a=1\r\nX-A: \xe9\r\nConnection: keep-alive, X-Gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=5\r\n' +
        'Set-Cookie: b=2\r\nProxy-Authenticate: Basic\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n',
      201,
      [
        ['sEt-cOOkie', 'a=1'],
        ['X-A', '\xe9'],
        ['Set-Cookie', 'b=2'],
      ],
      'hi',
    ],
    ['204', 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n', 204, [['X-A', '1']], ''],
    ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 9\r\n\r\n', 304, [['ETag', '"1"'], ['Content-Length', '9']], ''], // prettier-ignore
    ['a redirect is given on', 'HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', 302, [['Location', '/x'], ['Content-Length', '0']], ''], // prettier-ignore
    ['an error is an answer', 'HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 1\r\n\r\n!', 503, [['Retry-After', '7'], ['Content-Length', '1']], '!'], // prettier-ignore
    ['interim replies are skipped', `HTTP/1.1 103 Early\r\nLink: x\r\n\r\n${okBytes}`, 200, [['Content-Length', '2']], 'ok'], // prettier-ignore
    ['a body that ends with the connection', 'HTTP/1.0 200 OK\r\n\r\nold', 200, [], 'old'],
  ])('%s', async (_name, bytes, status, headers, body) => {
    const target = await app((socket) => {
      socket.write(Buffer.from(bytes, 'latin1'));
      if (bytes.startsWith('HTTP/1.0')) socket.end();
    });
    const { ask, forwarder } = open(forwardTo(`${target.url}/hooks`));
    const { plan, result } = await ask({ target: '/in?x=1' });
    expect(plan).toMatchObject({ status, headers });
    expect(bodyText(plan.body)).toBe(body);
    expect(result).toMatchObject({
      forwardId: 'app',
      url: `${target.url}/hooks?x=1`,
      mode: 'answer',
      state: 'answered',
      status,
      message: `HTTP ${status}`,
      deliveryId: null,
    });
    expect(result.ms).toBeGreaterThan(0);
    expect(forwarder.health()).toMatchObject([{ state: 'up', message: 'it answers' }]);
  });

  it('HEAD keeps what the app says about the body', async () => {
    const target = await app((socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n'));
    const { ask } = open(forwardTo(target.url));
    const { plan } = await ask({ method: 'HEAD' });
    expect(plan.headers).toEqual([['Content-Length', '12']]);
    expect(plan.body).toHaveLength(0);
    // Nothing waits for a body that never comes, and the connection is kept.
    await ask({ method: 'HEAD' });
    expect(target.connections()).toBe(1);
  });

  it('bytes after a whole reply do not spoil it, nor the next one', async () => {
    const target = await app(
      (socket, { raw }) => void socket.write(raw.startsWith('HEAD') ? `${okBytes}more` : okBytes),
    );
    const { ask } = open(forwardTo(target.url));
    for (const method of ['POST', 'HEAD', 'POST']) {
      const { plan, result } = await ask({ method });
      expect(result).toMatchObject({ state: 'answered', status: 200 });
      expect(bodyText(plan.body)).toBe(method === 'HEAD' ? '' : 'ok');
    }
    expect(target.connections()).toBe(2);
  });

  it('half of a body beyond 10 MiB does not pass for a whole one, and the result says so', async () => {
    let megabytes = 0;
    const target = await app((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
      const more = (): void => {
        do megabytes += 1;
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    });
    const { ask } = open(forwardTo(target.url));
    const { plan, result } = await ask();
    expect(plan).toMatchObject({ status: 502, body: expect.stringContaining('more than 10 MiB') });
    expect(result).toMatchObject({ state: 'answered', status: 200, message: 'HTTP 200; reply body cut' });
    await target.until(() => target.open.size === 0);
    // The rest is not read: what the sockets hold on the way is all that was written beyond.
    expect(megabytes).toBeLessThan(40);
  });

  it('a status that HTTP does not have becomes 502', async () => {
    const target = await app((socket) => void socket.write('HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n'));
    const { plan, result } = await open(forwardTo(target.url)).ask();
    expect(plan.status).toBe(502);
    expect(result).toMatchObject({ state: 'answered', status: 999 });
  });

  it('reaches the provider through the receiver', async () => {
    const target = await app((socket) => {
      socket.write(
        'HTTP/1.1 202 Yes\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nServer: app\r\nContent-Length: 3\r\n\r\n\x00\xff\x01',
        'latin1',
      );
    });
    const { ask } = open(forwardTo(target.url));
    const receiver = await startRecorder({ onRequest: async (request) => (await ask(request)).plan });
    cleanups.push(() => receiver.stop());
    const client = connectRaw(receiver.port);
    client.write('POST /in HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await client.until(() => client.replies().length === 1);
    const [reply] = client.replies();
    expect(reply?.status).toBe(202);
    expect(reply?.headers.slice(0, 3)).toEqual([['Set-Cookie', 'a'], ['Set-Cookie', 'b'], ['Server', 'app']]); // prettier-ignore
    await client.close();
  });
});

describe('an app that does not answer', () => {
  const sentence = (message: string) => `The app behind this endpoint did not answer: ${message}.\n`;

  async function refusedPort(): Promise<string> {
    const gone = await startRawApp();
    await gone.close();
    return gone.url;
  }

  it('down: 502 that says so, without the address and without Retry-After', async () => {
    const url = await refusedPort();
    const { ask, forwarder } = open(forwardTo(`${url}/secret-path`));
    const { plan, result } = await ask();
    expect(plan).toEqual({
      status: 502,
      headers: [['Content-Type', 'text/plain; charset=utf-8']],
      body: sentence('connection refused'),
    });
    expect(result).toMatchObject({ state: 'failed', status: null, message: 'connection refused' });
    expect(forwarder.health()).toMatchObject([{ state: 'down', message: 'connection refused' }]);
    expect(forwarder.health()[0]?.since).toBeGreaterThan(0);
  });

  it.each([
    [
      'resets after the request',
      (socket: Socket): void => void socket.resetAndDestroy(),
      'the target closed the connection without a reply',
    ],
    [
      'closes after the request',
      (socket: Socket): void => void socket.end(),
      'the target closed the connection without a reply',
    ],
    [
      'breaks its head off',
      (socket: Socket): void => void socket.end('HTTP/1.1 200 OK\r\nConte'),
      'the target closed the connection without a reply',
    ],
    [
      'breaks its body off',
      (socket: Socket): void => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
      'the reply broke off before its end',
    ],
    [
      'says nothing of HTTP',
      (socket: Socket): void => void socket.end('SSH-2.0-x\r\n\r\n'),
      'the reply is not valid HTTP (HPE_INVALID_CONSTANT)',
    ],
    [
      'never stops its interim replies',
      (socket: Socket): void => void socket.write('HTTP/1.1 102 Wait\r\n\r\n'.repeat(150)),
      'more than 100 interim replies',
    ],
    [
      'floods with headers',
      (socket: Socket): void => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
      'the reply has more than 16 KiB of headers',
    ],
    [
      'changes the protocol',
      (socket: Socket): void => void socket.write('HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      'the app changed to another protocol, which nobody asked for',
    ],
  ] as const)('%s: 502', async (_name, answer, message) => {
    const target = await app(answer);
    const { ask, forwarder } = open(forwardTo(target.url));
    const { plan, result } = await ask();
    expect(plan).toMatchObject({ status: 502, body: sentence(message) });
    expect(result).toMatchObject({ state: 'failed', message });
    expect(forwarder.health()).toMatchObject([{ state: 'down', message }]);
    // The connection was new, so it was the app: the request goes only once.
    expect(target.requests).toHaveLength(1);
    await target.until(() => target.open.size === 0);
  });

  it.each([
    ['no head', '', 'no reply within 150 ms'],
    ['an endless body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx', 'the reply did not end within 150 ms'],
  ])('slow, %s: the deadline of the forward ends it', async (_name, bytes, message) => {
    const target = await app((socket) => void (bytes !== '' && socket.write(bytes)));
    const { ask } = open(forwardTo(target.url, { timeoutMs: 150 }));
    const { plan, result } = await ask();
    expect(plan.status).toBe(502);
    expect(result.message).toBe(message);
    expect(result.ms).toBeGreaterThanOrEqual(145);
    await target.until(() => target.open.size === 0);
  });

  it.each([
    ['http://169.254.169.254/latest', 'nothing is sent to 169.254.169.254 (link-local, cloud metadata)'],
    ['http://app.test/', 'nothing is sent to fe80::1 (link-local)'],
    ['http://none.test/', 'the host name does not exist'],
  ])('%s', async (url, message) => {
    const { ask, forwarder } = open(forwardTo(url), {
      lookup: (name) =>
        name === 'app.test'
          ? Promise.resolve([{ address: 'fe80::1', family: 6 }])
          : Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    const { plan, result } = await ask();
    expect(plan.status).toBe(502);
    expect(plan.body).not.toContain('169.254');
    expect(result).toMatchObject({ state: 'failed', message });
    expect(forwarder.health()).toMatchObject([{ state: 'down', message }]);
  });

  it('what cannot be sent at all says nothing about the app', async () => {
    const target = await app();
    const { ask, forwarder } = open(forwardTo(`${target.url}/open`, { appendPath: true }));
    const { plan, result } = await ask({ target: '/in/../../admin' });
    expect(plan.status).toBe(502);
    expect(result.message).toBe('the path holds .. and would lead out of the forward');
    expect(forwarder.health()).toMatchObject([{ state: 'unknown', since: null }]);
    expect((await ask({ headers: [['X', 'a\u0001b']] })).result.message).toBe(
      'HTTP cannot carry the request as it came',
    );
    expect(forwarder.health()).toMatchObject([{ state: 'unknown', since: null }]);
    expect(target.requests).toHaveLength(0);
    const credentials = await open(forwardTo('http://user:pass@127.0.0.1:9/')).ask();
    expect(credentials.result).toMatchObject({ state: 'failed' });
    expect(credentials.result.message).toContain('user name or password');
  });

  it('a certificate that nobody vouches for is refused, one that is trusted is not', async () => {
    const authority = createTestAuthority();
    const server = createHttpsServer(authority.issue('localhost'), (_request, response) => void response.end('safe'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(
      () => server.closeAllConnections(),
      () => new Promise((resolve) => server.close(resolve)),
    );
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]);
    const refused = await open(forwardTo(url), { lookup }).ask();
    expect(refused.result).toMatchObject({ state: 'failed' });
    expect(refused.result.message).toMatch(/certificate/);
    const trusting = open(forwardTo(url), { lookup, ca: authority.cert });
    expect((await trusting.ask()).result).toMatchObject({ state: 'answered', status: 200 });
  });

  it('stopping ends what is under way', async () => {
    const target = await app(() => {});
    const { ask, forwarder } = open(forwardTo(target.url));
    const asked = ask();
    await target.until(() => target.requests.length === 1);
    forwarder.stop();
    expect((await asked).result).toMatchObject({ state: 'failed', message: 'Hookbench stopped' });
    expect((await ask()).result).toMatchObject({ state: 'failed', message: 'Hookbench stopped' });
    await target.until(() => target.open.size === 0);
    expect(forwarder.health()).toMatchObject([{ state: 'unknown' }]);
  });
});

describe('kept connections', () => {
  it('are used again, and one that the app had closed costs nobody an answer', async () => {
    let reset = false;
    // Closes without a word when the next request comes: the race between an idle close and a new request.
    const target = await app((socket, { connection }) => {
      if (reset && connection === 0) socket.resetAndDestroy();
      else socket.write(okBytes);
    });
    const { ask, news } = open(forwardTo(target.url));
    await ask();
    await ask();
    expect(target.connections()).toBe(1);
    reset = true;
    const { result } = await ask({ body: new TextEncoder().encode('again') });
    expect(result).toMatchObject({ state: 'answered', status: 200 });
    expect(target.connections()).toBe(2);
    expect(target.requests.map(({ connection }) => connection)).toEqual([0, 0, 0, 1]);
    expect(target.requests[3]?.raw).toBe(target.requests[2]?.raw);
    expect(news.at(-1)).toMatchObject([{ state: 'up' }]);
  });

  it('an app that was restarted is asked over a new connection, however many old ones there were', async () => {
    const first = await startRawApp();
    const { ask } = open(forwardTo(first.url));
    await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(first.connections()).toBe(10);
    await first.close();
    const second = await startRawApp(undefined, first.port);
    cleanups.push(() => second.close());
    const results = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(results.map(({ result }) => result.state)).toEqual(Array.from({ length: 10 }, () => 'answered'));
    expect(second.requests).toHaveLength(10);
  });

  it('a second failure is the app’s, and a reply that had begun is never asked for again', async () => {
    const twice = await app(
      (socket, _request, count) => void (count === 1 ? socket.write(okBytes) : socket.resetAndDestroy()),
    );
    const asker = open(forwardTo(twice.url));
    await asker.ask();
    expect((await asker.ask()).result).toMatchObject({ state: 'failed' });
    expect(twice.requests).toHaveLength(3);

    const begun = await app(
      (socket, _request, count) => void (count === 1 ? socket.write(okBytes) : socket.end('HTTP/1.1 2')),
    );
    const other = open(forwardTo(begun.url));
    await other.ask();
    expect((await other.ask()).result).toMatchObject({ state: 'failed' });
    expect(begun.requests).toHaveLength(2);
  });

  it('100 at once are all answered, over 64 connections at most', async () => {
    const held: (() => void)[] = [];
    const target = await app((socket) => {
      held.push(() => socket.write(okBytes));
      // Answers begin only once all connections there can be are taken.
      if (held.length >= 64) for (const release of held.splice(0, 36)) release();
    });
    const { ask } = open(forwardTo(target.url));
    const asked = Array.from({ length: 100 }, (_, n) => ask({ id: `req_${n}`, target: `/${n}` }));
    await target.until(() => target.requests.length === 100);
    for (const release of held.splice(0)) release();
    const results = await Promise.all(asked);
    expect(results.every(({ result }) => result.status === 200)).toBe(true);
    expect(target.peak()).toBe(64);
    expect(target.connections()).toBe(64);
  });

  it('those to an app that no forward names are closed', async () => {
    const target = await app();
    const endpoints = [endpointWith([forwardTo(target.url)])];
    const { forwarder } = openForwarder({ endpoints: () => endpoints });
    cleanups.push(() => forwarder.stop());
    const [endpoint] = endpoints;
    await forwarder.answer(captured(), endpoint!, endpoint!.forwards[0]!);
    forwarder.endpointsChanged();
    expect(target.open.size).toBe(1);
    endpoints.length = 0;
    forwarder.endpointsChanged();
    await target.until(() => target.open.size === 0);
    expect(forwarder.health()).toEqual([]);
  });
});

describe('a forward that leads to Hookbench itself', () => {
  it('ends after a few rounds', async () => {
    let url = '';
    const forward = (): Forward => forwardTo(url);
    const { forwarder } = openForwarder();
    cleanups.push(() => forwarder.stop());
    const receiver = await startRecorder({
      onRequest: async (request) => (await forwarder.answer(request, endpointWith([forward()]), forward())).plan,
    });
    cleanups.push(() => receiver.stop());
    url = receiver.url;
    const client = connectRaw(receiver.port);
    client.write('POST /in HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await client.until(() => client.replies().length === 1);
    expect(client.replies()[0]?.status).toBe(502);
    expect(receiver.captured).toHaveLength(7);
    await client.close();
  });
});
