// Finds requests by random values (id, delivery id, body). New entries stay in memory; some thousand at a time become
// a packed run, one row of the table `key_runs`, with the commit that follows. All runs are held in memory, 36 bytes
// per request. After a crash the rows above the watermark are read again.

import { hash } from 'node:crypto';
import type { Connection } from './sqlite.ts';
import type { CommitListener } from './group-commit.ts';
import { endPlace, firstPlace, makeRun, mergeRuns, packRun, unpackRun, withoutSeqs } from './key-runs.ts';
import type { KeyRun } from './key-runs.ts';

/** What a value names. */
export type KeyKind = 'delivery' | 'bytes' | 'body';

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
  /** Takes note of requests whose rows were removed in the open transaction; numbers ascending. */
  remove(seqs: readonly number[]): void;
  /** Whether a good part of the entries may be of requests that are gone; asks to be shrunk then. */
  readonly wasteful: boolean;
  /** Makes the piece of the index without those entries that has the most of them, inside the open transaction. */
  shrink(gone: (seq: number) => boolean): void;
  /** Stored requests, those of the open transaction included. */
  count(): number;
  /** Moves everything into the table, inside the open transaction. */
  drain(): void;
}

/** Rows in memory that become a run. */
const runRows = 4_096;
/** Smaller runs are merged when there are as many. */
const smallRuns = 8;
const smallRunEntries = 60_000;
/** Entries that are sorted at once: with all small runs they stay below the most that a run can have. */
const madeEntries = 200_000;

/** A digest of 176 bits (hex): the leading 32 bits find a row, all of them prove that it is the right one. */
export function keyDigest(kind: KeyKind, text: string): string {
  return hash('sha256', `${kind}\n${text}`).slice(0, 44);
}

/** The 32 bits (signed, which V8 keeps without a heap object) of a {@link keyDigest} under which rows are entered. */
export function keyHash(digest: string): number {
  return Number.parseInt(digest.slice(0, 8), 16) | 0;
}

/** The 32 bits under which an id of ours is entered, or the group of its request: it is random, so FNV-1a will do. */
export function idHash(kind: 'id' | 'group', id: string): number {
  let value = kind === 'id' ? 0x811c9dc5 : 0x2f6a41d7;
  for (let i = 0; i < id.length; i += 1) value = Math.imul(value ^ id.charCodeAt(i), 0x01000193);
  return value;
}

/** The entries of one request. */
export interface RowEntries {
  readonly seq: number;
  readonly hashes: readonly number[];
}

/** Numbers under a hash, in the order in which they were entered. Hardly any hash has two. */
type Entries = Map<number, number | number[]>;

interface StoredRun extends KeyRun {
  /** Its row; never used again. */
  readonly row: number;
}

/** Runs as they will be when the open transaction is committed. */
interface Pending {
  readonly runs: readonly StoredRun[];
  /** Null where what is in memory stays there. */
  readonly watermark: number | null;
}

/**
 * Loads the runs, and the entries that they lack through `tail`: of all rows with a greater number than given, and of
 * those that the table `late_keys` names.
 */
