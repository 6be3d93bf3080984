// Opens history.sqlite whatever state it is in: makes it, recovers it after a crash, sets a broken one aside and
// saves its readable rows, and leaves alone what is not ours.

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { rescueRows } from './history-rescue.ts';
import type { Rescue } from './history-rescue.ts';
import { completeForReading, createSchema, historyVersion, migrateSchema, schemaState } from './history-schema.ts';
import { setAside } from './set-aside.ts';
import { openConnection } from './sqlite.ts';
import type { Connection } from './sqlite.ts';
import { isShortRead, reasonOf, sqliteCode, storageError, systemCode, unreadable } from './storage-errors.ts';

/** Name of the database in the data folder. */
const historyName = 'history.sqlite';

// Largest files that are checked page by page at open, bytes (about 1 ms per MiB): after a clean stop, after a crash.
const checkedAfterStop = 32 * 1_048_576;
const checkedAfterCrash = 512 * 1_048_576;

// Fail for a missing or changed table, which quick_check does not mind.
const probeFirst =
  'SELECT max(requests.seq), min(parts.key), max(key_runs.row), max(late_keys.seq), max(reply_times.page), count(meta.name) FROM requests, parts, key_runs, late_keys, reply_times, meta WHERE 0';
const probeAdded =
  'SELECT max(marks.folded), max(forwards.result), max(reply_records.last_seq) FROM marks, forwards, reply_records WHERE 0';

const companions = ['-wal', '-shm'];
/** SQLITE_ERROR (a table is missing), SQLITE_CORRUPT, SQLITE_NOTADB. */
const brokenCodes = new Set([1, 11, 26]);

/** What was opened. */
export interface OpenedHistory {
  readonly connection: Connection;
  readonly recovered: readonly string[];
  /** Sentence on why nothing can be written although the owner asked for it; null otherwise. */
  readonly refusal: string | null;
  /** It is read although it is of an older version: what it lacks is empty until an owner brings it up to date. */
  readonly completed: boolean;
}

/** What opening needs. */
export interface OpenHistoryOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Beside an owner, or without one: nothing is written but the recovery of the write-ahead log. */
  readonly readOnly?: boolean | undefined;
}

/** Throws AppError STORE_UNREADABLE, STORE_FOREIGN, STORE_FULL or STORE_FAULT. */
export function openHistoryFile(options: OpenHistoryOptions): OpenedHistory {
  const path = join(options.dir, historyName);
  const readOnly = options.readOnly ?? false;
  const exists = inspect(path);
  if (readOnly) return openForReading(path, exists);
  const crashed = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  let connection: Connection | null = null;
  try {
    if (exists && !looksLikeDatabase(path, crashed)) throw new BrokenFile('it is not a database');
    connection = openConnection(path, { readOnly: false });
    const state = schemaState(connection);
    if (state === 'foreign') throw foreign(path);
    if (state === 'newer') {
      connection.close();
      return openNewer(path);
    }
    if (state === 'empty') createSchema(connection);
    else checkPages(connection, statSync(path).size, crashed);
    if (state === 'older') migrateSchema(connection);
    else connection.get(probeAdded);
    return { connection, recovered: [], refusal: null, completed: false };
  } catch (error) {
    connection?.close();
    if (error instanceof AppError) throw error;
    if (!isBroken(error)) throw storageError(error, `open ${historyName}`);
    return replace(path, reasonOf(error), options);
  }
}

class BrokenFile extends Error {}

/** An I/O error says nothing about the file, unless the file ends too early (SQLITE_IOERR_SHORT_READ). */
function isBroken(error: unknown): boolean {
  return error instanceof BrokenFile || brokenCodes.has(sqliteCode(error)) || isShortRead(error);
}

