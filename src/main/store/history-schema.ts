// Tables of history.sqlite. Rows are appended in the order of their numbers, so that a commit touches few pages; the
// one index over random values (`key_runs`) is written in large pieces, see history-keys.ts.

import type { Connection } from './sqlite.ts';

/** Version of the tables, kept in SQLite's user_version. */
export const historyVersion = 2;

/** `HKBH`: tells our file from other SQLite files. */
const applicationId = 0x484b4248;

/**
 * A body is kept in parts of this many bytes, so that reading a slice of a large one reads no more than it needs.
 * The key of part n of request s is s * 1024 + n: 1,024 parts hold 1 GiB.
 */
export const partBytes = 1_048_576;
/** Parts per request. */
export const partsPerRequest = 1_024;

/** Those of version 1. */
const firstTables = `
CREATE TABLE requests (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, received_at INTEGER NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,
  size INTEGER NOT NULL, stored_size INTEGER NOT NULL, endpoint TEXT NOT NULL, provider TEXT, event TEXT,
  delivery_id TEXT, verdict_status TEXT NOT NULL, duplicate_kind TEXT NOT NULL, reply_status INTEGER,
  keys TEXT NOT NULL, rest TEXT NOT NULL
);
CREATE TABLE reply_times (page INTEGER PRIMARY KEY, ms BLOB NOT NULL);
CREATE TABLE parts (key INTEGER PRIMARY KEY, headers TEXT, trailers TEXT, body BLOB NOT NULL);
CREATE TABLE key_runs (row INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE late_keys (seq INTEGER PRIMARY KEY);
CREATE TABLE refused (
  n INTEGER PRIMARY KEY, reason TEXT NOT NULL, status INTEGER, at INTEGER NOT NULL, remote_address TEXT NOT NULL,
  bytes INTEGER NOT NULL, head BLOB NOT NULL
);
CREATE TABLE message_bodies (hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE attempts (row INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL, record TEXT NOT NULL, body BLOB);
CREATE INDEX attempts_by_delivery ON attempts (delivery_id);
CREATE TABLE deliveries (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, replay_of TEXT, delivery TEXT NOT NULL);
CREATE INDEX deliveries_by_replay ON deliveries (replay_of) WHERE replay_of IS NOT NULL;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('indexed', 0), ('count', 0);
`;

/**
 * Those that version 2 added. `marks` holds what a person put on a request, `folded` is the note in lower case. A reply
 * record is referred to by row from the `rest` of requests; `last_seq` is the greatest number of such a request, null
 * while more may come (history-records.ts).
 */
const addedTables = [
  'CREATE TABLE IF NOT EXISTS marks (seq INTEGER PRIMARY KEY, pinned INTEGER NOT NULL, note TEXT, folded TEXT)',
  'CREATE TABLE IF NOT EXISTS forwards (row INTEGER PRIMARY KEY, seq INTEGER NOT NULL, forward_id TEXT NOT NULL, result TEXT NOT NULL, UNIQUE (seq, forward_id))',
  'CREATE TABLE IF NOT EXISTS reply_records (row INTEGER PRIMARY KEY, hash TEXT NOT NULL, record TEXT NOT NULL, body BLOB NOT NULL, last_seq INTEGER)',
];
const addedIndexes = ['CREATE INDEX IF NOT EXISTS reply_records_by_use ON reply_records (last_seq)'];
const addedNames = ['marks', 'forwards', 'reply_records'];

/** Columns of the tables that are copied from one file to another. */
export const columnsOf = {
  requests: [
    ...['seq', 'id', 'received_at', 'method', 'target', 'size', 'stored_size', 'endpoint', 'provider', 'event'],
    ...['delivery_id', 'verdict_status', 'duplicate_kind', 'reply_status', 'keys', 'rest'],
  ],
  reply_times: ['page', 'ms'],
  parts: ['key', 'headers', 'trailers', 'body'],
  message_bodies: ['hash', 'body'],
  deliveries: ['row', 'id', 'replay_of', 'delivery'],
  attempts: ['row', 'delivery_id', 'record', 'body'],
  marks: ['seq', 'pinned', 'note', 'folded'],
  forwards: ['row', 'seq', 'forward_id', 'result'],
  reply_records: ['row', 'hash', 'record', 'body', 'last_seq'],
} as const;
/** A table that is copied. */
export type TableName = keyof typeof columnsOf;

/** What a database file holds. */
export type SchemaState = 'ours' | 'older' | 'empty' | 'newer' | 'foreign';

/** Says what the file is; throws what SQLite throws when it is broken. */
export function schemaState(connection: Connection): SchemaState {
  const version = Number(connection.get('PRAGMA user_version')?.['user_version']);
  const application = Number(connection.get('PRAGMA application_id')?.['application_id']);
  const names = new Set(
    connection.all("SELECT name FROM sqlite_schema WHERE type = 'table'").map((row) => row['name']),
  );
  if (names.size === 0 && version === 0) return 'empty';
  if (application !== applicationId && !(names.has('requests') && names.has('parts') && names.has('key_runs')))
    return 'foreign';
  if (version === historyVersion) return 'ours';
  return version > historyVersion ? 'newer' : 'older';
}

/** Makes the tables in an empty file, all or none. */
export function createSchema(connection: Connection): void {
  connection.exec(`BEGIN IMMEDIATE; ${firstTables} PRAGMA application_id = ${applicationId}`);
  finishSchema(connection);
}

/** Brings the tables of an older version up to date, all or none: a crash in between leaves the older version. */
export function migrateSchema(connection: Connection): void {
  connection.exec('BEGIN IMMEDIATE');
  finishSchema(connection);
}

function finishSchema(connection: Connection): void {
  try {
    for (const sql of [...addedTables, ...addedIndexes]) connection.exec(sql);
    connection.exec(`PRAGMA user_version = ${historyVersion}`);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** Lets a reader read a file of an older version as if it were new: what it lacks is empty, in memory. */
export function completeForReading(connection: Connection): void {
  connection.exec('PRAGMA temp_store = MEMORY');
  for (const sql of addedTables) connection.exec(sql.replace('CREATE TABLE', 'CREATE TEMP TABLE'));
}

/** Ends {@link completeForReading} once an owner has brought the file up to date; says whether it has. */
export function endCompletion(connection: Connection): boolean {
  if (schemaState(connection) === 'older') return false;
  for (const name of addedNames) connection.exec(`DROP TABLE temp.${name}`);
  return true;
}

/** Reads the floor: every number below it was given, whether or not a row is left to show it. */
export const selectFloor = "SELECT value FROM meta WHERE name = 'floor'";

/** Raises the floor to `seq`, inside the open transaction. */
export function raiseFloor(connection: Connection, seq: number): void {
  connection.run(
    "INSERT INTO meta VALUES ('floor', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
    seq,
  );
}
