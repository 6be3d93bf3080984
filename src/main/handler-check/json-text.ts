// Changes JSON as text. Parsing and writing would alter numbers, escapes and repeated members, which is just what some
// cases must keep and others must add.

import { applyEdits, modify } from 'jsonc-parser';
import { parseJson } from '../../shared/providers/read-value.ts';

const stringsAndBlanks = /("[^"\\]*(?:\\.[^"\\]*)*")|[\t\n\r ]+/g;

/** `json` (valid) without the blanks between its tokens; every token stays as it is written. */
export function compactJson(json: string): string {
  return json.replace(stringsAndBlanks, (_all, text: string | undefined) => text ?? '');
}

/** `json` (valid) with `value` at the dotted `path`; numbers in the path reach into lists. */
export function setJson(json: string, path: string, value: string | number): string {
  let node = parseJson(json);
  const steps = path.split('.').map((key) => {
    const step = Array.isArray(node) ? Number(key) : key;
    node = typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined;
    return step;
  });
  return applyEdits(json, modify(json, steps, value, {}));
}

/** `json` (valid, compact) with `members` put first in its object, or in the first object of its list; else null. */
export function addMembers(json: string, members: string): string | null {
  const head = /^\[?\{/.exec(json)?.[0];
  if (head === undefined) return null;
  const rest = json.slice(head.length);
  return `${head}${members}${rest.startsWith('}') ? '' : ','}${rest}`;
}