export function createKeyIndex(connection: Connection, tail: (aboveSeq: number) => Iterable<RowEntries>): KeyIndex {
  let runs: readonly StoredRun[] = [];
  let active: Entries = new Map();
  /** Requests in `active`. */
  let activeRows = 0;
  /** Those that were entered, the removed ones included. */
  let enteredRows = 0;
  let activeMax = 0;
  let watermark = 0;
  /** Requests in `runs`. */
  let indexedRows = 0;
  /** Requests that have entries in `runs` and were removed since those were looked through; unknown at first. */
  let staleRows = runRows;
  let pending: Pending | null = null;
  /** Entries that the open transaction added to `active`, for taking them back. */
  let added: number[] = [];
  let addedRows = 0;
  let removedActive = 0;
  let removedIndexed = 0;

  function insert(seq: number, hashes: readonly number[]): void {
    for (const value of hashes) {
      const there = active.get(value);
      if (there === undefined) active.set(value, seq);
      else if (typeof there === 'number') active.set(value, [there, seq]);
      else there.push(seq);
    }
    activeRows += 1;
    enteredRows += 1;
    if (seq > activeMax) activeMax = seq;
  }

  function load(): void {
    const known = new Map(runs.map((run) => [run.row, run]));
    const found: StoredRun[] = [];
    let whole = true;
    for (const { row } of connection.all('SELECT row FROM key_runs ORDER BY row')) {
      const run = known.get(row as number) ?? readRun(row as number);
      if (run) found.push(run);
      else whole = false;
    }
    runs = whole ? found : [];
    active = new Map();
    activeRows = 0;
    enteredRows = 0;
    watermark = whole ? meta('indexed') : 0;
    indexedRows = whole ? meta('count') : 0;
    activeMax = watermark;
    for (const row of tail(watermark)) insert(row.seq, row.hashes);
  }

  function meta(name: 'indexed' | 'count'): number {
    return Number(connection.get('SELECT value FROM meta WHERE name = ?', name)?.['value'] ?? 0);
  }

  function readRun(row: number): StoredRun | null {
    const run = unpackRun(connection.get('SELECT entries FROM key_runs WHERE row = ?', row)?.['entries']);
    return run && { ...run, row };
  }

  function add(seq: number, hashes: readonly number[]): void {
    // A slow request whose number the watermark has passed: the rows above it would not tell of this one.
    if (seq <= watermark) connection.run('INSERT OR IGNORE INTO late_keys VALUES (?)', seq);
    insert(seq, hashes);
    for (const value of hashes) added.push(value);
    addedRows += 1;
  }

  function newest<T>(value: number, verify: (seq: number) => T | null): T | null {
    const there = active.get(value);
    if (typeof there === 'number') {
      const found = verify(there);
      if (found !== null) return found;
    } else if (there !== undefined) {
      for (let i = there.length - 1; i >= 0; i -= 1) {
        const found = verify(there[i] as number);
        if (found !== null) return found;
      }
    }
    const stored = value >>> 0;
    for (let n = runs.length - 1; n >= 0; n -= 1) {
      const run = runs[n] as StoredRun;
      const first = firstPlace(run, stored);
      if (run.hashes[first] !== stored) continue;
      for (let i = endPlace(run, stored) - 1; i >= first; i -= 1) {
        const found = verify(run.seqs[i] as number);
        if (found !== null) return found;
      }
    }
    return null;
  }

  function oldest(value: number, limit: number): number[] {
    const found = new Set<number>();
    const stored = value >>> 0;
    for (const run of runs) {
      const first = firstPlace(run, stored);
      const last = first + limit;
      for (let i = first; i < last && run.hashes[i] === stored; i += 1) found.add(run.seqs[i] as number);
    }
    for (const seq of [active.get(value) ?? []].flat()) found.add(seq);
    return [...found].sort((a, b) => a - b).slice(0, limit);
  }

  /** Writes what is in memory as a run (several after a rescue); small ones are merged when they are many. */
  function writeRuns(): void {
    let next = runs;
    let hashes: number[] = [];
    let seqs: number[] = [];
    for (const [value, there] of active) {
      for (const seq of typeof there === 'number' ? [there] : there) {
        hashes.push(value);
        seqs.push(seq);
        if (hashes.length < madeEntries) continue;
        next = withRun(next, makeRun(Uint32Array.from(hashes), Float64Array.from(seqs)));
        hashes = [];
        seqs = [];
      }
    }
    if (hashes.length > 0) next = withRun(next, makeRun(Uint32Array.from(hashes), Float64Array.from(seqs)));
    connection.run('DELETE FROM late_keys');
    connection.run("UPDATE meta SET value = ? WHERE name = 'indexed'", activeMax);
    connection.run("UPDATE meta SET value = ? WHERE name = 'count'", indexedRows + activeRows);
    pending = { runs: next, watermark: activeMax };
  }

  function withRun(old: readonly StoredRun[], made: KeyRun): StoredRun[] {
    // The newest ones only: a merged run must not pass a large one that was entered in between.
    const small = old.slice(old.findLastIndex((run) => run.hashes.length >= smallRunEntries) + 1);
    const merged = small.length + 1 < smallRuns ? [] : small;
    const run = merged.length > 0 ? mergeRuns([...merged, made]) : made;
    connection.run('INSERT INTO key_runs (entries) VALUES (?)', packRun(run));
    const row = Number(connection.get('SELECT max(row) AS row FROM key_runs')?.['row']);
    for (const gone of merged) connection.run('DELETE FROM key_runs WHERE row = ?', gone.row);
    return [...old.filter((one) => !merged.includes(one)), { ...run, row }];
  }

  /** Their entries stay, and lead to rows that are not there any more. */
  function remove(seqs: readonly number[]): void {
    const first = seqs[0];
    const last = seqs.at(-1);
    if (first === undefined || last === undefined) return;
    const late = new Set(
      connection.all('SELECT seq FROM late_keys WHERE seq BETWEEN ? AND ?', first, last).map((row) => row['seq']),
    );
    let indexed = 0;
    for (const seq of seqs) {
      if (late.has(seq)) connection.run('DELETE FROM late_keys WHERE seq = ?', seq);
      else if (seq <= watermark) indexed += 1;
    }
    if (indexed > 0) connection.run("UPDATE meta SET value = value - ? WHERE name = 'count'", indexed);
    indexedRows -= indexed;
    staleRows += indexed;
    activeRows -= seqs.length - indexed;
    removedIndexed += indexed;
    removedActive += seqs.length - indexed;
  }

  function shrink(gone: (seq: number) => boolean): void {
    for (const run of runs) {
      const left = withoutSeqs(run, gone);
      if (left.hashes.length > run.hashes.length / 2 || run.hashes.length === 0) continue;
      // In its own place, since the order of the runs counts. The number of the newest must not be given again.
      const empty = left.hashes.length === 0 && run !== runs.at(-1);
      if (empty) connection.run('DELETE FROM key_runs WHERE row = ?', run.row);
      else connection.run('UPDATE key_runs SET entries = ? WHERE row = ?', packRun(left), run.row);
      const made = empty ? [] : [{ ...left, row: run.row }];
      pending = { runs: runs.flatMap((one) => (one === run ? made : [one])), watermark: null };
      return;
    }
    staleRows = 0;
  }

  function committed(): void {
    added = [];
    addedRows = 0;
    removedActive = 0;
    removedIndexed = 0;
    if (pending === null) return;
    ({ runs } = pending);
    if (pending.watermark !== null) {
      ({ watermark } = pending);
      active = new Map();
      indexedRows += activeRows;
      staleRows += enteredRows - activeRows;
      activeRows = 0;
      enteredRows = 0;
    }
    pending = null;
  }

  function rolledBack(): void {
    pending = null;
    activeRows += removedActive;
    indexedRows += removedIndexed;
    staleRows -= removedIndexed;
    removedActive = 0;
    removedIndexed = 0;
    for (const value of added) {
      const there = active.get(value);
      if (typeof there === 'object' && there.length > 1) there.pop();
      else active.delete(value);
    }
    activeRows -= addedRows;
    enteredRows -= addedRows;
    added = [];
    addedRows = 0;
  }

  load();
  return {
    add,
    newest,
    oldest,
    remove,
    get wasteful() {
      return staleRows >= runRows;
    },
    shrink,
    refresh: load,
    count: () => indexedRows + activeRows,
    beforeCommit() {
      if (pending === null && enteredRows >= runRows) writeRuns();
    },
    committed,
    rolledBack,
    drain() {
      if (pending === null && enteredRows > 0) writeRuns();
    },
  };
}
