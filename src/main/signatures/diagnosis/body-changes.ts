// Bodies that may have been signed, made from the one that arrived: undoing what parsers, proxies, editors and shells
// do to a body. Made one by one, so that the first right one ends the work.

import { headerValue } from '../../../shared/headers.ts';
import type { Message } from '../message.ts';
import { charsetBodies } from './charset-bodies.ts';
import { encodedLimit, formBodies, formOf } from './form-bodies.ts';
import { jsonBodies } from './json-bodies.ts';
import type { Guesses, SignedBody } from './signed-body.ts';
import type { Session } from './subject.ts';
import { bodyCause } from './words.ts';

/** Larger bodies are not decoded: only what can be done to bytes is tried. JSON is parsed up to the message's limit. */
const textLimit = 4 * 1_048_576;
/** Up to this size, bytes, everything is tried; of larger bodies some ways of writing them are left out. */
export const wholeLimit = encodedLimit;
/** Largest body that is compressed on a guess, where no header names the encoding. */
const guessLimit = 16_384;
/** Largest body that is compressed at all, by encoding: the work grows with it and cannot be divided. */
const compressLimits: ReadonlyMap<string, number> = new Map([
  ['gzip', 1_048_576],
  ['deflate', 1_048_576],
]);
/** How many times longer a byte takes to be compressed than to be hashed, about. */
const compressWeight = 8;
/** The same for being decoded, parsed or written anew. */
const textWeight = 4;
/** Encodings that are undone. */
const encodings: ReadonlySet<string> = new Set(['gzip', 'deflate', 'br', 'zstd']);

/** Every body that may have been signed instead, each once; none that equals the one that arrived. */
export function* signedBodies(session: Session, message: Message): Guesses {
  const { body } = message;
  if (body.length === 0) return;
  yield* fresh(session, body, lineBodies(body));
  yield* fresh(session, body, packedBodies(session, message));
  if (body.length > textLimit) return;
  yield* fresh(session, body, charsetBodies(body));
  yield* fresh(session, body, textBodies(message), textWeight);
}

function* textBodies(message: Message): Guesses {
  const { body } = message;
  const text = decodeText(body);
  yield null;
  if (text === null) return;
  const json = message.json();
  yield null;
  yield* json === undefined ? formBodies(body, text) : jsonBodies(body, json);
  if (json !== undefined) yield* formOf(text, json);
}

/**
 * The bodies that matter where not the bytes are signed, but values in them: values read from other bytes.
 */
export function* decodedBodies(session: Session, message: Message): Guesses {
  const { body } = message;
  yield* fresh(session, body, unpackedBodies(session, message));
  if (body.length <= textLimit) yield* fresh(session, body, charsetBodies(body));
}

/** The guesses that were not there before. For each one the source counts as read, and the guess as written. */
function* fresh({ ledger, budget }: Session, source: Uint8Array, guesses: Guesses, weight = 1): Guesses {
  for (const guess of guesses) {
    budget.worked((source.length + (guess?.body.length ?? 0)) * weight);
    yield guess === null || ledger.add(guess.body) === null ? null : guess;
  }
}

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(body: Uint8Array): string | null {
  try {
    return fatal.decode(body);
  } catch {
    return null;
  }
}

function* lineBodies(body: Uint8Array): Guesses {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.length);
  const last = body[body.length - 1];
  if (last === 0x0a) {
    const isCrlf = body[body.length - 2] === 0x0d;
    yield newline(body.subarray(0, isCrlf ? -2 : -1), 'a body without the line break at its end');
    if (isCrlf) yield newline(Buffer.concat([body.subarray(0, -2), lf]), 'a body that ends with LF instead of CRLF');
    else yield newline(Buffer.concat([body.subarray(0, -1), crlf]), 'a body that ends with CRLF instead of LF');
    yield newline(withoutLineEnds(body), 'a body without the line breaks at its end');
  }
  yield newline(Buffer.concat([body, lf]), 'a body with a line break at its end');
  const mark = buffer.subarray(0, 3).equals(bom);
  yield mark
    ? { body: body.subarray(3), cause: bodyCause('body-bom', 'a body without the byte order mark that it begins with') }
    : { body: Buffer.concat([bom, body]), cause: bodyCause('body-bom', 'a body with a byte order mark before it') };
  if (body.length > textLimit) return;
  yield newline(Buffer.concat([body, crlf]), 'a body with CRLF at its end');
  if (buffer.includes('\r\n')) yield newline(withLf(body), 'a body with LF instead of CRLF');
  if (buffer.includes(0x0a)) yield newline(withCrlf(body), 'a body with CRLF instead of LF');
  if (isBlank(last) || isBlank(body[0])) yield newline(trimmed(body), 'a body without white space around it');
}

