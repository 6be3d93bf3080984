// The local HTTP server. It takes every request as raw bytes before anything can refuse or decode it.

import type { CapturedRequest, RefusedEntry } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/** Limits and time-outs; defaults as in the reliability rules. */
export interface ReceiverLimits {
  /** Bytes; 32 MiB. */
  readonly bodyLimit: number;
  /** Bytes of all bodies in flight together; 256 MiB, then 503. */
  readonly inFlightLimit: number;
  /** Ms; 10,000. */
  readonly headersTimeoutMs: number;
  /** Ms; 30,000. */
  readonly requestTimeoutMs: number;
  /** Sockets; 4,096. */
  readonly maxConnections: number;
}

/** What the host decides about one request. */
export interface ReplyPlan {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | string;
}

/** What the receiver is given. */
export interface ReceiverOptions {
  /** `127.0.0.1` (with `::1` beside it), or what the person allowed. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly limits: ReceiverLimits;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly makeId: () => string;
  readonly nextSeq: () => number;
  /**
   * Called once per captured request. Resolves, after the commit, with the reply; a rejection becomes 503 with
   * Retry-After 5 and a refused entry `not-stored`.
   */
  readonly onRequest: (request: CapturedRequest) => Promise<ReplyPlan>;
  readonly onReplied: (request: CapturedRequest, status: number, ms: number) => void;
  readonly onRefused: (entry: RefusedEntry) => void;
}

/** A running receiver. */
export interface Receiver {
  readonly port: number;
  /** `http://127.0.0.1:4100`. */
  readonly url: string;
  /** Stops taking connections, lets requests in flight finish (at most 5 s), closes. */
  stop(): Promise<void>;
}

/** Starts listening. Throws AppError RECEIVER_PORT_IN_USE or RECEIVER_ADDRESS. */
export declare function startReceiver(options: ReceiverOptions): Promise<Receiver>;
