// Rows of a hex view, made one at a time so that only visible ones cost anything.

/** Bytes per row. */
export const hexRowSize = 16;

/** One row: offset, bytes in hex, printable ASCII. */
export interface HexRow {
  readonly offset: string;
  readonly hex: string;
  readonly ascii: string;
}

/** The row with this index. */
export function hexRow(bytes: Uint8Array, index: number): HexRow {
  const start = index * hexRowSize;
  const part = bytes.subarray(start, start + hexRowSize);
  const cells = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
  const hex = [cells.slice(0, 8).join(' '), cells.slice(8).join(' ')].join('  ');
  const ascii = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return { offset: start.toString(16).padStart(8, '0'), hex, ascii };
}