const lf = Buffer.from('\n');
const crlf = Buffer.from('\r\n');
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

function newline(body: Uint8Array, what: string): SignedBody {
  return { body, cause: bodyCause('body-newline', what) };
}

function withoutLineEnds(body: Uint8Array): Uint8Array {
  let end = body.length;
  while (end > 0 && (body[end - 1] === 0x0a || body[end - 1] === 0x0d)) end -= 1;
  return body.subarray(0, end);
}

function trimmed(body: Uint8Array): Uint8Array {
  let start = 0;
  let end = body.length;
  while (start < end && isBlank(body[start])) start += 1;
  while (end > start && isBlank(body[end - 1])) end -= 1;
  return body.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** LF for every CRLF. */
function withLf(body: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(body.length);
  let at = 0;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i] as number;
    if (byte !== 0x0d || body[i + 1] !== 0x0a) out[at++] = byte;
  }
  return out.subarray(0, at);
}

/** CRLF for every LF that has no CR. */
function withCrlf(body: Uint8Array): Uint8Array {
  const isBare = (i: number): boolean => body[i] === 0x0a && body[i - 1] !== 0x0d;
  let count = 0;
  for (let i = 0; i < body.length; i += 1) if (isBare(i)) count += 1;
  const out = Buffer.allocUnsafe(body.length + count);
  let at = 0;
  for (let i = 0; i < body.length; i += 1) {
    if (isBare(i)) out[at++] = 0x0d;
    out[at++] = body[i] as number;
  }
  return out;
}

function* packedBodies(session: Session, message: Message): Guesses {
  yield* unpackedBodies(session, message);
  const { compress } = session.input;
  const { body } = message;
  if (compress === undefined) return;
  const named = encodingsOf(message);
  const wanted = named.length > 0 ? named : body.length <= guessLimit ? [...compressLimits.keys()] : [];
  for (const encoding of wanted) {
    if (body.length > (compressLimits.get(encoding) ?? 0)) continue;
    const packed = compress(body, encoding);
    session.budget.worked(body.length * compressWeight);
    if (packed === null) {
      yield null;
      continue;
    }
    yield { body: packed, cause: bodyCause('body-decompressed', `the body compressed with ${encoding}: it was decompressed after it was signed`) }; // prettier-ignore
  }
}

function* unpackedBodies({ input }: Session, message: Message): Guesses {
  const { decompress } = input;
  if (decompress === undefined) return;
  for (const encoding of new Set([...encodingsOf(message), ...magicOf(message.body)])) {
    const unpacked = decompress(message.body, encoding);
    if (unpacked === null) {
      yield null;
      continue;
    }
    yield { body: unpacked, cause: bodyCause('body-decompressed', `the body once its ${encoding} compression is undone: it was compressed after it was signed`) }; // prettier-ignore
  }
}

/** Encodings that the request names, the last one applied first. */
function encodingsOf({ headers }: Message): readonly string[] {
  const names = (headerValue(headers, 'content-encoding') ?? '').toLowerCase().split(',', 4);
  return names
    .map((name) => name.trim().replace(/^x-/, ''))
    .filter((name) => encodings.has(name))
    .toReversed();
}

function magicOf(body: Uint8Array): readonly string[] {
  const [a, b, c, d] = body;
  if (a === 0x1f && b === 0x8b) return ['gzip'];
  if (a === 0x78 && (b === 0x01 || b === 0x5e || b === 0x9c || b === 0xda)) return ['deflate'];
  return a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd ? ['zstd'] : [];
}
