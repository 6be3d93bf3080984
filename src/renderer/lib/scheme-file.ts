// The file in which an own scheme travels between people: written for the clipboard, and checked before the host is
// asked, so that an error names its place in the text.

import * as v from 'valibot';
import { customSchemeFileSchema, schemeProblem } from '../../shared/custom-scheme.ts';
import type { CustomScheme } from '../../shared/custom-scheme.ts';
import { formatJson } from './format-json.ts';

/** Text of the file. */
export function writeSchemeFile(scheme: CustomScheme): string {
  return `${JSON.stringify({ format: 'hookbench-scheme', version: 1, scheme }, null, 2)}\n`;
}

/** What is wrong with the text of a scheme file and where, a sentence; null when nothing is. */
export function schemeFileProblem(text: string): string | null {
  if (text.trim() === '') return 'Paste the text of a scheme, or choose a file.';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return `Not JSON: ${placeIn(text)}.`;
  }
  const parsed = v.safeParse(customSchemeFileSchema, json);
  if (!parsed.success) return `${v.getDotPath(parsed.issues[0]) ?? 'The text'}: ${parsed.issues[0].message}`;
  const problem = schemeProblem(parsed.output.scheme);
  return problem === null ? null : `scheme.${problem.field}: ${problem.message}`;
}

function placeIn(text: string): string {
  const checked = formatJson(text);
  if (checked.ok || checked.reason !== 'not-json') return 'it cannot be read';
  const lines = text.slice(0, checked.at).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
