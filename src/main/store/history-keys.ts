// Finds requests by random values (id, delivery id, body). An ordinary index would touch one page of the file for each
// value at each commit and halve the speed of capture; so new entries stay in memory and move into the table `keys` in
// sorted batches, a slice with each commit. After a crash the rows above the watermark are read again.

import { hash } from 'node:crypto';
import type { Connection } from './sqlite.ts';
import type { CommitListener } from './group-commit.ts';

/** What a value names. */
export type KeyKind = 'id' | 'delivery' | 'bytes' | 'body' | 'group';

/** The index of one history file. */
export interface KeyIndex extends CommitListener {
  /** Adds entries of a request inside the open transaction. */
  add(seq: number, hashes: readonly number[]): void;
  /** The newest request under this hash that `verify` accepts, with what it returned. */
  newest<T>(hash: number, verify: (seq: number) => T | null): T | null;
  /** Numbers under this hash, ascending, the lowest `limit`; may hold strangers, to be verified. */
  oldest(hash: number, limit: number): number[];
  /** Reads anew what other processes may have written. */
  refresh(): void;
  /** Moves everything into the table, inside the open transaction. */
  drain(): void;
}

const batchRows = 4_096;
const sliceHashes = 768;
const insertKey = 'INSERT OR IGNORE INTO keys VALUES (?, ?)';

/** A digest of 176 bits (hex): the leading 48 bits find a row, all of them prove that it is the right one. */
export function keyDigest(kind: KeyKind, text: string): string {
  return hash('sha256', `${kind}\n${text}`).slice(0, 44);
}

/** The 48 bits of a {@link keyDigest} under which rows are entered. */
export function keyHash(digest: string): number {
  return Number.parseInt(digest.slice(0, 12), 16);
}

/** The entries of one request. */
export interface RowEntries {
  readonly seq: number;
  readonly hashes: readonly number[];
}

type Entries = Map<number, number[]>;

interface Batch {
  readonly entries: Entries;
  /** Hashes, ascending. */
  readonly sorted: Float64Array;
  readonly maxSeq: number;
  /** Hashes whose entries are in the table, committed. */
  done: number;
  /** The same with what the open transaction has written. */
  written: number;
}

/** Loads the entries above the watermark through `tail`, which gives all rows with a greater number. */
export function createKeyIndex(connection: Connection, tail: (aboveSeq: number) => Iterable<RowEntries>): KeyIndex {
  let active: Entries = new Map();
  let activeRows = 0;
  let activeMax = 0;
  let batch: Batch | null = null;
  let watermark = 0;
  /** Entries that the open transaction added to `active`, for taking them back. */
  let added: number[] = [];
  let addedRows = 0;

  function insert(seq: number, hashes: readonly number[]): void {
    for (const value of hashes) {
      const list = active.get(value);
      if (list) list.push(seq);
      else active.set(value, [seq]);
    }
    activeRows += 1;
    activeMax = Math.max(activeMax, seq);
  }

  function load(): void {
    active = new Map();
    activeRows = 0;
    activeMax = 0;
    watermark = Number(connection.get("SELECT value FROM meta WHERE name = 'indexed'")?.['value'] ?? 0);
    for (const row of tail(watermark)) insert(row.seq, row.hashes);
  }

  function add(seq: number, hashes: readonly number[]): void {
    // A slow request whose number the watermark has passed, or will with the batch under way.
    if (seq <= (batch?.maxSeq ?? watermark)) {
      for (const value of hashes) connection.run(insertKey, value, seq);
      return;
    }
    insert(seq, hashes);
    added.push(...hashes);
    addedRows += 1;
  }

  function newest<T>(value: number, verify: (seq: number) => T | null): T | null {
    for (const entries of [active, batch?.entries]) {
      const list = entries?.get(value);
      for (let i = (list?.length ?? 0) - 1; i >= 0; i -= 1) {
        const found = verify(list?.[i] as number);
        if (found !== null) return found;
      }
    }
    const stored = connection.get('SELECT seq FROM keys WHERE hash = ? ORDER BY seq DESC LIMIT 1', value);
    if (stored === undefined) return null;
    const found = verify(stored['seq'] as number);
    if (found !== null) return found;
    // A stranger with the same 48 bits.
    for (const row of connection.all('SELECT seq FROM keys WHERE hash = ? ORDER BY seq DESC LIMIT 64', value)) {
      const other = verify(row['seq'] as number);
      if (other !== null) return other;
    }
    return null;
  }

  function oldest(value: number, limit: number): number[] {
    const found = new Set<number>();
    for (const row of connection.all('SELECT seq FROM keys WHERE hash = ? ORDER BY seq LIMIT ?', value, limit))
      found.add(row['seq'] as number);
    for (const seq of batch?.entries.get(value) ?? []) found.add(seq);
    for (const seq of active.get(value) ?? []) found.add(seq);
    return [...found].sort((a, b) => a - b).slice(0, limit);
  }

  function freeze(): void {
    const sorted = Float64Array.from(active.keys()).sort();
    batch = { entries: active, sorted, maxSeq: activeMax, done: 0, written: 0 };
    active = new Map();
    activeRows = 0;
    activeMax = 0;
  }

  /** Writes entries of the batch in hash order, so that each page of the table is touched once. */
  function writeBatch(count: number): void {
    if (batch === null) return;
    const end = Math.min(batch.sorted.length, batch.written + count);
    for (let i = batch.written; i < end; i += 1) {
      const value = batch.sorted[i] as number;
      for (const seq of batch.entries.get(value) ?? []) connection.run(insertKey, value, seq);
    }
    batch.written = end;
    if (end === batch.sorted.length) connection.run("UPDATE meta SET value = ? WHERE name = 'indexed'", batch.maxSeq);
  }

  function committed(): void {
    added = [];
    addedRows = 0;
    if (batch !== null) {
      batch.done = batch.written;
      if (batch.done === batch.sorted.length) {
        watermark = batch.maxSeq;
        batch = null;
      }
    }
    if (batch === null && activeRows >= batchRows) freeze();
  }

  function rolledBack(): void {
    for (const value of added) {
      const list = active.get(value);
      list?.pop();
      if (list?.length === 0) active.delete(value);
    }
    activeRows -= addedRows;
    added = [];
    addedRows = 0;
    if (batch !== null) batch.written = batch.done;
  }

  load();
  return {
    add,
    newest,
    oldest,
    refresh: load,
    beforeCommit: () => writeBatch(sliceHashes),
    committed,
    rolledBack,
    drain() {
      for (;;) {
        if (batch === null && activeRows === 0) return;
        if (batch === null) freeze();
        writeBatch(Number.POSITIVE_INFINITY);
        batch = null;
      }
    },
  };
}
