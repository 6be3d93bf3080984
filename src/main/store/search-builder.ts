// Puts captured requests into the full-text index, a small transaction at a time. It reads the history and never writes
// it; what is wrong with the index is mended by beginning anew, since all of it can be made again.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { partsPerRequest } from './history-schema.ts';
import {
  belongs,
  isForeign,
  isOurs,
  readGaps,
  readState,
  resetIndex,
  searchName,
  stampOf,
  transact,
} from './search-index.ts';
import { indexedBodyBytes, indexedText } from './search-text.ts';
import { setAside } from './set-aside.ts';
import { openConnection } from './sqlite.ts';
import type { Connection, Row } from './sqlite.ts';

/** Puts rows into the index. */
export interface SearchBuilder {
  /** Makes one transaction; says what it did and whether more is to be done. Throws what SQLite throws. */
  step(): { readonly rows: number; readonly more: boolean };
}

/** What it is given. */
export interface SearchBuilderOptions {
  /** Of the index, for writing. */
  readonly connection: Connection;
  /** Of the history, for reading. */
  readonly history: Connection;
  /** Numbers up to here were given before the history was opened: what is missing among them stays missing. */
  readonly openedSeq: number;
  /** Epoch ms. */
  readonly now: () => number;
}

const companions = ['-wal', '-shm'];
/** Most that one transaction takes. */
const batchRows = 64;
const batchBytes = 262_144;
/** No request comes later than this after its number was given, ms. */
const gapMs = 2 * 3_600_000;
/** Rows of requests that are gone may stay in the index while they are fewer than those that are not. */
const leastWaste = 2_000;

const selectColumns =
  'SELECT seq, id, target, event, delivery_id, stored_size, headers, trailers, ' +
  `CASE WHEN stored_size <= ${indexedBodyBytes} THEN body END AS body ` +
  `FROM requests LEFT JOIN parts ON parts.key = requests.seq * ${partsPerRequest}`;
const selectNext = `${selectColumns} WHERE seq > ? ORDER BY seq LIMIT ${batchRows}`;
const selectBetween = `${selectColumns} WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ${batchRows}`;

/**
 * Opens the index of a folder for writing, whatever is there: an older, newer or broken one is made anew, another
 * program's file is set aside. Throws what the system throws where the folder does not allow it.
 */
export function openSearchForWriting(dir: string, now: () => number): Connection {
  const path = join(dir, searchName);
  try {
    return openOurs(path);
  } catch (error) {
    if (!existsSync(path)) throw error;
    if (error instanceof ForeignFile) setAside(path, now(), companions);
    else removeIndex(path);
    return openOurs(path);
  }
}

class ForeignFile extends Error {}

function openOurs(path: string): Connection {
  const connection = openConnection(path, { readOnly: false });
  try {
    // Nothing is lost that cannot be made again, but what is there must be whole.
    connection.exec('PRAGMA synchronous = NORMAL');
    if (isForeign(connection)) throw new ForeignFile();
    if (isOurs(connection)) {
      if (connection.get('PRAGMA quick_check(1)')?.['quick_check'] !== 'ok') throw new Error('broken');
      readState(connection);
      readGaps(connection);
    } else if (connection.get('SELECT 1 AS found FROM sqlite_schema') !== undefined) {
      throw new Error('another version');
    }
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Removes the index with its companions; throws what the system throws. */
export function removeIndex(path: string): void {
  for (const suffix of ['', ...companions]) rmSync(path + suffix, { force: true });
}

/** Nothing is done before the first step. */
export function createSearchBuilder({ connection, history, openedSeq, now }: SearchBuilderOptions): SearchBuilder {
  let ready = false;

  /** Whether there is an index that belongs to this history. */
  function prepare(): boolean {
    const stamp = stampOf(history);
    if (stamp === null) return false;
    const state = isOurs(connection) ? readState(connection) : null;
    // A history that was put back has fewer numbers than the index.
    if (
      state === null ||
      !belongs(state, history) ||
      (!ready && state.watermark > openedSeq && !reaches(state.watermark))
    )
      resetIndex(connection, stamp);
    ready = true;
    return true;
  }

  function reaches(seq: number): boolean {
    return history.get('SELECT 1 AS found FROM requests WHERE seq >= ? LIMIT 1', seq) !== undefined;
  }

  function isWasteful(rows: number): boolean {
    if (rows < leastWaste) return false;
    const stored = Number(history.get('SELECT count(*) AS n FROM requests')?.['n']);
    return rows > 2 * stored + leastWaste;
  }

  function put(row: Row): void {
    const seq = row['seq'] as number;
    const body = row['body'] instanceof Uint8Array ? row['body'] : null;
    const whole = body !== null && (row['stored_size'] as number) <= indexedBodyBytes;
    let text: string | null = null;
    try {
      text = indexedText(row, whole ? body : null);
    } catch {
      // Damaged headers: the row is proposed always, as one whose body is too large.
    }
    if (text !== null) connection.run('INSERT INTO docs (rowid, text) VALUES (?, ?)', seq, text);
    if (text === null || !whole) connection.run('INSERT OR IGNORE INTO partial VALUES (?)', seq);
  }

  /** Rows that came late go in; what can come no more is forgotten. */
  function fillGaps(): number {
    let filled = 0;
    const oldest = now() - gapMs;
    for (const { first, last, since } of readGaps(connection)) {
      const rows = history.all(selectBetween, first, last);
      if (rows.length === 0 && since >= oldest) continue;
      transact(connection, () => {
        connection.run('DELETE FROM gaps WHERE first = ?', first);
        let from = first;
        for (const row of rows) {
          put(row);
          const seq = row['seq'] as number;
          if (seq > from) addGap(from, seq - 1, since);
          from = seq + 1;
        }
        if (from <= last && (rows.length === batchRows || since >= oldest)) addGap(from, last, since);
        connection.run('UPDATE state SET rows = rows + ?', rows.length);
      });
      filled += rows.length;
    }
    return filled;
  }

  function addGap(first: number, last: number, since: number): void {
    connection.run('INSERT OR REPLACE INTO gaps VALUES (?, ?, ?)', first, last, since);
  }

  return {
    step() {
      if (!prepare()) return { rows: 0, more: false };
      const state = readState(connection);
      if (state === null) return { rows: 0, more: false };
      const found = history.all(selectNext, state.watermark);
      const rows = batchOf(found);
      const last = rows.at(-1);
      if (last === undefined) {
        if (isWasteful(state.rows)) {
          resetIndex(connection, state.stamp);
          return { rows: 0, more: true };
        }
        return { rows: fillGaps(), more: false };
      }
      transact(connection, () => {
        let expected = state.watermark + 1;
        for (const row of rows) {
          const seq = row['seq'] as number;
          // Numbers are given when a request begins: a slower one may still come.
          const first = Math.max(expected, openedSeq + 1);
          if (first < seq) addGap(first, seq - 1, now());
          expected = seq + 1;
          put(row);
        }
        connection.run(
          'UPDATE state SET watermark = ?, last_id = ?, rows = rows + ?',
          last['seq'] as number,
          last['id'] as string,
          rows.length,
        );
      });
      return { rows: rows.length, more: true };
    },
  };
}

/** The first rows, as many as one transaction takes. */
function batchOf(found: readonly Row[]): readonly Row[] {
  let bytes = 0;
  const end = found.findIndex((row) => {
    bytes += Math.min(row['stored_size'] as number, indexedBodyBytes);
    return bytes > batchBytes;
  });
  return end < 0 ? found : found.slice(0, Math.max(1, end));
}
