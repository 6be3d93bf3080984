// JSON that remembers how it was written. A pulled body must be the provider's own text, not a new print of it, and ids
// are numbers beyond 2^53 at some providers, which JSON.parse would round.

/** A value and where it stands in the text it came from. */
export interface JsonText {
  readonly value: unknown;
  readonly source: string;
  readonly start: number;
  /** Index after its last character. */
  readonly end: number;
}

/** A page that is not what the API's documentation promises; asked for again, since half-written pages do occur. */
export class BrokenPage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenPage';
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Parses a whole answer. Throws BrokenPage when it is not UTF-8 or not JSON. */
export function readJson(bytes: Uint8Array): JsonText {
  let source: string;
  let value: unknown;
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(source);
  } catch {
    // The engine's own message quotes the text, which is nobody's business in a log.
    throw new BrokenPage('it is not whole JSON');
  }
  const start = skipBlanks(source, 0);
  return { value, source, start, end: endOfValue(source, start) };
}

/** The text of a value, exactly as it was written. */
export function exactText(json: JsonText): string {
  return json.source.slice(json.start, json.end);
}

/** The text of a value without the blanks between its parts. Strings and numbers stay as they were written. */
export function compactText(json: JsonText): string {
  const { source, end } = json;
  let out = '';
  let from = json.start;
  let at = from;
  while (at < end) {
    const code = source.charCodeAt(at);
    if (code === quote) at = endOfString(source, at);
    else if (code <= 0x20) {
      out += source.slice(from, at);
      at = skipBlanks(source, at);
      from = at;
    } else at += 1;
  }
  return out + source.slice(from, end);
}

/** The value at a dotted path (`data.0.id`; empty for the value itself), or undefined. Of a repeated key the last counts. */
export function valueAt(json: JsonText, path: string): JsonText | undefined {
  if (path === '') return json;
  let found: JsonText | undefined = json;
  for (const part of path.split('.')) {
    if (found === undefined) return undefined;
    found = Array.isArray(found.value) ? itemsOf(found)?.[Number(part)] : memberOf(found, part);
  }
  return found;
}

/** The items of a list, or null when the value is none. */
export function itemsOf(json: JsonText): JsonText[] | null {
  if (!Array.isArray(json.value)) return null;
  const items: JsonText[] = [];
  let at = skipBlanks(json.source, json.start + 1);
  for (const value of json.value) {
    const end = endOfValue(json.source, at);
    items.push({ value, source: json.source, start: at, end });
    at = skipBlanks(json.source, skipBlanks(json.source, end) + 1);
  }
  return items;
}

/** A text's content or a number as it was written; null for anything else. */
export function scalarText(json: JsonText | undefined): string | null {
  if (json === undefined) return null;
  if (typeof json.value === 'string') return json.value;
  return typeof json.value === 'number' ? exactText(json) : null;
}

/** The list at `path`. Throws BrokenPage when there is none. */
export function needItems(json: JsonText, path: string): JsonText[] {
  const list = valueAt(json, path);
  const items = list && itemsOf(list);
  if (!items) throw new BrokenPage(path === '' ? 'it is not a list' : `"${path}" is not a list`);
  return items;
}

/** The text or number at `path`, as text. Throws BrokenPage when there is none or it is empty. */
export function needText(json: JsonText, path: string): string {
  const text = scalarText(valueAt(json, path));
  if (text === null || text === '') throw new BrokenPage(`an item has no "${path}"`);
  return text;
}

/** How a time is written. */
export type TimeUnit = 'seconds' | 'milliseconds' | 'iso';

/** The time at `path`, epoch ms. Throws BrokenPage when there is none. */
export function needTime(json: JsonText, path: string, unit: TimeUnit): number {
  const text = needText(json, path);
  const at = readTime(text, unit);
  if (at === null) throw new BrokenPage(`"${path}" of an item is not a time`);
  return at;
}

/** A written time as epoch ms, or null. */
export function readTime(text: string, unit: TimeUnit): number | null {
  let at = NaN;
  if (unit === 'iso') {
    // Date.parse alone takes almost any text with a number in it for a date.
    if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) at = Date.parse(text);
  } else if (/^\d{1,15}(\.\d{1,9})?$/.test(text)) at = unit === 'seconds' ? Number(text) * 1_000 : Number(text);
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? Math.round(at) : null;
}

function memberOf(json: JsonText, name: string): JsonText | undefined {
  const { value, source } = json;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  let found: JsonText | undefined;
  let at = skipBlanks(source, json.start + 1);
  while (source.charCodeAt(at) === quote) {
    const keyEnd = endOfString(source, at);
    const start = skipBlanks(source, skipBlanks(source, keyEnd) + 1);
    const end = endOfValue(source, start);
    if (JSON.parse(source.slice(at, keyEnd)) === name) {
      found = { value: (value as Readonly<Record<string, unknown>>)[name], source, start, end };
    }
    at = skipBlanks(source, end);
    if (source.charCodeAt(at) !== comma) break;
    at = skipBlanks(source, at + 1);
  }
  return found;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Index after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    at += code === backslash ? 2 : 1;
  }
  return at;
}

/** Index after the value. Counts brackets instead of recursing: depth is the server's choice. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === comma || code <= 0x20)) return at;
    at += 1;
  }
  return at;
}
