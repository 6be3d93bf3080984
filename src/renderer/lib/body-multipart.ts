// Parts of a multipart body (RFC 2046 section 5.1, RFC 7578) as ranges of its bytes, so that each part opens, and is
// saved, exactly as it was sent.

import type { HeaderPair } from '../../shared/headers.ts';

/** One part. */
export interface MultipartPart {
  /** Field name; null when the part has none. */
  readonly name: string | null;
  readonly fileName: string | null;
  readonly type: string | null;
  readonly headers: readonly HeaderPair[];
  /** Where its content lies in the body, bytes. */
  readonly offset: number;
  readonly length: number;
  /** False for a last part whose end is not there. */
  readonly whole: boolean;
}

/** The parts that are shown. */
export interface MultipartParts {
  readonly parts: readonly MultipartPart[];
  /** There are more parts than are shown. */
  readonly more: boolean;
  /** The closing delimiter was found. */
  readonly closed: boolean;
}

const maxParts = 1_000;
const maxHeaders = 100;
const maxHeadSize = 16_384;
const maxBoundary = 200;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const dash = 0x2d;

/** The boundary that a content type names or, when it names none, the one that the body begins with. Null without either. */
export function boundaryOf(contentType: string | undefined, head: Uint8Array): string | null {
  const named = contentType === undefined ? null : parameterOf(contentType, 'boundary');
  if (named !== null && named !== '' && named.length <= maxBoundary) return named;
  const first = latin1(head.subarray(0, maxBoundary + 4)).match(/^--([!-~]{1,200})\r?\n/);
  return first?.[1] ?? null;
}

/** Splits `bytes`, of which more may follow when `complete` is false. Null when the boundary does not occur. */
export function readMultipart(bytes: Uint8Array, boundary: string): MultipartParts | null {
  const mark = new TextEncoder().encode(`--${boundary}`);
  const parts: MultipartPart[] = [];
  let contentStart = -1;
  let closed = false;
  let more = false;
  for (let line = 0; line >= 0 && line < bytes.length; line = nextLine(bytes, line)) {
    const after = delimiterEnd(bytes, line, mark);
    if (after === null) continue;
    if (contentStart >= 0) parts.push(partOf(bytes, contentStart, contentEnd(bytes, line), true));
    closed = after.last;
    contentStart = after.last ? -1 : after.end;
    if (closed) break;
    if (parts.length >= maxParts) {
      more = true;
      contentStart = -1;
      break;
    }
  }
  if (contentStart >= 0) parts.push(partOf(bytes, contentStart, bytes.length, false));
  return parts.length === 0 && !closed ? null : { parts, more, closed };
}

function nextLine(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(lineFeed, from);
  return feed < 0 ? -1 : feed + 1;
}

/** Where the line of a delimiter ends, when one begins at `at`. */
function delimiterEnd(bytes: Uint8Array, at: number, mark: Uint8Array): { end: number; last: boolean } | null {
  for (let i = 0; i < mark.length; i += 1) if (bytes[at + i] !== mark[i]) return null;
  let end = at + mark.length;
  const last = bytes[end] === dash && bytes[end + 1] === dash;
  if (last) end += 2;
  while (bytes[end] === 0x20 || bytes[end] === 0x09) end += 1;
  if (bytes[end] === carriageReturn) end += 1;
  if (bytes[end] === lineFeed) return { end: end + 1, last };
  return end >= bytes.length && last ? { end, last } : null;
}

/** The line break before a delimiter belongs to it. */
function contentEnd(bytes: Uint8Array, line: number): number {
  const feed = line - 1;
  return bytes[feed - 1] === carriageReturn ? feed - 1 : feed;
}

function partOf(bytes: Uint8Array, start: number, end: number, whole: boolean): MultipartPart {
  const head = readHead(bytes, start, Math.max(start, end));
  const disposition = head.headers.find(([name]) => name.toLowerCase() === 'content-disposition')?.[1];
  const type = head.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
  return {
    name: disposition === undefined ? null : parameterOf(disposition, 'name'),
    fileName: disposition === undefined ? null : fileNameOf(disposition),
    type,
    headers: head.headers,
    offset: head.end,
    length: Math.max(0, end - head.end),
    whole,
  };
}

function readHead(bytes: Uint8Array, start: number, end: number): { headers: HeaderPair[]; end: number } {
  const headers: HeaderPair[] = [];
  let at = start;
  while (at < end && at - start < maxHeadSize) {
    const feed = bytes.indexOf(lineFeed, at);
    const lineEnd = feed < 0 || feed > end ? end : feed;
    const line = decode(bytes.subarray(at, lineEnd)).replace(/\r$/, '');
    at = Math.min(end, lineEnd + 1);
    if (line === '') return { headers, end: at };
    const colon = line.indexOf(':');
    if (colon > 0 && headers.length < maxHeaders) headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { headers, end: at };
}

/** The value of a parameter such as `name="..."`; quoted pairs and the escapes of browsers (WHATWG) are undone. */
function parameterOf(field: string, wanted: string): string | null {
  const pattern = /;\s*([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g;
  for (const [, name = '', quoted, token = ''] of field.slice(0, 8_192).matchAll(pattern)) {
    if (name.toLowerCase() !== wanted) continue;
    if (quoted === undefined) return token;
    const plain = quoted.replace(/\\(["\\])/g, '$1');
    return plain.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');
  }
  return null;
}

/** `filename*` (RFC 5987) goes before `filename`. */
function fileNameOf(disposition: string): string | null {
  const extended = /^utf-8'[^']*'(.*)$/i.exec(parameterOf(disposition, 'filename*') ?? '');
  if (extended !== null) {
    try {
      return decodeURIComponent(extended[1] ?? '');
    } catch {
      return extended[1] ?? null;
    }
  }
  return parameterOf(disposition, 'filename');
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, maxHeadSize));
}
