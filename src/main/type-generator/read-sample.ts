// Whether a body can serve as an example: JSON in UTF-8, within bounds. Its reason is a sentence where it cannot.

import { visit } from 'jsonc-parser';

/** An example, or why it is none. */
export type ReadSample =
  | { readonly ok: true; readonly value: unknown; readonly notes: readonly SampleNote[] }
  | { readonly ok: false; readonly reason: string };

/** What a type cannot say about an example. */
export type SampleNote = 'big-integer' | 'duplicate-key';

/** Objects and arrays inside one another. */
const deepest = 64;

/** Reads the bytes of a body. Never throws. */
export function readSample(bytes: Uint8Array): ReadSample {
  if (bytes.length === 0) return no('It has no body.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return no('Its body is not text in UTF-8.');
  }
  // Before anything that recurses over the value.
  if (depthOf(text) > deepest) return no(`Its JSON is nested deeper than ${deepest} levels.`);
  try {
    return { ok: true, value: JSON.parse(text) as unknown, notes: notesOf(text) };
  } catch {
    return no('Its body is not JSON.');
  }
}

function no(reason: string): ReadSample {
  return { ok: false, reason };
}

/** The most brackets that are open at once, those in strings left out. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === 0x5c) at += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) most = Math.max(most, (depth += 1));
    else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return most;
}

/** Looks at the text itself: a parsed value shows neither. */
function notesOf(text: string): readonly SampleNote[] {
  const notes = new Set<SampleNote>();
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(name) {
      const names = open.at(-1);
      if (names?.has(name) === true) notes.add('duplicate-key');
      names?.add(name);
    },
    onLiteralValue(value, offset, length) {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) return;
      if (/^-?\d+$/.test(text.slice(offset, offset + length))) notes.add('big-integer');
    },
  });
  return [...notes];
}
