// Reads JSON into a tree of places in the source text, so that digits, escapes and repeated names stay as they were sent:
// a value that went through JSON.parse would show 12345678901234567890 as another number. No recursion, in small steps.

import type { Steps } from './differences.ts';

/** A value and where it stands in the text, end excluded. */
export type JsonNode =
  | { readonly kind: 'value'; readonly start: number; readonly end: number }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] };

/** A member of an object, under its decoded name. */
export interface JsonMember {
  readonly name: string;
  readonly value: JsonNode;
}

/** A whole text. */
export interface JsonTree {
  readonly root: JsonNode;
  readonly tokens: number;
  /** Some white space stands between tokens. */
  readonly hasGaps: boolean;
  /** Hash of the white space and of the tokens it stands between. */
  readonly gaps: number;
}

/** Containers in this depth and below are one value: their text is compared as a whole. */
const depthLimit = 200;

interface Open {
  readonly start: number;
  readonly items: JsonNode[] | null;
  readonly members: JsonMember[] | null;
  /** Name of the member whose value comes next. */
  pending: string | null;
}

type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'after' | 'end';

const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** The tree of a text, or null when it is no JSON. */
export function* readJsonTree(text: string): Steps<JsonTree | null> {
  // The text's one value lies in the lowest container, which never closes.
  const roots: JsonNode[] = [];
  const stack: Open[] = [{ start: -1, items: roots, members: null, pending: null }];
  let expected: Expected = 'value';
  let at = 0;
  let tokens = 0;
  let hasGaps = false;
  let gaps = 0;

  const place = (node: JsonNode): Expected => {
    const parent = stack.at(-1);
    if (parent?.items) parent.items.push(node);
    else parent?.members?.push({ name: parent.pending ?? '', value: node });
    return stack.length === 1 ? 'end' : 'after';
  };

  for (;;) {
    if (tokens % 2_048 === 2_047) yield;
    const before = at;
    for (; at < text.length && isBlank(text.charCodeAt(at)); at += 1) {
      if ((at - before) % 65_536 === 65_535) yield;
      gaps = (Math.imul(gaps, 31) + tokens * 7 + text.charCodeAt(at)) | 0;
    }
    hasGaps ||= at > before;
    if (at >= text.length) {
      const [root] = roots;
      return expected === 'end' && root !== undefined ? { root, tokens, hasGaps, gaps } : null;
    }
    tokens += 1;
    const character = text[at] as string;
    const open = stack.at(-1);
    switch (expected) {
      case 'end':
        return null;
      case 'colon':
        if (character !== ':') return null;
        at += 1;
        expected = 'value';
        continue;
      case 'after':
        if (character === ',') {
          at += 1;
          expected = open?.items ? 'value' : 'name';
          continue;
        }
        break;
      case 'name':
      case 'name-or-end': {
        if (character !== '"') break;
        const end = endOfString(text, at);
        if (end === -1 || !open) return null;
        open.pending = JSON.parse(text.slice(at, end)) as string;
        at = end;
        expected = 'colon';
        continue;
      }
      case 'value':
      case 'value-or-end':
        break;
    }
    if ((character === '}' || character === ']') && expected !== 'value' && expected !== 'name') {
      if (!open || (character === ']') !== (open.items !== null)) return null;
      stack.pop();
      at += 1;
      const { start, items, members } = open;
      expected = place(
        items ? { kind: 'array', start, end: at, items } : { kind: 'object', start, end: at, members: members ?? [] },
      );
      continue;
    }
    if (expected !== 'value' && expected !== 'value-or-end') return null;
    if (character === '{' || character === '[') {
      if (stack.length <= depthLimit) {
        const list = character === '[';
        stack.push({ start: at, items: list ? [] : null, members: list ? null : [], pending: null });
        at += 1;
        expected = list ? 'value-or-end' : 'name-or-end';
        continue;
      }
      const end = endOfContainer(text, at);
      if (end === -1) return null;
      expected = place({ kind: 'value', start: at, end });
      if (end - at > 65_536) yield;
      at = end;
      continue;
    }
    const end = character === '"' ? endOfString(text, at) : endOfScalar(text, at);
    if (end === -1) return null;
    expected = place({ kind: 'value', start: at, end });
    if (end - at > 65_536) yield;
    at = end;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endOfScalar(text: string, start: number): number {
  scalar.lastIndex = start;
  return scalar.test(text) ? scalar.lastIndex : -1;
}

/** Index after the closing quote, or -1 when it is no JSON string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) continue;
    at += 1;
    const escape = text[at] ?? '';
    if (escape === 'u') {
      if (!/^[0-9A-Fa-f]{4}$/.test(text.slice(at + 1, at + 5))) return -1;
      at += 4;
    } else if (!'"\\/bfnrt'.includes(escape) || escape === '') return -1;
  }
  return -1;
}

/** Index after the container that opens at `start`, or -1; what lies in it is not checked. */
function endOfContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at) - 1;
      if (at < start) return -1;
    } else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
