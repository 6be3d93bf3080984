// What taking requests off their sockets is given and what it offers. No code.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CapturedRequest, RefusedEntry, RefusedReason, RequestHead } from '../../shared/exchange.ts';
import type { ReceiverLimits } from './http-server.ts';
import type { ParserError } from './refusal.ts';
import type { ReplyPlan } from './reply.ts';

/** Why a request is not taken, and what it is told. */
export interface Refusal {
  readonly reason: RefusedReason;
  readonly reply: ReplyPlan;
}

/** What a request may store, set aside while it is on its way. */
export interface Grant {
  /** Sets aside `bytes` in all for a body whose length nobody announced; false when they are not to be had. */
  readonly grow: (bytes: number) => boolean;
  /** Gives back what was set aside. */
  readonly release: () => void;
  /** What the request is told when `grow` says no. */
  readonly refusal: Refusal;
}

/** What taking requests needs. */
export interface IntakeOptions {
  readonly limits: ReceiverLimits;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly makeId: () => string;
  readonly nextSeq: () => number;
  /**
   * Called once per captured request. Resolves, after the commit, with the reply; a rejection becomes 503 with
   * Retry-After 5 and a refused entry `not-stored`. A truncated request is answered 413 whatever is planned. `stored`
   * may be called as soon as the request is on disk, where the reply takes longer: what `admit` had set aside for it is
   * then given back; otherwise this happens when the promise settles.
   */
  readonly onRequest: (request: CapturedRequest, stored: () => void) => Promise<ReplyPlan>;
  /**
   * Called once for every request whose reply `onRequest` gave: when it was written or broken as planned, or with null
   * where no status left, also because the client had gone. `ms` counts from the start of the request.
   */
  readonly onReplied: (request: CapturedRequest, status: number | null, ms: number) => void;
  /**
   * Asked before the body is read; null or a grant lets the request in. A refused one gets no id and no number, and its
   * connection is closed. Where this throws, the request is answered 503.
   */
  readonly admit?: ((head: RequestHead) => Refusal | Grant | null) | undefined;
  readonly onRefused: (entry: RefusedEntry) => void;
  /** Called with what another callback threw and with errors of the listening socket; nothing stops because of it. */
  readonly onFault?: (error: unknown) => void;
}

/** One method per event of Node's HTTP server. */
export interface Intake {
  request(raw: IncomingMessage, response: ServerResponse): void;
  /** Remembers that the sender waits for 100 Continue; `request` follows. */
  awaitsContinue(raw: IncomingMessage): void;
  unknownExpectation(raw: IncomingMessage, response: ServerResponse): void;
  connect(raw: IncomingMessage, socket: Duplex): void;
  parserError(error: ParserError, socket: Socket): void;
  /** From now on every reply closes its connection, and none waits: delayed ones are answered, held ones ended. */
  drain(): void;
}
