// The full-text index: search.sqlite beside the history. It can be deleted at any time and is made anew. Which rows it
// covers: all up to the watermark, but for `gaps`, numbers whose requests were not there yet when it passed. It holds
// no text, only which pieces of three characters occur in which request.

import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openConnection } from './sqlite.ts';
import type { Connection, Row } from './sqlite.ts';

/** Name of the index in the data folder. */
export const searchName = 'search.sqlite';
/** Version of its tables, kept in SQLite's user_version. */
export const searchVersion = 1;

/** `HKBS`: tells our file from other SQLite files. */
const applicationId = 0x484b4253;
/** Name of the mark in the history's `meta` that says which history it is. */
const stampName = 'stamp';

const tables = `
CREATE VIRTUAL TABLE docs USING fts5(
  text, tokenize = 'trigram case_sensitive 1', detail = none, content = '', columnsize = 0
);
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1), stamp INTEGER NOT NULL, generation INTEGER NOT NULL,
  watermark INTEGER NOT NULL, last_id TEXT, rows INTEGER NOT NULL
);
CREATE TABLE gaps (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, since INTEGER NOT NULL);
CREATE TABLE partial (seq INTEGER PRIMARY KEY);
`;
const dropAll =
  'DROP TABLE IF EXISTS docs; DROP TABLE IF EXISTS state; DROP TABLE IF EXISTS gaps; DROP TABLE IF EXISTS partial;';

/** How far the index reaches. */
export interface SearchState {
  readonly stamp: number;
  /** Another one after each new beginning. */
  readonly generation: number;
  /** Rows above it are not in the index. */
  readonly watermark: number;
  /** Id of the request at the watermark; null in an empty index. */
  readonly lastId: string | null;
  /** Rows that were put in, those of requests that are gone included. */
  readonly rows: number;
}

/** A stretch of numbers that may be filled late. `since` in epoch ms. */
export interface Gap {
  readonly first: number;
  readonly last: number;
  readonly since: number;
}

/** Numbers of requests that may match, greatest first. */
export interface Candidates {
  readonly seqs: readonly number[];
  /** There are none below the last one. */
  readonly ended: boolean;
}

/** The index as a search uses it. */
export interface SearchIndex {
  /** Null when the index does not belong to this history as it is now: nothing in it may be relied on then. */
  stateFor(history: Connection): SearchState | null;
  /** Numbers below the watermark that the index does not cover, of requests that exist, greatest first. */
  uncovered(history: Connection, state: SearchState): number[];
  /** Below `below`, at most `limit`; null when the index is not the one that `state` tells of any more. */
  candidates(state: SearchState, match: string, below: number, limit: number): Candidates | null;
}

const selectState = 'SELECT stamp, generation, watermark, last_id, rows FROM state';
const selectCandidates = 'SELECT rowid AS seq FROM docs WHERE docs MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?';
const selectPartial = 'SELECT seq FROM partial WHERE seq < ? ORDER BY seq DESC LIMIT ?';

/** Looks into an index that is open, for reading or writing. Throws what SQLite throws. */
export function createSearchIndex(connection: Connection): SearchIndex {
  const state = (): SearchState | null => toState(connection.get(selectState));
  return {
    stateFor(history) {
      const found = state();
      return found !== null && belongs(found, history) ? found : null;
    },
    uncovered(history, { watermark }) {
      const seqs: number[] = [];
      for (const { first, last } of readGaps(connection))
        for (const row of history.all(
          'SELECT seq FROM requests WHERE seq BETWEEN ? AND ?',
          first,
          Math.min(last, watermark),
        ))
          seqs.push(row['seq'] as number);
      return seqs.sort((a, b) => b - a);
    },
    candidates({ generation }, match, below, limit) {
      // One view of the file: a new beginning in between would leave rows out.
      const own = !connection.inTransaction;
      if (own) connection.exec('BEGIN');
      try {
        if (state()?.generation !== generation) return null;
        const rows = [
          ...connection.all(selectCandidates, match, below, limit),
          ...connection.all(selectPartial, below, limit),
        ];
        const seqs = [...new Set(rows.map((row) => row['seq'] as number))].sort((a, b) => b - a).slice(0, limit);
        return { seqs, ended: seqs.length < limit };
      } finally {
        if (own) connection.exec('COMMIT');
      }
    },
  };
}

