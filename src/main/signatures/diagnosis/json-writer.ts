// Writes JSON again as other libraries would, from byte to byte: numbers, repeated keys and their order stay as they
// are, which parsing and writing would lose. A diagnosis does this many times on large bodies: each of the three passes (white
// space off, white space on, escapes) is one plain loop over bytes.

/** How strings are escaped. */
export interface EscapeStyle {
  readonly nonAscii: 'raw' | 'lower' | 'upper';
  /** `/` as `\/`. */
  readonly slash?: true;
  /** `<`, `>` and `&` escaped as well (Go), or those and quotes, `+` and the backtick, too (.NET). */
  readonly html?: 'go' | 'dotnet';
}

/** White space between the parts of a document: after commas and colons, or one level of indentation. */
export type JsonLayout = 'spaced' | { readonly indent: string };

/** A document without white space. */
export interface CompactJson {
  readonly bytes: Uint8Array;
  /** Where braces, brackets, commas and colons stand. */
  readonly marks: Uint32Array;
  readonly shape: JsonShape;
}

/** What decides how large a document becomes with white space; escapes do not change it. */
interface JsonShape {
  readonly colons: number;
  readonly commas: number;
  /** Line breaks of an indented document, and the sum of the levels that they are indented by. */
  readonly breaks: number;
  readonly levels: number;
}

/** How many times larger than its source a document may become before it is given up. */
const growth = 8;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/** The document without white space, its strings as they are. `source` must be valid JSON. */
export function compactJson(source: Uint8Array): CompactJson {
  const length = source.length;
  const bytes = Buffer.allocUnsafe(length);
  let marks = new Uint32Array((length >> 2) + 16);
  let markCount = 0;
  let at = 0;
  for (let i = 0; i < length; i += 1) {
    let byte = source[i] as number;
    if (byte <= 0x20) continue;
    if (isMark[byte] === 1) {
      if (markCount === marks.length) marks = enlargeMarks(marks);
      marks[markCount++] = at;
    }
    bytes[at++] = byte;
    if (byte !== quote) continue;
    do {
      byte = source[++i] as number;
      bytes[at++] = byte;
      if (byte === backslash) bytes[at++] = source[++i] as number;
    } while (byte !== quote && i < length);
  }
  const found = marks.subarray(0, markCount);
  return { bytes: bytes.subarray(0, at), marks: found, shape: shapeOf(bytes, found) };
}

/**
 * The document with other escapes and the same white space. `source` must be valid JSON: there, what is escaped or may
 * be stands inside strings alone, so that strings need not be told from the rest. (The one exception, `+` in a number,
 * gives in .NET's style a text that nobody signs.)
 */
export function escapeJson(source: Uint8Array, escapes: EscapeStyle): Uint8Array {
  const length = source.length;
  const plan = planOf(escapes);
  const { plain } = plan;
  let out = Buffer.allocUnsafe(length + (length >> 3) + widest);
  let at = 0;
  for (let i = 0; i < length;) {
    const byte = source[i] as number;
    if (plain[byte] === 1) {
      out[at++] = byte;
      i += 1;
      continue;
    }
    // The rest fits as it is; only what is escaped needs more room.
    if (out.length - at < length - i + widest) out = enlarge(out, at, length - i);
    const point = pointAt(source, i);
    i += pointLength(source, i);
    at = writePoint(out, at, point, plan);
  }
  return out.subarray(0, at);
}

