// Tables of history.sqlite. Rows are appended in the order of their numbers, so that a commit touches few pages; the
// one index over random values (`key_runs`) is written in large pieces, see history-keys.ts.

import type { Connection } from './sqlite.ts';

/** Version of the tables, kept in SQLite's user_version. */
export const historyVersion = 1;

/** `HKBH`: tells our file from other SQLite files. */
const applicationId = 0x484b4248;

/**
 * A body is kept in parts of this many bytes, so that reading a slice of a large one reads no more than it needs.
 * The key of part n of request s is s * 1024 + n: 1,024 parts hold 1 GiB.
 */
export const partBytes = 1_048_576;
/** Parts per request. */
export const partsPerRequest = 1_024;

const tables = `
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
} as const;
/** A table that is copied. */
export type TableName = keyof typeof columnsOf;

/** What a database file holds. */
export type SchemaState = 'ours' | 'empty' | 'newer' | 'foreign';

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
  return version > historyVersion ? 'newer' : 'ours';
}

/** Makes the tables in an empty file, all or none. */
export function createSchema(connection: Connection): void {
  connection.exec(
    `BEGIN IMMEDIATE;${tables}PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${historyVersion}; COMMIT;`,
  );
}
