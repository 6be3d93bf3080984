// Fault F11: every way in which a target can misbehave, all at once, against the real queue over real files and
// sockets, while a good target gets its deliveries. The total deadline is 3 s.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/main/sender/queue.ts';
import type { DeliveriesDocument, NewDelivery, Queue } from '../../../src/main/sender/queue.ts';
import { attempt } from '../../../src/main/sender/wire.ts';
import { openDocument } from '../../../src/main/store/documents.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { systemClock, systemRandom } from '../../../src/main/system.ts';
import type { Attempt, AttemptRecord, Delivery } from '../../../src/shared/delivery.ts';
import { targetSchema } from '../../../src/shared/workspace.ts';
import type { Target } from '../../../src/shared/workspace.ts';
import { createSelfSigned, createTestAuthority } from '../../support/test-certificates.ts';

const deadlineMs = 3_000;
const mebibyte = 1_048_576;
const secret = { name: 'key', value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const closers: (() => unknown)[] = [];

/** What a bad server saw. */
interface Seen {
  readonly requests: { readonly head: string; readonly headers: IncomingMessage['headers']; body: string }[];
  readonly open: Set<Socket>;
}

interface Running extends Seen {
  readonly port: number;
  readonly url: string;
}

async function listen(server: Server, scheme = 'http', host = '127.0.0.1'): Promise<Running> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { requests: [], open, port, url: `${scheme}://${host}:${port}/in` };
}

/** A server that speaks TCP as told once a connection stands. */
const raw = (onSocket: (socket: Socket) => void) => listen(createTcpServer(onSocket));
/** One that answers with exact bytes, or goes on as told, once a request's head has arrived. */
const rawReply = (answer: (socket: Socket, n: number) => void) => {
  let n = 0;
  return raw((socket) => socket.once('data', () => answer(socket, (n += 1))));
};

async function web(
  answer: (request: IncomingMessage, reply: ServerResponse, running: Running) => void,
  tls?: { readonly key: string; readonly cert: string; readonly host: string },
): Promise<Running> {
  const onRequest = (request: IncomingMessage, reply: ServerResponse): void => {
    const seen = { head: `${request.method} ${request.url}`, headers: request.headers, body: '' };
    running.requests.push(seen);
    request.on('data', (chunk: Buffer) => (seen.body += chunk.toString('latin1')));
    request.on('end', () => answer(request, reply, running));
  };
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  server.on('tlsClientError', () => {});
  const running: Running = await listen(server, tls ? 'https' : 'http', tls?.host);
  return running;
}

const redirect = (to: (request: IncomingMessage, running: Running) => string, status = 307) =>
  web((request, reply, running) => reply.writeHead(status, { Location: to(request, running) }).end());

/** One behaviour: where to send, and what must be recorded. */
interface Row {
  readonly name: string;
  readonly url: string;
  readonly seen?: Seen;
  readonly target?: Partial<Target>;
  readonly more?: Partial<NewDelivery>;
  /** Attempts to wait for; 1. */
  readonly attempts?: number;
  readonly check: (made: { readonly first: AttemptRecord; readonly delivery: Delivery; readonly seen: Seen }) => void;
}

interface Bench {
  readonly queue: Queue;
  readonly history: History;
  readonly dir: string;
  readonly targets: Map<string, Target>;
  readonly bodyHash: string;
  readonly largeHash: string;
  /** Resolves at the n-th attempt of a delivery. */
  attempted(id: string, n: number): Promise<void>;
}

const logger = { info: () => {}, warn: () => {}, error: () => {} };
const authority = createTestAuthority();
/** The addresses that names have, look-up by look-up. */
const lookups = new Map<string, string[]>();

