// Replaces one string value inside JSON bytes and leaves every other byte alone: numbers keep their digits, objects
// their blanks, order and duplicate keys. Parsing and printing again would change what is signed.

import { Buffer } from 'node:buffer';

const quote = 0x22;
const backslash = 0x5c;

/**
 * `json` with the string at the dotted `path` (object members only) replaced; null when there is no string. Where a key
 * stands twice the last one counts, as in JSON.parse. The bytes must be valid JSON.
 */
export function spliceJsonString(json: Uint8Array, path: string, value: string): Uint8Array | null {
  const span = findString(json, path.split('.'));
  if (!span) return null;
  return new Uint8Array(
    Buffer.concat([json.subarray(0, span.start), Buffer.from(JSON.stringify(value)), json.subarray(span.end)]),
  );
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function findString(json: Uint8Array, path: readonly string[]): Span | null {
  let at = skipBlanks(json, 0);
  for (const [depth, wanted] of path.entries()) {
    const value = findMember(json, at, wanted);
    if (!value) return null;
    if (depth === path.length - 1) return json[value.start] === quote ? value : null;
    at = value.start;
  }
  return null;
}

/** The value of the last member `wanted` of the object at `at`. */
function findMember(json: Uint8Array, at: number, wanted: string): Span | null {
  if (json[at] !== 0x7b) return null;
  let found: Span | null = null;
  let position = skipBlanks(json, at + 1);
  while (json[position] === quote) {
    const keyEnd = endOfString(json, position);
    const start = skipBlanks(json, skipBlanks(json, keyEnd) + 1);
    const end = endOfValue(json, start);
    if (keyText(json, position, keyEnd) === wanted) found = { start, end };
    position = skipBlanks(json, end);
    if (json[position] !== 0x2c) break;
    position = skipBlanks(json, position + 1);
  }
  return found;
}

function keyText(json: Uint8Array, start: number, end: number): unknown {
  return JSON.parse(Buffer.from(json.subarray(start, end)).toString('utf8'));
}

function skipBlanks(json: Uint8Array, from: number): number {
  let at = from;
  while (at < json.length && (json[at] as number) <= 0x20) at += 1;
  return at;
}

/** Index after the closing quote. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at + 1;
}

/** Index after the value. Counts brackets instead of recursing: depth is the sender's choice. */
function endOfValue(json: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const byte = json[at] as number;
    if (byte === quote) {
      at = endOfString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === 0x2c || byte <= 0x20)) return at;
    at += 1;
  }
  return at;
}
