// From a recipe to the bytes that are signed. Checking, signing, showing and diagnosing all come through here, so that
// they cannot disagree. The body is never decoded and written again: it stays the bytes that came over the wire.

import { createHash } from 'node:crypto';
import { headerValue } from '../../shared/headers.ts';
import type { RecipePart, RecipeScheme } from '../../shared/providers/define.ts';
import { isForm, valueAt } from '../../shared/providers/read-value.ts';
import { crc32 } from './crc32.ts';
import { parsedBytes } from './message.ts';
import type { Message } from './message.ts';

const formDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What the parts of a recipe stand for in one message. */
export interface RecipeValues {
  readonly id: string;
  /** As it stands in the request; never reformatted. */
  readonly timestamp: string;
  readonly message: Message;
  /** Where the recipe's JSON paths begin, if not at the body: one item of a list. */
  readonly item?: unknown;
  /** Text of the second secret, where the recipe needs one. */
  readonly companion?: string | undefined;
  /** Bytes of the secret itself, where the recipe holds it. */
  readonly secret?: Uint8Array | undefined;
}

/** Pieces of what is signed. Text holds one character per byte (Latin-1), as headers do. */
export type Pieces = readonly (string | Uint8Array)[];

/** The pieces that are signed, in order; null where the message does not have what the recipe needs. */
export function signedPieces(scheme: Pick<RecipeScheme, 'recipe'>, values: RecipeValues): Pieces | null {
  const pieces: (string | Uint8Array)[] = [];
  let text = '';
  for (const part of scheme.recipe) {
    const piece = pieceOf(part, values);
    if (piece === null) return null;
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    if (text !== '') pieces.push(text);
    text = '';
    pieces.push(piece);
  }
  if (text !== '') pieces.push(text);
  return pieces;
}

function pieceOf(part: RecipePart, values: RecipeValues): string | Uint8Array | null {
  const { message } = values;
  switch (part.kind) {
    case 'literal':
      return part.text;
    case 'body':
      return message.body;
    case 'timestamp':
      return values.timestamp;
    case 'id':
      return values.id;
    case 'secret':
      return values.secret ?? null;
    case 'companion':
      return values.companion === undefined ? null : utf8(values.companion);
    case 'method':
      return message.method;
    case 'url':
      return utf8(unescapeListed(message.url, part.unescape));
    case 'path':
      return utf8(pathOf(message.url));
    case 'header':
      return message.header(part.name) ?? '';
    case 'signed-headers':
      return signedHeaders(message, part.list);
    case 'form':
      return formText(message);
    case 'json':
      return jsonText(values.item === undefined ? message.json() : values.item, part.path);
    case 'json-lines':
      return jsonLines(message.json(), part.keys);
    case 'body-hash':
      return createHash(part.hash).update(message.body).digest(part.encoding);
    case 'body-crc32':
      return String(crc32(message.body));
  }
}

/** The pieces as one run of bytes. */
export function joinPieces(pieces: Pieces): Uint8Array {
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
}

/** The recipe in words, for example `timestamp + "." + body`. */
export function describeRecipe(recipe: readonly RecipePart[]): string {
  return recipe.map(describePart).join(' + ');
}

function describePart(part: RecipePart): string {
  switch (part.kind) {
    case 'literal':
      return JSON.stringify(part.text);
    case 'header':
      return `header ${part.name}`;
    case 'signed-headers':
      return `headers listed in ${part.list}`;
    case 'form':
      return 'form fields, sorted';
    case 'json':
      return `body’s ${part.path}`;
    case 'json-lines':
      return `name and value of ${part.keys.join(', ')}`;
    case 'body-hash':
      return `${part.hash.toUpperCase()} of body in ${part.encoding}`;
    case 'body-crc32':
      return 'CRC-32 of body';
    default:
      return part.kind;
  }
}

/** Whether any part of the recipe depends on the URL. */
export function usesUrl(scheme: Pick<RecipeScheme, 'recipe'>): boolean {
  return scheme.recipe.some(({ kind }) => kind === 'url' || kind === 'path');
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function unescapeListed(url: string, escapes: readonly string[] | undefined): string {
  if (escapes === undefined) return url;
  const listed = new Set(escapes.map((escape) => escape.toUpperCase()));
  return url.replaceAll(/%[0-9a-f]{2}/gi, (escape) =>
    listed.has(escape.toUpperCase()) ? decodeURIComponent(escape) : escape,
  );
}

/** Path and query of a URL, as written. */
function pathOf(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  return path.startsWith('/') ? path : `/${path}`;
}

function signedHeaders(message: Message, list: string): string | null {
  const names = message.header(list);
  if (names === undefined) return null;
  return names
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .toSorted()
    .map((name) => `${name}:${headerValue(message.headers, name) ?? ''}`)
    .join(';');
}

/** Most fields of a form that is signed field by field. */
const fieldLimit = 10_000;

/**
 * Twilio's rule: an empty body adds nothing, any other body must be a form. Every field counts, decoded as receivers
 * decode it (WHATWG URL, application/x-www-form-urlencoded): what was left out here could be changed unseen.
 */
function formText(message: Message): Uint8Array | null {
  if (message.body.length === 0) return new Uint8Array();
  if (!isForm(message.headers) || message.body.length > parsedBytes) return null;
  // Without the sign a leading question mark would be dropped.
  const fields = [...new URLSearchParams(`&${formDecoder.decode(message.body)}`)];
  if (fields.length > fieldLimit) return null;
  const pairs = new Map<string, [string, string]>(
    fields.map(([name, value]) => [JSON.stringify([name, value]), [name, value]]),
  );
  const sorted = [...pairs.values()].toSorted((a, b) => compareUnits(a[0], b[0]) || compareUnits(a[1], b[1]));
  return utf8(sorted.map(([name, value]) => name + value).join(''));
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function jsonText(root: unknown, path: string): Uint8Array | null {
  const value = valueAt(root, path);
  if (value === undefined || value === null) return utf8('');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? utf8(String(value))
    : null;
}

function jsonLines(root: unknown, keys: readonly string[]): Uint8Array | null {
  const lines: string[] = [];
  for (const key of keys) {
    const value = valueAt(root, key);
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return null;
    lines.push(`${key}\n${value}\n`);
  }
  return utf8(lines.join(''));
}