async function openBench(): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'bad-targets-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const document = (name: string) => openDeliveries(dir, name);
  const history = openHistory({ dir, clock: systemClock, logger });
  const targets = new Map<string, Target>();
  const counts = new Map<string, number>();
  const waiting = new Map<string, { readonly n: number; readonly done: () => void }>();
  const [queueFile, deadLetters] = [await document('queue.json'), await document('dead-letters.json')];
  const queue = await createQueue({
    queue: queueFile,
    deadLetters,
    history,
    clock: systemClock,
    random: systemRandom,
    logger,
    secret: (name) => (name === secret.name ? secret : null),
    target: (id) => targets.get(id) ?? null,
    parkTarget: async (id, parkedReason) => {
      targets.set(id, { ...(targets.get(id) as Target), state: 'parked', parkedReason });
      queue.targetsChanged();
    },
    sendTimeoutMs: deadlineMs,
    onDelivery: () => {},
    onAttempt: ({ id }, { n }) => {
      counts.set(id, n);
      if (n >= (waiting.get(id)?.n ?? Infinity)) waiting.get(id)?.done();
    },
    // Only the trust in the test's authority and the look-up of its names are added.
    attempt: (options) =>
      attempt({
        ...options,
        ca: authority.cert,
        lookup: async (host) => {
          const known = lookups.get(host) ?? ['127.0.0.1'];
          return [{ address: (known.length > 1 ? known.shift() : known[0]) as string, family: 4 }];
        },
      }),
  });
  const bodyHash = await history.putMessageBody(new TextEncoder().encode('{"hello":"world"}'));
  const largeHash = await history.putMessageBody(new Uint8Array(12 * mebibyte));
  queue.start();
  return {
    queue,
    history,
    dir,
    targets,
    bodyHash,
    largeHash,
    attempted: (id, n) =>
      new Promise((done) => {
        if ((counts.get(id) ?? 0) >= n) done();
        else waiting.set(id, { n, done });
      }),
  };
}

function openDeliveries(dir: string, name: string) {
  const schema = v.object({ deliveries: v.array(v.any()) }) as v.GenericSchema<unknown, DeliveriesDocument>;
  const defaults = { deliveries: [] };
  const journal = name === 'queue.json' ? 'deliveries' : undefined;
  const shared = { dir, version: 1, schema, defaults, clock: systemClock, logger, minIntervalMs: 10 };
  return openDocument({ ...shared, name, journal });
}

function deliveryOf(bench: Bench, row: Pick<Row, 'name' | 'url' | 'target' | 'more'>): NewDelivery {
  const id = row.name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60);
  const fields = { id, name: row.name, url: row.url, provider: 'standard-webhooks', secretName: secret.name };
  const rest = { events: ['*'], headers: [], schedule: 'svix', state: 'active', totalTimeoutMs: deadlineMs };
  bench.targets.set(id, v.parse(targetSchema, { ...fields, ...rest, ...row.target }));
  const { message, ...more } = row.more ?? {};
  return {
    message: {
      messageId: `msg_${id}`,
      provider: 'standard-webhooks',
      event: null,
      method: 'POST',
      headers: [
        ['Content-Type', 'application/json'],
        ['Authorization', 'Bearer canary'],
        ['Cookie', 'session=canary'],
        ['X-Api-Key', 'canary'],
      ],
      bodyHash: bench.bodyHash,
      bodySize: 17,
      signature: 'fresh',
      ...message,
    },
    targetId: id,
    url: row.url,
    secretName: secret.name,
    schedule: 'svix',
    speed: 1,
    ...more,
  };
}

const atDeadline = ({ first, seen }: Parameters<Row['check']>[0]): void => {
  expect(Math.abs(first.ms - deadlineMs)).toBeLessThanOrEqual(500);
  expect(seen.open.size).toBe(0);
};
const retried = (first: Attempt, delivery: Delivery): void => {
  expect(delivery.state).toBe('waiting');
  const waitMs = (first.nextAt ?? 0) - (first.at + first.ms);
  expect(waitMs).toBeGreaterThan(4_400);
  expect(waitMs).toBeLessThan(5_700);
};
const fails = (outcome: string, message: RegExp | string) => (made: Parameters<Row['check']>[0]) => {
  expect(made.first).toMatchObject({ outcome, status: null, message: expect.stringMatching(message) as string });
  retried(made.first, made.delivery);
};

