// Secrets in JSON, found by key and by value, without parsing it: all other bytes stay as they were, digits, blanks
// and repeated keys included. One pass and no recursion, so broken and very deep documents are no danger.

import { fieldSensitivity } from './redact-names.ts';
import type { Sensitivity } from './redact-names.ts';
import type { Mask } from './redact-text.ts';

/** What to do with what is found. */
export interface JsonRules {
  readonly mask: Mask;
  /** Text of a string that no key marks as secret. */
  readonly string: (text: string) => string;
  /** What stands between strings where a document is broken. */
  readonly gap: (text: string) => string;
}

const quoteCode = 34;
const backslashCode = 92;

/** The document (or several, one after the other) with its secrets masked. */
export function redactJson(text: string, rules: JsonRules): string {
  const levels: Sensitivity[] = [];
  const out: string[] = [];
  let pending: Sensitivity = null;
  let at = 0;

  const level = (): Sensitivity => pending ?? levels.at(-1) ?? null;

  while (at < text.length) {
    const start = at;
    const character = text[at] as string;
    switch (character) {
      case '"': {
        at = stringEnd(text, at);
        const token = text.slice(start, at);
        if (isKey(text, at)) {
          pending = fieldSensitivity(decode(token));
          out.push(changed(token, rules.string));
        } else {
          out.push(
            level() === null
              ? changed(token, rules.string)
              : changed(token, (value) => (value === '' ? value : rules.mask(value))),
          );
          pending = null;
        }
        break;
      }
      case '{':
        // A secret-sounding name over a whole object (`card`, `token`) says nothing of its parts, `credentials` does.
        levels.push(level() === 'deep' ? 'deep' : null);
        pending = null;
        at += 1;
        out.push(character);
        break;
      case '[':
        levels.push(level());
        pending = null;
        at += 1;
        out.push(character);
        break;
      case '}':
      case ']':
        levels.pop();
        pending = null;
        at += 1;
        out.push(character);
        break;
      case ',':
        pending = null;
        at += 1;
        out.push(character);
        break;
      default: {
        at = gapEnd(text, at);
        out.push(redactGap(text.slice(start, at), level(), rules));
      }
    }
  }
  return out.join('');
}

/** Position after the string that begins at `start`; the end of the text when it is never closed. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quoteCode) return at + 1;
    at += code === backslashCode ? 2 : 1;
  }
  return text.length;
}

function isKey(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at++;
  return text[at] === ':';
}

function gapEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !'"{}[],'.includes(text[at] as string)) at++;
  return at;
}

/** Numbers, literals, colons and blanks; anything else means that the document is broken. */
function redactGap(gap: string, level: Sensitivity, rules: JsonRules): string {
  const number = /-?\d[\d.eE+-]*/;
  if (level === 'deep' || level === 'value') return gap.replace(number, (digits) => `"${rules.mask(digits)}"`);
  return /[A-Za-z]{6}/.test(gap) ? rules.gap(gap) : gap;
}

function decode(token: string): string {
  const closed = token.length > 1 && token.endsWith('"');
  if (!token.includes('\\')) return token.slice(1, closed ? -1 : undefined);
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.slice(1, closed ? -1 : undefined);
  }
}

/** The token with `change` applied to its text, and untouched when that changes nothing. */
function changed(token: string, change: (text: string) => string): string {
  const text = decode(token);
  const result = change(text);
  return result === text ? token : JSON.stringify(result);
}
