// Words of Go that several pieces of a handler need: values of the request, conditions, and lines moved to the right.

import type { RequestCondition } from '../providers/sources.ts';
import { pathMembers } from './snippet.ts';

/** The value at a dotted path. */
export function goDig(root: string, path: string): string {
  return `dig(${root}, ${pathMembers(path)
    .map((part) => JSON.stringify(String(part)))
    .join(', ')})`;
}

/** A condition on the request. */
export function goCondition(condition: RequestCondition): string {
  const name = JSON.stringify(condition.from === 'json' ? '' : condition.name);
  if (condition.from === 'query' && condition.value === undefined) {
    return `${condition.absent ? '!' : ''}r.URL.Query().Has(${name})`;
  }
  if (condition.from === 'json' && condition.value === undefined) {
    return `${goDig('data', condition.path)} ${condition.absent ? '==' : '!='} nil`;
  }
  const place =
    condition.from === 'header'
      ? `r.Header.Get(${name})`
      : condition.from === 'query'
        ? `r.URL.Query().Get(${name})`
        : `text(${goDig('data', condition.path)})`;
  if (condition.absent) return `${place} == ""`;
  return condition.value === undefined ? `${place} != ""` : `${place} == ${JSON.stringify(String(condition.value))}`;
}

/** Lines moved to the right by one tab. */
export function tabbed(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split('\n')).map((line) => (line === '' ? '' : `\t${line}`));
}

/** Refuses the request where the test holds. */
export function refuse(test: string): string[] {
  return [`if ${test} {`, '\treturn false', '}'];
}

/** How the function begins. */
export const opening = [
  '// isGenuine says whether the request was signed with one of the keys.',
  'func isGenuine(r *http.Request, address string, body []byte) bool {',
];

/** Runs the lines for each item of the list at `path`, which must not be empty. */
export function everyItem(path: string, lines: readonly string[]): string[] {
  return [
    `items, ok := ${goDig('data', path)}.([]any)`,
    ...refuse('!ok || len(items) == 0'),
    'for _, item := range items {',
    ...tabbed(lines),
    '}',
    'return true',
  ];
}