async function makeRows(largeHash: string): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (name: string, running: Running, rest: Omit<Row, 'name' | 'url' | 'seen'> & { url?: string }): void =>
    void rows.push({ name, url: running.url, seen: running, ...rest });

  const silent = await raw((socket) => socket.pause());
  const large = { message: { bodyHash: largeHash, bodySize: 12 * mebibyte } as NewDelivery['message'] };
  const timeout = (made: Parameters<Row['check']>[0]): void => {
    fails('timeout-response', /^no reply within 3 s$/)(made);
    atDeadline(made);
  };
  add('accepts, never reads', silent, { more: large, check: timeout });
  add('reads, never answers', await rawReply(() => {}), { check: timeout });

  const closed = createTcpServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  rows.push({
    name: 'refuses',
    url: `http://127.0.0.1:${port}/in`,
    check: fails('refused', /^connection refused$/),
  });
  const head = `HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(200)}`;
  for (const bytes of [0, 1, 100]) {
    const server = await rawReply((socket) => {
      if (bytes === 0) socket.resetAndDestroy();
      else socket.write(head.slice(0, bytes), () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    add(`resets after ${bytes} bytes of reply`, server, { check: fails('reset', /closed the connection/) });
  }

  const loop2 = (request: IncomingMessage): string => (request.url === '/in' ? '/b' : '/in');
  const chain = (request: IncomingMessage): string => `/${Number(request.url?.slice(1)) + 1 || 1}`;
  const chains: [string, (request: IncomingMessage) => string, number, RegExp][] = [
    ['to itself', () => '/in', 1, /^HTTP 307: not followed, since it leads in a circle/],
    ['in a loop of two', loop2, 2, /^HTTP 307: not followed, since it leads in a circle; after 1 redirect/],
    ['in a chain of a thousand', chain, 6, /^HTTP 307: not followed, since at most 5 are followed; after 5 redirects/],
    ['to file:', () => 'file:///etc/passwd', 1, /^HTTP 307: not followed, since its Location is not an address/],
  ];
  for (const [where, to, followed, message] of chains) {
    for (const followRedirects of [false, true]) {
      add(`redirects ${where}, following ${followRedirects ? 'on' : 'off'}`, await redirect(to), {
        target: { followRedirects },
        check: ({ first, delivery, seen }) => {
          expect(first).toMatchObject({ outcome: 'http-status', status: 307 });
          expect(first.message).toMatch(followRedirects ? message : /^HTTP 307: redirects are not followed$/);
          expect(seen.requests).toHaveLength(followRedirects ? followed : 1);
          // Within the origin every request is the whole message.
          for (const { body } of seen.requests) expect(body).toBe('{"hello":"world"}');
          retried(first, delivery);
        },
      });
    }
  }
  for (const status of [301, 302, 303, 307, 308]) {
    for (const followRedirects of [false, true]) {
      const other = await web((_request, reply) => reply.end('ok'));
      const name = `redirects to another origin with ${status}, following ${followRedirects ? 'on' : 'off'}`;
      add(name, await redirect(() => other.url.replace('127.0.0.1', 'other.test'), status), {
        target: { followRedirects },
        check: ({ first, seen }) => {
          expect(seen.requests).toHaveLength(1);
          expect(other.requests).toHaveLength(followRedirects ? 1 : 0);
          for (const { head, headers, body } of other.requests) {
            expect(head).toBe(status < 307 ? 'GET /in' : 'POST /in');
            expect(body).toBe('');
            expect(JSON.stringify(headers)).not.toMatch(/canary|webhook|hello/);
            expect(Object.keys(headers).toSorted()).toEqual(
              ['connection', 'host', ...(status < 307 ? [] : ['content-length'])].toSorted(),
            );
          }
          // 303 says that the message was taken; with the others it got nowhere.
          const delivered = followRedirects && status === 303;
          expect(first.outcome).toBe(delivered ? 'delivered' : 'http-status');
          expect(first.status).toBe(followRedirects ? 200 : status);
        },
      });
    }
  }
  const plain = await web((_request, reply) => reply.end('ok'));
  const good = { ...authority.issue('good.test'), host: 'good.test' };
  add(
    'redirects from https to http',
    await web((_r, reply) => reply.writeHead(308, { Location: plain.url }).end(), good),
    {
      target: { followRedirects: true },
      check: ({ first }) => {
        expect(first).toMatchObject({ outcome: 'http-status', status: 308 });
        expect(first.message).toContain('from https to http nothing is followed');
        expect(plain.requests).toEqual([]);
      },
    },
  );

  for (const [part, start] of [
    ['head', 'HTTP/1.1 200 OK\r\nX: '],
    ['body', 'HTTP/1.1 500 No\r\nContent-Length: 999\r\n\r\n'],
  ] as const) {
    const server = await rawReply((socket) => {
      socket.write(start);
      const timer = setInterval(() => socket.write('a'), 1_000);
      socket.on('close', () => clearInterval(timer));
    });
    add(`one byte per second in the ${part}`, server, {
      check: (made) => {
        expect(made.first.outcome).toBe(part === 'head' ? 'timeout-response' : 'http-status');
        expect(made.first.status).toBe(part === 'head' ? null : 500);
        atDeadline(made);
      },
    });
  }

  const broken = await rawReply((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart', () =>
      setTimeout(() => socket.resetAndDestroy(), 50),
    ),
  );
  add('200, then a reset before the end', broken, {
    check: ({ first, delivery }) => {
      expect(first).toMatchObject({ outcome: 'delivered', status: 200 });
      expect(first.message).toBe('HTTP 200; warning: the reply broke off before its end');
      expect(delivery.state).toBe('delivered');
    },
  });

  add('410', await web((_request, reply) => reply.writeHead(410).end()), {
    check: ({ first, delivery, seen }) => {
      expect(first).toMatchObject({ outcome: 'http-status', status: 410, nextAt: null });
      expect(delivery).toMatchObject({ state: 'parked', parkedReason: 'gone' });
      expect(seen.requests).toHaveLength(1);
    },
  });
  const waits: [string, number, number][] = [
    ['0', 0, 0],
    ['-5', 0, 0],
    ['1e20', 86_400_000, 86_400_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0, 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000, 86_400_000],
  ];
  for (const status of [429, 503]) {
    for (const [value, least, most] of waits) {
      const server = await web((_request, reply) => reply.writeHead(status, { 'Retry-After': value }).end());
      add(`${status} with Retry-After ${value}`, server, {
        check: ({ first }) => {
          const waitMs = (first.nextAt ?? NaN) - (first.at + first.ms);
          expect(waitMs).toBeGreaterThanOrEqual(least - 50);
          expect(waitMs).toBeLessThanOrEqual(most + 500);
        },
      });
    }
  }

  const wrongName = { ...authority.issue('someone-else.test'), host: 'wrong-name.test' };
  const strange = createTestAuthority().issue('strange.test');
  const tlsRows: [string, Parameters<typeof web>[1], RegExp][] = [
    ['expired', { ...authority.issue('expired.test', -30, -1), host: 'expired.test' }, /expired$/],
    ['self-signed', { ...createSelfSigned('self.test'), host: 'self.test' }, /self-signed$/],
    ['of an unknown issuer', { ...strange, host: 'strange.test' }, /issuer of the certificate is not known$/],
    ['for another name', wrongName, /is for another host name$/],
  ];
  for (const [what, tls, message] of tlsRows) {
    for (const skipTlsCheck of [false, true]) {
      const server = await web((_request, reply) => reply.end('ok'), tls);
      add(`TLS certificate ${what}, check ${skipTlsCheck ? 'off' : 'on'}`, server, {
        target: { skipTlsCheck },
        check: (made) => {
          if (!skipTlsCheck) {
            fails('tls', message)(made);
            expect(made.seen.requests).toEqual([]);
            return;
          }
          expect(made.first).toMatchObject({ outcome: 'delivered', status: 200 });
          expect(made.first.message).toBe('HTTP 200; the certificate was not checked');
        },
      });
    }
  }
  const stalled = await raw(() => {});
  add(
    'TLS handshake that stalls',
    { ...stalled, url: stalled.url.replace('http:', 'https:') },
    {
      check: (made) => {
        fails('timeout-connect', /^no connection within 3 s$/)(made);
        atDeadline(made);
      },
    },
  );

  let answers = 0;
  const late = await web((_request, reply) => {
    answers += 1;
    if (answers === 1) setTimeout(() => reply.end('late'), deadlineMs + 100);
    else reply.end('in time');
  });
  add('answers 100 ms after the deadline', late, {
    more: { schedule: 'quick', speed: 5 },
    attempts: 2,
    check: ({ first, delivery, seen }) => {
      expect(first).toMatchObject({ n: 1, outcome: 'timeout-response', status: null });
      expect(delivery.attempts.map(({ outcome }) => outcome)).toEqual(['timeout-response', 'delivered']);
      const ids = seen.requests.map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual([delivery.message.messageId, delivery.message.messageId]);
      const [one, two] = seen.requests.map(({ headers }) => Number(headers['webhook-timestamp']));
      expect(two).toBeGreaterThan(one as number);
    },
  });

  const rebound = await web((_request, reply) => reply.end('ok'));
  lookups.set('rebind.test', ['127.0.0.1', '169.254.169.254']);
  add(
    'a name that changes after the look-up',
    { ...rebound, url: rebound.url.replace('127.0.0.1', 'rebind.test') },
    {
      check: ({ first, seen }) => {
        expect(first).toMatchObject({ outcome: 'delivered', status: 200 });
        expect(seen.requests).toHaveLength(1);
        expect(lookups.get('rebind.test')).toEqual(['169.254.169.254']);
      },
    },
  );
  lookups.set('metadata.test', ['169.254.169.254']);
  rows.push({
    name: 'a name of a metadata address',
    url: 'http://metadata.test/latest',
    check: ({ first }) => {
      expect(first).toMatchObject({ outcome: 'blocked-address', status: null });
      expect(first.message).toContain('allow link-local and metadata addresses at the target');
    },
  });
  return rows;
}

/** Resolves when the other side has closed, or after a second. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => setImmediate(resolve)).resume();
    setTimeout(resolve, 1_000);
  });
}

/** The value below which this share of `values` lies. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
}

afterAll(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

describe('F11 bodies without end @sending 3', () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;

  /** Writes as fast as the reader takes it; `written` counts. */
  const pour = (socket: Socket, chunk: Uint8Array, count: { written: number }): void => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk)) count.written += chunk.length;
    };
    socket.on('drain', more);
    more();
  };
  const zeros = Buffer.alloc(65_536, 97);
  const chunked = Buffer.concat([Buffer.from('10000\r\n'), zeros, Buffer.from('\r\n')]);
  // Members follow each other: 64 times 16 MiB make 1 GiB.
  const member = gzipSync(Buffer.alloc(16 * mebibyte));
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => member));

  it.each([
    ['10 GB declared', 200, 'Content-Length: 10000000000', zeros],
    ['10 GB declared by a 500', 500, 'Content-Length: 10000000000', zeros],
    ['chunks without end', 200, 'Transfer-Encoding: chunked', chunked],
    ['gzip of 1 GiB', 200, `Content-Encoding: gzip\r\nContent-Length: ${bomb.length}`, null],
  ])('%s', async (_name, status, fields, chunk) => {
    const bench = await openBench();
    const count = { written: 0 };
    const server = await rawReply((socket) => {
      socket.write(`HTTP/1.1 ${status} X\r\n${fields}\r\n\r\n`);
      if (chunk) pour(socket, chunk, count);
      else socket.end(bomb);
    });
    collect();
    const before = process.memoryUsage();
    let grown = 0;
    // What was set free may stay with the process, so the heap is looked at as well.
    const look = (): void => {
      const { rss, heapUsed, external } = process.memoryUsage();
      grown = Math.max(grown, rss - before.rss, heapUsed + external - before.heapUsed - before.external);
    };
    const watch = setInterval(look, 2);
    const [made] = await bench.queue.enqueue([deliveryOf(bench, { name: 'endless', url: server.url })]);
    await bench.attempted(made?.id ?? '', 1);
    clearInterval(watch);
    look();
    const record = bench.history.attempts(made?.id ?? '')[0];
    expect(record).toMatchObject({ outcome: status === 200 ? 'delivered' : 'http-status', status });
    // A compressed body is kept as it came, and never decoded.
    expect(record?.response?.bodyCut).toBe(chunk !== null);
    expect(record?.response?.body.length).toBe(chunk ? mebibyte : bomb.length);
    if (status === 200 && chunk) expect(record?.message).toBe('HTTP 200; reply body cut');
    // What the sender read, and what lay in the sockets' buffers.
    expect(count.written).toBeLessThan(30 * mebibyte);
    console.log(`${fields.replaceAll('\r\n', ', ')}: memory +${Math.round(grown / mebibyte)} MiB`);
    expect(grown).toBeLessThan(50 * mebibyte);
    expect(server.open.size).toBe(0);
    await bench.queue.stop();
    await bench.history.close();
  });
});

