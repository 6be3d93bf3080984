// Structured field values (RFC 8941) as message signatures need them: read strictly, written in canonical form. The
// package `structured-headers` writes the decimal 1.0 as 1, and the signature base would then differ. Values are
// hostile: every loop is linear, and whatever is not well-formed gives null.

/** A value without its parameters. */
export interface BareItem {
  readonly kind: 'string' | 'token' | 'bytes' | 'integer' | 'decimal' | 'boolean';
  /** Canonical form, as it stands in a field. */
  readonly text: string;
  /** Characters of a string or token, digits of a number, base64 of bytes, `1` or `0`. */
  readonly value: string;
}

/** Parameters in their order. */
export type FieldParameters = ReadonlyMap<string, BareItem>;

/** A value with its parameters. */
export interface FieldItem {
  readonly kind: 'item';
  readonly bare: BareItem;
  readonly parameters: FieldParameters;
}

/** Values in parentheses, with the parameters of the whole. */
export interface InnerList {
  readonly kind: 'list';
  readonly items: readonly FieldItem[];
  readonly parameters: FieldParameters;
}

/** What a list or a dictionary holds. */
export type FieldMember = FieldItem | InnerList;

/** Members by their key, in order; of repeated keys the last value counts, at the place of the first. */
export type FieldDictionary = ReadonlyMap<string, FieldMember>;

interface Cursor {
  readonly text: string;
  at: number;
}

/** The field as a dictionary, or null when it is none. An empty text is an empty dictionary. */
export function parseDictionary(text: string): FieldDictionary | null {
  return parse(text, (cursor) => {
    const members = new Map<string, FieldMember>();
    readMembers(cursor, () => {
      const key = readKey(cursor);
      members.set(key, take(cursor, '=') ? readMember(cursor) : itemOf(cursor, truth));
    });
    return members;
  });
}

/** The field as a list, or null when it is none. An empty text is an empty list. */
export function parseList(text: string): readonly FieldMember[] | null {
  return parse(text, (cursor) => {
    const members: FieldMember[] = [];
    readMembers(cursor, () => members.push(readMember(cursor)));
    return members;
  });
}

/** The text as one value with parameters, or null. */
export function parseItem(text: string): FieldItem | null {
  return parse(text, (cursor) => itemOf(cursor, readBare(cursor)));
}

/** A dictionary in canonical form. */
export function writeDictionary(dictionary: FieldDictionary): string {
  return [...dictionary].map(([key, member]) => key + writeEntry(member)).join(', ');
}

/** A list in canonical form. */
export function writeList(list: readonly FieldMember[]): string {
  return list.map(writeMember).join(', ');
}

/** One member in canonical form. */
export function writeMember(member: FieldMember): string {
  const inner = member.kind === 'item' ? member.bare.text : `(${member.items.map(writeMember).join(' ')})`;
  return inner + writeParameters(member.parameters);
}

/** A text as a string value; null when it holds a character that a field string cannot carry. */
export function writeString(text: string): string | null {
  return /^[\x20-\x7e]*$/.test(text) ? `"${text.replaceAll(/["\\]/g, (char) => `\\${char}`)}"` : null;
}

function writeEntry(member: FieldMember): string {
  const flag = member.kind === 'item' && member.bare === truth;
  return flag ? writeParameters(member.parameters) : `=${writeMember(member)}`;
}

function writeParameters(parameters: FieldParameters): string {
  let text = '';
  for (const [key, bare] of parameters) text += bare === truth ? `;${key}` : `;${key}=${bare.text}`;
  return text;
}

const truth: BareItem = { kind: 'boolean', text: '?1', value: '1' };
const falsehood: BareItem = { kind: 'boolean', text: '?0', value: '0' };

