// The form of a journal: what changed in a list of entries since the document that it continues, one save per line.
// Pure, so that every way in which a journal can be broken is tested without a disk.

import { createHash } from 'node:crypto';
import { parseSafely } from './envelope.ts';

/** Something with an id, kept in a list. */
export interface Identified {
  readonly id: string;
}

/** What one save changed. */
export interface JournalRecord {
  /** Of the document that the journal continues. */
  readonly generation: number;
  /** Place among the records of the journal, from 1. */
  readonly n: number;
  /** Entries as they are now: new ones come last, others keep their place. */
  readonly put: readonly unknown[];
  /** Ids of those that left. */
  readonly gone: readonly string[];
}

/** What a journal turned out to hold. */
export interface DecodedJournal {
  /** Null when no record is good. */
  readonly generation: number | null;
  /** The good ones, in order. */
  readonly records: readonly JournalRecord[];
  /** Records that were there and cannot be read. The last one of a write that a crash cut off is none of them. */
  readonly lost: number;
}

const newline = 0x0a;
const sumLength = 16;

/** A record as a line with its own checksum, the first 64 bits of the SHA-256 of the rest. */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const text = JSON.stringify(record);
  return Buffer.from(`${sumOf(text)} ${text}\n`, 'utf8');
}

/**
 * Reads lines of {@link encodeRecord}; never throws, however broken the bytes are. A good record counts wherever it
 * stands, in the order of the numbers: each holds its entries whole, so what comes after a gap is still right.
 */
export function decodeJournal(bytes: Uint8Array): DecodedJournal {
  const found = new Map<number, JournalRecord>();
  let generation: number | null = null;
  let most = 0;
  let brokenAtEnd = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    start = end === -1 ? bytes.length : end + 1;
    const record = decodeLine(line);
    if (record === null || (generation !== null && record.generation !== generation)) {
      // A line without an end, or with a block that was never written, is a write that did not finish.
      if (end !== -1 && !line.includes(0)) brokenAtEnd += 1;
      continue;
    }
    generation = record.generation;
    if (!found.has(record.n)) found.set(record.n, record);
    most = Math.max(most, record.n);
    brokenAtEnd = 0;
  }
  const records = [...found.values()].sort((a, b) => a.n - b.n);
  return { generation, records, lost: most - records.length + brokenAtEnd };
}

function decodeLine(line: Uint8Array): JournalRecord | null {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
  const json = text.slice(sumLength + 1);
  if (text[sumLength] !== ' ' || text.slice(0, sumLength) !== sumOf(json)) return null;
  try {
    const record = parseSafely(json);
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is JournalRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { generation, n, put, gone } = value as Readonly<Record<string, unknown>>;
  return isCount(generation) && isCount(n) && Array.isArray(put) && Array.isArray(gone);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function sumOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, sumLength);
}
