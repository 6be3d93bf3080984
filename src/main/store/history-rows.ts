// How a request lies in the tables: one slim row for lists and filters, headers and body apart in parts.

import type { ExchangeSummary, Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Exchange, StoredRequest } from './history-contract.ts';
import { partBytes, partsPerRequest } from './history-schema.ts';
import type { StoredKeys } from './request-lookup.ts';
import type { Connection, Row } from './sqlite.ts';

const columns =
  'seq, id, received_at, method, target, http_version, remote_address, size, stored_size, truncated, sha256, endpoint, ' +
  'provider, event, delivery_id, verdict, duplicate_kind, duplicate_of, duplicate_n, reply_status, challenge, reply_ms';
const insertRequest = `INSERT INTO requests (${columns}, verdict_status, id_key, body_key) VALUES (${Array(25).fill('?').join(', ')})`;
const insertPart = 'INSERT INTO parts (key, headers, trailers, body) VALUES (?, ?, ?, ?)';
const selectPart = 'SELECT body FROM parts WHERE key = ?';
const noTrailers: readonly HeaderPair[] = [];

/** SELECT of request rows, to be completed with a condition. */
export const selectRequests = `SELECT ${columns} FROM requests`;
/** SELECT of the request with a number. */
export const selectRequest = `${selectRequests} WHERE seq = ?`;

/** Writes the row of a request. Throws before anything is written when a value does not fit. */
export function writeRequest(connection: Connection, exchange: Exchange, keys: StoredKeys): void {
  const { request, verdict, duplicate } = exchange;
  connection.run(
    insertRequest,
    request.seq,
    request.id,
    request.receivedAt,
    request.method,
    request.target,
    request.httpVersion,
    request.remoteAddress,
    request.size,
    request.body.length,
    request.truncated ? 1 : 0,
    request.sha256,
    exchange.endpoint,
    exchange.provider,
    exchange.event,
    exchange.deliveryId,
    JSON.stringify(verdict),
    duplicate.kind,
    duplicate.of,
    duplicate.n,
    exchange.replyStatus,
    exchange.challenge ? 1 : 0,
    null,
    verdict.status,
    keys.idKey,
    keys.bodyKey,
  );
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

/** The inbox row. */
export function toSummary(row: Row): ExchangeSummary {
  const reply = { status: row['reply_status'] as number | null, challenge: row['challenge'] === 1 };
  const ms = row['reply_ms'] as number | null;
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
    remoteAddress: row['remote_address'] as string,
    size: row['size'] as number,
    truncated: row['truncated'] === 1,
    sha256: row['sha256'] as string,
    verdict: JSON.parse(row['verdict'] as string) as Verdict,
    duplicate: {
      kind: row['duplicate_kind'] as ExchangeSummary['duplicate']['kind'],
      of: row['duplicate_of'] as string | null,
      n: row['duplicate_n'] as number,
    },
    reply: ms === null ? reply : { ...reply, ms },
  };
}

/** The request with its headers, which are read from its first part. */
export function toStored(connection: Connection, row: Row): StoredRequest {
  return {
    ...toSummary(row),
    httpVersion: row['http_version'] as string,
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
