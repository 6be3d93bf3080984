// Copies what can still be read from a broken history into a new one. SQLite has no checksums, so a body counts only
// when its hash is right. Bounded in time: the broken file is kept, so nothing is lost by stopping.

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Clock } from '../ports.ts';
import { recordHash } from './history-records.ts';
import { columnsOf, partsPerRequest, raiseFloor, selectFloor } from './history-schema.ts';
import type { TableName } from './history-schema.ts';
import { readSlice, storedSha256 } from './history-rows.ts';
import { openConnection } from './sqlite.ts';
import type { Connection, Row } from './sqlite.ts';

const budgetMs = 3_000;
const pageRows = 64;
/** Requests in the index. */
const countIndexed = "SELECT value AS n FROM meta WHERE name = 'count'";
/** Those that it lacks. */
const countOthers =
  'SELECT (SELECT count(*) FROM late_keys) + (SELECT count(*) FROM requests WHERE seq > ' +
  "(SELECT value FROM meta WHERE name = 'indexed')) AS n";

/** What was copied. */
export interface Rescue {
  readonly requests: number;
  /** Message bodies, attempts, deliveries. */
  readonly others: number;
  /** Requests that the file counted and that were not copied; null when it does not say. */
  readonly missing: number | null;
  /** More than `missing` may be, since not all that was counted could be read. */
  readonly orMore: boolean;
}

/** Copies from the file at `path`; never throws for what is wrong with it, only for `target`. */
export function rescueRows(path: string, target: Connection, clock: Pick<Clock, 'monotonic'>): Rescue {
  const source = statSync(path).size > 0 ? attempt(() => openConnection(path, { readOnly: true })) : null;
  if (source === null) return { requests: 0, others: 0, missing: null, orMore: false };
  const deadline = clock.monotonic() + budgetMs;
  const goOn = (): boolean => clock.monotonic() < deadline;
  const copyTable = (table: TableName, copy: (row: Row) => boolean): number => {
    let copied = 0;
    for (const row of newestFirst(source, table, goOn)) if (attempt(() => copy(row)) === true) copied += 1;
    return copied;
  };
  target.exec('BEGIN IMMEDIATE');
  try {
    const indexed = attempt(() => source.get(countIndexed))?.['n'];
    const above = attempt(() => source.get(countOthers))?.['n'];
    // What the queue refers to comes first.
    const others =
      copyTable(
        'message_bodies',
        (row) => row['hash'] === sha256(row['body'] as Uint8Array) && insertRow(target, 'message_bodies', row),
      ) +
      copyTable('deliveries', (row) => isJson(row['delivery']) && insertRow(target, 'deliveries', row)) +
      copyTable('attempts', (row) => isJson(row['record']) && insertRow(target, 'attempts', row));
    const requests = copyTable('requests', (row) => copyRequest(source, target, row));
    copyTable('reply_times', (row) => insertRow(target, 'reply_times', row));
    copyBeside(copyTable, target);
    const floor = attempt(() => source.get(selectFloor))?.['value'];
    if (typeof floor === 'number') raiseFloor(target, floor);
    target.exec('COMMIT');
    const orMore = typeof above !== 'number';
    const missing = typeof indexed === 'number' ? Math.max(0, indexed + (orMore ? 0 : above) - requests) : null;
    return { requests, others, missing: orMore && missing === 0 ? null : missing, orMore };
  } finally {
    if (target.inTransaction) target.exec('ROLLBACK');
    source.close();
  }
}

/** What belongs to requests: goes along with those that were copied. */
function copyBeside(copyTable: (table: TableName, copy: (row: Row) => boolean) => number, target: Connection): void {
  copyTable('marks', (row) => insertRow(target, 'marks', row));
  copyTable('forwards', (row) => isJson(row['result']) && insertRow(target, 'forwards', row));
  copyTable(
    'reply_records',
    (row) =>
      row['hash'] === recordHash(row['record'] as string, row['body'] as Uint8Array) &&
      insertRow(target, 'reply_records', row),
  );
  for (const table of ['marks', 'forwards'])
    target.exec(`DELETE FROM ${table} WHERE seq NOT IN (SELECT seq FROM requests)`);
}

function copyRequest(source: Connection, target: Connection, row: Row): boolean {
  const seq = row['seq'] as number;
  const size = row['stored_size'] as number;
  const first = seq * partsPerRequest;
  if (sha256(readSlice(source, seq, size, 0, size)) !== storedSha256(row)) return false;
  const columns = columnsOf.parts.join(', ');
  const parts = source.all(
    `SELECT ${columns} FROM parts WHERE key BETWEEN ? AND ? ORDER BY key`,
    first,
    first + partsPerRequest - 1,
  );
  if (!isJson(parts[0]?.['headers'])) return false;
  for (const part of parts) insertRow(target, 'parts', part);
  return insertRow(target, 'requests', row);
}

function insertRow(target: Connection, table: TableName, row: Row): boolean {
  const columns = columnsOf[table];
  const sql = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  return target.run(sql, ...columns.map((column) => row[column] ?? null)) === 1;
}

/** Reads downwards; where a page is broken it goes row by row, then jumps further and further to get past it. */
function* newestFirst(source: Connection, table: TableName, goOn: () => boolean): Generator<Row, void, undefined> {
  const select = `SELECT rowid AS number, ${columnsOf[table].join(', ')} FROM ${table} WHERE rowid < ? ORDER BY rowid`;
  const read = (below: number, limit: number): Row[] | null =>
    attempt(() => source.all(`${select} DESC LIMIT ?`, below, limit));
  let below = Number.MAX_SAFE_INTEGER;
  let jump = 1;
  while (goOn() && below > 0) {
    const page = read(below, pageRows) ?? read(below, 1);
    if (page?.length === 0) return;
    if (page) {
      yield* page;
      below = page.at(-1)?.['number'] as number;
      jump = 1;
    } else {
      // The newest rows themselves cannot be read: look for the first that can.
      below = below === Number.MAX_SAFE_INTEGER ? highestReadable(source, table) : below - jump;
      jump *= 2;
    }
  }
}

/** Halves its way to the highest number below which a row can be read; 0 when there is none. */
function highestReadable(source: Connection, table: TableName): number {
  const select = `SELECT rowid AS number FROM ${table}`;
  const lowest = attempt(() => source.get(`${select} ORDER BY rowid LIMIT 1`))?.['number'];
  if (typeof lowest !== 'number') return 0;
  let good = lowest + 1;
  let bad = good + 2 ** 32;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (attempt(() => source.all(`${select} WHERE rowid < ? ORDER BY rowid DESC LIMIT 1`, middle)) === null)
      bad = middle;
    else good = middle;
  }
  return good;
}

function isJson(text: unknown): boolean {
  return typeof text === 'string' && attempt(() => JSON.parse(text) !== undefined) === true;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Null instead of an error. */
function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}
