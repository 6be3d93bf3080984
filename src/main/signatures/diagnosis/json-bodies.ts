// JSON as it may have been before it was parsed and written again on its way: the styles in which common libraries
// write it.

import { sortJson } from './json-sort.ts';
import { compactJson, escapeJson, layOut } from './json-writer.ts';
import type { CompactJson, EscapeStyle, JsonLayout } from './json-writer.ts';
import { bodyCause } from './words.ts';
import type { Guesses, SignedBody } from './signed-body.ts';

/** How a document is written: its white space, its escapes (null: as they are), and both in words. */
type Style = readonly [
  layout: 'keep' | 'compact' | JsonLayout,
  escapes: EscapeStyle | null,
  what: string,
  /** Left out for large documents: each style costs some milliseconds per megabyte. */
  rare?: 'rare',
];

/** Documents above this size are not written in rare styles. */
const rareLimit = 262_144;
/** Larger documents, bytes, are not sorted: that is done in one piece, and many members or levels take long. */
const sortLimit = 524_288;

const raw: EscapeStyle = { nonAscii: 'raw' };
const lower: EscapeStyle = { nonAscii: 'lower' };
const upper: EscapeStyle = { nonAscii: 'upper' };
const slashes: EscapeStyle = { nonAscii: 'raw', slash: true };
const php: EscapeStyle = { nonAscii: 'lower', slash: true };
const go: EscapeStyle = { nonAscii: 'raw', html: 'go' };
const dotnet: EscapeStyle = { nonAscii: 'upper', html: 'dotnet' };
const two = { indent: '  ' };
const four = { indent: '    ' };
const tab = { indent: '\t' };

const blanks = 'with blanks after commas and colons';
const letters = 'non-ASCII characters escaped';

/** White space alone: what every library does. Each also with a line break at its end. */
const layouts: readonly Style[] = [
  ['compact', null, 'without white space'],
  ['spaced', null, blanks],
  [two, null, 'indented by two blanks'],
  [four, null, 'indented by four blanks'],
  [tab, null, 'indented by tabs'],
];

/** Escapes, in documents that have something to escape. JavaScript, Python, PHP and their options. */
const escapings: readonly Style[] = [
  ['compact', raw, 'without white space and needless escapes'],
  ['compact', lower, `without white space and with ${letters}`],
  ['spaced', lower, `${blanks} and ${letters}`],
  ['compact', php, `with slashes and ${letters}`],
  ['compact', slashes, 'with escaped slashes'],
  ['compact', upper, `with ${letters} in upper case`],
  ['spaced', raw, `${blanks} and without needless escapes`],
  [four, php, `indented by four blanks, with slashes and ${letters}`, 'rare'],
  [four, lower, `indented by four blanks and with ${letters}`, 'rare'],
  [two, lower, `indented by two blanks and with ${letters}`, 'rare'],
  [two, raw, 'indented by two blanks and without needless escapes', 'rare'],
];

/** Escapes in documents whose white space is not the compact one. */
const keptLayouts: readonly Style[] = [
  ['keep', raw, 'without needless escapes'],
  ['keep', lower, `with ${letters}`],
  ['keep', slashes, 'with escaped slashes'],
  ['keep', php, `with slashes and ${letters}`, 'rare'],
  ['keep', upper, `with ${letters} in upper case`, 'rare'],
];

const markup: readonly Style[] = [
  ['compact', go, 'with <, > and & escaped'],
  ['compact', dotnet, 'with everything escaped but plain text', 'rare'],
];

const sortedLayouts: readonly Style[] = [
  ['compact', null, 'with sorted keys'],
  ['spaced', null, `with sorted keys and ${blanks}`],
  [two, null, 'with sorted keys, indented by two blanks', 'rare'],
  [four, null, 'with sorted keys, indented by four blanks', 'rare'],
];

const sortedEscapings: readonly Style[] = [
  ['compact', lower, `with sorted keys and ${letters}`],
  ['spaced', lower, `with sorted keys, ${blanks}, and ${letters}`],
  ['compact', raw, 'with sorted keys and without needless escapes'],
  ['compact', php, `with sorted keys, and slashes and ${letters}`, 'rare'],
];

