// How a request lies in the tables: one slim row for lists and filters, headers and body apart in parts.

import type { ExchangeSummary, Finding, Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyBy } from '../../shared/replies.ts';
import type { Exchange, StoredRequest } from './history-contract.ts';
import { partBytes, partsPerRequest } from './history-schema.ts';
import type { Connection, Row } from './sqlite.ts';

const columns =
  'seq, id, received_at, method, target, size, stored_size, endpoint, provider, event, delivery_id, duplicate_kind, ' +
  'reply_status, rest';
const insertRequest = `INSERT INTO requests (${columns}, verdict_status, keys) VALUES (${Array(16).fill('?').join(', ')})`;
const insertPart = 'INSERT INTO parts (key, headers, trailers, body) VALUES (?, ?, ?, ?)';
const selectPart = 'SELECT body FROM parts WHERE key = ?';
const selectRest = 'SELECT rest FROM requests WHERE seq = ?';
const noTrailers: readonly HeaderPair[] = [];

/** SELECT of request rows, to be completed with a condition. */
export const selectRequests = `SELECT ${columns}, pinned, note FROM requests LEFT JOIN marks USING (seq)`;
/** SELECT of the request with a number. */
export const selectRequest = `${selectRequests} WHERE seq = ?`;

/** Duplicate keys as they are stored: digests, null where there is no key. */
export interface StoredKeys {
  readonly idKey: string | null;
  readonly bodyKey: string | null;
}

/** Reads what a request's reply took, ms; null while unknown. */
export type ReplyTimes = (seq: number) => number | null;

/** What no search asks for, in one column: each bound value costs a part of a microsecond. */
type Rest = readonly [
  httpVersion: string,
  remoteAddress: string,
  truncated: 0 | 1,
  sha256: string,
  duplicateOf: string | null,
  duplicateN: number,
  challenge: 0 | 1,
  verdict: Verdict,
  /** How it came, where it did not arrive: 1 pulled, 2 imported. */
  origin?: 1 | 2 | null,
  extras?: Extras,
];
/** Place of the verdict among them. */
const verdictAt = 7;

/** What only some requests have. */
interface Extras {
  /** Number of the reply record. */
  reply?: number;
  by?: ReplyBy;
  webPage?: 1;
  sender?: string;
  /** Address that a handshake waits for. */
  consent?: string;
}

/** A reply record as a request refers to it. */
export interface ReplyReference {
  readonly number: number;
  readonly by: ReplyBy;
}

/**
 * Writes the row of a request; `reply` is the number of its reply record. Throws before anything is written when a
 * value does not fit.
 */
export function writeRequest(
  connection: Connection,
  exchange: Exchange,
  keys: StoredKeys,
  reply: number | null = null,
): void {
  const { request, verdict, duplicate } = exchange;
  const base = [
    request.httpVersion,
    request.remoteAddress,
    request.truncated ? 1 : 0,
    request.sha256,
    duplicate.of,
    duplicate.n,
    exchange.challenge ? 1 : 0,
    verdict,
  ] as const;
  const extras = extrasOf(exchange, reply);
  const origin = originOf(exchange);
  let rest: Rest = base;
  if (extras !== null) rest = [...base, origin, extras];
  else if (origin !== null) rest = [...base, origin];
  connection.run(
    insertRequest,
    request.seq,
    request.id,
    request.receivedAt,
    request.method,
    request.target,
    request.size,
    request.body.length,
    exchange.endpoint,
    exchange.provider,
    exchange.event,
    exchange.deliveryId,
    duplicate.kind,
    exchange.replyStatus,
    JSON.stringify(rest),
    verdict.status,
    `${keys.idKey ?? ''} ${keys.bodyKey ?? ''}`,
  );
}

function extrasOf({ reply, webPage, sender, needsConsent }: Exchange, number: number | null): Extras | null {
  if (reply === undefined && webPage === undefined && sender === undefined && needsConsent === undefined) return null;
  const extras: Extras = {};
  if (number !== null) extras.reply = number;
  if (reply !== undefined) extras.by = reply.by;
  if (webPage) extras.webPage = 1;
  if (sender !== undefined) extras.sender = sender;
  if (needsConsent !== undefined) extras.consent = needsConsent.fetch;
  return extras;
}

function originOf({ pulled, imported }: Exchange): 1 | 2 | null {
  if (imported) return 2;
  return pulled ? 1 : null;
}

/** Puts what was really answered into the row of a request; the record stays where `reply` is null. */
export function writeReply(
  connection: Connection,
  seq: number,
  status: number | null,
  reply: ReplyReference | null,
): void {
  const row = reply === null ? undefined : connection.get(selectRest, seq);
  if (reply === null || row === undefined) {
    connection.run('UPDATE requests SET reply_status = ? WHERE seq = ?', status, seq);
    return;
  }
  const [version, address, truncated, sha256, of, n, challenge, verdict, origin, extras] = restOf(row);
  const base = [version, address, truncated, sha256, of, n, challenge, verdict] as const;
  const changed: Rest = [...base, origin ?? null, { ...extras, reply: reply.number, by: reply.by }];
  connection.run('UPDATE requests SET reply_status = ?, rest = ? WHERE seq = ?', status, JSON.stringify(changed), seq);
}

/** Writes headers, trailers and body of a request whose row is written. */
export function writeParts(connection: Connection, exchange: Exchange): void {
  const { request } = exchange;
  const first = request.seq * partsPerRequest;
  const trailers = request.trailers.length > 0 ? JSON.stringify(request.trailers) : null;
  const { body } = request;
  connection.run(
    insertPart,
    first,
    JSON.stringify(request.headers),
    trailers,
    body.length > partBytes ? body.subarray(0, partBytes) : body,
  );
  for (let n = 1; n * partBytes < body.length; n += 1) {
    connection.run(insertPart, first + n, null, null, body.subarray(n * partBytes, (n + 1) * partBytes));
  }
}

