// One HTTP try, byte for byte as asked: exact header order and case, one look-up, one connection, one reply head.
// Every network trouble is a value. It knows nothing of queues, retries or signatures.

import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AttemptOutcome, AttemptRecord } from '../../shared/delivery.ts';
import { pairHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { isSuccess } from '../../shared/http-status.ts';
import type { Clock } from '../ports.ts';
import { checkHeaders, checkMethod, checkTarget } from './check.ts';
import { findAddresses, openSocket } from './connect.ts';
import type { AddressRules, Lookup, TlsRules } from './connect.ts';
import type { Reach } from './address.ts';
import { reachOf } from './address.ts';
import { isRedirect, nextHop } from './redirects.ts';
import type { Hop } from './redirects.ts';
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
  /** Follows up to 5 redirects within the same deadline; off by default. */
  readonly followRedirects?: boolean | undefined;
  /** Names of header fields that never go to another origin, whatever they are. */
  readonly secretHeaders?: readonly string[] | undefined;
  /** Link-local and metadata addresses are allowed at the URL's own origin. */
  readonly allowLinkLocal?: boolean | undefined;
  /** Certificates are not checked at the URL's own origin; the message of the outcome says so. */
  readonly skipTlsCheck?: boolean | undefined;
}

/** How one try ended, ready to be recorded. */
export interface WireOutcome extends Pick<AttemptRecord, 'at' | 'outcome' | 'status' | 'ms' | 'message'> {
  readonly request: AttemptRecord['request'];
  readonly response: AttemptRecord['response'];
  readonly timings: AttemptRecord['timings'];
}

/** What was read before the exchange ended. `broken` is null when the reply is whole. */
interface Ending {
  readonly head: IncomingMessage | null;
  readonly body: Uint8Array;
  readonly cut: boolean;
  readonly broken: WireFailure | null;
  /** Where the connection went; null when there was none to make. */
  readonly reach: Reach | null;
}

type Timings = { -readonly [K in keyof AttemptRecord['timings']]?: number };

/** One request, its rules, and the rest of the deadline. */
interface ExchangeOptions {
  readonly hop: Hop;
  readonly headers: readonly HeaderPair[];
  readonly wire: WireOptions;
  readonly rules: AddressRules & TlsRules;
  readonly timings: Timings;
  readonly elapsed: () => number;
}

/**
 * Makes one try. Success is a 2xx status to the whole message; redirects are not followed unless `followRedirects`; a
 * 2xx head with a broken or endless body counts as delivered, with a warning in the message. The record holds the first
 * request and the last reply. Rejects only with AppError SEND_INVALID_URL, _METHOD or _HEADER, before anything is opened.
 */
export async function attempt(options: WireOptions): Promise<WireOutcome> {
  const { clock, followRedirects = false, secretHeaders } = options;
  // Node's client writes methods in upper case; said here so that the record is true.
  const method = options.method.toUpperCase();
  let hop: Hop = { url: checkTarget(options.url), method, headers: options.headers, body: options.body };
  checkMethod(options.method);
  checkHeaders(options.headers);
  const at = clock.now();
  const timings: Timings = {};
  const started = clock.monotonic();
  const elapsed = (): number => Math.round((clock.monotonic() - started) * 100) / 100;
  const first = hop.url;
  const seen = [hop];
  let carried = true;
  let reach: Reach | undefined;
  let ending: Ending;
  let why = 'redirects are not followed';
  for (;;) {
    const headers = fieldsOf(hop);
    // What a person allowed for a target they allowed for no other origin.
    const own = hop.url.origin === first.origin;
    const { ca } = options;
    const trust = own ? { allowLinkLocal: options.allowLinkLocal, skipTlsCheck: options.skipTlsCheck } : {};
    const rules = { ca, ...trust, redirectedFrom: reach };
    ending = await exchange({ hop, headers, wire: options, rules, timings, elapsed });
    const status = ending.head?.statusCode ?? 0;
    if (!followRedirects || ending.head === null || ending.broken !== null || !isRedirect(status)) break;
    const next = nextHop(hop, status, pairHeaders(ending.head.rawHeaders), { seen, secretHeaders });
    if (next.kind === 'stop') {
      why = `not followed, since ${next.why}`;
      break;
    }
    reach = ending.reach ?? reach;
    carried &&= next.carries;
    hop = next.hop;
    seen.push(hop);
  }
  const total = elapsed();
  const unchecked = options.skipTlsCheck === true && first.protocol === 'https:';
  const judged = judge(ending, why, carried);
  const notes = [
    judged.message,
    ...chainNotes(seen, carried),
    ...(unchecked ? ['the certificate was not checked'] : []),
  ];
  return {
    at,
    outcome: judged.outcome,
    message: notes.join('; '),
    status: ending.head?.statusCode ?? null,
    ms: Math.round(total),
    request: { method, url: first.href, headers: fieldsOf(seen[0] as Hop) },
    response: ending.head && {
      status: ending.head.statusCode ?? 0,
      headers: pairHeaders(ending.head.rawHeaders),
      body: ending.body,
      bodyCut: ending.cut,
    },
    timings: { ...timings, total },
  };
}

