// One HTTP try, byte for byte as asked: exact header order and case, one look-up, one connection, one reply head.
// Every network trouble is a value. It knows nothing of queues, retries or signatures.

import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AttemptOutcome, AttemptRecord } from '../../shared/delivery.ts';
import { pairHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Clock } from '../ports.ts';
import { checkHeaders, checkMethod, checkTarget } from './check.ts';
import { findAddresses, openSocket } from './connect.ts';
import type { Lookup } from './connect.ts';
import { wireFailure } from './wire-failure.ts';
import type { WireFailure } from './wire-failure.ts';
import { wireHeaders } from './wire-headers.ts';

const keptBytes = 1_048_576;
const readBytes = 10 * 1_048_576;
const interimReplies = 100;

/** What one try sends, and its limits. */
export interface WireOptions {
  readonly method: string;
  readonly url: string;
  /** In wire order; host, framing and hop-by-hop fields are replaced by the sender's own. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly clock: Clock;
  /** Deadline over everything, ms: look-up, connection, request, the last byte of the reply. */
  readonly totalMs: number;
  /** Deadline until the connection (and TLS) stands, ms; 10,000, never more than `totalMs`. */
  readonly connectMs?: number | undefined;
  /** Ends the try with outcome `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Replaces the system's name look-up. */
  readonly lookup?: Lookup | undefined;
  /** Certificates (PEM) trusted instead of the system's. */
  readonly ca?: string | undefined;
}

/** How one try ended, ready to be recorded. */
export interface WireOutcome extends Pick<AttemptRecord, 'at' | 'outcome' | 'status' | 'ms' | 'message'> {
  readonly request: AttemptRecord['request'];
  readonly response: AttemptRecord['response'];
  readonly timings: AttemptRecord['timings'];
}

/** What was read before the try ended. `broken` is null when the reply is whole. */
interface Ending {
  readonly head: IncomingMessage | null;
  readonly body: Uint8Array;
  readonly cut: boolean;
  readonly broken: WireFailure | null;
}

type Timings = { -readonly [K in keyof AttemptRecord['timings']]?: number };

/**
 * Makes one try. Success is a 2xx status; redirects are not followed; a 2xx head with a broken or endless body counts
 * as delivered, with a warning in the message. Rejects only with AppError SEND_INVALID_URL, _METHOD or _HEADER, before
 * anything is opened.
 */
export async function attempt(options: WireOptions): Promise<WireOutcome> {
  const url = checkTarget(options.url);
  checkMethod(options.method);
  checkHeaders(options.headers);
  // Node's client writes methods in upper case; said here so that the record is true.
  const method = options.method.toUpperCase();
  const headers = wireHeaders(url, method, options.headers, options.body.byteLength);
  const at = options.clock.now();
  const timings: Timings = {};
  const started = options.clock.monotonic();
  const elapsed = (): number => Math.round((options.clock.monotonic() - started) * 100) / 100;
  const ending = await exchange({ ...options, method }, url, headers, timings, elapsed);
  const total = elapsed();
  return {
    at,
    ...judge(ending),
    status: ending.head?.statusCode ?? null,
    ms: Math.round(total),
    request: { method, url: url.href, headers },
    response: ending.head && {
      status: ending.head.statusCode ?? 0,
      headers: pairHeaders(ending.head.rawHeaders),
      body: ending.body,
      bodyCut: ending.cut,
    },
    timings: { ...timings, total },
  };
}

function judge({ head, broken, cut }: Ending): { readonly outcome: AttemptOutcome; readonly message: string } {
  if (head === null) return broken ?? { outcome: 'reset', message: 'the target closed the connection without a reply' };
  const status = head.statusCode ?? 0;
  if (status >= 200 && status <= 299) {
    if (broken) return { outcome: 'delivered', message: `HTTP ${status}; warning: ${broken.message}` };
    return { outcome: 'delivered', message: cut ? `HTTP ${status}; reply body cut` : `HTTP ${status}` };
  }
  if (broken?.outcome === 'interrupted') return broken;
  const note = status >= 300 && status <= 399 ? ': redirects are not followed' : '';
  return { outcome: 'http-status', message: `HTTP ${status}${note}` };
}

