// How long the replies took. They are known only after the request is stored, so they wait in memory and are written
// many in one row; a crash loses those of the last moment. Another status than planned goes to the request's own row.

import type { ReplyRecord } from '../../shared/replies.ts';
import type { Logger } from '../ports.ts';
import type { CommitListener, GroupCommit } from './group-commit.ts';
import type { ReplyRecords } from './history-records.ts';
import { writeReply } from './history-rows.ts';
import type { ReplyTimes } from './history-rows.ts';
import type { RequestLookup } from './request-lookup.ts';
import type { Connection } from './sqlite.ts';

/** Requests that share a row of `reply_times`. */
export const pageRows = 128;
const pageBytes = pageRows * Float64Array.BYTES_PER_ELEMENT;
const writeAfterMs = 100;
/** Stored requests whose reply is still awaited; of more of them the number is looked up. */
const mostAwaited = 10_000;
/** Pages that are kept to be filled further. */
const keptPages = 8;

const selectPage = 'SELECT ms FROM reply_times WHERE page = ?';
const upsertPage = 'INSERT INTO reply_times VALUES (?, ?) ON CONFLICT (page) DO UPDATE SET ms = excluded.ms';

const selectOfPage = 'SELECT seq FROM requests WHERE seq >= ? AND seq < ? LIMIT 1';

/** The replies of one history file. */
export interface Replies extends CommitListener {
  /** A request is in the open transaction; its reply follows. */
  expect(id: string, seq: number, status: number | null): void;
  /** `record` where it was not known when the request was stored. */
  note(id: string, status: number | null, ms: number, record?: ReplyRecord): void;
  /** A reader for one occasion. */
  read(): ReplyTimes;
  /** Moves everything into the table, inside the open transaction. */
  drain(): void;
  /** Lets go of times whose requests are all gone. */
  forget(): void;
}

/** What it is given. */
export interface RepliesOptions {
  readonly connection: Connection;
  readonly lookup: Pick<RequestLookup, 'seqOf'>;
  readonly records: Pick<ReplyRecords, 'refer'>;
  readonly joinLazily: GroupCommit['joinLazily'];
  readonly logger: Pick<Logger, 'error'>;
}

/** Nothing is written before the first note. */
export function createReplies({ connection, lookup, records, joinLazily, logger }: RepliesOptions): Replies {
  let awaited = new Map<string, { readonly seq: number; readonly status: number | null }>();
  const pages = new Map<number, Float64Array>();
  /** Pages that the file does not hold as they are. */
  const dirty = new Set<number>();
  /** Of those, what the open transaction has written. */
  let written: number[] = [];
  let timer: NodeJS.Timeout | null = null;

  function readPage(page: number): Float64Array {
    const times = new Float64Array(pageRows).fill(Number.NaN);
    const stored = connection.get(selectPage, page)?.['ms'];
    if (stored instanceof Uint8Array && stored.length === pageBytes) new Uint8Array(times.buffer).set(stored);
    return times;
  }

  function keep(seq: number, ms: number): void {
    const page = Math.floor(seq / pageRows);
    let times = pages.get(page);
    if (!times) {
      times = readPage(page);
      pages.set(page, times);
    }
    times[seq % pageRows] = ms;
    dirty.add(page);
  }

  function write(): void {
    for (const page of dirty) {
      const times = pages.get(page) as Float64Array;
      connection.run(upsertPage, page, new Uint8Array(times.buffer));
      written.push(page);
    }
    dirty.clear();
  }

  function note(id: string, status: number | null, ms: number, record: ReplyRecord | undefined): void {
    const known = awaited.get(id);
    awaited.delete(id);
    const seq = known?.seq ?? lookup.seqOf(id);
    if (seq === null) return;
    keep(seq, ms);
    if (record !== undefined || known?.status !== status)
      joinLazily(() => {
        const reply = record === undefined ? null : { number: records.refer(record, seq), by: record.by };
        writeReply(connection, seq, status, reply);
      });
    // Real time: this paces the disk. The timer keeps no process alive, `close` drains.
    timer ??= setTimeout(() => {
      timer = null;
      joinLazily(write);
    }, writeAfterMs).unref();
  }

  return {
    expect(id, seq, status) {
      awaited.set(id, { seq, status });
      if (awaited.size > mostAwaited) for (const [oldest] of awaited) return void awaited.delete(oldest);
    },
    note(id, status, ms, record) {
      try {
        note(id, status, ms, record);
      } catch (error) {
        logger.error('A reply was not noted', error);
      }
    },
    read() {
      let last = -1;
      let times: Float64Array | undefined;
      return (seq) => {
        const page = Math.floor(seq / pageRows);
        if (page !== last) times = pages.get(page) ?? readPage(page);
        last = page;
        const ms = times?.[seq % pageRows];
        return ms === undefined || Number.isNaN(ms) ? null : ms;
      };
    },
    drain() {
      clearTimeout(timer ?? undefined);
      timer = null;
      write();
    },
    forget() {
      for (const page of pages.keys()) {
        if (connection.get(selectOfPage, page * pageRows, (page + 1) * pageRows)) continue;
        pages.delete(page);
        dirty.delete(page);
      }
    },
    beforeCommit: () => undefined,
    committed() {
      if (written.length === 0) return;
      written = [];
      for (const page of pages.keys()) {
        if (pages.size <= keptPages) return;
        if (!dirty.has(page)) pages.delete(page);
      }
    },
    rolledBack() {
      // The numbers of requests that were taken back may be given again.
      awaited = new Map();
      for (const page of written) dirty.add(page);
      written = [];
    },
  };
}