/** The document with this white space; null when it would become too large. */
export function layOut({ bytes, marks, shape }: CompactJson, layout: JsonLayout): Uint8Array | null {
  const indent = layout === 'spaced' ? null : Buffer.from(layout.indent, 'latin1');
  const { colons, commas, breaks, levels } = shape;
  const space = indent === null ? commas : breaks + indent.length * levels;
  const size = bytes.length + colons + space;
  if (size > bytes.length * growth + 1_024) return null;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  let from = 0;
  let depth = 0;
  for (let n = 0; n < marks.length; n += 1) {
    const mark = marks[n] as number;
    const byte = bytes[mark] as number;
    const closes = byte === 0x7d || byte === 0x5d;
    for (; from < mark; from += 1) out[at++] = bytes[from] as number;
    from = mark + 1;
    if (indent === null) {
      out[at++] = byte;
      if (byte === comma || byte === colon) out[at++] = 0x20;
      continue;
    }
    if (closes) {
      depth -= 1;
      at = breakLine(out, at, depth, indent);
    }
    out[at++] = byte;
    if (byte === colon) out[at++] = 0x20;
    else if (byte === comma) at = breakLine(out, at, depth, indent);
    else if (!closes && isEmpty(bytes, mark)) {
      out[at++] = bytes[from++] as number;
      n += 1;
    } else if (!closes) {
      depth += 1;
      at = breakLine(out, at, depth, indent);
    }
  }
  for (; from < bytes.length; from += 1) out[at++] = bytes[from] as number;
  return out;
}

function shapeOf(bytes: Uint8Array, marks: Uint32Array): JsonShape {
  let colons = 0;
  let commas = 0;
  let breaks = 0;
  let levels = 0;
  let depth = 0;
  for (let n = 0; n < marks.length; n += 1) {
    const mark = marks[n] as number;
    const byte = bytes[mark];
    if (byte === colon) {
      colons += 1;
      continue;
    }
    if (byte === comma) commas += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (isEmpty(bytes, mark)) {
      n += 1;
      continue;
    } else depth += 1;
    breaks += 1;
    levels += depth;
  }
  return { colons, commas, breaks, levels };
}

/** Whether the container that begins here holds nothing. */
function isEmpty(bytes: Uint8Array, mark: number): boolean {
  return bytes[mark + 1] === (bytes[mark] as number) + 2;
}

function breakLine(out: Uint8Array, at: number, depth: number, indent: Uint8Array): number {
  out[at++] = 0x0a;
  for (let level = 0; level < depth; level += 1) {
    for (let n = 0; n < indent.length; n += 1) out[at++] = indent[n] as number;
  }
  return at;
}

/** Most bytes that one code point becomes: two escapes. */
const widest = 12;

function enlarge(out: Buffer, at: number, left: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.ceil(at * 1.5) + left + 1_024);
  out.copy(larger, 0, 0, at);
  return larger;
}

function enlargeMarks(marks: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(marks.length * 2 + 16);
  larger.set(marks);
  return larger;
}

const isMark = new Uint8Array(256);
for (const mark of ',:{}[]') isMark[mark.charCodeAt(0)] = 1;

/** The code point at `i` inside a string, with its escape undone. Lone surrogates stay. */
function pointAt(source: Uint8Array, i: number): number {
  const first = source[i] as number;
  if (first === backslash) {
    const letter = source[i + 1] as number;
    if (letter !== 0x75) return (controls[letter] as number) || letter;
    const high = unitAt(source, i + 2);
    return isPair(source, i, high) ? 0x10000 + ((high - 0xd800) << 10) + (unitAt(source, i + 8) - 0xdc00) : high;
  }
  if (first < 0x80) return first;
  const second = (source[i + 1] as number) & 0x3f;
  if (first < 0xe0) return ((first & 0x1f) << 6) | second;
  const third = (source[i + 2] as number) & 0x3f;
  if (first < 0xf0) return ((first & 0x0f) << 12) | (second << 6) | third;
  return ((first & 0x07) << 18) | (second << 12) | (third << 6) | ((source[i + 3] as number) & 0x3f);
}

