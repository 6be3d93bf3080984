// The way of one request through the receiver: number and clocks at its start, its bytes, the host's answer, the reply.
// Whatever ends otherwise becomes a refused entry, once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CapturedRequest, RefusedReason, RequestHead } from '../../shared/exchange.ts';
import { pairHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { createAnswering } from './answering.ts';
import type { Unanswered } from './answering.ts';
import { collectBody } from './capture.ts';
import type { CollectedBody } from './capture.ts';
import type { Connection, Connections, Pending } from './connection.ts';
import type { Grant, Intake, IntakeOptions, Refusal } from './intake-contract.ts';
import { closeWith, flawOf, judgeParserError, lingerAtEnd, seenByParser, seenOfRequest } from './refusal.ts';
import type { ParserError, Seen } from './refusal.ts';
import { plainReply, tooLargeReply, writeReply } from './reply.ts';
import type { ReplyPlan } from './reply.ts';
import { createRoom } from './room.ts';
import { createWaits } from './waits.ts';

/** Ms that a large body waits for its turn before 503. */
const roomWaitMs = 15_000;
/** Requests of one connection that are taken before the first of them is answered. */
const mostAtOnce = 16;
/** Requests that may stand behind those, unread: the socket is paused, but what it had brought is there. */
const mostBehind = 256;
const noHeaders: readonly HeaderPair[] = [];

/** Takes requests off the sockets that `connections` watches. */
export function createIntake(options: IntakeOptions, connections: Connections): Intake {
  const { limits, now, monotonic } = options;
  const room = createRoom(limits.inFlightLimit, Math.min(roomWaitMs, limits.requestTimeoutMs / 2));
  // Bodies this small need no room: all connections together cannot hold more than the limit in them.
  const freeBytes = Math.floor(limits.inFlightLimit / limits.maxConnections);
  const tooLarge = tooLargeReply(limits.bodyLimit);
  const notStored = plainReply(503, 'The request could not be stored. Send it again.', [['Retry-After', '5']]);
  const busy = plainReply(503, 'Too many bodies are being received at once. Send it again.', [['Retry-After', '5']]);
  const waits = createWaits(limits.inFlightLimit / 2);
  const answering = createAnswering({
    monotonic,
    waits,
    readTimeoutMs: limits.requestTimeoutMs,
    isDraining: () => draining,
    endAfter: ({ pending, connection }) => endAfter(connection, pending.raw.socket),
    settle({ pending, connection, body }) {
      if (body.held > 0) room.release(body.held);
      settle(pending, connection);
    },
    onReplied: (captured, status, ms) => options.onReplied(captured, status, ms),
    guarded,
  });
  const continueAwaited = new WeakSet<IncomingMessage>();
  let draining = false;

  function guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      options.onFault?.(error);
    }
  }

  function report(socket: Socket, reason: RefusedReason, status: number | null, seen: Seen): void {
    const remoteAddress = socket.remoteAddress ?? '';
    guarded(() => options.onRefused({ reason, status, at: now(), remoteAddress, bytes: seen.bytes, head: seen.head }));
  }

  function begin(raw: IncomingMessage, response: ServerResponse, connection: Connection): Pending {
    const target = (raw as { originalUrl?: string }).originalUrl ?? raw.url ?? '';
    const pending: Pending = {
      raw,
      response,
      method: raw.method ?? '',
      target,
      headers: pairHeaders(raw.rawHeaders),
      remoteAddress: raw.socket.remoteAddress ?? '',
      receivedAt: now(),
      startedAt: monotonic(),
      taken: false,
      grant: null,
      body: null,
      captured: false,
      last: false,
    };
    connection.latest = pending;
    connection.pending += 1;
    return pending;
  }

  function settle(pending: Pending, connection: Connection): void {
    const { socket } = pending.raw;
    connection.pending -= 1;
    if (connection.latest === pending) {
      connection.latest = null;
      connection.bytesBefore = socket.bytesRead;
    }
    if (connection.behind.length > 0) takeNext(connection, socket);
  }

  /** Puts a request behind the others of its connection, and reads no more until it is taken. */
  function defer(pending: Pending, connection: Connection): void {
    const { socket } = pending.raw;
    connection.behind.push(pending);
    if (!connection.watched) {
      connection.watched = true;
      // Node resumes the socket after each request that is complete.
      socket.on('resume', () => {
        if (connection.behind.length > 0 && !connection.closing) socket.pause();
      });
    }
    socket.pause();
  }

  function takeNext(connection: Connection, socket: Socket): void {
    const { behind } = connection;
    while (connection.pending - behind.length < mostAtOnce) {
      const next = behind.shift();
      if (!next) break;
      if (socket.destroyed) refuse(next, connection, 'aborted', null);
      else takeGuarded(next, connection);
    }
    if (behind.length === 0) socket.resume();
  }

  /** The connection ends with a reply that is on its way: what stands behind is thrown away. */
  function endAfter(connection: Connection, socket: Socket): void {
    connection.closing = true;
    const dropped = connection.behind.splice(0);
    if (dropped.length === 0) return;
    connection.pending -= dropped.length;
    connection.latest = null;
    for (const { raw } of dropped) ignore(raw, connection);
    socket.resume();
  }

  /** Ends a request that is not captured, with `reply` if there is somebody to read it, and closes its connection. */
  function refuse(pending: Pending, connection: Connection, reason: RefusedReason, reply: ReplyPlan | null): void {
    const { raw, response } = pending;
    const { socket } = raw;
    const { bytes, size } = pending.body?.peek() ?? { bytes: new Uint8Array(0), size: 0 };
    pending.body?.cancel();
    pending.grant?.release();
    // What stands behind came later than a request that was taken, and before one that was not.
    if (pending.taken) endAfter(connection, socket);
    else if (connection.behind.at(-1) === pending) connection.behind.pop();
    connection.closing = true;
    settle(pending, connection);
    report(socket, reason, reply?.status ?? null, seenOfRequest(raw, pending.target, bytes, size));
    if (!reply) return;
    lingerAtEnd(socket);
    guarded(() => writeReply(response, raw.method, reply, true));
  }

  function admit(head: RequestHead): Refusal | Grant | null {
    try {
      return options.admit?.(head) ?? null;
    } catch (error) {
      options.onFault?.(error);
      return { reason: 'not-stored', reply: notStored };
    }
  }

  /** Throws a request away that came too late. Its body is read on, or nobody would see the connection end. */
  function ignore(raw: IncomingMessage, connection: Connection): void {
    raw.resume();
    if (connection.waits === 0) return;
    connection.ignored += 1;
    if (connection.ignored > mostBehind) raw.socket.destroy();
  }

  function request(raw: IncomingMessage, response: ServerResponse): void {
    const connection = connections.of(raw.socket);
    if (connection.closing) return ignore(raw, connection);
    const pending = begin(raw, response, connection);
    const flaw = flawOf(raw, pending.headers);
    if (flaw !== null) return refuse(pending, connection, 'bad-request', plainReply(400, flaw));
    const { length } = connection.behind;
    if (length >= mostBehind) return refuse(pending, connection, 'busy', busy);
    if (length > 0 || connection.pending > mostAtOnce) return defer(pending, connection);
    take(pending, connection);
  }

  /** Decides about a request whose turn has come, and reads its body. */
  function take(pending: Pending, connection: Connection): void {
    const { raw, response, method, target, headers, remoteAddress, receivedAt, startedAt } = pending;
    const { socket } = raw;
    pending.taken = true;
    const admitted = admit(pending);
    if (admitted && 'reason' in admitted) return refuse(pending, connection, admitted.reason, admitted.reply);
    pending.grant = admitted;
    const length = raw.headers['content-length'];
    // One small body of each connection is free. More of them are large together.
    const isAlone = connection.pending - connection.behind.length === 1;
    const seq = options.nextSeq();
    const id = options.makeId();

    function onBody(body: CollectedBody): void {
      pending.captured = true;
      if (body.unread) {
        endAfter(connection, socket);
        lingerAtEnd(socket);
      }
      const captured: CapturedRequest = {
        id,
        seq,
        receivedAt,
        method,
        target,
        httpVersion: raw.httpVersion,
        headers,
        trailers: raw.rawTrailers.length === 0 ? noHeaders : pairHeaders(raw.rawTrailers),
        remoteAddress,
        body: body.bytes,
        size: body.size,
        truncated: body.truncated,
        sha256: body.sha256,
      };
      answer({ pending, connection, captured, body, startedAt, endedAt: monotonic() });
    }

    pending.body = collectBody(raw, length === undefined ? null : Number(length), {
      limit: limits.bodyLimit,
      freeBytes: isAlone ? freeBytes : 0,
      room,
      mayKeep: admitted && admitted.grow,
      onAdmitted: continueAwaited.has(raw) ? () => response.writeContinue() : null,
      onBody,
      onFailure(reason) {
        if (reason === 'aborted') return refuse(pending, connection, reason, null);
        const refusal = reason === 'quota' && admitted ? admitted.refusal : { reason, reply: busy };
        refuse(pending, connection, refusal.reason, refusal.reply);
      },
    });
  }

  function takeGuarded(pending: Pending, connection: Connection): void {
    try {
      take(pending, connection);
    } catch (error) {
      options.onFault?.(error);
      pending.raw.socket.destroy();
    }
  }

  function answer(unanswered: Unanswered): void {
    const { captured, pending, body } = unanswered;
    const release = () => pending.grant?.release();
    const stored = (plan: ReplyPlan) =>
      guarded(() => {
        release();
        answering.answer(unanswered, captured.truncated ? tooLarge : plan);
      });
    const failed = () =>
      guarded(() => {
        release();
        const { raw, target } = pending;
        report(raw.socket, 'not-stored', notStored.status, seenOfRequest(raw, target, body.bytes, body.size));
        answering.refuse(unanswered, notStored);
      });
    try {
      options.onRequest(captured, release).then(stored, failed);
    } catch (error) {
      options.onFault?.(error);
      failed();
    }
  }

  function parserError(error: ParserError, socket: Socket): void {
    const connection = connections.of(socket);
    if (connection.closing) return;
    const verdict = judgeParserError(error);
    if (!verdict) {
      socket.destroy();
      return;
    }
    const { latest } = connection;
    // Time that ran out while the socket was paused is not the sender's fault.
    const isPaused = verdict.reason === 'timeout' && connection.behind.length > 0;
    const { reason, status } = isPaused ? { reason: 'busy' as const, status: busy.status } : verdict;
    const seen = seenByParser(error, socket.bytesRead - connection.bytesBefore);
    if (latest && !latest.captured && !latest.raw.complete) {
      return refuse(latest, connection, reason, plainReply(status, ''));
    }
    if (latest) {
      // The good request before the bad bytes still gets its reply.
      connection.closing = true;
      latest.last = true;
      lingerAtEnd(socket);
      return report(socket, reason, null, seen);
    }
    connection.closing = true;
    // A socket that was opened ahead and never used is nothing to report.
    if (seen.bytes > 0) report(socket, reason, socket.writable ? status : null, seen);
    closeWith(socket, status);
  }

  return {
    request(raw, response) {
      try {
        request(raw, response);
      } catch (error) {
        options.onFault?.(error);
        raw.socket.destroy();
      }
    },
    awaitsContinue: (raw) => void continueAwaited.add(raw),
    unknownExpectation(raw, response) {
      const connection = connections.of(raw.socket);
      if (connection.closing) return;
      refuse(
        begin(raw, response, connection),
        connection,
        'bad-request',
        plainReply(417, 'Only 100-continue can be expected.'),
      );
    },
    connect(raw, socket) {
      const connection = connections.of(raw.socket);
      connection.closing = true;
      report(raw.socket, 'bad-request', 405, seenOfRequest(raw, raw.url ?? '', new Uint8Array(0), 0));
      socket.on('error', () => socket.destroy());
      socket.resume();
      closeWith(socket, 405);
    },
    parserError,
    drain() {
      draining = true;
      waits.drain();
    },
  };
}
