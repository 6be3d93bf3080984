// Ledgers: what the harness's own clients and targets saw, as append-only JSON lines. A ledger's writer is never
// killed by a fault, so every line that was written counts.

import { createHash } from 'node:crypto';
import { createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Opens a ledger; the returned function writes one line with one system call before it returns.
 * @param {string} file
 * @returns {(entry: object) => void}
 */
export function openLedger(file) {
  const handle = openSync(file, 'a', 0o600);
  return (entry) => {
    writeSync(handle, `${JSON.stringify(entry)}\n`);
  };
}

/**
 * Reads JSON lines in order.
 * @param {string} file
 * @param {(entry: any) => void} onEntry
 */
export async function readLedger(file, onEntry) {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) if (line !== '') onEntry(JSON.parse(line));
}

/**
 * A JSON body of exactly `size` bytes that follows from the id, so that anybody who knows the id can check the bytes.
 * @param {string} id
 * @param {number} size Bytes; 128 at least.
 * @returns {Buffer}
 */
export function bodyFor(id, size) {
  const head = `{"id":${JSON.stringify(id)},"filler":"`;
  const filler = createHash('sha512').update(id).digest('hex');
  const room = size - head.length - 2;
  return Buffer.from(`${head}${filler.repeat(Math.ceil(room / filler.length)).slice(0, room)}"}`);
}

/**
 * Lower-case hex SHA-256.
 * @param {Uint8Array} bytes
 */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The value below which `share` of the numbers lie; 0 of none.
 * @param {readonly number[]} numbers
 * @param {number} share 0 to 1.
 */
export function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