/** Bytes that the code point at `i` takes. */
function pointLength(source: Uint8Array, i: number): number {
  const first = source[i] as number;
  if (first === backslash) {
    if (source[i + 1] !== 0x75) return 2;
    return isPair(source, i, unitAt(source, i + 2)) ? 12 : 6;
  }
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function isPair(source: Uint8Array, i: number, high: number): boolean {
  if (high < 0xd800 || high > 0xdbff || source[i + 6] !== backslash || source[i + 7] !== 0x75) return false;
  const low = unitAt(source, i + 8);
  return low >= 0xdc00 && low <= 0xdfff;
}

function unitAt(source: Uint8Array, i: number): number {
  let unit = 0;
  for (let n = i; n < i + 4; n += 1) {
    const byte = source[n] as number;
    unit = unit * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return unit;
}

/** Letters after a backslash, and the control characters they stand for; 0 for none. */
const controls = new Uint8Array(256);
const controlLetters = new Uint8Array(32);
for (const [letter, point] of [
  [0x62, 8],
  [0x66, 12],
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
] as const) {
  controls[letter] = point;
  controlLetters[point] = letter;
}

/** A style as tables: it is asked for every byte. */
interface EscapePlan {
  /** 1 for every byte that is copied; quotation marks without a backslash are the ends of strings. */
  readonly plain: Uint8Array;
  /** 1 for ASCII that is written as `\u00..`. */
  readonly coded: Uint8Array;
  readonly digits: Uint8Array;
  readonly slash: boolean;
  /** Non-ASCII is escaped. */
  readonly high: boolean;
  /** U+2028 and U+2029 are escaped. */
  readonly lines: boolean;
}

const lowerDigits = Buffer.from('0123456789abcdef');
const upperDigits = Buffer.from('0123456789ABCDEF');

function planOf({ nonAscii, slash, html }: EscapeStyle): EscapePlan {
  const high = nonAscii !== 'raw';
  const lines = html === 'go';
  const plain = new Uint8Array(256).fill(1, 0, high || lines ? 0x80 : 256);
  const coded = new Uint8Array(128);
  const marks = html === 'dotnet' ? `"&'+<>\`` : html === 'go' ? '<>&' : '';
  for (const mark of marks) {
    coded[mark.charCodeAt(0)] = 1;
    if (mark !== '"') plain[mark.charCodeAt(0)] = 0;
  }
  plain[backslash] = 0;
  if (slash === true) plain[0x2f] = 0;
  const digits = nonAscii === 'upper' || html === 'dotnet' ? upperDigits : lowerDigits;
  return { plain, coded, digits, slash: slash === true, high, lines };
}

/** Writes a code point; gives the place after it. */
function writePoint(out: Uint8Array, at: number, point: number, plan: EscapePlan): number {
  if (point < 0x80) {
    const letter = point < 0x20 ? (controlLetters[point] as number) : point;
    if (letter === 0 || plan.coded[point] === 1) return writeUnit(out, at, point, plan.digits);
    if (letter !== point || point === quote || point === backslash || (point === 0x2f && plan.slash)) {
      out[at++] = backslash;
    }
    out[at++] = letter;
    return at;
  }
  if (point < 0x10000) {
    const isEscaped = plan.high || (point & 0xf800) === 0xd800 || (plan.lines && (point | 1) === 0x2029);
    return isEscaped ? writeUnit(out, at, point, plan.digits) : writeUtf8(out, at, point);
  }
  if (!plan.high) return writeUtf8(out, at, point);
  const after = writeUnit(out, at, 0xd800 + ((point - 0x10000) >> 10), plan.digits);
  return writeUnit(out, after, 0xdc00 + ((point - 0x10000) & 0x3ff), plan.digits);
}

function writeUnit(out: Uint8Array, at: number, unit: number, digits: Uint8Array): number {
  out[at] = backslash;
  out[at + 1] = 0x75;
  out[at + 2] = digits[unit >> 12] as number;
  out[at + 3] = digits[(unit >> 8) & 15] as number;
  out[at + 4] = digits[(unit >> 4) & 15] as number;
  out[at + 5] = digits[unit & 15] as number;
  return at + 6;
}

function writeUtf8(out: Uint8Array, at: number, point: number): number {
  if (point < 0x800) out[at++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) out[at++] = 0xe0 | (point >> 12);
    else {
      out[at++] = 0xf0 | (point >> 18);
      out[at++] = 0x80 | ((point >> 12) & 0x3f);
    }
    out[at++] = 0x80 | ((point >> 6) & 0x3f);
  }
  out[at++] = 0x80 | (point & 0x3f);
  return at;
}
