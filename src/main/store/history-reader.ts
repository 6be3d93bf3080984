// Reading captured requests: lists, streams, single ones, slices of bodies, groups of duplicates, refusals.

import type { ExchangeSummary, RefusedEntry } from '../../shared/exchange.ts';
import type { Clock } from '../ports.ts';
import type { History, StoredRequest } from './history-contract.ts';
import { compileFilter, scan } from './history-query.ts';
import type { Filter } from './history-query.ts';
import type { ReplyRecords } from './history-records.ts';
import {
  consentAddress,
  readSlice,
  replyNumber,
  selectRequest,
  selectRequests,
  toStored,
  toSummary,
} from './history-rows.ts';
import type { ReplyTimes } from './history-rows.ts';
import type { RequestLookup } from './request-lookup.ts';
import type { SearchIndex } from './search-index.ts';
import type { Connection, Row } from './sqlite.ts';
import { storageError } from './storage-errors.ts';

/** The part of {@link History} that this file makes. */
export type HistoryReader = Pick<
  History,
  'list' | 'rows' | 'stream' | 'get' | 'readBody' | 'replyRecord' | 'needsConsent' | 'group' | 'listRefused'
>;

/** What it is given. */
export interface HistoryReaderOptions {
  readonly connection: Connection;
  readonly lookup: RequestLookup;
  readonly records: Pick<ReplyRecords, 'read'>;
  readonly replyTimes: () => ReplyTimes;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Called before look-ups: takes notice of what another process wrote. */
  readonly fresh: () => void;
  /** Called before lists: an owner may have brought the file up to date. */
  readonly upgraded: () => void;
  /** A full-text index; null where there is none. */
  readonly index: () => SearchIndex | null;
}

const groupLimit = 200;
const selectNumbered = `${selectRequests} WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC`;
const noTimes: ReplyTimes = () => null;
const all = Number.MAX_SAFE_INTEGER;

/** Sees what is not committed yet, as every reader on this connection does. */
export function createHistoryReader({
  connection,
  lookup,
  records,
  replyTimes,
  clock,
  fresh,
  upgraded,
  index,
}: HistoryReaderOptions): HistoryReader {
  const toSummaries = (rows: readonly Row[]): ExchangeSummary[] => {
    const times = replyTimes();
    return rows.map((row) => toSummary(row, times));
  };
  const indexFor = ({ match }: Filter): SearchIndex | null => (match === null ? null : index());
  const rowOf = (id: string): Row | null => {
    fresh();
    const seq = lookup.seqOf(id);
    return seq === null ? null : (connection.get(selectRequest, seq) ?? null);
  };

  function list({
    query,
    beforeSeq,
    limit,
    now,
    budgetMs,
  }: Parameters<History['list']>[0]): ReturnType<History['list']> {
    upgraded();
    const filter = compileFilter(connection, query, now);
    const deadline = clock.monotonic() + (budgetMs ?? all);
    let scannedTo = beforeSeq ?? all;
    let stopped = false;
    const rows: Row[] = [];
    const goOn = (lowest: number): boolean => {
      scannedTo = lowest;
      stopped = clock.monotonic() >= deadline;
      return !stopped;
    };
    const options = { belowSeq: scannedTo, wanted: limit + 1, onProgress: goOn, index: indexFor(filter) };
    for (const row of scan(connection, filter, options)) {
      if (rows.length === limit)
        return { rows: toSummaries(rows), more: true, scannedTo: rows.at(-1)?.['seq'] as number };
      rows.push(row);
    }
    return { rows: toSummaries(rows), more: stopped, scannedTo };
  }

  function* stream({ query, limit, now }: Parameters<History['stream']>[0]): Generator<StoredRequest, void, undefined> {
    upgraded();
    const filter = compileFilter(connection, query, now);
    // Numbers only: the rows are read again one by one, so that any number of them may match.
    const found: number[] = [];
    const wanted = limit > 0 ? limit : all;
    const options = { belowSeq: all, wanted, onProgress: () => true, index: indexFor(filter) };
    for (const row of scan(connection, filter, options)) {
      found.push(row['seq'] as number);
      if (found.length === limit) break;
    }
    for (let i = found.length - 1; i >= 0; i -= 1) {
      const row = connection.get(selectRequest, found[i] as number);
      if (row) yield toStored(connection, row, replyTimes());
    }
  }

  function group(id: string): ReturnType<History['group']> {
    const row = rowOf(id);
    if (row === null) return [];
    const firstId = toSummary(row, noTimes).duplicate.of ?? (row['id'] as string);
    const first = row['id'] === firstId ? row : rowOf(firstId);
    const members = first === null ? [] : [first];
    for (const seq of lookup.groupSeqs(firstId, groupLimit)) {
      const member = connection.get(selectRequest, seq);
      if (!member || members.length >= groupLimit) continue;
      if (toSummary(member, noTimes).duplicate.of === firstId) members.push(member);
    }
    return toSummaries(members.sort((a, b) => (a['seq'] as number) - (b['seq'] as number)));
  }

  return {
    list: (options) => reading(() => list(options)),
    rows: (seqs) => reading(() => toSummaries(connection.all(selectNumbered, JSON.stringify(seqs)))),
    stream,
    get: (id) =>
      reading(() => {
        const row = rowOf(id);
        return row && toStored(connection, row, replyTimes());
      }),
    readBody: (id, offset = 0, length = all) =>
      reading(() => {
        const row = rowOf(id);
        return row && readSlice(connection, row['seq'] as number, row['stored_size'] as number, offset, length);
      }),
    replyRecord: (id) =>
      reading(() => {
        const row = rowOf(id);
        const number = row && replyNumber(row);
        return number === null ? null : records.read(number);
      }),
    needsConsent: (id) =>
      reading(() => {
        const row = rowOf(id);
        const address = row && consentAddress(row);
        return address === null ? null : { fetch: address };
      }),
    group: (id) => reading(() => group(id)),
    listRefused: (limit) =>
      reading(() => connection.all('SELECT * FROM refused ORDER BY n DESC LIMIT ?', limit).map(toRefused)),
  };
}

/** What SQLite throws while reading becomes STORE_FAULT. */
function reading<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw storageError(error, 'read the history');
  }
}

function toRefused(row: Row): RefusedEntry {
  return {
    reason: row['reason'] as RefusedEntry['reason'],
    status: row['status'] as number | null,
    at: row['at'] as number,
    remoteAddress: row['remote_address'] as string,
    bytes: row['bytes'] as number,
    head: row['head'] as Uint8Array,
  };
}
