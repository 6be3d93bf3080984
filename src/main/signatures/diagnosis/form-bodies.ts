// Forms whose fields were decoded and encoded again on their way. Libraries differ in what they escape, in the case of
// the digits, in how a blank is written, and in the order of the fields.

import type { SignedBody } from './signed-body.ts';
import { bodyCause } from './words.ts';

/** More fields are left alone. */
const fieldLimit = 5_000;
/** In larger forms the case of escapes is changed only as they arrived, not in every other way of writing them. */
const caseLimit = 131_072;

type Field = readonly [name: string, value: string | null];
/** From the text of `encodeURIComponent` to another way of encoding. */
type Encoder = (text: string) => string;

/** RFC 3986: PHP's rawurlencode, Python's quote. */
const strict: Encoder = (text) => {
  const escaped = text.replaceAll('!', '%21').replaceAll("'", '%27');
  return escaped.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('*', '%2A');
};
/** Python's quote_plus, Ruby's encode_www_form and PHP's urlencode differ in `*` and `~` alone. */
const plus: Encoder = (text) => strict(text).replaceAll('%20', '+');

const encoders: readonly Encoder[] = [
  // The WHATWG URL standard: URLSearchParams and browsers.
  (text) => plus(text).replaceAll('%2A', '*').replaceAll('~', '%7E'),
  plus,
  strict,
  // JavaScript's own.
  (text) => text,
  (text) => text.replaceAll('%20', '+'),
  (text) => plus(text).replaceAll('~', '%7E'),
  (text) => strict(text).replaceAll('~', '%7E'),
];

/** The form before it was encoded again; none where the text is no form. */
export function* formBodies(text: string): Generator<SignedBody> {
  if (!/^[^\s{}[\]<>"=&]+=/.test(text)) return;
  if (text.includes('%20')) yield reencoded(text.replaceAll('%20', '+'));
  if (text.includes('+')) yield reencoded(text.replaceAll('+', '%20'));
  yield recased(text, 'lower');
  yield recased(text, 'upper');
  const parts = text.split('&', fieldLimit + 1);
  if (parts.length > fieldLimit) return;
  if (parts.length > 1) yield reencoded(parts.toSorted(byUnits).join('&'), 'with its fields sorted');
  const fields = parts.map(readField);
  if (!fields.every((field) => field !== null)) return;
  const orders = [writeFields(fields)];
  if (fields.length > 1) orders.push(writeFields(fields.toSorted((a, b) => byUnits(a[0], b[0]))));
  for (const encode of encoders) {
    for (const ordered of orders) {
      const written = encode(ordered);
      if (written !== text) yield reencoded(written);
      if (text.length <= caseLimit) yield recased(written, 'lower');
    }
  }
  const payload = fields.find(([name]) => name === 'payload')?.[1];
  if (payload) yield reencoded(payload, 'that its field payload holds, decoded');
}

/** The form that a JSON body may have been made of: its members as fields, or the whole as `payload`. */
export function* formOf(text: string, json: unknown): Generator<SignedBody> {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || text.length > caseLimit) return;
  const members = Object.entries(json as Readonly<Record<string, unknown>>);
  const fields = members.flatMap(([name, value]): readonly Field[] => {
    if (value === null) return [[name, '']];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value)]]
      : [];
  });
  const isFlat = fields.length === members.length && fields.length <= fieldLimit && isWellFormed(text);
  const payload = isWellFormed(text) ? `payload=${encodeURIComponent(text)}` : null;
  for (const encode of encoders.slice(0, 4)) {
    if (isFlat) yield reencoded(encode(writeFields(fields)), 'that this JSON was made of');
    if (payload !== null) yield reencoded(encode(payload), 'whose field payload was this JSON');
  }
}

/** Escapes such as \ud800 in JSON become half characters, which no form can hold. */
function isWellFormed(text: string): boolean {
  return !/\\u[dD][89a-fA-F]/.test(text);
}

function reencoded(text: string, what = 'with its fields encoded in another way'): SignedBody {
  return ofBytes(Buffer.from(text, 'utf8'), what);
}

function ofBytes(body: Uint8Array, what: string): SignedBody {
  return { body, cause: bodyCause('body-form-reencoded', `the form ${what}`) };
}

/** The text with the digits of its escapes in one case. */
function recased(text: string, to: 'lower' | 'upper'): SignedBody {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = bytes.indexOf('%'); at !== -1; at = bytes.indexOf('%', at + 1)) {
    for (const place of [at + 1, at + 2]) {
      const byte = bytes[place] ?? 0;
      if (to === 'lower' ? byte >= 0x41 && byte <= 0x46 : byte >= 0x61 && byte <= 0x66) bytes[place] = byte ^ 0x20;
    }
  }
  return ofBytes(bytes, `with the digits of its escapes in ${to} case`);
}

function readField(part: string): Field | null {
  const cut = part.indexOf('=');
  try {
    const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
    return cut === -1 ? [decode(part), null] : [decode(part.slice(0, cut)), decode(part.slice(cut + 1))];
  } catch {
    return null;
  }
}

/** As encodeURIComponent writes them. */
function writeFields(fields: readonly Field[]): string {
  return fields
    .map(([name, value]) =>
      value === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    )
    .join('&');
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
