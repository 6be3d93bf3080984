// Fills the look-ups of an answer. They are replaced by text once: what is inserted is never read again, and it is
// escaped for the kind of answer that it stands in, so that a request can neither break the answer nor add to it.

import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Answer } from '../../shared/replies.ts';
import { jsonAt } from './condition.ts';
import type { ReplyPlan } from './reply.ts';
import type { ReplyChooserOptions, ReplyFacts } from './rules-contract.ts';
import { targetPath } from '../../shared/request-target.ts';

/** An answer that was read for look-ups. */
export interface Template {
  /** The answer where it holds none: always the same object. */
  readonly fixed: ReplyPlan | null;
  /** The answer to one request. */
  fill(facts: ReplyFacts): ReplyPlan;
}

/** Text as it stands, or the name of a look-up. */
interface Piece {
  readonly text: string;
  readonly isLookUp: boolean;
  /** It stands between the quotes of a JSON string. */
  readonly isQuoted: boolean;
  /** It is the whole value of a JSON field that has no quotes. */
  readonly isValue: boolean;
}

/** What the body of an answer is to those who read it. */
type BodyKind = 'json' | 'markup' | 'text';

/** Characters that look-ups may add to one body: a short request must not make an endless answer. */
const mostInserted = 4_194_304;
/** Characters of one header value. */
const longestHeader = 8_192;

const form = /\{\{([^{}]{0,2000})\}\}/g;
/** Look-ups that say nothing that the sender wrote. */
const own: ReadonlySet<string> = new Set(['id', 'now', 'unix', 'uuid']);
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Reads an answer for its look-ups. */
export function parseTemplate(answer: Answer, options: ReplyChooserOptions): Template {
  const { status, delayMs, fault } = answer;
  const headers = answer.headers.map(([name, value]) => ({ name, pieces: parse(value) }));
  const body = parse(answer.body);
  const all = [...headers.flatMap(({ pieces }) => pieces), ...body].filter(({ isLookUp }) => isLookUp);
  if (all.length === 0) {
    const plan: ReplyPlan = { status, headers: answer.headers, body: answer.body, delayMs, fault };
    return { fixed: plan, fill: () => plan };
  }
  const reflects = all.some(({ text }) => !own.has(text));
  const isGuarded = !reflects || headers.some(({ name }) => name.toLowerCase() === 'x-content-type-options');
  return {
    fixed: null,
    fill(facts) {
      const filled = headers.map(({ name, pieces }): HeaderPair => [name, fillHeader(pieces, facts, options)]);
      const kind = kindOf(filled);
      return {
        status,
        headers: isGuarded ? filled : [...filled, ['X-Content-Type-Options', 'nosniff']],
        body: fillBody(body, kind, facts, options),
        delayMs,
        fault,
      };
    },
  };
}

/** Splits a text at its look-ups. */
function parse(text: string): Piece[] {
  const pieces: Piece[] = [];
  let isQuoted = false;
  let at = 0;
  const add = (literal: string): void => {
    if (literal === '') return;
    pieces.push({ text: literal, isLookUp: false, isQuoted, isValue: false });
    isQuoted = isWithinString(literal, isQuoted);
  };
  for (const match of text.matchAll(form)) {
    add(text.slice(at, match.index));
    at = match.index + match[0].length;
    const isValue =
      !isQuoted &&
      /:\s*$/.test(text.slice(Math.max(0, match.index - 100), match.index)) &&
      /^\s*[,}]/.test(text.slice(at, at + 100));
    pieces.push({ text: (match[1] ?? '').trim(), isLookUp: true, isQuoted, isValue });
  }
  add(text.slice(at));
  return pieces;
}

/** Whether the end of `literal` lies within a JSON string. */
function isWithinString(literal: string, before: boolean): boolean {
  let inside = before;
  for (let i = 0; i < literal.length; i += 1) {
    if (literal[i] === '"') inside = !inside;
    else if (inside && literal[i] === '\\') i += 1;
  }
  return inside;
}

