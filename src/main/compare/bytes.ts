// Two bodies that are not looked into: their sizes, their hashes, and the first byte that differs.

import type { Differences, Steps } from './differences.ts';

/** A body that is read in pieces. */
export interface BodySource {
  /** As counted or declared, bytes. */
  readonly size: number;
  /** Bytes that are kept; less than `size` when truncated. */
  readonly storedSize: number;
  readonly sha256: string;
  /** At most `length` bytes from `offset` on. */
  read(offset: number, length: number): Uint8Array;
}

/** Bytes that are compared at once. */
const pieceSize = 65_536;
/** Bytes that are shown from the first one that differs. */
const shownSize = 16;

/** Adds what differs between two bodies of other bytes. */
export function* compareBytes(a: BodySource, b: BodySource, differences: Differences): Steps {
  compareSizes(a, b, differences);
  differences.add({ part: 'body', kind: 'changed', path: 'sha256', a: a.sha256, b: b.sha256 });
  const end = Math.min(a.storedSize, b.storedSize);
  let offset = 0;
  search: while (offset < end) {
    yield;
    const [these, those] = [a.read(offset, pieceSize), b.read(offset, pieceSize)];
    const length = Math.min(these.length, those.length);
    if (length === 0) break;
    for (let i = 0; i < length; i += 1) {
      if (these[i] === those[i]) continue;
      offset += i;
      break search;
    }
    offset += length;
  }
  const path = `offset ${offset}`;
  differences.add({ part: 'body', kind: 'changed', path, a: hexAt(a, offset), b: hexAt(b, offset) });
}

/** Adds the sizes where they differ. */
export function compareSizes(a: BodySource, b: BodySource, differences: Differences): void {
  if (a.size === b.size) return;
  differences.add({ part: 'body', kind: 'changed', path: 'size', a: `${a.size} bytes`, b: `${b.size} bytes` });
}

function hexAt(body: BodySource, offset: number): string {
  const bytes = body.read(offset, shownSize);
  if (bytes.length === 0) return 'end';
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
