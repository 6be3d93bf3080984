// Gives a captured request its reply: at once in the usual case, after a delay, broken on purpose, or in its turn behind
// one of those. Whatever becomes of it, the request is settled and reported once.

import type { CapturedRequest } from '../../shared/exchange.ts';
import type { CollectedBody } from './capture.ts';
import type { Connection, Pending } from './connection.ts';
import { breakReply, endsConnection } from './fault.ts';
import { writeReply } from './reply.ts';
import type { ReplyPlan } from './reply.ts';
import type { Waits } from './waits.ts';

/** A captured request that is to be answered. */
export interface Unanswered {
  readonly pending: Pending;
  readonly connection: Connection;
  readonly captured: CapturedRequest;
  readonly body: CollectedBody;
  /** When the request began and when it was complete; monotonic, ms. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What answering needs. */
export interface AnsweringOptions {
  readonly monotonic: () => number;
  readonly waits: Waits;
  /** Ms that a sender gets to read its reply. */
  readonly readTimeoutMs: number;
  readonly isDraining: () => boolean;
  /** Nothing comes after this reply on its connection. */
  readonly endAfter: (unanswered: Unanswered) => void;
  /** The request is done with: gives back what it held. */
  readonly settle: (unanswered: Unanswered) => void;
  readonly onReplied: (captured: CapturedRequest, status: number | null, ms: number) => void;
  /** Runs what must not stop anybody else. */
  readonly guarded: (run: () => void) => void;
}

/** Answers captured requests. */
export interface Answering {
  /** As the plan says; reported to `onReplied`. */
  answer(unanswered: Unanswered, plan: ReplyPlan): void;
  /** At once and without a report, for a request that could not be stored. */
  refuse(unanswered: Unanswered, plan: ReplyPlan): void;
}

/** Answers over these waits. */
export function createAnswering(options: AnsweringOptions): Answering {
  const { monotonic, waits, guarded } = options;

  function closesAfter({ pending, connection, body }: Unanswered): boolean {
    return body.unread || pending.last || (options.isDraining() && connection.latest === pending);
  }

  function report({ captured, startedAt }: Unanswered, status: number | null): void {
    options.onReplied(captured, status, monotonic() - startedAt);
  }

  /** Writes the reply; false when nobody can read it any more. */
  function write(unanswered: Unanswered, plan: ReplyPlan): boolean {
    const { raw, response } = unanswered.pending;
    const close = closesAfter(unanswered);
    options.settle(unanswered);
    if (!raw.socket.writable) return false;
    if (close) options.endAfter(unanswered);
    writeReply(response, raw.method, plan, close);
    limitReading(unanswered);
    return true;
  }

  /** A sender that does not read its reply must not keep the socket for ever. */
  function limitReading({ pending: { raw } }: Unanswered): void {
    if (raw.socket.writableLength > 0) raw.socket.setTimeout(options.readTimeoutMs);
  }

  function answerNow(unanswered: Unanswered, plan: ReplyPlan): void {
    report(unanswered, write(unanswered, plan) ? unanswered.pending.response.statusCode : null);
  }

  function answerLater(unanswered: Unanswered, plan: ReplyPlan): void {
    const { pending, connection, body, endedAt } = unanswered;
    const { raw, response, method } = pending;
    const { socket } = raw;
    const { fault = null } = plan;
    const bytes = body.held;
    connection.waits += 1;

    function end(status: number | null): void {
      connection.waits -= 1;
      options.settle(unanswered);
      limitReading(unanswered);
      guarded(() => report(unanswered, status));
    }

    function giveUp(): void {
      socket.destroy();
      end(null);
    }

    function onTurn(): void {
      if (!socket.writable) return giveUp();
      if (fault === null) {
        connection.waits -= 1;
        return guarded(() => answerNow(unanswered, plan));
      }
      const close = closesAfter(unanswered);
      if (close || endsConnection(fault)) options.endAfter(unanswered);
      guarded(() => breakReply({ fault, plan, method, response, socket, close, bytes, waits, onEnd: end }));
    }

    const waitForTurn = (): void =>
      waits.turn(response, socket, bytes, (how) => (how === 'gone' ? giveUp() : onTurn()));
    const ms = (plan.delayMs ?? 0) - (monotonic() - endedAt);
    if (ms <= 0) return waitForTurn();
    // A limit on reading an earlier reply, which was read.
    if (socket.writableLength === 0) socket.setTimeout(0);
    // Who ended its side before has said all it had to say, and may read on; who does so now is tired of waiting.
    waits.hold(socket, { ms, clientEnd: 'gone', bytes }, (how) => (how === 'gone' ? giveUp() : waitForTurn()));
  }

  return {
    answer(unanswered, plan) {
      const isHeld = (plan.delayMs ?? 0) > 0 || (plan.fault ?? null) !== null;
      const isBehind = unanswered.connection.waits > 0 && unanswered.pending.response.socket === null;
      if (isHeld || isBehind) answerLater(unanswered, plan);
      else answerNow(unanswered, plan);
    },
    refuse: (unanswered, plan) => void write(unanswered, plan),
  };
}
