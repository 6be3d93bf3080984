// A long text as lines of bounded length, over bytes that come slice by slice: a line of 50 MB has no place in an editor,
// and none of the text is decoded before it is in sight.

/** Most bytes of a line; longer ones go on in the next. */
export const lineWidth = 90;
/** Most lines: their heights together are what a browser can scroll. */
export const maxLines = 1_500_000;

const lineFeed = 0x0a;

/** Lines of what was added so far. */
export interface BodyLines {
  readonly count: number;
  /** Bytes added. */
  readonly size: number;
  /** There is no room for more lines. */
  readonly full: boolean;
  append(slice: Uint8Array): void;
  /** The text of a line, without its line break. */
  text(line: number): string;
  /** Where a line begins, bytes. */
  start(line: number): number;
  /** The line that holds this byte. */
  lineAt(offset: number): number;
}

/** Creates an empty text. All slices but the last have the same length, above that of a line. */
export function createBodyLines(): BodyLines {
  const slices: Uint8Array[] = [];
  let starts = new Uint32Array(4_096);
  let count = 0;
  let size = 0;
  let width = 0;
  /** A character that lies across two slices is not broken in two. */
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  const push = (start: number): void => {
    if (count >= maxLines) return;
    if (count === starts.length) {
      const larger = new Uint32Array(starts.length * 2);
      larger.set(starts);
      starts = larger;
    }
    starts[count] = start;
    count += 1;
    width = 0;
  };

  const lines: BodyLines = {
    get count() {
      return count;
    },
    get size() {
      return size;
    },
    get full() {
      return count >= maxLines;
    },
    append(slice) {
      if (slice.length === 0 || count >= maxLines) return;
      if (count === 0) push(0);
      let broke = size > 0 && byteAt(size - 1) === lineFeed;
      for (let i = 0; i < slice.length; i += 1) {
        const byte = slice[i] as number;
        // A byte of 10xxxxxx goes on with the character before it.
        if (broke || (width >= lineWidth && (byte & 0xc0) !== 0x80) || width >= lineWidth + 4) push(size + i);
        broke = byte === lineFeed;
        width += 1;
      }
      slices.push(slice);
      size += slice.length;
    },
    text(line) {
      const start = starts[line] as number;
      const next = line + 1 < count ? (starts[line + 1] as number) : size;
      return decoder.decode(bytesOf(start, Math.min(next, start + lineWidth + 8))).replace(/\r?\n$/, '');
    },
    start: (line) => starts[line] as number,
    lineAt(offset) {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
  return lines;

  function byteAt(offset: number): number {
    return bytesOf(offset, offset + 1)[0] ?? 0;
  }

  function bytesOf(start: number, end: number): Uint8Array {
    const step = slices[0]?.length ?? 1;
    const first = Math.floor(start / step);
    const slice = slices[first] ?? new Uint8Array();
    const part = slice.subarray(start - first * step, end - first * step);
    const next = slices[first + 1];
    if (part.length >= end - start || next === undefined) return part;
    const both = new Uint8Array(end - start);
    both.set(part);
    both.set(next.subarray(0, end - start - part.length), part.length);
    return both;
  }
}