/** Whether the index was made of this history. A history that was put back or rescued has numbers with other requests. */
export function belongs({ stamp, watermark, lastId }: SearchState, history: Connection): boolean {
  if (stamp !== stampOf(history)) return false;
  const row = history.get('SELECT id FROM requests WHERE seq = ?', watermark);
  return row === undefined || row['id'] === lastId;
}

/** The mark of a history; null where it has none yet. */
export function stampOf(history: Connection): number | null {
  const value = history.get('SELECT value FROM meta WHERE name = ?', stampName)?.['value'];
  return typeof value === 'number' ? value : null;
}

/** Marks a history that is open for writing, once, so that an index can tell whose it is. */
export function stampHistory(history: Connection): void {
  if (stampOf(history) === null) history.run('INSERT INTO meta VALUES (?, ?)', stampName, randomInt(2 ** 47));
}

/** The index of a folder, opened for reading when it is first needed. */
export function createSearchReader(dir: string): { index(): SearchIndex | null; close(): void } {
  let opened: { readonly connection: Connection; readonly index: SearchIndex } | null = null;
  let closed = false;
  return {
    index() {
      if (opened === null && !closed) opened = openForReading(join(dir, searchName));
      return opened?.index ?? null;
    },
    close() {
      closed = true;
      opened?.connection.close();
      opened = null;
    },
  };
}

function openForReading(path: string): { readonly connection: Connection; readonly index: SearchIndex } | null {
  if (!existsSync(path)) return null;
  let connection: Connection | null = null;
  try {
    connection = openConnection(path, { readOnly: true });
    if (isOurs(connection)) return { connection, index: createSearchIndex(connection) };
  } catch {
    // Broken: its owner makes it anew.
  }
  connection?.close();
  return null;
}

/** Whether the file is an index of this version. */
export function isOurs(connection: Connection): boolean {
  return (
    numberOf(connection, 'application_id') === applicationId && numberOf(connection, 'user_version') === searchVersion
  );
}

/** Whether the file holds anything that is not ours. */
export function isForeign(connection: Connection): boolean {
  return (
    numberOf(connection, 'application_id') !== applicationId &&
    connection.get('SELECT 1 AS found FROM sqlite_schema') !== undefined
  );
}

/** Begins anew, for the history with this mark. */
export function resetIndex(connection: Connection, stamp: number): void {
  transact(connection, () => {
    connection.exec(dropAll);
    connection.exec(tables);
    connection.run('INSERT INTO state VALUES (1, ?, ?, 0, NULL, 0)', stamp, randomInt(2 ** 47));
    connection.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${searchVersion}`);
  });
}

/** All or nothing. */
export function transact(connection: Connection, run: () => void): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    run();
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** The state of an index that is open; null when it has none. */
export function readState(connection: Connection): SearchState | null {
  return toState(connection.get(selectState));
}

/** Oldest first. */
export function readGaps(connection: Connection): Gap[] {
  return connection.all('SELECT first, last, since FROM gaps ORDER BY first') as unknown as Gap[];
}

function toState(row: Row | undefined): SearchState | null {
  if (row === undefined) return null;
  return {
    stamp: row['stamp'] as number,
    generation: row['generation'] as number,
    watermark: row['watermark'] as number,
    lastId: row['last_id'] as string | null,
    rows: row['rows'] as number,
  };
}

function numberOf(connection: Connection, pragma: 'application_id' | 'user_version'): number {
  return Number(connection.get(`PRAGMA ${pragma}`)?.[pragma]);
}
