// What the full-text index holds of a request, and what it is asked for. The index only proposes rows: the tests of
// history-query.ts decide. So all text here is made exactly as those tests make theirs (lower case by JavaScript, never
// by SQLite), and where that cannot be promised a term asks the index for nothing and its rows are scanned.

import type { HeaderPair } from '../../shared/headers.ts';
import type { QueryTerm } from '../../shared/query.ts';
import type { Row } from './sqlite.ts';

/** Larger bodies are left out of the index, bytes: their requests are proposed for every search. */
export const indexedBodyBytes = 65_536;

/** Characters of a piece of text in the index; shorter words are scanned for. */
const gramLength = 3;
/** Pieces of one word that are asked for: more of them leave out hardly any row and cost time. */
const gramsPerWord = 12;
const gramsPerQuery = 48;

/**
 * The text of a row with target, event, delivery_id, id, headers and trailers, and of its body (null: it is left out).
 * Throws where the headers cannot be read.
 */
export function indexedText(row: Row, body: Uint8Array | null): string {
  const lines: string[] = [];
  for (const column of ['target', 'event', 'delivery_id', 'id']) {
    const value = row[column];
    if (typeof value === 'string') lines.push(value);
  }
  for (const column of ['headers', 'trailers'])
    for (const [name, value] of JSON.parse((row[column] as string | null) ?? '[]') as HeaderPair[])
      lines.push(`${name}: ${value}`);
  if (body !== null) {
    const text = new TextDecoder().decode(body);
    lines.push(text);
    // Values inside JSON are looked for as they read, not as they are written.
    if (text.includes('\\')) lines.push(text.replace(/\\(?:u([0-9a-f]{4})|([^]))/gi, unescaped));
  }
  // The tokenizer would stop at a NUL.
  return lines
    .map((line) => line.toLowerCase())
    .join('\n')
    .replaceAll('\0', '\n');
}

function unescaped(_: string, code: string | undefined, character: string | undefined): string {
  return code === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(code, 16));
}

/** The MATCH expression for all rows that can match the terms, and for few others; null where every row can. */
export function matchExpression(terms: readonly QueryTerm[]): string | null {
  const grams = new Set<string>();
  for (const term of terms) {
    if (term.negated) continue;
    for (const needle of needlesOf(term)) for (const gram of gramsOf(needle)) grams.add(gram);
  }
  if (grams.size === 0) return null;
  return [...grams]
    .slice(0, gramsPerQuery)
    .map((gram) => `"${gram.replaceAll('"', '""')}"`)
    .join(' AND ');
}

/** Texts that stand in the indexed text of every row that the term takes. */
function needlesOf(term: QueryTerm): readonly string[] {
  switch (term.kind) {
    case 'word':
      return [term.text];
    case 'header':
      return [`${term.name}: `, term.text];
    case 'body':
      return [...keysOf(term.path), ...valuesOf(term.pattern)];
    default:
      return [];
  }
}

/** Steps that are keys of objects: lists have numbers and a length that nobody wrote. */
function keysOf(path: readonly string[]): string[] {
  return path.filter((step) => step !== 'length' && !/^\d+$/.test(step)).map((step) => step.toLowerCase());
}

/** Nothing for what may be a number: `1000` is also written `1e3`. */
function valuesOf(pattern: string): string[] {
  const text = pattern.toLowerCase();
  return /[^0-9.+\-*einfty]/.test(text) ? text.split('*') : [];
}

function gramsOf(needle: string): string[] {
  const characters = Array.from(needle.toLowerCase());
  const found: string[] = [];
  for (let at = 0; at + gramLength <= characters.length; at += 1) {
    const gram = characters.slice(at, at + gramLength);
    if (gram.every(isSteady)) found.push(gram.join(''));
  }
  const grams = [...new Set(found)];
  if (grams.length <= gramsPerWord) return grams;
  return Array.from({ length: gramsPerWord }, (_, n) => {
    return grams[Math.round((n * (grams.length - 1)) / (gramsPerWord - 1))] as string;
  });
}

/**
 * Whether the character is the same wherever it stands: not so a small sigma, whose form depends on what follows, half
 * of a pair, what stands for bytes that are no text, a mark at the beginning of a text, and what ends a line here.
 */
function isSteady(character: string): boolean {
  return !/[\u0000-\u001f\u007fσς\ud800-\udfff\ufeff\ufffd]/.test(character) || character.length === 2;
}
