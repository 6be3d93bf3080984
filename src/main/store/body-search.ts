// Looks into stored bodies: for text part by part, so that a large one never lies in memory whole, and for values
// inside JSON.

import { readPart, readSlice } from './history-rows.ts';
import { partBytes } from './history-schema.ts';
import type { Connection, Row } from './sqlite.ts';

/** Rows under search carry this many bytes of the body as `head`, enough for nearly all of them. */
export const bodyHeadBytes = 16_384;

/** Larger bodies are not parsed for a `body.` term, bytes. */
const maxJsonBytes = 4 * 1_048_576;

/** Whether the body holds `text` (lower-case), case ignored. Compressed bodies are not decoded. */
export function bodyContains(connection: Connection, row: Row, text: string): boolean {
  const seq = row['seq'] as number;
  const size = row['stored_size'] as number;
  const head = headOf(row);
  // ASCII text looks the same in Latin-1 and UTF-8, and Latin-1 needs no decoding.
  const ascii = /^[\0-\x7f]*$/.test(text);
  if (ascii && latin1(head).includes(text)) return true;
  if (ascii && size <= head.length) return false;
  const decoder = new TextDecoder();
  let carried = '';
  for (let n = 0; n * partBytes < size; n += 1) {
    const part = readPart(connection, seq, n);
    const subject = carried + (ascii ? latin1(part) : decoder.decode(part, { stream: true }).toLowerCase());
    if (subject.includes(text)) return true;
    carried = text.length > 1 ? subject.slice(1 - text.length) : '';
  }
  return false;
}

/** Whether the body is JSON with a plain value at `path` that `accepts` takes, as text; a list or object counts as ''. */
export function bodyHas(
  connection: Connection,
  row: Row,
  path: readonly string[],
  accepts: (value: string) => boolean,
): boolean {
  const size = row['stored_size'] as number;
  if (size === 0 || size > maxJsonBytes) return false;
  const head = headOf(row);
  let value: unknown;
  try {
    const bytes = size <= head.length ? head : readSlice(connection, row['seq'] as number, size, 0, size);
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return false;
  }
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string, unknown>)[step];
  }
  return accepts(typeof value === 'object' && value !== null ? '' : String(value));
}

function headOf(row: Row): Uint8Array {
  const head = row['head'];
  return head instanceof Uint8Array ? head : new Uint8Array(0);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').toLowerCase();
}
