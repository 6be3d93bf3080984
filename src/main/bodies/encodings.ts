// Which content codings a body has: those that its header names, or the one that its first bytes give away when a sender
// forgot the header. It reads names and a few bytes; it decodes nothing.

/** A content coding that can be undone. */
export type Coding = 'gzip' | 'br' | 'deflate' | 'zstd';

/** What the header says. */
export type Codings =
  /** In the order in which they were applied; empty when there are none. */
  { readonly ok: true; readonly codings: readonly Coding[] } | { readonly ok: false; readonly problem: string };

/** Most codings on top of each other that are undone. */
export const maxCodings = 3;

const known: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['br', 'br'],
  ['deflate', 'deflate'],
  ['zstd', 'zstd'],
]);

/**
 * Codings of a body by its `Content-Encoding` fields (RFC 9110 section 8.4) or, without any, by the magic number of gzip
 * (RFC 1952) or zstd (RFC 8878) in `head`. Brotli and deflate have none.
 */
export function readCodings(fields: readonly string[], head: Uint8Array): Codings {
  const names = fields
    .flatMap((field) => field.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length === 0) return { ok: true, codings: sniffCoding(head) };
  if (names.length > maxCodings) {
    return { ok: false, problem: `${names.length} encodings on top of each other; at most ${maxCodings} are decoded.` };
  }
  const codings: Coding[] = [];
  for (const name of names) {
    const coding = known.get(name);
    if (coding === undefined) {
      return { ok: false, problem: `The encoding "${name.slice(0, 40)}" is not one that can be decoded.` };
    }
    codings.push(coding);
  }
  return { ok: true, codings };
}

function sniffCoding(head: Uint8Array): readonly Coding[] {
  if (startsWith(head, [0x1f, 0x8b, 0x08])) return ['gzip'];
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return ['zstd'];
  return [];
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
