// What becomes of traffic that is not, or not wholly, a request: its reason, its status, its first bytes for the list,
// and a close that lets the sender read the answer.

import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RefusedReason } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/** Bytes that a refused entry shows. */
const headLimit = 4_096;

/** Ms that a closing connection goes on reading, so that unread data does not destroy the answer on its way. */
const lingerMs = 500;

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Why Node's HTTP parser or its timers gave a connection up. */
export interface ParserError extends Error {
  readonly code?: string | undefined;
  readonly rawPacket?: unknown;
}

/** What was seen of something that was refused. */
export interface Seen {
  /** Bytes in all. */
  readonly bytes: number;
  /** The first of them, at most 4 KiB. */
  readonly head: Uint8Array;
}

/** What is wrong with a head that the parser let pass, or null. */
export function flawOf(raw: IncomingMessage, headers: readonly HeaderPair[]): string | null {
  if (raw.headers.host === undefined && raw.httpVersion === '1.1') return 'A Host header is needed.';
  // The parser of older runtimes (llhttp 8, in Electron 33) lets empty names and names with blanks pass.
  for (const [name] of headers) if (!headerName.test(name)) return 'A header name may not be empty or hold blanks.';
  return null;
}

/** Reason and status for a parser error; null for a connection that merely broke: there is nobody to answer. */
export function judgeParserError(
  error: ParserError,
): { readonly reason: RefusedReason; readonly status: number } | null {
  const code = error.code ?? '';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { reason: 'timeout', status: 408 };
  if (code === 'HPE_HEADER_OVERFLOW') return { reason: 'headers-too-large', status: 431 };
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { reason: 'bad-request', status: 413 };
  if (code === 'HPE_INVALID_EOF_STATE') return { reason: 'aborted', status: 400 };
  return code.startsWith('HPE_') ? { reason: 'bad-request', status: 400 } : null;
}

/** What the parser had before it when it gave up; `bytes` where it does not say. */
export function seenByParser(error: ParserError, bytes: number): Seen {
  const packet = error.rawPacket;
  // A copy: the packet lies in the parser's own, reused buffer.
  return packet instanceof Uint8Array
    ? { bytes: packet.length, head: Uint8Array.from(packet.subarray(0, headLimit)) }
    : { bytes, head: new Uint8Array(0) };
}

/** What was seen of a request whose headers were complete: written again as it came, with what came of its body. */
export function seenOfRequest(request: IncomingMessage, target: string, body: Uint8Array, bodySize: number): Seen {
  const lines = [`${request.method} ${target} HTTP/${request.httpVersion}`];
  const raw = request.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const shown = Buffer.concat([head, body.subarray(0, headLimit)]).subarray(0, headLimit);
  return { bytes: head.length + bodySize, head: Uint8Array.from(shown) };
}

/** Answers with a bare `status`, whatever replies are still to come, and closes. */
export function closeWith(socket: Duplex, status: number): void {
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  linger(socket);
}

/** From now on this socket's end after its last reply leaves the sender time to read that reply. */
export function lingerAtEnd(socket: Socket): void {
  // Node ends a connection through destroySoon, which resets it while the sender still writes: the reply would be lost.
  socket.destroySoon = () => endAndLinger(socket);
}

/** Ends our side after what is already written, reads on for a moment, and closes. */
export function endAndLinger(socket: Socket): void {
  socket.end();
  linger(socket);
}

function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