/** Puts findings into the verdict of a stored request. */
export function writeDiagnosis(connection: Connection, seq: number, findings: readonly Finding[]): void {
  const row = connection.get(selectRest, seq);
  if (row === undefined) return;
  const rest = restOf(row);
  const changed = rest.with(verdictAt, { ...rest[verdictAt], diagnosis: findings });
  connection.run('UPDATE requests SET rest = ? WHERE seq = ?', JSON.stringify(changed), seq);
}

/** A row as the duplicate look-up sees it. */
export interface Member {
  readonly id: string;
  readonly firstId: string | null;
  readonly n: number;
  readonly sha256: string;
  readonly keys: StoredKeys;
}

/** Of a row with `id`, `keys` and `rest`; null when it is damaged, which must not keep others from being found. */
export function toMember(row: Row): Member | null {
  try {
    const [, , , sha256, firstId, n] = restOf(row);
    const [idKey, bodyKey] = (row['keys'] as string).split(' ');
    return { id: row['id'] as string, firstId, n, sha256, keys: { idKey: idKey || null, bodyKey: bodyKey || null } };
  } catch {
    return null;
  }
}

/** The hash of the stored body, for a row with `rest`. */
export function storedSha256(row: Row): string {
  return restOf(row)[3];
}

/** Number of the reply record that a row with `rest` refers to, or null; also where it is damaged. */
export function replyNumber(row: Row): number | null {
  try {
    return restOf(row)[9]?.reply ?? null;
  } catch {
    return null;
  }
}

/** Address that the handshake of a row with `rest` waits for. */
export function consentAddress(row: Row): string | null {
  return restOf(row)[9]?.consent ?? null;
}

function restOf(row: Row): Rest {
  return JSON.parse(row['rest'] as string) as Rest;
}

/** The inbox row. */
export function toSummary(row: Row, times: ReplyTimes): ExchangeSummary {
  return summarize(row, restOf(row), times);
}

function summarize(row: Row, rest: Rest, times: ReplyTimes): ExchangeSummary {
  const [, remoteAddress, truncated, sha256, duplicateOf, duplicateN, challenge, verdict, origin, extras] = rest;
  const ms = times(row['seq'] as number);
  const by = extras?.by;
  const { note } = row;
  return {
    id: row['id'] as string,
    seq: row['seq'] as number,
    receivedAt: row['received_at'] as number,
    method: row['method'] as string,
    target: row['target'] as string,
    endpoint: row['endpoint'] as string,
    provider: row['provider'] as string | null,
    event: row['event'] as string | null,
    deliveryId: row['delivery_id'] as string | null,
    remoteAddress,
    size: row['size'] as number,
    truncated: truncated === 1,
    sha256,
    verdict,
    duplicate: {
      kind: row['duplicate_kind'] as ExchangeSummary['duplicate']['kind'],
      of: duplicateOf,
      n: duplicateN,
    },
    reply: {
      status: row['reply_status'] as number | null,
      challenge: challenge === 1,
      ...(by === undefined ? {} : { by }),
      ...(ms === null ? {} : { ms }),
    },
    ...(origin === 1 ? { pulled: true } : {}),
    ...(origin === 2 ? { imported: true } : {}),
    ...(extras?.webPage === 1 ? { webPage: true } : {}),
    ...(extras?.sender === undefined ? {} : { sender: extras.sender }),
    ...(row['pinned'] === 1 ? { pinned: true } : {}),
    ...(typeof note === 'string' ? { note } : {}),
  };
}

/** The request with its headers, which are read from its first part. */
export function toStored(connection: Connection, row: Row, times: ReplyTimes): StoredRequest {
  const rest = restOf(row);
  return {
    ...summarize(row, rest, times),
    httpVersion: rest[0],
    ...readHeaders(connection, row['seq'] as number),
    storedSize: row['stored_size'] as number,
  };
}

function readHeaders(
  connection: Connection,
  seq: number,
): { headers: readonly HeaderPair[]; trailers: readonly HeaderPair[] } {
  const part = connection.get('SELECT headers, trailers FROM parts WHERE key = ?', seq * partsPerRequest);
  const trailers = part?.['trailers'];
  return {
    headers: JSON.parse((part?.['headers'] as string | null | undefined) ?? '[]') as HeaderPair[],
    trailers: typeof trailers === 'string' ? (JSON.parse(trailers) as HeaderPair[]) : noTrailers,
  };
}

/** At most `length` body bytes from `offset`. */
export function readSlice(
  connection: Connection,
  seq: number,
  storedSize: number,
  offset: number,
  length: number,
): Uint8Array {
  const end = Math.min(storedSize, offset + length);
  if (offset >= end) return new Uint8Array(0);
  const slice = new Uint8Array(end - offset);
  for (let n = Math.floor(offset / partBytes); n * partBytes < end; n += 1) {
    const part = readPart(connection, seq, n);
    const from = Math.max(offset - n * partBytes, 0);
    slice.set(part.subarray(from, Math.min(end - n * partBytes, part.length)), n * partBytes + from - offset);
  }
  return slice;
}

/** Part `n` of a body; empty where it is missing. */
export function readPart(connection: Connection, seq: number, n: number): Uint8Array {
  const body = connection.get(selectPart, seq * partsPerRequest + n)?.['body'];
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}
