// Finds words in bodies: in a text that is there, and in bytes that come slice by slice. Case is ignored for ASCII
// letters, so that offsets stay those of the text.

/** Most places that are reported. */
export const maxFound = 10_000;

/** A place in a text or in bytes; the end is excluded. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

function patternOf(words: string): RegExp {
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(
    escaped.replace(/[A-Za-z]/g, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`),
    'g',
  );
}

/** Where `words` stand in `text`, at most {@link maxFound} places. */
export function findInText(text: string, words: string): Found[] {
  const found: Found[] = [];
  if (words === '') return found;
  for (const match of text.matchAll(patternOf(words))) {
    found.push({ start: match.index, end: match.index + match[0].length });
    if (found.length >= maxFound) break;
  }
  return found;
}

/** A search through slices that follow each other. */
export interface ByteSearch {
  /** Places that end in this slice or across its start, as offsets of the whole. */
  next(slice: Uint8Array): Found[];
}

/** Creates a search for `words` as UTF-8. */
export function searchBytes(words: string): ByteSearch {
  const needle = new TextEncoder().encode(words);
  const pattern = patternOf(bytesAsText(needle));
  let held: Uint8Array = new Uint8Array();
  let offset = 0;
  return {
    next(slice) {
      if (needle.length === 0) return [];
      const whole = new Uint8Array(held.length + slice.length);
      whole.set(held);
      whole.set(slice, held.length);
      const base = offset - held.length;
      const found: Found[] = [];
      let from = 0;
      for (const match of bytesAsText(whole).matchAll(pattern)) {
        from = match.index + match[0].length;
        found.push({ start: base + match.index, end: base + from });
        if (found.length >= maxFound) break;
      }
      offset += slice.length;
      held = whole.slice(Math.max(from, whole.length - needle.length + 1));
      return found;
    },
  };
}

/** One character per byte, so that places in the text are places in the bytes. */
function bytesAsText(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes);
}
