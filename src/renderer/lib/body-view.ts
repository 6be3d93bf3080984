// Decides how a body can be shown: which views make sense and which syntax an editor may colour. Types of content are
// only a hint; the bytes decide.

import type { HeaderPair } from '../../shared/headers.ts';
import { decodeUtf8, decodeUtf8Head, isBinary } from './body-text.ts';
import { formatJson } from './format-json.ts';

/** Syntax for colouring; `plain` also where colouring would cost too much. */
export type Syntax = 'json' | 'xml' | 'html' | 'plain';

/** What can be shown of the loaded bytes of a body. */
export interface BodyView {
  /** Null for binary bodies: only hex makes sense. */
  readonly text: string | null;
  /** JSON laid out, or null. */
  readonly pretty: string | null;
  readonly syntax: Syntax;
  /** Fields of a form body, or null. */
  readonly fields: readonly HeaderPair[] | null;
  /** A sentence on why something is not offered, or null. */
  readonly note: string | null;
}

const maxFields = 1_000;
/** Parsers for colouring recurse over nesting and read the whole text. */
const maxColouredLength = 2_000_000;
const maxColouredDepth = 200;

/** `complete` is false while only the head of the body is loaded. */
export function viewBody(bytes: Uint8Array, contentType: string | undefined, complete: boolean): BodyView {
  const text = complete ? decodeUtf8(bytes) : decodeUtf8Head(bytes);
  if (text === null || isBinary(text)) return { text: null, pretty: null, syntax: 'plain', fields: null, note: null };
  const type = (contentType ?? '').toLowerCase();
  if (type.includes('application/x-www-form-urlencoded')) {
    return { text, pretty: null, syntax: 'plain', fields: formFields(text), note: null };
  }
  const start = text.trimStart().charAt(0);
  if (start === '{' || start === '[' || type.includes('json')) {
    const formatted = formatJson(text, { partial: !complete });
    if (formatted.ok) {
      return { text, pretty: formatted.text, syntax: colouredIf(formatted.text, 'json'), fields: null, note: null };
    }
    const notes = {
      'not-json': type.includes('json') ? `Not valid JSON from character ${formatted.at + 1} on.` : null,
      'too-deep': 'Nested too deeply to lay out; shown as it came.',
      'too-long': 'Too long to lay out; shown as it came.',
    };
    return { text, pretty: null, syntax: 'plain', fields: null, note: notes[formatted.reason] };
  }
  const syntax = type.includes('html') ? 'html' : start === '<' ? 'xml' : 'plain';
  return { text, pretty: null, syntax: colouredIf(text, syntax), fields: null, note: null };
}

/** `syntax`, or `plain` where its parser would have too much to do. */
export function colouredIf(text: string, syntax: Syntax): Syntax {
  if (syntax === 'plain' || text.length > maxColouredLength) return 'plain';
  return nesting(text, syntax === 'json') > maxColouredDepth ? 'plain' : syntax;
}

/** A quick upper estimate: brackets inside strings count too. */
function nesting(text: string, json: boolean): number {
  let depth = 0;
  let deepest = 0;
  for (const match of text.matchAll(json ? /[{[\]}]/g : /<\/?[A-Za-z]/g)) {
    const opens = json ? match[0] === '{' || match[0] === '[' : match[0].charAt(1) !== '/';
    depth = Math.max(0, depth + (opens ? 1 : -1));
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

function formFields(text: string): HeaderPair[] {
  const fields: HeaderPair[] = [];
  for (const pair of text.split('&', maxFields)) {
    const [name = '', ...rest] = pair.split('=');
    fields.push([decodeFormPart(name), decodeFormPart(rest.join('='))]);
  }
  return fields;
}

function decodeFormPart(part: string): string {
  const spaced = part.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