function openForReading(path: string, exists: boolean): OpenedHistory {
  let connection: Connection | null = null;
  try {
    connection = openConnection(exists && statSync(path).size > 0 ? path : null, { readOnly: true });
    const state = schemaState(connection);
    if (state === 'foreign') throw foreign(path);
    if (state === 'empty') {
      // There is no file, or an owner has only just made it.
      connection.close();
      connection = openConnection(null, { readOnly: false });
      createSchema(connection);
    }
    const completed = state === 'older';
    if (completed) completeForReading(connection);
    return { connection, recovered: [], refusal: null, completed };
  } catch (error) {
    connection?.close();
    if (sqliteCode(error) === 11 || sqliteCode(error) === 26) {
      throw new AppError('STORE_FOREIGN', `${path} is broken or is not a database (${reasonOf(error)}).`, { path });
    }
    throw storageError(error, `open ${historyName}`);
  }
}

/** A newer release may have changed the tables: what can still be read is shown, nothing is written. */
function openNewer(path: string): OpenedHistory {
  const refusal = `${historyName} was written by a newer Hookbench (this one knows format ${historyVersion}): it is open for reading only.`;
  return { connection: openConnection(path, { readOnly: true }), recovered: [refusal], refusal, completed: false };
}

function checkPages(connection: Connection, size: number, crashed: boolean): void {
  connection.get(probeFirst);
  if (size > (crashed ? checkedAfterCrash : checkedAfterStop)) return;
  const state = quickCheck(connection);
  if (state !== 'ok') throw new BrokenFile(state);
}

/** `ok`, or the first things that are wrong. */
export function quickCheck(connection: Connection): string {
  return String(connection.get('PRAGMA quick_check(5)')?.['quick_check']);
}

/** Sets the broken file aside, starts an empty one and copies what can be read. */
function replace(path: string, reason: string, { clock, logger }: OpenHistoryOptions): OpenedHistory {
  let connection: Connection | null = null;
  try {
    const aside = setAside(path, clock.now(), companions);
    connection = openConnection(path, { readOnly: false });
    createSchema(connection);
    const rescue = rescueRows(aside, connection, clock);
    const found = `${historyName} could not be used (${firstLine(reason)}) and was kept as ${basename(aside)}`;
    const sentence = `${found}: ${describe(rescue)}.`;
    logger.warn(sentence);
    return { connection, recovered: [sentence], refusal: null, completed: false };
  } catch (error) {
    connection?.close();
    throw storageError(error, `replace the broken ${historyName}`);
  }
}

function describe({ requests, others, missing, orMore }: Rescue): string {
  const saved =
    requests + others > 0
      ? `${requests} requests and ${others} other rows were saved from it`
      : 'nothing could be saved from it';
  if (missing === null) return `${saved}; what else it held is gone`;
  return missing > 0
    ? `${saved}; ${orMore ? 'at least ' : ''}${missing} requests are gone`
    : `${saved}; no request is known to be gone`;
}

/** quick_check names the database first, then what is wrong. */
function firstLine(reason: string): string {
  return reason.split('\n').find((line) => line !== '' && !line.startsWith('***')) ?? reason;
}

/** Whether the file exists; throws AppError STORE_UNREADABLE where it is there but cannot be read. */
function inspect(path: string): boolean {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw unreadable(path, 'is a folder; a file belongs there');
    if (!stat.isFile()) throw unreadable(path, 'is not an ordinary file');
    closeSync(openSync(path, 'r'));
    return true;
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemCode(error) === 'ENOENT') return false;
    throw unreadable(path, `cannot be read (${reasonOf(error)})`);
  }
}

/** SQLite would take an empty file for a new database and throw the log beside it away. */
function looksLikeDatabase(path: string, crashed: boolean): boolean {
  const magic = 'SQLite format 3\0';
  const head = Buffer.alloc(magic.length);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head, 0, magic.length, 0);
    return length === 0 ? !crashed : head.toString('latin1') === magic;
  } finally {
    closeSync(file);
  }
}

function foreign(path: string): AppError {
  return new AppError('STORE_FOREIGN', `${path} is the database of another program.`, { path });
}
