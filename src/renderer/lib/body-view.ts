// Decides how a body can be shown: which views make sense and which is best. Types of content are only a hint; the bytes
// decide.

import { decodeBodyText } from './body-text.ts';
import { readImage } from './body-image.ts';
import type { ImageHead } from './body-image.ts';
import { boundaryOf } from './body-multipart.ts';

/** Syntax for colouring; `plain` also where colouring would cost too much. */
export type Syntax = 'json' | 'xml' | 'html' | 'plain';

/** A way to look at a body. */
export type BodyViewName = 'tree' | 'text' | 'form' | 'parts' | 'image' | 'hex';

/** What a body is. */
export type BodyKind = 'json' | 'xml' | 'html' | 'form' | 'multipart' | 'image' | 'text' | 'binary';

/** What the loaded bytes of a body are. */
export interface BodyInsight {
  readonly kind: BodyKind;
  /** The views that make sense, the best one first. */
  readonly views: readonly BodyViewName[];
  /** Null for binary bodies. */
  readonly text: string | null;
  readonly image: ImageHead | null;
  /** Delimiter of a multipart body. */
  readonly boundary: string | null;
}

const viewsOf: Readonly<Record<BodyKind, readonly BodyViewName[]>> = {
  json: ['tree', 'text', 'hex'],
  xml: ['text', 'tree', 'hex'],
  html: ['text', 'hex'],
  form: ['form', 'text', 'hex'],
  multipart: ['parts', 'text', 'hex'],
  image: ['image', 'hex'],
  text: ['text', 'hex'],
  binary: ['hex'],
};

/** `complete` is false while only the head of the body is loaded. */
export function inspectBody(bytes: Uint8Array, contentType: string | undefined, complete: boolean): BodyInsight {
  const type = (contentType ?? '').toLowerCase();
  const image = readImage(bytes);
  const text = image === null ? decodeBodyText(bytes, contentType, complete) : null;
  const multipart = type.startsWith('multipart/') || (type === '' && bytes[0] === 0x2d);
  const boundary = multipart ? boundaryOf(contentType, bytes) : null;
  const kind = kindOf(type, text, image, boundary);
  const views =
    kind === 'multipart' && text === null ? viewsOf.multipart.filter((view) => view !== 'text') : viewsOf[kind];
  return { kind, views, text, image, boundary };
}

function kindOf(type: string, text: string | null, image: ImageHead | null, boundary: string | null): BodyKind {
  if (image !== null) return 'image';
  if (boundary !== null) return 'multipart';
  if (text === null) return 'binary';
  if (type.startsWith('application/x-www-form-urlencoded')) return 'form';
  const start = text
    .slice(0, 1_000)
    .replace(/^\ufeff/, '')
    .trimStart();
  const first = start.charAt(0);
  if (/[/+]json\b/.test(type)) return 'json';
  if (type.includes('html')) return 'html';
  // Text in brackets may be JSON or a list of tags; a key, a value or an end decides.
  if (/^\{\s*(?:"|\}|$)/.test(start) || /^\[\s*(?:["{[\]\d-]|true|false|null|$)/.test(start)) return 'json';
  if (first === '<' && /[/+]xml\b|svg/.test(type)) return 'xml';
  if (/^<!doctype html|^<html/i.test(start)) return 'html';
  return /^<[?!A-Za-z_]/.test(start) ? 'xml' : 'text';
}

/** Parsers for colouring recurse over nesting and read the whole text. */
const maxColouredLength = 2_000_000;
const maxColouredDepth = 200;

/** `syntax`, or `plain` where its parser would have too much to do. */
export function colouredIf(text: string, syntax: Syntax): Syntax {
  if (syntax === 'plain' || text.length > maxColouredLength) return 'plain';
  return nesting(text, syntax === 'json') > maxColouredDepth ? 'plain' : syntax;
}

/** A quick upper estimate: brackets inside strings count too. */
function nesting(text: string, json: boolean): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const step = json ? jsonStep(code) : code === 0x3c ? tagStep(text.charCodeAt(i + 1)) : 0;
    depth = Math.max(0, depth + step);
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

function jsonStep(code: number): number {
  if (code === 0x7b || code === 0x5b) return 1;
  return code === 0x7d || code === 0x5d ? -1 : 0;
}

function tagStep(next: number): number {
  if (next === 0x2f) return -1;
  const letter = next | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? 1 : 0;
}

/** Longest line that an editor shows without a pause, characters. */
const maxLine = 20_000;

/** Whether some line is too long for an editor. */
export function hasLongLine(text: string): boolean {
  for (let start = 0; start < text.length;) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    if (end - start > maxLine) return true;
    start = end + 1;
  }
  return false;
}
