// What leaves for the app equals what arrived, byte for byte: 200 random requests over a real socket into the receiver,
// and out to a TCP server that keeps every byte. The expectation is worked out here from the bytes that were sent.

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Forwarder } from '../../../src/main/host-forward.ts';
import { attempt } from '../../../src/main/sender/wire.ts';
import { systemClock } from '../../../src/main/system.ts';
import type { CapturedRequest } from '../../../src/shared/exchange.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import type { Exchange } from '../../../src/main/store/history.ts';
import { createWorld } from '../../support/queue-world.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { startRecorder } from '../receiver/start.ts';
import { endpointWith, forwardTo, okTo, openForwarder, startRawApp } from './forward-app.ts';
import type { RawApp } from './forward-app.ts';

const seed = 20_261_123;
const count = 200;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** A request as bytes, and what is known about it. Text holds one character per byte. */
interface Sample {
  readonly bytes: string;
  readonly method: string;
  readonly target: string;
  /** Name and value as they count: blanks around the value are no part of it. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trusted: boolean;
  readonly keepHost: boolean;
}

/** Numbers from 0 to below `limit`, always the same ones. */
function dice(start: number): (limit: number) => number {
  let state = start % 2_147_483_647;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT', 'TRACE', 'M-SEARCH'];
const ordinary = [
  'Content-Type',
  'user-agent',
  'X-GITHUB-EVENT',
  'Stripe-Signature',
  'x-HuB-sIgNaTuRe-256',
  'Authorization',
  'Cookie',
  'Accept',
  'Accept-Encoding',
  'Date',
  'Via',
  'Forwarded',
  'X-Real-IP',
  'x_under.score',
  "!#$%&'*+-.^`|~",
];
const oneConnection = ['Keep-Alive', 'Proxy-Connection', 'proxy-authenticate', 'Proxy-Authorization', 'TE', 'Trailer', 'UPGRADE', 'HTTP2-Settings']; // prettier-ignore
const told = ['X-Forwarded-For', 'x-forwarded-host', 'X-FORWARDED-PROTO', 'X-Hookbench-Request'];

function makeSample(n: number, wildTargets: boolean): Sample {
  const roll = dice(seed + n * 7_919);
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const chance = (percent: number): boolean => roll(100) < percent;
  const oddCase = (name: string): string =>
    Array.from(name, (letter) => (chance(50) ? letter.toUpperCase() : letter.toLowerCase())).join('');
  const value = (): string => {
    const length = roll(40);
    let text = '';
    // Visible ASCII, Latin-1, blanks and tabs inside.
    for (let i = 0; i < length; i += 1) {
      const kind = roll(10);
      text += String.fromCharCode(kind < 7 ? 33 + roll(94) : kind < 9 ? 128 + roll(128) : pick([9, 32]));
    }
    return text.replace(/^[ \t]+|[ \t]+$/g, '');
  };
  const method = pick(methods);
  const trusted = chance(50);
  const fields: [string, string][] = [];
  const lines: string[] = [];
  const add = (name: string, text: string, at = lines.length): void => {
    fields.splice(at, 0, [name, text]);
    // The parser takes no tab around a length.
    const blank = /^(content-length|transfer-encoding)$/i.test(name) ? [' '] : ['', ' ', '  ', '\t'];
    lines.splice(at, 0, `${name}:${pick(blank)}${text}${blank.length > 1 ? pick(['', '', ' ', '\t ']) : ''}`);
  };
  for (let i = roll(12); i > 0; i -= 1) add(chance(50) ? pick(ordinary) : oddCase(pick(ordinary)), value());
  // Repeats, not side by side.
  if (fields.length > 0 && chance(60)) add(oddCase(pick(fields)[0]), value());
  for (const name of oneConnection) if (chance(15)) add(oddCase(name), 'trailers, x');
  for (const name of told) if (chance(30)) add(oddCase(name), value());
  if (chance(20)) add('X-Forwarded-For', '203.0.113.9, 198.51.100.2');
  const listed = chance(30) ? [pick(['x-real-ip', 'Stripe-Signature', 'X-Forwarded-Host', 'COOKIE'])] : [];
  const connection = [...(chance(30) ? ['close'] : chance(30) ? ['Keep-Alive'] : []), ...listed];
  if (connection.length > 0) add(oddCase('Connection'), connection.join(pick([',', ', ', ' ,'])));
  const place = (): number => roll(lines.length + 1);
  add(oddCase('Host'), pick(['localhost:4100', 'example.com', '[::1]:4100', 'tunnel.example:8443']), place());

  let body = '';
  const size = chance(25) ? 0 : roll(chance(10) ? 70_000 : 600);
  for (let i = 0; i < size; i += 1) body += String.fromCharCode(roll(256));
  let sent = body;
  const framing = chance(15) && size === 0 ? 'none' : chance(40) ? 'chunked' : 'sized';
  if (framing === 'sized') add(oddCase('Content-Length'), String(size), place());
  if (framing === 'chunked') {
    add(oddCase('Transfer-Encoding'), 'chunked', place());
    sent = '';
    for (let at = 0; at < size;) {
      const part = body.slice(at, at + 1 + roll(300));
      sent += `${part.length.toString(16)}\r\n${part}\r\n`;
      at += part.length;
    }
    sent += chance(30) ? '0\r\nX-Trailer: gone\r\n\r\n' : '0\r\n\r\n';
  }
  if (chance(10) && framing !== 'none') add('Expect', '100-continue');

  // A delivery's address is a URL, which knows dot segments and writes some characters in its own way.
  const letters = wildTargets ? `abz09-._~%41%2F!$'()*+,;=:@"<>^|{}\\` : 'abz09-_~%41%2F!$()*+,;=:@';
  const text = (length: number): string => Array.from({ length }, () => pick(letters.split(''))).join('');
  const query = chance(60) ? `?${text(roll(30))}${wildTargets && chance(10) ? '#x?y' : ''}` : '';
  const target = `${chance(10) ? 'http://proxy.example' : ''}/in/${text(roll(12))}${query}`;
  const bytes = `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${sent}`;
  return { bytes, method, target, fields, body, trusted, keepHost: chance(20) };
}

const bodiless = ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'];
const valueOf = (sample: Sample, name: string): string =>
  sample.fields.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';

/** The end-to-end lines without Host and length, as pairs, then those that Hookbench adds. */
function expectedFields(sample: Sample, id: string, own: (name: string) => string | null): string[] {
  const listed = sample.fields
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(/[ ,]+/))
    // A signature stays, whatever Connection says.
    .filter((name) => name !== 'stripe-signature');
  const gone = new Set([
    ...oneConnection.map((name) => name.toLowerCase()),
    ...['connection', 'transfer-encoding', 'expect', 'x-forwarded-for', 'x-hookbench-request'],
    ...(sample.trusted ? [] : ['x-forwarded-host', 'x-forwarded-proto']),
    ...listed,
  ]);
  const lines: string[] = [];
  const kept = new Set<string>();
  for (const [name, value] of sample.fields) {
    const key = name.toLowerCase();
    if (key === 'host' || key === 'content-length') {
      const text = own(key);
      if (text !== null) lines.push(`${name}: ${text}`);
    } else if (!gone.has(key)) {
      lines.push(`${name}: ${value}`);
      kept.add(key);
    }
  }
  const hasLength = sample.fields.some(([name]) => name.toLowerCase() === 'content-length');
  const length = own('content-length');
  const needsLength = sample.body.length > 0 || !bodiless.includes(sample.method);
  if (!hasLength && needsLength && length !== null) lines.push(`Content-Length: ${length}`);
  const before = sample.fields.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value);
  lines.push(`X-Forwarded-For: ${[...(sample.trusted ? before : []), '127.0.0.1'].join(', ')}`);
  if (!kept.has('x-forwarded-host')) lines.push(`X-Forwarded-Host: ${valueOf(sample, 'host')}`);
  if (!kept.has('x-forwarded-proto')) lines.push('X-Forwarded-Proto: http');
  lines.push(`X-Hookbench-Request: ${id}`);
  return lines;
}

