// One request to a local app and the app's whole answer, over kept connections. Every network trouble is a value. It
// knows nothing of endpoints or of the queue: path, fields and bytes are what it is given.

import { request as httpRequest } from 'node:http';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { AttemptOutcome } from '../../shared/delivery.ts';
import { pairHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Clock } from '../ports.ts';
import { replyHeaders } from './forward-headers.ts';
import { createForwardPool } from './forward-pool.ts';
import type { ForwardPool, PoolOptions } from './forward-pool.ts';
import { wireFailure } from './wire-failure.ts';
import type { WireFailure } from './wire-failure.ts';

/** Most of an answer that is given on, bytes. */
const maxReply = 10 * 1_048_576;
const maxConnectMs = 10_000;
const interimReplies = 100;

/** What is sent, and how long the answer may take. */
export interface ForwardCall {
  /** Where the app is: http or https; only the origin counts. */
  readonly url: URL;
  readonly method: string;
  /** Path and query as they go over the wire. */
  readonly target: string;
  /** All of them, in wire order. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** Deadline over everything, to the last byte of the answer, ms. */
  readonly timeoutMs: number;
}

/** How it ended. `ms` counts from the call to the end of the answer. */
export type ForwardOutcome =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      /** End to end, in order, case and repeats. */
      readonly headers: readonly HeaderPair[];
      /** At most 10 MiB. */
      readonly body: Uint8Array;
      /** There was more. */
      readonly bodyCut: boolean;
      readonly ms: number;
    }
  | {
      readonly outcome: 'failed';
      /** `not-sent`: HTTP cannot carry the request; that says nothing about the app. */
      readonly reason: Exclude<AttemptOutcome, 'delivered' | 'http-status'> | 'not-sent';
      /** A sentence without a full stop. */
      readonly message: string;
      readonly ms: number;
    };

/** What a client is given. */
export interface ForwardClientOptions extends PoolOptions {
  readonly clock: Clock;
}

/** Sends requests to apps. */
export interface ForwardClient {
  /**
   * Never rejects. Redirects are answers like others. A kept connection that the app had closed meanwhile is not the
   * app's failure: the request goes once more, over a new one. An answer that breaks off is a failure.
   */
  send(call: ForwardCall): Promise<ForwardOutcome>;
  /** Forgets the connections to every origin but these. */
  keepOnly(origins: ReadonlySet<string>): void;
  /** Ends what is under way (`interrupted`) and closes every connection. */
  close(): void;
}

type Ending =
  | { readonly head: IncomingMessage; readonly body: Uint8Array; readonly cut: boolean }
  | { readonly failure: WireFailure | NotSent; readonly stale: boolean };

interface NotSent {
  readonly outcome: 'not-sent';
  readonly message: string;
}

interface Exchange {
  readonly call: ForwardCall;
  readonly pool: ForwardPool;
  readonly clock: Clock;
  readonly leftMs: number;
  /** Holds a function per request under way that ends it. */
  readonly running: Set<() => void>;
}

/** A client without connections. */
export function createForwardClient({ clock, ...pooling }: ForwardClientOptions): ForwardClient {
  const pool = createForwardPool(pooling);
  const running = new Set<() => void>();
  let closed = false;

  async function send(call: ForwardCall): Promise<ForwardOutcome> {
    const started = clock.monotonic();
    const elapsed = (): number => Math.round((clock.monotonic() - started) * 100) / 100;
    let ending: Ending = closed ? stopped : await exchange({ call, pool, clock, leftMs: call.timeoutMs, running });
    if ('stale' in ending && ending.stale && !closed) {
      // The others are as old: the app was restarted, or closed them all.
      pool.dropIdle(call.url);
      ending = await exchange({ call, pool, clock, leftMs: Math.max(0, call.timeoutMs - elapsed()), running });
    }
    const ms = elapsed();
    if ('failure' in ending) {
      const { outcome, message } = ending.failure;
      return { outcome: 'failed', reason: outcome as FailureReason, message, ms };
    }
    const { head, body, cut: bodyCut } = ending;
    const headers = replyHeaders(pairHeaders(head.rawHeaders));
    return { outcome: 'answered', status: head.statusCode ?? 0, headers, body, bodyCut, ms };
  }

  return {
    send,
    keepOnly: (origins) => pool.keepOnly(origins),
    close() {
      closed = true;
      for (const end of running) end();
      pool.close();
    },
  };
}

type FailureReason = Extract<ForwardOutcome, { readonly outcome: 'failed' }>['reason'];

const brokenOff: WireFailure = { outcome: 'reset', message: 'the reply broke off before its end' };
const stopped: Ending = { failure: { outcome: 'interrupted', message: 'Hookbench stopped' }, stale: false };

