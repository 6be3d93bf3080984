// Words of Python that several pieces of a handler need: literals, values of the request, and conditions.

import type { RequestCondition } from '../providers/sources.ts';
import { pathMembers } from './snippet.ts';

/** Text as a Python literal. */
export function py(text: string): string {
  return JSON.stringify(text);
}

/** The value at a dotted path. */
export function dig(root: string, path: string): string {
  return `dig(${root}, ${pathMembers(path)
    .map((part) => JSON.stringify(part))
    .join(', ')})`;
}

/** A condition on the request. */
export function pyCondition(condition: RequestCondition): string {
  const place =
    condition.from === 'header'
      ? `headers.get(${py(condition.name)})`
      : condition.from === 'query'
        ? `query(url, ${py(condition.name)})`
        : dig('data', condition.path);
  if (condition.absent) return `${place} is None`;
  return condition.value === undefined ? `${place} is not None` : `${place} == ${JSON.stringify(condition.value)}`;
}

/** Refuses the request where the test holds. */
export function refuse(test: string): string[] {
  return [`if ${test}:`, '    return False'];
}

/** How the function begins. */
export const opening = 'def is_genuine(method, url, headers, body):';
/** What it does. */
export const about = '    """Whether the request was signed with one of the secrets."""';