describe('F11 bad targets @sending 3', () => {
  const rowNames: string[] = [];
  /** `right`, or what was wrong. */
  const results = new Map<string, string>();
  const delivered: string[] = [];
  let bench: Bench;
  const delays: { readonly beside: number; readonly alone: number }[] = [];
  let storm: readonly Delivery[] = [];

  beforeAll(async () => {
    bench = await openBench();
    // The same machine at the same moment, without bad targets.
    const control = await openBench();
    closers.push(() => control.queue.stop().then(() => control.history.close()));
    const { queue, history, attempted } = bench;
    const arrived = new Map<string, (at: number) => void>();
    const good = await web((request, reply) => {
      arrived.get(String(request.headers['webhook-id']))?.(performance.now());
      reply.end('ok');
    });
    const rows = await makeRows(bench.largeHash);
    rowNames.push(...rows.map(({ name }) => name));

    let pings = 0;
    const delayOf = async (through: Bench): Promise<number> => {
      const messageId = `msg_ping_${(pings += 1)}`;
      const delivery = deliveryOf(through, { name: 'good', url: good.url });
      const arrival = new Promise<number>((resolve) => arrived.set(messageId, resolve));
      const sent = performance.now();
      await through.queue.enqueue([{ ...delivery, message: { ...delivery.message, messageId } }]);
      return (await arrival) - sent;
    };
    /** Every 50 ms one delivery to the good target through each queue, whether or not the last has arrived. */
    const traffic = async (end: () => Promise<unknown>): Promise<void> => {
      const flying: Promise<void>[] = [];
      const timer = setInterval(() => {
        const both = Promise.all([delayOf(bench), delayOf(control)]);
        flying.push(both.then(([beside, alone]) => void delays.push({ beside, alone })));
      }, 50);
      await end();
      clearInterval(timer);
      await Promise.all(flying);
    };

    const stormServer = await web((_request, reply) => reply.writeHead(500).end());
    const stormOf = deliveryOf(bench, {
      name: 'storm',
      url: stormServer.url,
      more: { schedule: 'classic', speed: 10_000 },
    });
    /** Looks at a row as soon as its attempts are made: later ones are not its business. */
    const watch = async (row: Row, { id }: Delivery): Promise<void> => {
      await attempted(id, row.attempts ?? 1);
      const delivery = queue.find(id) as Delivery;
      const requests = [...(row.seen?.requests ?? [])];
      // A server that does not read does not see the end either: it looks now.
      await Promise.all([...(row.seen?.open ?? [])].map(ended));
      const seen = { requests, open: new Set(row.seen?.open) };
      const first = history.attempts(id)[0] as AttemptRecord;
      try {
        row.check({ delivery, seen, first });
        results.set(row.name, 'right');
      } catch (error) {
        const { outcome, status, message, ms } = first;
        results.set(row.name, `${outcome} ${status} “${message}” after ${ms} ms\n${String(error)}`);
      }
      if (delivery.state === 'delivered') delivered.push(delivery.id);
    };
    await traffic(async () => {
      const storming = await queue.enqueue(
        Array.from({ length: 40 }, (_, i) => ({
          ...stormOf,
          message: { ...stormOf.message, messageId: `msg_storm_${i}` },
        })),
      );
      const deliveries = await queue.enqueue(rows.map((row) => deliveryOf(bench, row)));
      await Promise.all(deliveries.map((delivery, i) => watch(rows[i] as Row, delivery)));
      storm = await Promise.all(storming.map(({ id }) => queue.settled(id)));
    });
  }, 40_000);

  it('every row was made', () => {
    expect(rowNames.length).toBeGreaterThan(45);
    expect([...results.keys()].toSorted()).toEqual(rowNames.toSorted());
  });

  it('each fails, is retried, parked or delivered as it must be', () => {
    const wrong = [...results].filter(([, result]) => result !== 'right');
    expect(wrong.map(([name, result]) => `${name}: ${result}`).join('\n\n')).toBe('');
  });

  it('500 two hundred times: every delivery makes exactly its attempts and dies', () => {
    expect(storm.map(({ state, attempts }) => [state, attempts.length])).toEqual(Array(40).fill(['dead', 5]));
  });

  it('410 parks the target and nobody else', () => {
    const parked = [...bench.targets.values()].filter(({ state }) => state !== 'active');
    expect(parked.map(({ id, parkedReason }) => [id, parkedReason])).toEqual([['410', 'gone']]);
  });

  it('the good target’s deliveries are not delayed by more than 100 ms', () => {
    const extra = delays.map(({ beside, alone }) => beside - alone);
    const figures = [0.5, 0.95, 1].map((share) =>
      [delays.map(({ alone }) => alone), delays.map(({ beside }) => beside), extra].map((of) => percentile(of, share)),
    );
    const shown = figures.map(([alone, beside, more]) => `${alone}, ${beside}, ${more}`).join(' | ');
    console.log(`ms alone, beside bad targets, difference: ${shown} (p50 | p95 | max of ${delays.length})`);
    expect(delays.length).toBeGreaterThan(40);
    expect(percentile(extra, 0.95)).toBeLessThanOrEqual(100);
  });

  it('the queue file holds exactly what is not finished', async () => {
    await bench.queue.stop();
    const inMemory = bench.queue.pending();
    const onDisk = (await openDeliveries(bench.dir, 'queue.json')).data.deliveries;
    expect(onDisk).toEqual(JSON.parse(JSON.stringify(inMemory)));
    expect(onDisk.filter(({ state }) => state !== 'waiting' && state !== 'parked')).toEqual([]);
    const dead = (await openDeliveries(bench.dir, 'dead-letters.json')).data.deliveries;
    expect(dead.map(({ id }) => id).toSorted()).toEqual(
      bench.queue
        .dead()
        .map(({ id }) => id)
        .toSorted(),
    );
    for (const id of delivered) expect(bench.history.archivedDelivery(id)?.state).toBe('delivered');
    expect(readFileSync(join(bench.dir, 'queue.json')).length).toBeGreaterThan(1_000);
    await bench.history.close();
  });
});