/** The document in every other style. `json` is the parsed `body`. */
export function* jsonBodies(body: Uint8Array, json: unknown): Guesses {
  if (typeof json !== 'object' || json === null) return;
  // A byte order mark is no part of the document.
  const source = body[0] === 0xef ? body.subarray(3) : body;
  const compact = compactJson(source);
  yield null;
  const { hasEscapes, hasMarkup } = lookAt(source);
  const write = createWriter(source, compact);
  for (const style of layouts) {
    const written = write(style);
    if (written === null) {
      yield null;
      continue;
    }
    yield rewritten(written, style[2]);
    yield rewritten(withLine(written), `${style[2]} and with a line break at its end`);
  }
  const parsed = stringify(json);
  yield parsed === null ? null : rewritten(parsed, 'with its numbers and keys as JavaScript writes them');
  if (hasEscapes) yield* styled(write, escapings);
  if (hasEscapes && compact.bytes.length !== source.length) yield* styled(write, keptLayouts);
  if (hasMarkup) yield* styled(write, markup);
  if (compact.bytes.length > sortLimit) return;
  const sorted = sortJson(compact.bytes);
  yield null;
  if (sorted === null) return;
  const writeSorted = createWriter(sorted, compactJson(sorted));
  yield* styled(writeSorted, sortedLayouts);
  if (hasEscapes) yield* styled(writeSorted, sortedEscapings);
}

/** Gives null where the style gives nothing new. */
type Write = (style: Style) => Uint8Array | null;

/** Writes a document in any style. Ways of escaping that make no difference in it are not written again. */
function createWriter(source: Uint8Array, compact: CompactJson): Write {
  const laidOut = new Map<Style[0], Uint8Array | null>([
    ['keep', source],
    ['compact', compact.bytes],
  ]);
  const texts: Uint8Array[] = [];
  const escaped = new Map<EscapeStyle, number>();

  function layoutOf(layout: Style[0]): Uint8Array | null {
    let bytes = laidOut.get(layout);
    if (bytes !== undefined || layout === 'keep' || layout === 'compact') return bytes ?? null;
    laidOut.set(layout, (bytes = layOut(compact, layout)));
    return bytes;
  }

  /** Number of the compact text with these escapes; the same for two ways that give the same. */
  function numberOf(escapes: EscapeStyle): number {
    let number = escaped.get(escapes);
    if (number !== undefined) return number;
    const text = escapeJson(compact.bytes, escapes);
    number = [compact.bytes, ...texts].findIndex((other) => Buffer.compare(other, text) === 0);
    if (number === -1) number = texts.push(text);
    escaped.set(escapes, number);
    return number;
  }

  const done = new Set<string>();
  return ([layout, escapes, , rare]) => {
    if (rare && source.length > rareLimit) return null;
    const number = escapes === null ? 0 : numberOf(escapes);
    const name = `${number} ${typeof layout === 'object' ? layout.indent : layout}`;
    if (done.has(name)) return null;
    done.add(name);
    const bytes = layoutOf(layout);
    if (bytes === null || escapes === null || number === 0) return bytes;
    return layout === 'compact' ? (texts[number - 1] ?? null) : escapeJson(bytes, escapes);
  };
}

function* styled(write: Write, styles: readonly Style[]): Guesses {
  for (const style of styles) {
    const body = write(style);
    yield body === null ? null : rewritten(body, style[2]);
  }
}

function stringify(json: unknown): Uint8Array | null {
  try {
    return Buffer.from(JSON.stringify(json), 'utf8');
  } catch {
    // Too deep: what can be parsed cannot always be written.
    return null;
  }
}

function withLine(body: Uint8Array): Uint8Array {
  return Buffer.concat([body, Buffer.from('\n')]);
}

function rewritten(body: Uint8Array, what: string): SignedBody {
  return {
    body,
    cause: bodyCause('body-reserialized', `the same JSON written ${what}: it was parsed and written again on its way`),
  };
}

/** Whether any style of escapes can make a difference. */
function lookAt(source: Uint8Array): { readonly hasEscapes: boolean; readonly hasMarkup: boolean } {
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.length);
  return {
    hasEscapes: buffer.includes('/') || buffer.includes('\\') || hasHighBytes(source),
    hasMarkup: ['<', '>', '&', '\\u00'].some((mark) => buffer.includes(mark)),
  };
}

/** Whether any byte is beyond ASCII. */
export function hasHighBytes(bytes: Uint8Array): boolean {
  for (let n = 0; n < bytes.length; n += 1) if ((bytes[n] as number) >= 0x80) return true;
  return false;
}