function exchange({ call, pool, clock, leftMs, running }: Exchange): Promise<Ending> {
  return new Promise((resolve) => {
    const { url, timeoutMs } = call;
    const chunks: Uint8Array[] = [];
    let read = 0;
    let interim = 0;
    let connected = false;
    let readBefore = 0;
    let head: IncomingMessage | null = null;
    let request: ClientRequest | null = null;
    let stopConnect = (): void => {};
    let leave = (): void => {};
    let done = false;

    const finish = (ending: Ending, keep = false): void => {
      if (done) return;
      done = true;
      stopTotal();
      stopConnect();
      running.delete(interrupt);
      if (!keep) request?.destroy();
      leave();
      resolve(ending);
    };
    const fail = (failure: WireFailure | NotSent, stale = false): void => finish({ failure, stale });
    const interrupt = (): void => finish(stopped);
    const stopTotal = clock.after(leftMs, () => {
      if (head) fail({ outcome: 'timeout-response', message: `the reply did not end within ${seconds(timeoutMs)}` });
      else if (connected) fail({ outcome: 'timeout-response', message: `no reply within ${seconds(timeoutMs)}` });
      else fail({ outcome: 'timeout-connect', message: `no connection within ${seconds(timeoutMs)}` });
    });
    running.add(interrupt);

    const onHead = (reply: IncomingMessage): void => {
      head = reply;
      const broken = (): void => fail(brokenOff);
      reply.on('data', (chunk: Uint8Array) => {
        read += chunk.byteLength;
        chunks.push(chunk);
        if (read > maxReply) finish({ head: reply, body: joined(chunks, maxReply), cut: true });
      });
      reply.on('end', () => finish({ head: reply, body: joined(chunks, read), cut: false }, true));
      reply.on('error', broken);
      reply.on('close', broken);
    };

    /** Only now is it known whether the connection is a kept one. */
    const onSocket = (socket: ClientRequest['socket'], reused: boolean): void => {
      if (socket === null || done) return;
      readBefore = socket.bytesRead;
      connected = reused;
      if (reused) return;
      const secure = url.protocol === 'https:';
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        stopConnect();
      });
      if (maxConnectMs >= leftMs) return;
      stopConnect = clock.after(maxConnectMs, () => {
        fail({ outcome: 'timeout-connect', message: `no connection within ${seconds(maxConnectMs)}` });
      });
    };

    const onEnd = (sent: ClientRequest, error: unknown): void => {
      // Bytes after a whole reply (a body in the answer to HEAD) break the connection, not the reply.
      if (head?.complete) return;
      if (head) return fail(brokenOff);
      const silent = (sent.socket?.bytesRead ?? readBefore) === readBefore;
      const failure = failureOf(error, connected);
      fail(failure, sent.reusedSocket && silent && failure.outcome === 'reset');
    };

    const start = (agent: Agent): void => {
      let sent: ClientRequest;
      try {
        sent = httpRequest({
          agent,
          method: call.method,
          path: call.target,
          headers: flat(call.headers),
          setHost: false,
          insecureHTTPParser: false,
          maxHeaderSize: 16_384,
        });
      } catch {
        return fail({ outcome: 'not-sent', message: 'HTTP cannot carry the request as it came' });
      }
      request = sent;
      sent.on('socket', (socket) => onSocket(socket, sent.reusedSocket));
      sent.on('error', (error) => onEnd(sent, error));
      sent.on('close', () => onEnd(sent, null));
      sent.on('information', () => {
        interim += 1;
        if (interim > interimReplies) {
          fail({ outcome: 'bad-response', message: `more than ${interimReplies} interim replies` });
        }
      });
      sent.on('upgrade', (_reply, socket) => {
        socket.destroy();
        fail({ outcome: 'bad-response', message: 'the app changed to another protocol, which nobody asked for' });
      });
      sent.on('response', onHead);
      sent.end(call.body);
    };

    leave = pool.enter(url, start);
    // It failed while it started.
    if (done) leave();
  });
}

function failureOf(error: unknown, connected: boolean): WireFailure {
  if (!(error instanceof Error) || !('failure' in error)) return wireFailure(error, connected);
  const failure = error.failure as WireFailure;
  // The rest names a switch that only targets have.
  return { ...failure, message: failure.message.split(';', 1)[0] as string };
}

function flat(headers: readonly HeaderPair[]): string[] {
  const list: string[] = [];
  for (const [name, value] of headers) list.push(name, value);
  return list;
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only?.byteLength === size) return only;
  const all = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk.subarray(0, size - offset), offset);
    offset += Math.min(chunk.byteLength, size - offset);
  }
  return all;
}

function seconds(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}
