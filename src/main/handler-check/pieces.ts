// A request whose body leaves bit by bit, or never whole: what the sender, which writes a body at once, cannot do. The
// address is looked up and checked as the sender does it, and a connection is never used twice.

import { request as httpRequest } from 'node:http';
import type { AttemptOutcome } from '../../shared/delivery.ts';
import { headerValue } from '../../shared/headers.ts';
import { isSuccess } from '../../shared/http-status.ts';
import type { Clock } from '../ports.ts';
import { checkHeaders, checkTarget } from '../sender/check.ts';
import { findAddresses, openSocket } from '../sender/connect.ts';
import { wireFailure } from '../sender/wire-failure.ts';
import type { WireFailure } from '../sender/wire-failure.ts';
import { wireHeaders } from '../sender/wire-headers.ts';
import type { CheckRequest } from './events.ts';
import type { HandlerRules } from './options.ts';

/** The body on its way. Every call tells whether the exchange goes on: false once there is an answer or no connection. */
export interface BodyWriter {
  /** Resolves when the bytes have left. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Waits, ms. */
  pause(ms: number): Promise<boolean>;
  /** Ends the body; then the answer is awaited. */
  end(): void;
}

/** What is sent, and how. */
export interface PiecesOptions {
  /** URL and headers; its body is not used. */
  readonly request: CheckRequest;
  /** Value of Content-Length, bytes. */
  readonly declaredBytes: number;
  /** Writes the body. When it returns without a call of `end`, the connection is cut off. */
  readonly script: (writer: BodyWriter) => Promise<void>;
  readonly clock: Clock;
  /** Deadline over everything, ms. */
  readonly totalMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly rules?: HandlerRules | undefined;
}

/** How it ended. The body of the answer is not read. */
export interface PiecesOutcome {
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly ms: number;
  readonly message: string;
}

/**
 * Sends a POST in pieces. Every network trouble is a value; rejects only with AppError SEND_INVALID_URL or _HEADER, before
 * anything is opened.
 */
export async function sendInPieces(options: PiecesOptions): Promise<PiecesOutcome> {
  const { request, clock } = options;
  const url = checkTarget(request.url);
  checkHeaders(request.headers);
  const started = clock.monotonic();
  const ending = await exchange(options, url);
  const ms = Math.round(clock.monotonic() - started);
  if (typeof ending !== 'number') return { ...ending, status: null, ms };
  const outcome = isSuccess(ending) ? 'delivered' : 'http-status';
  return { outcome, status: ending, ms, message: `HTTP ${ending}` };
}

/** The status of the answer, or why there is none. */
function exchange(options: PiecesOptions, url: URL): Promise<number | WireFailure> {
  return new Promise((resolve, reject) => {
    const { clock, signal, totalMs, request, declaredBytes, script, rules } = options;
    const added = (rules?.headers ?? []).filter(([name]) => headerValue(request.headers, name) === undefined);
    const waiting = new Set<() => void>();
    let done = false;
    let ended = false;
    let connected = false;
    let close = (): void => {};

    const finish = (ending: number | WireFailure): void => {
      if (done) return;
      done = true;
      stopTotal();
      signal?.removeEventListener('abort', interrupt);
      close();
      for (const wake of waiting) wake();
      resolve(ending);
    };
    /** A fault of this program comes out at once, with everything closed, instead of hanging until the deadline. */
    const fail = (error: unknown): void => {
      reject(error);
      finish({ outcome: 'interrupted', message: 'cut off' });
    };
    const interrupt = (): void => finish({ outcome: 'interrupted', message: 'Hookbench stopped' });
    const stopTotal = clock.after(totalMs, () => {
      finish(
        connected
          ? { outcome: 'timeout-response', message: `no reply within ${totalMs} ms` }
          : { outcome: 'timeout-connect', message: `no connection within ${totalMs} ms` },
      );
    });
    if (signal?.aborted) return interrupt();
    signal?.addEventListener('abort', interrupt);

    /** Resolves when `start` calls back, or when the exchange is over. */
    const step = (start: (wake: () => void) => () => void): Promise<boolean> =>
      new Promise((next) => {
        if (done) return next(false);
        let stop = (): void => {};
        const wake = (): void => {
          waiting.delete(wake);
          stop();
          next(!done);
        };
        waiting.add(wake);
        stop = start(wake);
      });

    const send = (addresses: Awaited<ReturnType<typeof findAddresses>>): void => {
      if (done) return;
      if ('outcome' in addresses) return finish(addresses);
      const socket = openSocket(url, addresses, { skipTlsCheck: rules?.skipTlsCheck });
      // The request listens too; this one is for errors that arrive after it let go of the socket.
      socket.on('error', () => {});
      socket.on(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
      const outgoing = httpRequest({
        createConnection: () => socket,
        method: 'POST',
        path: url.pathname + url.search,
        headers: wireHeaders(url, 'POST', [...request.headers, ...added], declaredBytes).flat(),
        setHost: false,
        maxHeaderSize: 16_384,
      });
      close = () => {
        outgoing.destroy();
        socket.destroy();
      };
      outgoing.on('error', (error) => finish(wireFailure(error, connected)));
      outgoing.on('close', () => finish(wireFailure(null, connected)));
      outgoing.on('upgrade', (reply) => finish(reply.statusCode ?? 101));
      outgoing.on('response', (reply) => {
        reply.on('error', () => {});
        finish(reply.statusCode ?? 0);
      });
      const writer: BodyWriter = {
        write: (bytes) =>
          step((wake) => {
            outgoing.write(bytes, wake);
            return () => {};
          }),
        pause: (ms) => step((wake) => clock.after(ms, wake)),
        end: () => {
          ended = true;
          outgoing.end();
        },
      };
      script(writer).then(() => {
        if (!ended) finish({ outcome: 'interrupted', message: 'cut off before the end of the body' });
      }, fail);
    };
    findAddresses(url, undefined, { allowLinkLocal: rules?.allowLinkLocal }).then(send).catch(fail);
  });
}