function fillHeader(pieces: readonly Piece[], facts: ReplyFacts, options: ReplyChooserOptions): string {
  const [first] = pieces;
  if (pieces.length === 1 && first?.isLookUp === false) return first.text;
  const value = pieces
    .map(({ text, isLookUp }) => {
      if (!isLookUp) return text;
      const found = textOf(valueOf(text, facts, options));
      // Header fields are bytes already; anything else becomes UTF-8.
      return text.startsWith('header.') ? found : Buffer.from(found.slice(0, longestHeader)).toString('latin1');
    })
    .join('');
  return withoutControls(value).slice(0, longestHeader);
}

function withoutControls(value: string): string {
  let kept = '';
  for (const character of value) {
    const code = character.charCodeAt(0);
    if (code >= 32 && code !== 127) kept += character;
  }
  return kept;
}

function fillBody(pieces: readonly Piece[], kind: BodyKind, facts: ReplyFacts, options: ReplyChooserOptions): string {
  let filled = '';
  let inserted = 0;
  for (const piece of pieces) {
    const { text } = piece;
    if (!piece.isLookUp) filled += text;
    else if (inserted < mostInserted) {
      const value = escape(valueOf(text, facts, options), kind, piece);
      inserted += value.length;
      if (inserted <= mostInserted) filled += value;
    }
  }
  return filled;
}

function kindOf(headers: readonly HeaderPair[]): BodyKind {
  const types = headers
    .filter(([name]) => name.toLowerCase() === 'content-type')
    .flatMap(([, value]) => value.toLowerCase().split(/[,;]/))
    .map((part) => part.trim())
    .filter((part) => part.includes('/') && !part.includes('='));
  // Where it says several things, the one that a browser could run.
  if (types.some((type) => type.includes('html') || type.includes('xml'))) return 'markup';
  return types.some((type) => type.includes('json')) ? 'json' : 'text';
}

function escape(value: unknown, kind: BodyKind, { isQuoted, isValue }: Piece): string {
  const text = textOf(value);
  // Nothing after a field's colon would break the whole answer.
  if (kind === 'json' && isValue && text === '' && typeof value !== 'string') return 'null';
  // Anything but text is JSON already where it does not stand in quotes; so may text be, but only as one value.
  if (kind === 'json' && !isQuoted) return typeof value !== 'string' || isJsonValue(text) ? text : JSON.stringify(text);
  if (kind === 'json') return JSON.stringify(text).slice(1, -1);
  return kind === 'markup' ? text.replace(/[&<>"']/g, (character) => entities[character] ?? '') : text;
}

/** Whether a text is a number, true, false, null, a list or an object; strings are for the quotes of the answer. */
function isJsonValue(text: string): boolean {
  try {
    return typeof JSON.parse(text) !== 'string';
  } catch {
    return false;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return value === undefined ? '' : JSON.stringify(value);
  } catch {
    // It was parsed, but is nested too deeply to be written.
    return '';
  }
}

/** The value of a look-up; undefined for an unknown name and for what the request does not hold. */
function valueOf(name: string, facts: ReplyFacts, options: ReplyChooserOptions): unknown {
  const { request } = facts;
  const dot = name.indexOf('.');
  const rest = dot === -1 ? '' : name.slice(dot + 1);
  if (rest !== '') {
    switch (name.slice(0, dot)) {
      case 'query':
        return facts.look.query(rest);
      case 'header':
        return headerValue(request.headers, rest);
      case 'body':
        return jsonAt(facts, rest);
      default:
        return undefined;
    }
  }
  switch (name) {
    case 'id':
      return request.id;
    case 'method':
      return request.method;
    case 'path':
      return targetPath(request.target);
    case 'event':
      return facts.event ?? undefined;
    case 'deliveryId':
      return facts.deliveryId ?? undefined;
    case 'now':
      return new Date(options.now()).toISOString();
    case 'unix':
      return String(Math.floor(options.now() / 1_000));
    case 'uuid':
      return options.makeUuid();
    default:
      return undefined;
  }
}
