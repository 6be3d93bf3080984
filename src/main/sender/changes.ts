// What a replay changed against the request it repeats, in words, for the list beside the delivery.

import type { HeaderPair } from '../../shared/headers.ts';
import { headerValues } from '../../shared/headers.ts';

/** The parts that are compared. */
export interface Comparable {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** One sentence part per difference, such as `body edited` or `header X-A changed`; empty when nothing differs. */
export function describeChanges(original: Comparable, sent: Comparable): string[] {
  const changes: string[] = [];
  if (original.method !== sent.method) changes.push(`method ${original.method} became ${sent.method}`);
  if (original.target !== sent.target) changes.push(`URL path ${original.target} became ${sent.target}`);
  changes.push(...headerChanges(original.headers, sent.headers));
  if (!sameBytes(original.body, sent.body)) changes.push('body edited');
  return changes;
}

function headerChanges(before: readonly HeaderPair[], after: readonly HeaderPair[]): string[] {
  const changes: string[] = [];
  const seen = new Set<string>();
  for (const [name] of [...before, ...after]) {
    const key = name.toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    const old = headerValues(before, key);
    const now = headerValues(after, key);
    if (old.length === 0) changes.push(`header ${name} added`);
    else if (now.length === 0) changes.push(`header ${name} removed`);
    else if (old.length !== now.length || old.some((value, i) => value !== now[i])) {
      changes.push(`header ${name} changed`);
    }
  }
  return changes;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
