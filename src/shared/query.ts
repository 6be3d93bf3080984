// The query language of the filter box and of `--query`: words, key:value, `-` and quotes. This file turns the text
// into terms and knows nothing of how they are looked up; no term is ever pasted into SQL.

import { AppError } from './errors.ts';

/** Fields whose whole value is compared, case ignored; `*` stands for any run of characters. */
export type QueryTextField = 'endpoint' | 'provider' | 'event' | 'method' | 'id';

/** What one term asks for. */
export type QueryMatch =
  /** Substring of target, event, delivery id, headers or body; case ignored; `text` is lower-case. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly field: QueryTextField; readonly pattern: string }
  /** Substring of the request target, case ignored; `*` stands for any run of characters. */
  | { readonly kind: 'path'; readonly text: string }
  /** One of these values. */
  | { readonly kind: 'oneOf'; readonly field: 'verdict' | 'duplicate'; readonly values: readonly string[] }
  /** Both ends included. `status` is the reply's, `size` in bytes, `receivedAt` in epoch ms. */
  | {
      readonly kind: 'range';
      readonly field: 'status' | 'size' | 'receivedAt';
      readonly min: number;
      readonly max: number;
    }
  /** A header of this lower-case name whose value holds `text` (lower-case; empty: any value). */
  | { readonly kind: 'header'; readonly name: string; readonly text: string }
  /** A value inside a JSON body; an empty pattern asks only that it exists. */
  | { readonly kind: 'body'; readonly path: readonly string[]; readonly pattern: string }
  | { readonly kind: 'pinned'; readonly value: boolean }
  /** Fetched from a provider's API, not received. */
  | { readonly kind: 'pulled'; readonly value: boolean }
  /** Read from a file. */
  | { readonly kind: 'imported'; readonly value: boolean }
  | { readonly kind: 'note'; readonly text: string };

/** One term; all terms of a query must hold. */
export type QueryTerm = QueryMatch & { readonly negated: boolean };

/** The keys, as shown in messages. */
export const queryKeys: readonly string[] = [
  'endpoint',
  'provider',
  'event',
  'verdict',
  'duplicate',
  'method',
  'path',
  'status',
  'id',
  'header.NAME',
  'body.JSON.PATH',
  'size',
  'since',
  'before',
  'pinned',
  'pulled',
  'imported',
  'note',
];

/** Values of `verdict:`. */
export const verdictStatuses: readonly string[] = [
  'valid',
  'invalid',
  'missing',
  'expired',
  'future',
  'malformed',
  'unsupported',
  'unverified',
];
/** Values of `duplicate:`. */
export const duplicateKinds: readonly string[] = ['first', 'retry', 'conflict', 'same-body'];
const maxTerms = 200;
const maxLength = 20_000;
const highest = Number.MAX_SAFE_INTEGER;
const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1_024, m: 1_048_576, g: 1_073_741_824 };
const timeUnits: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3, w: 604_800e3 };

/**
 * Parses a query. `now` (epoch ms) is what `since:10m` counts from. An empty query has no terms and matches everything.
 * Throws AppError CONFIG_QUERY for an unknown key or a value that cannot be read.
 */
export function parseQuery(text: string, now: number): QueryTerm[] {
  if (text.length > maxLength) throw new AppError('CONFIG_QUERY', `A query holds at most ${maxLength} characters.`);
  const terms: QueryTerm[] = [];
  for (const token of tokens(text)) {
    if (terms.length === maxTerms) throw new AppError('CONFIG_QUERY', `A query holds at most ${maxTerms} terms.`);
    terms.push({ ...match(token, now), negated: token.negated });
  }
  return terms;
}

/** Whether `value` is `pattern`, case ignored; `*` in the pattern stands for any run of characters. Linear in time. */
export function wildcardMatches(pattern: string, value: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const subject = value.toLowerCase();
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return subject === first;
  if (subject.length < first.length + last.length || !subject.startsWith(first) || !subject.endsWith(last))
    return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = subject.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= subject.length - last.length;
}

interface Token {
  readonly negated: boolean;
  /** Null for a word. */
  readonly key: string | null;
  readonly value: string;
}