function parse<T>(text: string, read: (cursor: Cursor) => T): T | null {
  const cursor: Cursor = { text, at: 0 };
  try {
    skip(cursor, isSpace);
    const value = read(cursor);
    skip(cursor, isSpace);
    return cursor.at === text.length ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fail(): never {
  throw new SyntaxError('not a structured field');
}

function readMembers(cursor: Cursor, readOne: () => void): void {
  while (cursor.at < cursor.text.length) {
    readOne();
    const end = cursor.at;
    skip(cursor, isBlank);
    if (!take(cursor, ',')) {
      // Spaces may end a field, tabs may not.
      cursor.at = end;
      return;
    }
    skip(cursor, isBlank);
    if (cursor.at === cursor.text.length) fail();
  }
}

function readMember(cursor: Cursor): FieldMember {
  if (!take(cursor, '(')) return itemOf(cursor, readBare(cursor));
  const items: FieldItem[] = [];
  for (;;) {
    skip(cursor, isSpace);
    if (take(cursor, ')')) return { kind: 'list', items, parameters: readParameters(cursor) };
    items.push(itemOf(cursor, readBare(cursor)));
    const next = cursor.text[cursor.at];
    if (next !== ' ' && next !== ')') fail();
  }
}

function itemOf(cursor: Cursor, bare: BareItem): FieldItem {
  return { kind: 'item', bare, parameters: readParameters(cursor) };
}

const none: FieldParameters = new Map();

function readParameters(cursor: Cursor): FieldParameters {
  if (cursor.text[cursor.at] !== ';') return none;
  const parameters = new Map<string, BareItem>();
  while (take(cursor, ';')) {
    skip(cursor, isSpace);
    const key = readKey(cursor);
    parameters.set(key, take(cursor, '=') ? readBare(cursor) : truth);
  }
  return parameters;
}

function readBare(cursor: Cursor): BareItem {
  const first = cursor.text.charCodeAt(cursor.at);
  if (first === 0x22) return readString(cursor);
  if (first === 0x3a) return readBytes(cursor);
  if (first === 0x3f) return readBoolean(cursor);
  if (first === 0x2d || isDigit(first)) return readNumber(cursor);
  if (!isLetter(first) && first !== 0x2a) fail();
  const value = span(cursor, isTokenCode);
  return { kind: 'token', text: value, value };
}

function readString(cursor: Cursor): BareItem {
  const start = cursor.at;
  cursor.at += 1;
  let escapes = 0;
  for (;;) {
    let code = cursor.text.charCodeAt(cursor.at++);
    if (code === 0x22) break;
    if (code === 0x5c) {
      escapes += 1;
      code = cursor.text.charCodeAt(cursor.at++);
      if (code !== 0x22 && code !== 0x5c) fail();
    }
    // At the end of the text the code is NaN, which fails too.
    if (!(code >= 0x20 && code <= 0x7e)) fail();
  }
  const text = cursor.text.slice(start, cursor.at);
  const inner = text.slice(1, -1);
  return { kind: 'string', text, value: escapes === 0 ? inner : inner.replaceAll(/\\(["\\])/g, '$1') };
}

function readBytes(cursor: Cursor): BareItem {
  const end = cursor.text.indexOf(':', cursor.at + 1);
  if (end === -1) fail();
  const written = cursor.text.slice(cursor.at + 1, end);
  // Senders may leave out the padding, but not a part of it; the canonical form has it.
  const rest = written.length % 4;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(written) || rest === 1 || (rest !== 0 && written.endsWith('='))) fail();
  cursor.at = end + 1;
  const value = Buffer.from(written, 'base64').toString('base64');
  return { kind: 'bytes', text: `:${value}:`, value };
}

function readBoolean(cursor: Cursor): BareItem {
  cursor.at += 1;
  if (take(cursor, '1')) return truth;
  return take(cursor, '0') ? falsehood : fail();
}

function readNumber(cursor: Cursor): BareItem {
  const sign = take(cursor, '-') ? '-' : '';
  const digits = span(cursor, isDigit);
  if (digits === '' || digits.length > 15) fail();
  const whole = digits.replace(/^0+(?=\d)/, '');
  if (!take(cursor, '.')) {
    const text = whole === '0' ? whole : sign + whole;
    return { kind: 'integer', text, value: text };
  }
  const places = span(cursor, isDigit);
  if (digits.length > 12 || places === '' || places.length > 3) fail();
  const fraction = places.replace(/(?<=\d)0+$/, '');
  const text = whole === '0' && fraction === '0' ? '0.0' : `${sign}${whole}.${fraction}`;
  return { kind: 'decimal', text, value: text };
}

function readKey(cursor: Cursor): string {
  const first = cursor.text.charCodeAt(cursor.at);
  if (!isLowerLetter(first) && first !== 0x2a) fail();
  return span(cursor, isKeyCode);
}

function take(cursor: Cursor, char: string): boolean {
  const found = cursor.text[cursor.at] === char;
  if (found) cursor.at += 1;
  return found;
}

function skip(cursor: Cursor, isIn: (code: number) => boolean): void {
  while (isIn(cursor.text.charCodeAt(cursor.at))) cursor.at += 1;
}

function span(cursor: Cursor, isIn: (code: number) => boolean): string {
  const start = cursor.at;
  skip(cursor, isIn);
  return cursor.text.slice(start, cursor.at);
}

function isSpace(code: number): boolean {
  return code === 0x20;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLowerLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isLetter(code: number): boolean {
  return isLowerLetter(code) || (code >= 0x41 && code <= 0x5a);
}

function isKeyCode(code: number): boolean {
  return isLowerLetter(code) || isDigit(code) || keyMarks.has(code);
}

function isTokenCode(code: number): boolean {
  return isLetter(code) || isDigit(code) || tokenMarks.has(code);
}

const keyMarks = codesOf('_-.*');
const tokenMarks = codesOf(":/!#$%&'*+-.^_`|~");

function codesOf(chars: string): ReadonlySet<number> {
  return new Set(Array.from(chars, (char) => char.charCodeAt(0)));
}
