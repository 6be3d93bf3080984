// Answers that are broken on purpose, so that a person sees how a provider bears it. They touch only the connection that
// asked, and only when the replies before them are on their way.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ReplyFault } from '../../shared/replies.ts';
import { endAndLinger } from './refusal.ts';
import { writeHead, writeReply } from './reply.ts';
import type { ReplyPlan } from './reply.ts';
import type { Waits } from './waits.ts';

/** An answer to break, whose turn has come. */
export interface FaultyReply {
  readonly fault: ReplyFault;
  readonly plan: ReplyPlan;
  readonly method: string;
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** The connection ends after this reply anyway. */
  readonly close: boolean;
  /** Bytes of memory that the request holds while this goes on. */
  readonly bytes: number;
  readonly waits: Waits;
  /** Called once, when it is over; null where no status left. */
  readonly onEnd: (status: number | null) => void;
}

/** Ms between two pieces of a slow body. */
const pieceMs = 100;
/** Pieces of a slow body at most: 60 s. */
const mostPieces = 600;
/** Ms between half a body and the reset: some systems throw away what was not read when a reset arrives. */
const cutMs = 50;

/** Whether nothing may follow this fault on its connection. */
export function endsConnection(fault: ReplyFault): boolean {
  return fault !== 'slow';
}

/** Breaks the reply as its fault says. */
export function breakReply(reply: FaultyReply): void {
  const { socket, onEnd } = reply;
  switch (reply.fault) {
    case 'never':
      return holdForEver(reply);
    case 'close':
      endAndLinger(socket);
      return onEnd(null);
    case 'reset':
      // Earlier replies of the connection leave first.
      return void socket.write('', () => reset(reply, null));
    case 'cut':
      return cutBody(reply);
    case 'slow':
      return dripBody(reply);
  }
}

function holdForEver({ socket, bytes, waits, onEnd }: FaultyReply): void {
  const end = (): void => {
    socket.destroySoon();
    onEnd(null);
  };
  if (socket.readableEnded) return end();
  // A client whose machine is gone says no farewell.
  socket.setKeepAlive(true, 60_000);
  waits.hold(socket, { ms: null, clientEnd: 'gone', bytes }, end);
}

function reset({ socket, onEnd }: FaultyReply, status: number | null): void {
  if (!socket.destroyed) socket.resetAndDestroy();
  onEnd(status);
}

function cutBody(reply: FaultyReply): void {
  const { response, method, plan, socket, close, bytes, waits } = reply;
  const body = bodyOf(reply);
  // Nothing can be missing from an empty body: then the answer is missing.
  if (body.length === 0) return void socket.write('', () => reset(reply, null));
  writeHead(response, method, plan, close);
  const { statusCode } = response;
  const onWritten = (): void =>
    waits.hold(socket, { ms: cutMs, clientEnd: 'ignored', bytes }, () => reset(reply, statusCode));
  if (body.length === 1) {
    response.flushHeaders();
    onWritten();
  } else response.write(body.subarray(0, Math.floor(body.length / 2)), onWritten);
}

function dripBody(reply: FaultyReply): void {
  const { response, method, plan, socket, close, bytes, waits, onEnd } = reply;
  const body = bodyOf(reply);
  if (body.length === 0) {
    writeReply(response, method, plan, close);
    return onEnd(response.statusCode);
  }
  writeHead(response, method, plan, close);
  response.flushHeaders();
  const piece = Math.max(1, Math.ceil(body.length / mostPieces));
  let at = 0;
  const next = (): void =>
    waits.hold(socket, { ms: pieceMs, clientEnd: 'ignored', bytes }, (how) => {
      const to = how === 'due' ? at + piece : body.length;
      if (how === 'gone') return onEnd(response.statusCode);
      if (to >= body.length) {
        // The receiver stops: its head promised to keep the connection.
        if (how === 'drained') response.once('finish', () => socket.destroySoon());
        response.end(body.subarray(at));
        return onEnd(response.statusCode);
      }
      response.write(body.subarray(at, to));
      at = to;
      next();
    });
  next();
}

/** The bytes that would follow the head. */
function bodyOf({ plan: { status, body }, method }: FaultyReply): Uint8Array {
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304) return new Uint8Array(0);
  return typeof body === 'string' ? Buffer.from(body) : body;
}