/** Splits at blanks; quotes group, `\"` and `\\` stand for themselves inside quotes, a missing end quote is forgiven. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  const blank = /\s/;
  let at = 0;
  while (at < text.length) {
    if (blank.test(text[at] as string)) {
      at += 1;
      continue;
    }
    const negated = text[at] === '-' && at + 1 < text.length && !blank.test(text[at + 1] as string);
    if (negated) at += 1;
    let raw = '';
    let keyEnd = -1;
    while (at < text.length && !blank.test(text[at] as string)) {
      const character = text[at] as string;
      if (character === '"') {
        at += 1;
        while (at < text.length && text[at] !== '"') {
          if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at += 1;
          raw += text[at] as string;
          at += 1;
        }
        // What follows a quote is value: a quoted `"a:b"` is a word.
        if (keyEnd < 0) keyEnd = raw.length + 1;
        at += 1;
        continue;
      }
      if (character === ':' && keyEnd < 0) keyEnd = raw.length;
      raw += character;
      at += 1;
    }
    const key = keyEnd >= 0 && keyEnd < raw.length ? raw.slice(0, keyEnd) : '';
    // An address such as http://host is a word, and so is 12:30.
    if (/^[a-z][a-z-]*(\..+)?$/i.test(key) && !raw.startsWith('//', keyEnd + 1)) {
      found.push({ negated, key, value: raw.slice(keyEnd + 1) });
    } else if (raw !== '') {
      found.push({ negated, key: null, value: raw });
    }
  }
  return found;
}

function match(token: Token, now: number): QueryMatch {
  const { value } = token;
  if (token.key === null) return { kind: 'word', text: value.toLowerCase() };
  const dot = token.key.indexOf('.');
  const key = (dot < 0 ? token.key : token.key.slice(0, dot)).toLowerCase();
  const rest = dot < 0 ? '' : token.key.slice(dot + 1);
  if (key === 'header' && rest !== '') return { kind: 'header', name: rest.toLowerCase(), text: value.toLowerCase() };
  if (key === 'body' && rest !== '') return { kind: 'body', path: rest.split('.'), pattern: value };
  if (dot >= 0) throw unknownKey(token.key);
  if (value === '' && queryKeys.includes(key)) throw new AppError('CONFIG_QUERY', `${key}: needs a value.`);
  switch (key) {
    case 'endpoint':
    case 'provider':
    case 'event':
    case 'method':
    case 'id':
      return { kind: 'text', field: key, pattern: value };
    case 'path':
      return { kind: 'path', text: value };
    case 'verdict':
      return { kind: 'oneOf', field: key, values: known(key, value, verdictStatuses) };
    case 'duplicate':
      return { kind: 'oneOf', field: key, values: known(key, value, duplicateKinds) };
    case 'status':
      return { kind: 'range', field: key, ...statusRange(value) };
    case 'size':
      return { kind: 'range', field: key, ...sizeRange(value) };
    case 'since':
      return { kind: 'range', field: 'receivedAt', min: instant(key, value, now), max: highest };
    case 'before':
      return { kind: 'range', field: 'receivedAt', min: 0, max: instant(key, value, now) - 1 };
    case 'pinned':
    case 'pulled':
    case 'imported':
      if (value !== 'true' && value !== 'false') throw new AppError('CONFIG_QUERY', `${key}: takes true or false.`);
      return { kind: key, value: value === 'true' };
    case 'note':
      return { kind: 'note', text: value.toLowerCase() };
    default:
      throw unknownKey(token.key);
  }
}

function unknownKey(key: string): AppError {
  return new AppError(
    'CONFIG_QUERY',
    `Unknown key "${key}". Known keys: ${queryKeys.join(', ')}. Quote the text to search for it.`,
  );
}

/** The value itself, or all that begin with it, so that a filter narrows while it is typed. */
function known(key: string, value: string, values: readonly string[]): readonly string[] {
  const wanted = value.toLowerCase();
  if (values.includes(wanted)) return [wanted];
  const begun = values.filter((candidate) => candidate.startsWith(wanted));
  if (begun.length > 0) return begun;
  throw new AppError('CONFIG_QUERY', `${key}: takes ${values.join(', ')}; "${value}" is none of them.`);
}

function range(operator: string, low: number, high: number): { min: number; max: number } {
  if (operator === '>') return { min: high + 1, max: highest };
  if (operator === '>=') return { min: low, max: highest };
  if (operator === '<') return { min: 0, max: low - 1 };
  if (operator === '<=') return { min: 0, max: high };
  return { min: low, max: high };
}

function statusRange(value: string): { min: number; max: number } {
  const parts = /^(>=?|<=?|=)?([1-5])(\d\d|xx)$/i.exec(value);
  if (!parts) throw new AppError('CONFIG_QUERY', `status: takes a status such as 404, 4xx or >=400, not "${value}".`);
  const any = parts[3]?.toLowerCase() === 'xx';
  const low = Number(parts[2]) * 100 + (any ? 0 : Number(parts[3]));
  return range(parts[1] ?? '=', low, any ? low + 99 : low);
}

function sizeRange(value: string): { min: number; max: number } {
  const parts = /^(>=?|<=?|=)?(\d{1,15}(?:\.\d{1,6})?)([bkmg]?)(?:i?b)?$/i.exec(value);
  const unit = parts ? sizeUnits[(parts[3] ?? '').toLowerCase()] : undefined;
  if (!parts || unit === undefined) {
    throw new AppError('CONFIG_QUERY', `size: takes a number of bytes such as >10k or <=2m, not "${value}".`);
  }
  const bytes = Math.min(Math.round(Number(parts[2]) * unit), highest - 1);
  return range(parts[1] ?? '=', bytes, bytes);
}

function instant(key: string, value: string, now: number): number {
  const age = /^(\d{1,9}(?:\.\d{1,6})?)([smhdw])$/i.exec(value);
  const unit = age ? timeUnits[(age[2] ?? '').toLowerCase()] : undefined;
  if (age && unit !== undefined) return Math.round(now - Number(age[1]) * unit);
  const at = /^\d{4}-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new AppError(
    'CONFIG_QUERY',
    `${key}: takes an age such as 10m or 2h, or a date such as 2026-11-23T12:00Z, not "${value}".`,
  );
}
