// The one place that knows the SQLite binding: opens a database file with the settings that durability depends on and
// hands out prepared statements. Values only ever reach SQL as bound parameters.

import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { systemCode } from './storage-errors.ts';

/** A value that can be bound to a parameter. */
export type SqlValue = string | number | null | Uint8Array;
/** A row by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

/** A database file and its prepared statements. */
export interface Connection {
  readonly readOnly: boolean;
  /** Runs SQL that has no parameters. */
  exec(sql: string): void;
  /** Runs a statement; the number of changed rows. Statements are prepared once and kept. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  get(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  all(sql: string, ...values: readonly SqlValue[]): Row[];
  /** Like `all`, for SQL that depends on a query and is not worth keeping. */
  allOnce(sql: string, values: readonly SqlValue[]): Row[];
  /** Whether a transaction is open. */
  readonly inTransaction: boolean;
  /** Closes and opens anew, as after an I/O error: SQLite's view of the file may not be trusted then. */
  reopen(): void;
  close(): void;
}

/** How a file is opened. */
export interface ConnectionOptions {
  readonly readOnly: boolean;
  /** Journal in the WAL; pages above which a commit also checkpoints. */
  readonly checkpointPages?: number;
}

const memory = ':memory:';

/**
 * Opens (and makes, mode 0600) the file at `path`; null makes a database in memory. Throws what SQLite throws, also
 * where the file is no database; tells apart by `sqliteCode`.
 */
export function openConnection(path: string | null, options: ConnectionOptions): Connection {
  let database = openDatabase(path, options);
  let statements = new Map<string, StatementSyncInstance>();
  const prepared = (sql: string): StatementSyncInstance => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    readOnly: options.readOnly,
    exec: (sql) => database.exec(sql),
    run: (sql, ...values) => prepared(sql).run(...values).changes,
    get: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    allOnce: (sql, values) => database.prepare(sql).all(...values) as Row[],
    get inTransaction() {
      return database.isTransaction;
    },
    reopen() {
      statements = new Map();
      if (database.isOpen) database.close();
      database = openDatabase(path, options);
    },
    close() {
      statements = new Map();
      if (database.isOpen) database.close();
    },
  };
}

function openDatabase(path: string | null, options: ConnectionOptions): DatabaseSyncInstance {
  const writable = path !== null && !options.readOnly;
  if (writable) makePrivate(path);
  const database = new DatabaseSync(path ?? memory, {
    readOnly: options.readOnly && path !== null,
    timeout: 5_000,
    enableForeignKeyConstraints: true,
  });
  try {
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768;');
    if (writable) {
      // Fewer and larger writes than with 4,096; counts for a new file only.
      database.exec('PRAGMA page_size = 16384');
      demand(database, 'journal_mode = WAL', 'journal_mode', 'wal');
      demand(database, 'synchronous = FULL', 'synchronous', 2);
      database.exec(
        `PRAGMA wal_autocheckpoint = ${options.checkpointPages ?? 512}; PRAGMA journal_size_limit = 16777216;`,
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Durability depends on these, and SQLite ignores what it cannot do: so they are read back. */
function demand(database: DatabaseSyncInstance, setting: string, name: string, expected: string | number): void {
  database.exec(`PRAGMA ${setting}`);
  const row = database.prepare(`PRAGMA ${name}`).get() as Row | undefined;
  const value = row?.[name];
  if (value !== expected) throw new Error(`the database cannot be used with ${setting} (it has ${String(value)})`);
}

/** SQLite gives the WAL and its index the rights of the main file. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
  }
}
