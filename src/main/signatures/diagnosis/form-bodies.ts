// Forms whose fields were decoded and encoded again on their way. Libraries differ in what they escape, in the case of
// the digits, in how a blank is written, and in the order of the fields.

import type { Guesses, SignedBody } from './signed-body.ts';
import { bodyCause } from './words.ts';

/** More fields are left alone. */
const fieldLimit = 5_000;
/** Larger forms, bytes, are changed only where they stand; decoding and encoding all their fields takes too long. */
export const encodedLimit = 131_072;
/** Largest form, bytes, of which one field is decoded. */
const payloadLimit = 1_048_576;
/** Longer names are no field's: what begins so is no form. */
const nameStart = /^[^\s{}[\]<>"=&]{1,1000}=/;

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

/** The form before it was encoded again; none where the text is no form. `text` is `body` decoded. */
export function* formBodies(body: Uint8Array, text: string): Guesses {
  if (!nameStart.test(text)) return;
  if (text.includes('%20')) yield ofBytes(plusForBlanks(body));
  if (text.includes('+')) yield ofBytes(escapesForPlus(body));
  yield recased(body, 'lower');
  yield recased(body, 'upper');
  const parts = text.split('&', fieldLimit + 1);
  if (parts.length > fieldLimit) return;
  if (parts.length > 1) yield reencoded(parts.toSorted(byUnits).join('&'), 'with its fields sorted');
  if (body.length <= encodedLimit) yield* encodedBodies(parts, text);
  const payload = body.length > payloadLimit ? undefined : parts.find((part) => part.startsWith('payload='));
  const decoded = payload === undefined ? undefined : readField(payload)?.[1];
  if (decoded) yield reencoded(decoded, 'that its field payload holds, decoded');
}

/** The form with its fields encoded as libraries do, in their order and sorted. */
function* encodedBodies(parts: readonly string[], text: string): Guesses {
  const fields = parts.map(readField);
  if (!fields.every((field) => field !== null)) return;
  const orders = [writeFields(fields)];
  if (fields.length > 1) orders.push(writeFields(fields.toSorted((a, b) => byUnits(a[0], b[0]))));
  for (const encode of encoders) {
    for (const ordered of orders) {
      const written = encode(ordered);
      if (written !== text) yield reencoded(written);
      yield recased(Buffer.from(written, 'utf8'), 'lower');
    }
  }
}

/** The form that a JSON body may have been made of: its members as fields, or the whole as `payload`. */
export function* formOf(text: string, json: unknown): Guesses {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || text.length > encodedLimit) return;
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

function reencoded(text: string, what?: string): SignedBody {
  return ofBytes(Buffer.from(text, 'utf8'), what);
}

function ofBytes(body: Uint8Array, what = 'with its fields encoded in another way'): SignedBody {
  return { body, cause: bodyCause('body-form-reencoded', `the form ${what}`) };
}

const percent = 0x25;
const plusSign = 0x2b;

/** `+` for every `%20`. Plain loops here and below: on large forms the methods of strings take many times as long. */
function plusForBlanks(body: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(body.length);
  let at = 0;
  for (let i = 0; i < body.length; i += 1) {
    const isBlank = body[i] === percent && body[i + 1] === 0x32 && body[i + 2] === 0x30;
    out[at++] = isBlank ? plusSign : (body[i] as number);
    if (isBlank) i += 2;
  }
  return out.subarray(0, at);
}

/** `%20` for every `+`. */
function escapesForPlus(body: Uint8Array): Uint8Array {
  let count = 0;
  for (let i = 0; i < body.length; i += 1) if (body[i] === plusSign) count += 1;
  const out = Buffer.allocUnsafe(body.length + 2 * count);
  let at = 0;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i] as number;
    if (byte !== plusSign) {
      out[at++] = byte;
      continue;
    }
    out[at++] = percent;
    out[at++] = 0x32;
    out[at++] = 0x30;
  }
  return out;
}

/** The form with the digits of its escapes in one case. */
function recased(body: Uint8Array, to: 'lower' | 'upper'): SignedBody {
  const bytes = Uint8Array.from(body);
  const first = to === 'lower' ? 0x41 : 0x61;
  // Digits of the escape that is passed and are still to come.
  let digits = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] as number;
    if (byte === percent) digits = 2;
    else if (digits > 0) {
      digits -= 1;
      if (byte >= first && byte <= first + 5) bytes[i] = byte ^ 0x20;
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
