// Writes one reply with its headers exactly as planned: case, order and repeats kept, as Latin-1. Framing is not the
// plan's business: length and connection are set here. Nothing names the server or its version.

import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ServerResponse } from 'node:http';
import { headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyFault } from '../../shared/replies.ts';

/** What the host decides about one request. */
export interface ReplyPlan {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | string;
  /** Ms between the end of the request and the answer; 0 when absent. */
  readonly delayMs?: number | undefined;
  /** How the answer is broken on purpose. */
  readonly fault?: ReplyFault | null | undefined;
}

const framing: ReadonlySet<string> = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);
const nothing = new Uint8Array(0);

/**
 * Writes status and headers of `plan` and gives the bytes of body that follow them: 0 where the status or the method
 * allows none. With `close` the connection ends after the reply. A header that HTTP cannot carry is left out; a status
 * outside 200 to 599 becomes 500.
 */
export function writeHead(
  response: ServerResponse,
  method: string | undefined,
  plan: ReplyPlan,
  close: boolean,
): number {
  const status = Number.isInteger(plan.status) && plan.status >= 200 && plan.status <= 599 ? plan.status : 500;
  const { body } = plan;
  const size = status === 205 ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (close) response.shouldKeepAlive = false;
  try {
    response.writeHead(status, flatten(plan.headers, status, size, method));
  } catch {
    response.writeHead(status, flatten(plan.headers.filter(isSendable), status, size, method));
  }
  return status === 204 || status === 304 || method === 'HEAD' ? 0 : size;
}

/** Writes `plan` as the answer to a request with this method; see {@link writeHead}. */
export function writeReply(
  response: ServerResponse,
  method: string | undefined,
  plan: ReplyPlan,
  close: boolean,
): void {
  const size = writeHead(response, method, plan, close);
  const { body } = plan;
  if (size === 0) response.end();
  // Head and body leave as one string where both have one byte per character; `latin1` keeps the headers' bytes.
  else if (typeof body === 'string' && size === body.length) endWithText(response, body);
  else response.end(typeof body === 'string' ? Buffer.from(body) : body);
}

/** One write to the socket where possible; `end` with a body makes a gathering write of it, with an empty last part. */
function endWithText(response: ServerResponse, body: string): void {
  const { socket } = response;
  // The reply waits behind others of a pipeline, or the reader is slow.
  if (socket === null || socket.writableLength > 0) {
    response.end(body, 'latin1');
    return;
  }
  socket.cork();
  response.write(body, 'latin1');
  socket.uncork();
  response.end();
}

function flatten(headers: readonly HeaderPair[], status: number, size: number, method: string | undefined): string[] {
  const flat: string[] = [];
  for (const [name, value] of headers) if (!framing.has(name.toLowerCase())) flat.push(name, value);
  const length = lengthOf(headers, status, size, method);
  if (length !== null) flat.push('Content-Length', length);
  return flat;
}

/**
 * An answer to HEAD and a 304 tell the length of a body that does not follow (RFC 9110, section 8.6): a plan that brings
 * no body of its own may know it, as the app behind a forward does.
 */
function lengthOf(
  headers: readonly HeaderPair[],
  status: number,
  size: number,
  method: string | undefined,
): string | null {
  if (status === 204) return null;
  if (size === 0 && (method === 'HEAD' || status === 304)) {
    const told = new Set(headerValues(headers, 'content-length').map((value) => value.trim()));
    const [only = ''] = told;
    if (told.size === 1 && /^\d{1,15}$/.test(only)) return only;
  }
  return status === 304 ? null : String(size);
}

function isSendable([name, value]: HeaderPair): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** The answer to a body over the receiver's limit, in bytes. */
export function tooLargeReply(limit: number): ReplyPlan {
  return plainReply(413, `The body is larger than the limit of ${limit} bytes.`);
}

/** A short answer in plain text, for what never reaches the host or could not be kept. */
export function plainReply(status: number, text: string, headers: readonly HeaderPair[] = []): ReplyPlan {
  return {
    status,
    headers: [['Content-Type', 'text/plain; charset=utf-8'], ...headers],
    body: text === '' ? nothing : `${text}\n`,
  };
}
