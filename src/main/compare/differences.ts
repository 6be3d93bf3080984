// Gathers what a comparison finds, within limits: a sender decides how much differs, not how long the list gets.

import type { Comparison, Difference } from '../../shared/compare.ts';

/** Work in small steps: whoever runs it may let others go first at every one. */
export type Steps<T = void> = Generator<undefined, T, undefined>;

/** Most differences that are listed. */
export const differenceLimit = 1_000;
/** Most characters of a value or path that are kept. */
const textLimit = 2_000;

/** A list that fills. */
export interface Differences {
  /** Adds one; an `ignored` one is only counted. */
  add(difference: Difference, ignored?: boolean): void;
  /** How many were added, ignored ones included. */
  found(): number;
  /** No more are taken, so that looking on is of no use. */
  isCut(): boolean;
  result(): Comparison;
}

/** Creates an empty list. */
export function createDifferences(): Differences {
  const differences: Difference[] = [];
  let ignoredCount = 0;
  let cut = false;
  return {
    add({ part, kind, path, a, b }, ignored = false) {
      if (ignored) ignoredCount += 1;
      else if (differences.length >= differenceLimit) cut = true;
      else differences.push({ part, kind, path: cutText(path, 0), ...cutBoth(a, b) });
    },
    found: () => differences.length + ignoredCount,
    isCut: () => cut,
    result: () => ({ differences, ignored: ignoredCount, cut }),
  };
}

/** Both values cut alike, so that the first character that differs is among what is kept. */
function cutBoth(a: string | null, b: string | null): Pick<Difference, 'a' | 'b'> {
  if (a === null || b === null) return { a: a && cutText(a, 0), b: b && cutText(b, 0) };
  if (Math.max(a.length, b.length) <= textLimit) return { a, b };
  const same = firstDifference(a, b);
  const start = same < textLimit / 2 ? 0 : same - 500;
  return { a: cutText(a, start), b: cutText(b, start) };
}

/** At most 2,000 characters from `start` on, an ellipsis for what is left out; never half of a surrogate pair. */
function cutText(text: string, start: number): string {
  const head = start > 0 ? '…' : '';
  const from = text.slice(start);
  if (head.length + from.length <= textLimit) return head + (head ? from.replace(/^[\udc00-\udfff]/, '') : from);
  const cut = from.slice(0, textLimit - 1 - head.length).replace(/[\ud800-\udbff]$/, '');
  return `${head}${head ? cut.replace(/^[\udc00-\udfff]/, '') : cut}…`;
}

/** Place of the first character that differs; the shorter length where there is none. */
export function firstDifference(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** A name as one part of a path; `n` counts repeats from 0. */
export function pathPart(name: string, n: number): string {
  const written = name === '' || /[.#"]/.test(name) ? JSON.stringify(name) : name;
  return n === 0 ? written : `${written}#${n + 1}`;
}

/** The stretch in which two lists of the same names stand in another order; null where they do not. */
export function orderDifference(
  a: readonly string[],
  b: readonly string[],
): { readonly a: string; readonly b: string } | null {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  if (start >= a.length) return null;
  let end = a.length;
  while (end > start && a[end - 1] === b[end - 1]) end -= 1;
  // Only what can be shown is joined.
  const shown = (names: readonly string[]) => names.slice(start, Math.min(end, start + textLimit)).join(', ');
  return { a: shown(a), b: shown(b) };
}
