// Lays JSON out for reading without changing any of its values: only blanks between tokens are new. Capped in depth and
// output, since a body comes from anyone; formats the head of a body whose rest is not loaded yet.

import { jsonTokens } from './json-tokens.ts';

/** Limits; the defaults fit what an editor shows without a pause. */
export interface FormatLimits {
  /** Deepest nesting; 200. */
  readonly maxDepth?: number;
  /** Longest result, characters; 4,000,000. */
  readonly maxLength?: number;
  /** The source is only the head of a longer text: an unfinished end is no error. */
  readonly partial?: boolean;
}

/** Laid-out JSON, or why there is none. */
export type FormattedJson =
  | { readonly ok: true; readonly text: string }
  /** `at` is the offset in the source where it ceased to fit. */
  | { readonly ok: false; readonly reason: 'not-json' | 'too-deep' | 'too-long'; readonly at: number };

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** Lays `source` out with two blanks per level. Digits, escapes, order and repeated keys stay as they are. */
export function formatJson(source: string, limits: FormatLimits = {}): FormattedJson {
  const { maxDepth = 200, maxLength = 4_000_000, partial = false } = limits;
  const open: string[] = [];
  const out: string[] = [];
  let length = 0;
  let expected = 'value' as Expected;
  let justOpened = false;

  const write = (text: string): void => {
    out.push(text);
    length += text.length;
  };
  const newLine = (): void => write(`\n${'  '.repeat(open.length)}`);
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'comma-or-end');

  for (const { kind, start, end } of jsonTokens(source)) {
    if (length > maxLength) return { ok: false, reason: 'too-long', at: start };
    const text = source.slice(start, end);
    if (kind === 'bad') {
      if (partial && out.length > 0) return finish(`${out.join('')}${text.slice(0, 200)}`);
      return { ok: false, reason: 'not-json', at: start };
    }
    const closes = text === '}' || text === ']';
    if (!fits(expected, kind, text, open.at(-1))) return { ok: false, reason: 'not-json', at: start };
    if (justOpened && !closes) newLine();
    justOpened = false;

    if (text === '{' || text === '[') {
      if (open.length >= maxDepth) return { ok: false, reason: 'too-deep', at: start };
      write(text);
      open.push(text);
      justOpened = true;
      expected = text === '{' ? 'key-or-end' : 'value-or-end';
    } else if (closes) {
      const empty = expected === 'key-or-end' || expected === 'value-or-end';
      open.pop();
      if (!empty) newLine();
      write(text);
      expected = afterValue();
    } else if (text === ',') {
      write(text);
      newLine();
      expected = open.at(-1) === '{' ? 'key' : 'value';
    } else if (text === ':') {
      write(': ');
      expected = 'value';
    } else {
      write(text);
      expected = expected === 'key' || expected === 'key-or-end' ? 'colon' : afterValue();
    }
  }
  if (expected !== 'nothing' && !(partial && out.length > 0))
    return { ok: false, reason: 'not-json', at: source.length };
  return finish(out.join(''));
}

function finish(text: string): FormattedJson {
  return { ok: true, text };
}

function fits(expected: Expected, kind: string, text: string, inside: string | undefined): boolean {
  const startsValue = kind !== 'punctuator' || text === '{' || text === '[';
  const ends = text === (inside === '{' ? '}' : ']') && inside !== undefined;
  switch (expected) {
    case 'value':
      return startsValue;
    case 'value-or-end':
      return startsValue || ends;
    case 'key':
      return kind === 'string';
    case 'key-or-end':
      return kind === 'string' || ends;
    case 'colon':
      return text === ':';
    case 'comma-or-end':
      return text === ',' || ends;
    case 'nothing':
      return false;
  }
}
