// Secrets in bodies: undoes content codings and character encodings, hands the text to the rules of its format, and
// puts the bytes together again as they were. What cannot be looked into is masked whole.

import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { utf8Text } from './export-row.ts';
import { redactJson } from './redact-json.ts';
import { fieldSensitivity } from './redact-names.ts';
import { decodeParameter } from './redact-text.ts';
import type { Mask } from './redact-text.ts';

/** What bodies are redacted with. */
export interface BodyRules {
  readonly mask: Mask;
  readonly text: (text: string) => string;
}

/** Most bytes that a compressed body is unpacked to; a larger one is masked whole. */
const unpackLimit = 10_485_760;
/** JSON inside strings of JSON and the like. */
const deepestNesting = 3;

interface Coding {
  readonly unpack: (bytes: Uint8Array) => Uint8Array;
  readonly pack: (bytes: Uint8Array) => Uint8Array;
}

const limit = { maxOutputLength: unpackLimit };
const gzip: Coding = { unpack: (bytes) => gunzipSync(bytes, limit), pack: (bytes) => gzipSync(bytes) };
const codings: ReadonlyMap<string, Coding> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', { unpack: (bytes) => inflateSync(bytes, limit), pack: (bytes) => deflateSync(bytes) }],
  ['br', { unpack: (bytes) => brotliDecompressSync(bytes, limit), pack: (bytes) => brotliCompressSync(bytes) }],
]);

/** The body with its secrets masked; the very same array when there are none. */
export function redactBody(body: Uint8Array, headers: readonly HeaderPair[], rules: BodyRules): Uint8Array {
  if (body.byteLength === 0) return body;
  const named = (headerValue(headers, 'content-encoding') ?? '').toLowerCase().split(',');
  const given = named.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
  const layers = given.map((name) => codings.get(name)).filter((coding) => coding !== undefined);
  // A coding that cannot be undone here (zstd), and one that the header does not name.
  if (layers.length < given.length || (layers.length === 0 && isCompressed(body))) return wholeMask(body, rules);
  const type = (headerValue(headers, 'content-type') ?? '').toLowerCase();
  if (layers.length > deepestNesting) return wholeMask(body, rules);
  let inner = body;
  const undone: Coding[] = [];
  for (const layer of layers.toReversed()) {
    try {
      inner = layer.unpack(inner);
      undone.unshift(layer);
    } catch (error) {
      // Not compressed at all, whatever the header says: the bytes are looked at as they are.
      if (/incorrect header check/i.test(String(error)) && utf8Text(inner) !== null) break;
      return wholeMask(body, rules);
    }
  }
  const result = redactBytes(inner, type, rules);
  return result === inner ? body : undone.reduce((bytes, layer) => layer.pack(bytes), result);
}

/** gzip, or zstd. */
function isCompressed(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return (a === 0x1f && b === 0x8b) || (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd);
}

function wholeMask(body: Uint8Array, rules: BodyRules): Uint8Array {
  return Buffer.from(rules.mask(Buffer.from(body).toString('latin1')));
}

function redactBytes(bytes: Uint8Array, type: string, rules: BodyRules): Uint8Array {
  const wide = looksUtf16(bytes);
  const utf8 = wide ? null : utf8Text(bytes);
  const encoding = wide ? 'utf16le' : utf8 === null ? 'latin1' : 'utf8';
  const text = utf8 ?? Buffer.from(bytes).toString(encoding);
  const result = redactFormat(text, type, rules, 0);
  return result === text ? bytes : Buffer.from(result, encoding);
}

/** Little-endian UTF-16: a byte order mark, or a zero in every second place of the first 64 bytes. */
function looksUtf16(bytes: Uint8Array): boolean {
  if (bytes.byteLength % 2 !== 0) return false;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return true;
  const head = bytes.subarray(0, 64);
  return head.byteLength >= 8 && head.every((byte, i) => (i % 2 === 1) === (byte === 0));
}

function redactFormat(text: string, type: string, rules: BodyRules, depth: number): string {
  if (type.startsWith('multipart/')) return redactMultipart(text, rules, depth);
  if (type.startsWith('application/x-www-form-urlencoded')) return redactForm(text, rules, depth);
  if (/^\ufeff?\s*[[{"]/.test(text)) {
    const nested = (value: string) =>
      depth < deepestNesting && /^\s*[[{]/.test(value) ? redactFormat(value, '', rules, depth + 1) : rules.text(value);
    return redactJson(text, { mask: rules.mask, string: nested, gap: (gap) => redactLines(gap, rules) });
  }
  return redactLines(text, rules);
}

function redactForm(text: string, rules: BodyRules, depth: number): string {
  const pairs = text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    const name = decodeParameter(pair.slice(0, Math.max(0, equals)));
    const value = decodeParameter(pair.slice(equals + 1));
    const result =
      value !== '' && equals >= 0 && fieldSensitivity(name) !== null
        ? rules.mask(value)
        : redactNested(value, rules, depth);
    return result === value ? pair : pair.slice(0, equals + 1) + encodeURIComponent(result);
  });
  return pairs.join('&');
}

function redactNested(text: string, rules: BodyRules, depth: number): string {
  return depth < deepestNesting ? redactFormat(text, '', rules, depth + 1) : rules.text(text);
}

/** Parts are told apart by `--` at the start of a line; a part's field name may mark it as secret. */
function redactMultipart(text: string, rules: BodyRules, depth: number): string {
  const parts = text.split(/(\r?\n--)/).map((part) => {
    const blank = /\r?\n\r?\n/.exec(part);
    if (!blank) return rules.text(part);
    const start = blank.index + blank[0].length;
    const head = part.slice(0, start);
    const content = part.slice(start);
    const name = /[;\s]name="([^"\r\n]{0,200})"/i.exec(head)?.[1] ?? '';
    const secret = content !== '' && fieldSensitivity(name) !== null;
    return rules.text(head) + (secret ? rules.mask(content) : redactNested(content, rules, depth));
  });
  return parts.join('');
}

/** Anything else: `name=value`, `name: value` and XML elements in running text. */
function redactLines(text: string, rules: BodyRules): string {
  const clean = rules
    .text(text)
    .replace(/<([A-Za-z_][\w:.-]{0,63})(?:\s[^<>]{0,1024})?>([^<]+)<\//g, (whole, name: string, value: string) => {
      return fieldSensitivity(name.slice(name.indexOf(':') + 1)) === null
        ? whole
        : whole.slice(0, -value.length - 2) + rules.mask(value) + '</';
    });
  const field = /(?<![\w.-])([A-Za-z][\w.-]{1,63})["']?[ \t]{0,8}[=:][ \t]{0,8}/g;
  const value = /"[^"\r\n]+"|'[^'\r\n]+'|[^\s"',;&<>]+/y;
  let result = '';
  let copied = 0;
  for (let found = field.exec(clean); found; found = field.exec(clean)) {
    const sensitivity = fieldSensitivity(found[1] as string);
    if (sensitivity === null) continue;
    value.lastIndex = field.lastIndex;
    const secret = value.exec(clean)?.[0];
    // Scheme words such as `Bearer` stay; what follows them is masked already.
    if (secret === undefined || secret.includes('«redacted:') || /^(Bearer|Basic)$/i.test(secret)) continue;
    const bare = secret.replace(/^(["'])(.*)\1$/s, '$2');
    result += clean.slice(copied, field.lastIndex) + secret.replace(bare, () => rules.mask(bare));
    copied = field.lastIndex + secret.length;
    field.lastIndex = copied;
  }
  return result + clean.slice(copied);
}