function expectedTarget({ target }: Sample): string {
  const rest = target.slice(target.indexOf('/in/') + '/in'.length);
  const query = rest.indexOf('?');
  const path = query === -1 ? rest : rest.slice(0, query);
  return `/hooks${path}?own=1${query === -1 ? '' : `&${rest.slice(query + 1)}`}`;
}

interface Way {
  readonly app: RawApp;
  readonly forwarder: Forwarder;
  readonly sample: Sample;
  readonly endpoint: Endpoint;
}

/** Sends the sample to a receiver that hands it to `receive`; gives the captured request. */
async function deliver(sample: Sample, receive: (request: CapturedRequest) => Promise<unknown>): Promise<void> {
  const client = connectRaw(port, { headReplies: sample.method === 'HEAD' });
  current = receive;
  client.write(Buffer.from(sample.bytes, 'latin1'));
  await client.until(() => client.replies().length === 1);
  expect(client.replies()[0]?.status, `${client.received()}\n${sample.bytes}`).toBe(200);
  await client.close();
}

let port = 0;
let current: (request: CapturedRequest) => Promise<unknown> = () => Promise.resolve();

async function startReceiver(): Promise<void> {
  const recorder = await startRecorder({
    onRequest: async (request) => {
      const plan = await current(request);
      return (plan as Awaited<ReturnType<Forwarder['answer']>>['plan'] | undefined) ?? { status: 200, headers: [], body: '' }; // prettier-ignore
    },
  });
  port = recorder.port;
  cleanups.push(() => recorder.stop());
}