function exchange(
  options: WireOptions,
  url: URL,
  headers: readonly HeaderPair[],
  timings: Timings,
  elapsed: () => number,
): Promise<Ending> {
  return new Promise((resolve) => {
    const { clock, signal, totalMs } = options;
    const connectMs = Math.min(options.connectMs ?? 10_000, totalMs);
    const chunks: Uint8Array[] = [];
    let kept = 0;
    let read = 0;
    let interim = 0;
    let connected = false;
    let done = false;
    let head: IncomingMessage | null = null;
    let close = (): void => {};

    const finish = (broken: WireFailure | null): void => {
      if (done) return;
      done = true;
      stopTotal();
      stopConnect();
      signal?.removeEventListener('abort', interrupt);
      close();
      resolve({ head, body: joined(chunks, kept), cut: broken !== null || read > kept, broken });
    };
    const interrupt = (): void => finish({ outcome: 'interrupted', message: 'Hookbench stopped' });
    const stopTotal = clock.after(totalMs, () => {
      if (head) finish({ outcome: 'timeout-response', message: `the reply did not end within ${seconds(totalMs)}` });
      else if (connected) finish({ outcome: 'timeout-response', message: `no reply within ${seconds(totalMs)}` });
      else finish({ outcome: 'timeout-connect', message: `no connection within ${seconds(totalMs)}` });
    });
    const stopConnect = clock.after(connectMs, () => {
      if (!connected) finish({ outcome: 'timeout-connect', message: `no connection within ${seconds(connectMs)}` });
    });
    if (signal?.aborted) return interrupt();
    signal?.addEventListener('abort', interrupt);

    const onHead = (reply: IncomingMessage): void => {
      head = reply;
      timings.firstByte = elapsed();
      reply.on('data', (chunk: Uint8Array) => {
        read += chunk.byteLength;
        const room = keptBytes - kept;
        if (room > 0) {
          const part = chunk.subarray(0, room);
          chunks.push(part);
          kept += part.byteLength;
        }
        // Enough was read to know the status; the rest of an endless reply is nobody's business.
        if (read >= readBytes) finish(null);
      });
      reply.on('end', () => finish(reply.complete ? null : brokenOff));
      reply.on('error', () => finish(brokenOff));
      reply.on('close', () => finish(brokenOff));
    };

    const send = (addresses: Awaited<ReturnType<typeof findAddresses>>): void => {
      if (done) return;
      timings.dns = elapsed();
      if ('outcome' in addresses) return finish(addresses);
      const socket = openSocket(url, addresses, options.ca);
      // The request listens too; this one is for errors that arrive after it let go of the socket.
      socket.on('error', () => {});
      socket.on('connect', () => {
        timings.connect = elapsed();
        if (url.protocol === 'http:') connected = true;
      });
      socket.on('secureConnect', () => {
        timings.tls = elapsed();
        connected = true;
      });
      const request = httpRequest({
        createConnection: () => socket,
        method: options.method,
        path: url.pathname + url.search,
        headers: headers.flat(),
        setHost: false,
        insecureHTTPParser: false,
        maxHeaderSize: 16_384,
      });
      close = () => {
        request.destroy();
        socket.destroy();
      };
      request.on('error', (error) => finish(head ? brokenOff : wireFailure(error, connected)));
      request.on('close', () => finish(head ? brokenOff : wireFailure(null, connected)));
      request.on('information', () => {
        interim += 1;
        if (interim > interimReplies) {
          finish({ outcome: 'bad-response', message: `more than ${interimReplies} interim replies` });
        }
      });
      request.on('upgrade', (reply) => {
        head = reply;
        finish(null);
      });
      request.on('response', onHead);
      request.end(options.body);
    };
    findAddresses(url, options.lookup).then(send, (error: unknown) => finish(wireFailure(error, false)));
  });
}

const brokenOff: WireFailure = { outcome: 'reset', message: 'the reply broke off before its end' };

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return all;
}

function seconds(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}
