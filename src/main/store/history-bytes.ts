// How many bytes of bodies each endpoint's requests take. Counted from the rows once, in windows that others can run
// between, and kept in memory from then on, so that storing a request costs no further row.

import type { CommitListener } from './group-commit.ts';
import type { Connection } from './sqlite.ts';

/** Numbers that are counted at a time: some milliseconds. */
const windowRows = 8_192;

const selectNext = 'SELECT min(seq) AS seq FROM requests WHERE seq > ?';
const sumWindow =
  'SELECT endpoint, sum(stored_size) AS bytes FROM requests WHERE seq BETWEEN ? AND ? GROUP BY endpoint';

/** The counts of one history file; what is not committed yet is included. */
export interface StoredBytes extends CommitListener {
  /** A request's row is in the open transaction. */
  add(seq: number, endpoint: string, bytes: number): void;
  /** A request's row was removed in the open transaction. Everything must have been counted. */
  remove(seq: number, endpoint: string, bytes: number): void;
  /** Counts a window; true when there is nothing left to count. */
  step(): boolean;
  /** Of one endpoint; counts what is left first. */
  of(endpoint: string): number;
  /** Of all endpoints; counts what is left first. */
  total(): number;
}

interface Change {
  readonly seq: number;
  readonly endpoint: string;
  readonly bytes: number;
}

/** Nothing is counted before the first `step`, `of` or `total`. */
export function createStoredBytes(connection: Connection): StoredBytes {
  const counts = new Map<string, number>();
  let all = 0;
  /** Rows up to this number are counted. */
  let upTo = Number.NEGATIVE_INFINITY;
  /** Of the open transaction. */
  let changes: Change[] = [];

  function count(endpoint: string, bytes: number): void {
    counts.set(endpoint, (counts.get(endpoint) ?? 0) + bytes);
    all += bytes;
  }

  function change(seq: number, endpoint: string, bytes: number): void {
    if (seq <= upTo) count(endpoint, bytes);
    changes.push({ seq, endpoint, bytes });
  }

  function step(): boolean {
    if (upTo === Number.POSITIVE_INFINITY) return true;
    const next = connection.get(selectNext, Math.max(upTo, Number.MIN_SAFE_INTEGER))?.['seq'];
    if (typeof next !== 'number') {
      upTo = Number.POSITIVE_INFINITY;
      return true;
    }
    const last = next + windowRows - 1;
    for (const row of connection.all(sumWindow, next, last)) count(row['endpoint'] as string, row['bytes'] as number);
    upTo = last;
    return false;
  }

  function finish(): void {
    while (!step());
  }

  return {
    add: change,
    remove: (seq, endpoint, bytes) => change(seq, endpoint, -bytes),
    step,
    of(endpoint) {
      finish();
      return counts.get(endpoint) ?? 0;
    },
    total() {
      finish();
      return all;
    },
    beforeCommit: () => undefined,
    committed() {
      if (changes.length > 0) changes = [];
    },
    rolledBack() {
      for (const { seq, endpoint, bytes } of changes) if (seq <= upTo) count(endpoint, -bytes);
      changes = [];
    },
  };
}
