// JSON lines: what the command line prints with --json and what `export --format jsonl` writes. The field names are
// a published contract: fields may be added, never renamed. Times are epoch milliseconds.

import type { Attempt, Delivery } from '../../shared/delivery.ts';
import type { ExchangeSummary, RefusedEntry, ReplySummary, Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyRecord } from '../../shared/replies.ts';
import type { ExportRow } from './export-row.ts';

/** Headers and bytes, where a line carries them. */
export interface RequestContent {
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly redacted?: boolean;
}

/** A request as an object to print; `content` adds `headers` and `bodyBase64`. */
export function requestLine(request: ExchangeSummary, content?: RequestContent) {
  const line = summaryFields(request);
  return content ? ({ ...line, ...contentFields(content) } as const) : line;
}

function summaryFields(request: ExchangeSummary) {
  return {
    type: 'request',
    id: request.id,
    seq: request.seq,
    receivedAt: request.receivedAt,
    method: request.method,
    target: request.target,
    endpoint: request.endpoint,
    provider: request.provider,
    event: request.event,
    deliveryId: request.deliveryId,
    remoteAddress: request.remoteAddress,
    size: request.size,
    truncated: request.truncated,
    sha256: request.sha256,
    verdict: verdictObject(request.verdict),
    duplicate: { kind: request.duplicate.kind, of: request.duplicate.of, n: request.duplicate.n },
    reply: replyFields(request.reply),
    ...(request.webPage && { webPage: true }),
    ...(request.sender !== undefined && { sender: request.sender }),
    ...(request.pulled && { pulled: true }),
    ...(request.imported && { imported: true }),
    ...(request.pinned && { pinned: true }),
    ...(request.note !== undefined && { note: request.note }),
  } as const;
}

function replyFields({ status, challenge, by, ms }: ReplySummary) {
  return { status, challenge, ...(by !== undefined && { by }), ...(ms !== undefined && { ms }) } as const;
}

/** What was answered in full, as `show` prints it. */
export function replyRecordLine(record: ReplyRecord) {
  const { status, headers, body, size, by, why, delayMs, fault } = record;
  return { status, headers, bodyBase64: base64(body), size, by, why, delayMs, fault } as const;
}

function contentFields(content: RequestContent) {
  return {
    headers: content.headers,
    bodyBase64: base64(content.body),
    ...(content.redacted ? { redacted: true } : {}),
  };
}

/** A verdict as `verify` and request lines print it. */
export function verdictObject(verdict: Verdict): Verdict {
  const { status, reason, message, warnings, diagnosis, scheme, toleranceMs, timestampAt, secretName } = verdict;
  // Field by field: rest and spread cost more than the text itself.
  const fields: { -readonly [Name in keyof Verdict]: Verdict[Name] } = { status, reason, message, warnings, diagnosis };
  if (scheme !== undefined) fields.scheme = scheme;
  if (toleranceMs !== undefined) fields.toleranceMs = toleranceMs;
  if (timestampAt !== undefined) fields.timestampAt = timestampAt;
  if (secretName !== undefined) fields.secretName = secretName;
  return fields;
}

/** A delivery with its attempts; `reason` says why it is parked. */
export function deliveryLine(delivery: Delivery) {
  return {
    type: 'delivery',
    id: delivery.id,
    messageId: delivery.message.messageId,
    target: delivery.targetId,
    url: delivery.url,
    event: delivery.message.event,
    state: delivery.state,
    attempts: delivery.attempts.map(attemptFields),
    nextAt: delivery.nextAt,
    secretName: delivery.secretName,
    createdAt: delivery.createdAt,
    ...(delivery.parkedReason === undefined ? {} : { reason: delivery.parkedReason }),
    ...(delivery.redriveOf === undefined ? {} : { redriveOf: delivery.redriveOf }),
    ...(delivery.replayOf === undefined ? {} : { replayOf: delivery.replayOf }),
    ...(delivery.forwardOf === undefined ? {} : { forwardOf: delivery.forwardOf }),
  } as const;
}

/** One attempt of the delivery with this id. */
export function attemptLine(deliveryId: string, attempt: Attempt) {
  return { type: 'attempt', delivery: deliveryId, ...attemptFields(attempt) } as const;
}

function attemptFields(attempt: Attempt) {
  const { n, at, outcome, status, ms, nextAt, message } = attempt;
  return { n, at, outcome, status, ms, nextAt, message } as const;
}

/** Something on the socket that did not become a request. */
export function refusedLine(entry: RefusedEntry) {
  return {
    type: 'refused',
    reason: entry.reason,
    status: entry.status,
    at: entry.at,
    remoteAddress: entry.remoteAddress,
    bytes: entry.bytes,
    headBase64: base64(entry.head),
  } as const;
}

/** One row of an export, with headers and body. */
export function rowLine(row: ExportRow): string {
  const content = { headers: row.request.headers, body: row.body, redacted: row.redacted === true };
  return jsonText(requestLine(row.request, content));
}

/**
 * JSON in one line whose captured text can do nothing to a terminal: besides what JSON itself escapes, also DEL, C1,
 * line separators, and characters that are invisible or turn the reading direction.
 */
export function jsonText(value: object): string {
  const text = JSON.stringify(value);
  return dangerous.test(text) ? text.replace(everyDangerous, escaped) : text;
}

const dangerous = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const everyDangerous = new RegExp(dangerous, 'g');

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
