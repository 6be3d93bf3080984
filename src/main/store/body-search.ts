// Looks into stored bodies: for text part by part, so that a large one never lies in memory whole, and for values
// inside JSON.

import { readPart, readSlice } from './history-rows.ts';
import { partBytes } from './history-schema.ts';
import type { Connection, Row } from './sqlite.ts';

/** Larger bodies are not parsed for a `body.` term, bytes. */
const maxJsonBytes = 4 * 1_048_576;

/** Whether the body holds `text` (lower-case), case ignored. Compressed bodies are not decoded. */
export function bodyContains(connection: Connection, row: Row, text: string): boolean {
  const seq = row['seq'] as number;
  const size = row['stored_size'] as number;
  // ASCII text looks the same in Latin-1 and UTF-8, and Latin-1 needs no decoding.
  const ascii = /^[\0-\x7f]*$/.test(text);
  const decoder = new TextDecoder();
  let carried = '';
  for (let n = 0; n * partBytes < size; n += 1) {
    const part = readPart(connection, seq, n);
    const decoded = ascii
      ? Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1')
      : decoder.decode(part, { stream: true });
    const subject = carried + decoded.toLowerCase();
    if (subject.includes(text)) return true;
    carried = text.length > 1 ? subject.slice(1 - text.length) : '';
  }
  return false;
}

/** Whether the body is JSON with a plain value at `path` that `accepts` takes, as text. */
export function bodyHas(
  connection: Connection,
  row: Row,
  path: readonly string[],
  accepts: (value: string) => boolean,
): boolean {
  const size = row['stored_size'] as number;
  if (size === 0 || size > maxJsonBytes) return false;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(readSlice(connection, row['seq'] as number, size, 0, size)));
  } catch {
    return false;
  }
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string, unknown>)[step];
  }
  // A tree is a value of its own only for "it exists".
  return accepts(typeof value === 'object' && value !== null ? '' : String(value));
}