function fieldsOf({ url, method, headers, body }: Hop): readonly HeaderPair[] {
  return wireHeaders(url, method, headers, body.byteLength);
}

/** What redirects made of the message, for a person. */
function chainNotes(seen: readonly Hop[], carried: boolean): readonly string[] {
  const last = seen.at(-1) as Hop;
  if (seen.length === 1) return [];
  const times = seen.length === 2 ? '1 redirect' : `${seen.length - 1} redirects`;
  const note = `after ${times} to ${last.url.origin}${last.url.pathname}`;
  return carried ? [note] : [note, 'the last request did not carry the message'];
}

function judge(
  { head, broken, cut }: Ending,
  why: string,
  carried: boolean,
): { readonly outcome: AttemptOutcome; readonly message: string } {
  if (head === null) return broken ?? { outcome: 'reset', message: 'the target closed the connection without a reply' };
  const status = head.statusCode ?? 0;
  if (isSuccess(status)) {
    const warning = broken ? `; warning: ${broken.message}` : cut ? '; reply body cut' : '';
    return { outcome: carried ? 'delivered' : 'http-status', message: `HTTP ${status}${warning}` };
  }
  if (broken?.outcome === 'interrupted') return broken;
  const note = status >= 300 && status <= 399 ? `: ${why}` : '';
  return { outcome: 'http-status', message: `HTTP ${status}${note}` };
}

function exchange({ hop, headers, wire, rules, timings, elapsed }: ExchangeOptions): Promise<Ending> {
  return new Promise((resolve) => {
    const { clock, signal, totalMs } = wire;
    const { url } = hop;
    // Every request of a chain lives on what the ones before left of the one deadline.
    const leftMs = Math.max(0, totalMs - elapsed());
    const connectMs = Math.min(wire.connectMs ?? 10_000, totalMs);
    const chunks: Uint8Array[] = [];
    let kept = 0;
    let read = 0;
    let interim = 0;
    let connected = false;
    let done = false;
    let head: IncomingMessage | null = null;
    let reach: Reach | null = null;
    let close = (): void => {};

    const finish = (broken: WireFailure | null): void => {
      if (done) return;
      done = true;
      stopTotal();
      stopConnect();
      signal?.removeEventListener('abort', interrupt);
      close();
      resolve({ head, body: joined(chunks, kept), cut: broken !== null || read > kept, broken, reach });
    };
    const interrupt = (): void => finish({ outcome: 'interrupted', message: 'Hookbench stopped' });
    const stopTotal = clock.after(leftMs, () => {
      if (head) finish({ outcome: 'timeout-response', message: `the reply did not end within ${seconds(totalMs)}` });
      else if (connected) finish({ outcome: 'timeout-response', message: `no reply within ${seconds(totalMs)}` });
      else finish({ outcome: 'timeout-connect', message: `no connection within ${seconds(totalMs)}` });
    });
    const stopConnect = clock.after(Math.min(connectMs, leftMs), () => {
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
      const socket = openSocket(url, addresses, rules);
      // The request listens too; this one is for errors that arrive after it let go of the socket.
      socket.on('error', () => {});
      socket.on('connect', () => {
        timings.connect = elapsed();
        // Where a redirect comes from is who was reached, not what else the name stands for.
        if (socket.remoteAddress !== undefined) reach = reachOf(socket.remoteAddress);
        if (url.protocol === 'http:') connected = true;
      });
      socket.on('secureConnect', () => {
        timings.tls = elapsed();
        connected = true;
      });
      const request = httpRequest({
        createConnection: () => socket,
        method: hop.method,
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
      request.end(hop.body);
    };
    findAddresses(url, wire.lookup, rules).then(send, (error: unknown) => finish(wireFailure(error, false)));
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