function wayOf(app: RawApp, forwarder: Forwarder, sample: Sample, mode: 'answer' | 'copy'): Way {
  const forward = forwardTo(`${app.url}/hooks?own=1`, { mode, appendPath: true, keepHost: sample.keepHost });
  return { app, forwarder, sample, endpoint: endpointWith([forward], { path: '/in', trustForwarded: sample.trusted }) };
}

describe('forwarded bytes', () => {
  it(`answer mode: ${count} random requests reach the app as they came (seed ${seed})`, async () => {
    const app = await startRawApp();
    const { forwarder } = openForwarder();
    cleanups.push(
      () => app.close(),
      () => forwarder.stop(),
    );
    await startReceiver();
    for (let n = 0; n < count; n += 1) {
      const sample = makeSample(n, true);
      const { endpoint } = wayOf(app, forwarder, sample, 'answer');
      let id = '';
      await deliver(sample, async (request) => {
        id = request.id;
        return (await forwarder.answer(request, endpoint, endpoint.forwards[0] as Endpoint['forwards'][number])).plan;
      });
      const host = sample.keepHost ? valueOf(sample, 'host') : `127.0.0.1:${app.port}`;
      const own = (name: string): string => (name === 'host' ? host : String(sample.body.length));
      const lines = [...expectedFields(sample, id, own), 'Connection: keep-alive'];
      const head = `${sample.method} ${expectedTarget(sample)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
      expect(app.requests).toHaveLength(n + 1);
      expect(app.requests[n]?.raw, `sample ${n}`).toBe(head + sample.body);
    }
    // All of them over one kept connection.
    expect(app.connections()).toBe(1);
  });

  it(`copy mode: ${count} random requests go through the queue as they came (seed ${seed})`, async () => {
    const app = await startRawApp((socket, request) => void socket.end(okTo(request)));
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open({ clock: systemClock, attempt });
    queue.start();
    const { forwarder } = openForwarder({
      queue,
      history: {
        putMessageBody(bytes) {
          const hash = createHash('sha256').update(bytes).digest('hex');
          world.disk.bodies.set(hash, bytes);
          return Promise.resolve(hash);
        },
      },
    });
    cleanups.push(
      () => app.close(),
      () => queue.stop(),
      () => forwarder.stop(),
    );
    await startReceiver();
    const expected = new Map<string, string>();
    for (let n = 0; n < count; n += 1) {
      const sample = makeSample(n, false);
      const { endpoint } = wayOf(app, forwarder, sample, 'copy');
      await deliver(sample, async (request) => {
        const own = (): null => null;
        const fields = expectedFields(sample, request.id, own);
        const length = sample.body.length > 0 || !bodiless.includes(sample.method);
        const lines = [
          `Host: 127.0.0.1:${app.port}`,
          ...fields,
          ...(length ? [`Content-Length: ${sample.body.length}`] : []),
          'Connection: close',
        ];
        const head = `${sample.method} ${expectedTarget(sample)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
        expected.set(request.id, head + sample.body);
        const results = await forwarder.copies(exchangeOf(request), endpoint, () => false);
        expect(results).toMatchObject([{ state: 'queued', mode: 'copy', forwardId: 'app' }]);
      });
    }
    await queue.idle();
    const got = new Map(app.requests.map(({ raw }) => [/X-Hookbench-Request: (\S+)/.exec(raw)?.[1] ?? '', raw]));
    expect(app.requests).toHaveLength(count);
    for (const [id, bytes] of expected) expect(got.get(id)).toBe(bytes);
  });
});

function exchangeOf(request: CapturedRequest): Exchange {
  return {
    request,
    endpoint: 'hooks',
    provider: null,
    event: null,
    deliveryId: null,
    verdict: { status: 'unverified', reason: '', message: '', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    duplicateKeys: { idKey: null, bodyKey: null },
    replyStatus: 200,
  };
}
