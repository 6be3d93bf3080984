// What was answered, in full. The same answer is stored once and requests refer to it by number: found by the object
// that says it, so that an unchanged answer costs no hash and no row, else by the hash of its content.

import { createHash } from 'node:crypto';
import type { ReplyRecord } from '../../shared/replies.ts';
import type { CommitListener } from './group-commit.ts';
import type { Connection } from './sqlite.ts';

/** Bytes of an answer's body that are kept. */
const keptBodyBytes = 65_536;
/** Answers that are found again by their content. What falls out is stored anew should it be given once more. */
const keptEntries = 512;
// Most that one transaction removes.
const sweptRows = 400;
const sweptBytes = 8 * 1_048_576;

const selectOpen = 'SELECT row, hash FROM reply_records WHERE last_seq IS NULL ORDER BY row';
const insertRecord = 'INSERT INTO reply_records (row, hash, record, body, last_seq) VALUES (?, ?, ?, ?, ?)';
const setLastSeq = 'UPDATE reply_records SET last_seq = ? WHERE row = ?';
const selectUnused =
  'SELECT row, hash, last_seq, length(body) AS size FROM reply_records WHERE (last_seq, row) > (?, ?) AND last_seq < ? ' +
  `ORDER BY last_seq, row LIMIT ${sweptRows}`;

/** Where a sweep goes on. */
export interface SweepPlace {
  readonly lastSeq: number;
  readonly row: number;
}

/** The reply records of one history file. */
export interface ReplyRecords extends CommitListener {
  /** Number of the record to which the request `seq` refers from now on; stores it first where it is new. */
  refer(record: ReplyRecord, seq: number): number;
  read(number: number): ReplyRecord | null;
  /**
   * Removes a batch of the records that no request from `floor` on refers to and that are not among `kept`, inside the
   * open transaction. Null when all were looked at.
   */
  sweep(floor: number, kept: ReadonlySet<number>, from: SweepPlace | null): SweepPlace | null;
}

interface Entry {
  readonly row: number;
  readonly hash: string;
  /** Greatest number of a request that refers to it. */
  lastSeq: number;
  /** The file says that more requests may refer to it; else it names the last one. */
  open: boolean;
  /** False once it fell out: the file may say by now that nobody refers to it any more. */
  live: boolean;
}

/** Content of a row: `record` without the body, and the body as it is stored. */
export function recordHash(record: string, body: Uint8Array): string {
  return createHash('sha256').update(`${record}\n`).update(body).digest('hex');
}

/** Nothing is read before the first use. `newestSeq` is the greatest number that a request may have. */
export function createReplyRecords(connection: Connection, newestSeq: () => number): ReplyRecords {
  /** Null where the file must be asked first: at the start, and after changes were taken back. */
  let byHash: Map<string, Entry> | null = null;
  let byObject = new WeakMap<ReplyRecord, Entry>();
  let newest: Entry | null = null;
  let highestRow = 0;

  function entries(): Map<string, Entry> {
    if (byHash !== null) return byHash;
    const found = new Map<string, Entry>();
    for (const { row, hash } of connection.all(selectOpen)) {
      const entry = { row: row as number, hash: hash as string, lastSeq: newestSeq(), open: true, live: true };
      found.set(entry.hash, entry);
    }
    // A number that was given is not given again while this process lives: a late request might mean the old one.
    highestRow = Math.max(
      highestRow,
      Number(connection.get('SELECT max(row) AS row FROM reply_records')?.['row'] ?? 0),
    );
    byHash = found;
    return found;
  }

  function note(entry: Entry, seq: number): number {
    if (!entry.open && entry.lastSeq !== seq) {
      connection.run(setLastSeq, null, entry.row);
      entry.open = true;
    }
    if (seq > entry.lastSeq) entry.lastSeq = seq;
    if (entry !== newest) {
      // Maps keep the order of insertion: the least recently used comes first.
      byHash?.delete(entry.hash);
      byHash?.set(entry.hash, entry);
      newest = entry;
    }
    return entry.row;
  }

  function evict(from: Map<string, Entry>): void {
    for (const [hash, entry] of from) {
      if (from.size <= keptEntries) return;
      if (entry.open) connection.run(setLastSeq, entry.lastSeq, entry.row);
      entry.live = false;
      from.delete(hash);
    }
  }

  function refer(record: ReplyRecord, seq: number): number {
    const known = byObject.get(record);
    if (known?.live === true) return note(known, seq);
    const found = entries();
    const { body, ...rest } = record;
    const kept = body.subarray(0, keptBodyBytes);
    const text = JSON.stringify(rest);
    const hash = recordHash(text, kept);
    let entry = found.get(hash);
    if (!entry) {
      entry = { row: highestRow + 1, hash, lastSeq: seq, open: false, live: true };
      connection.run(insertRecord, entry.row, hash, text, kept, seq);
      highestRow = entry.row;
      found.set(hash, entry);
      newest = entry;
      evict(found);
    }
    byObject.set(record, entry);
    return note(entry, seq);
  }

  function drop(row: number, hash: string): void {
    connection.run('DELETE FROM reply_records WHERE row = ?', row);
    const entry = byHash?.get(hash);
    if (entry?.row !== row) return;
    entry.live = false;
    byHash?.delete(hash);
    if (entry === newest) newest = null;
  }

  return {
    refer,
    read(number) {
      const row = connection.get('SELECT record, body FROM reply_records WHERE row = ?', number);
      if (!row) return null;
      const rest = JSON.parse(row['record'] as string) as Omit<ReplyRecord, 'body'>;
      return { ...rest, body: row['body'] instanceof Uint8Array ? row['body'] : new Uint8Array(0) };
    },
    sweep(floor, kept, from) {
      if (from === null) {
        for (const entry of entries().values())
          if (entry.open && entry.lastSeq < floor && !kept.has(entry.row)) drop(entry.row, entry.hash);
      }
      let place = from ?? { lastSeq: -1, row: 0 };
      let bytes = 0;
      const rows = connection.all(selectUnused, place.lastSeq, place.row, floor);
      for (const row of rows) {
        place = { lastSeq: row['last_seq'] as number, row: row['row'] as number };
        if (kept.has(place.row)) continue;
        drop(place.row, row['hash'] as string);
        bytes += row['size'] as number;
        if (bytes > sweptBytes) return place;
      }
      return rows.length < sweptRows ? null : place;
    },
    beforeCommit: () => undefined,
    committed: () => undefined,
    rolledBack() {
      byHash = null;
      byObject = new WeakMap();
      newest = null;
    },
  };
}
