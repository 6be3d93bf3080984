// The words of a comparison, and the stretch of two long values that is worth showing.

import type { Comparison, Difference, DifferenceKind, DifferencePart } from '../../shared/compare.ts';
import { difference } from './difference.ts';
import { formatCount, plural } from './format.ts';

/** Differences of one part of a request. */
export interface PartDifferences {
  readonly part: DifferencePart;
  readonly title: string;
  readonly differences: readonly Difference[];
}

const partTitles: Readonly<Record<DifferencePart, string>> = {
  method: 'Method',
  path: 'Path',
  query: 'Query',
  version: 'HTTP version',
  header: 'Headers',
  trailer: 'Trailers',
  body: 'Body',
};

const kindWords: Readonly<Record<DifferenceKind, string>> = {
  changed: 'changed',
  added: 'only right',
  removed: 'only left',
  order: 'other order',
  case: 'other case',
  layout: 'written otherwise',
};

/** What differs, in two words. */
export function kindWord(kind: DifferenceKind): string {
  return kindWords[kind];
}

/** Differences under their parts, in the order of a request. */
export function byPart(differences: readonly Difference[]): PartDifferences[] {
  const parts = new Map<DifferencePart, Difference[]>();
  for (const entry of differences) {
    const known = parts.get(entry.part);
    if (known) known.push(entry);
    else parts.set(entry.part, [entry]);
  }
  return [...parts].map(([part, list]) => ({ part, title: partTitles[part], differences: list }));
}

/** How much differs, in a sentence without its full stop. */
export function comparisonWords({ differences, ignored, cut }: Comparison): string {
  if (differences.length === 0) {
    return ignored === 0 ? 'The same, byte for byte' : `The same but for ${plural(ignored, 'ignored field')}`;
  }
  const more = cut
    ? `More than ${formatCount(differences.length)} differences`
    : plural(differences.length, 'difference');
  return ignored === 0 ? more : `${more}, ${formatCount(ignored)} ignored`;
}

/** A value in three runs, of which the middle one differs. */
export interface Excerpt {
  readonly before: string;
  readonly differs: string;
  readonly after: string;
}

/** Both values of a difference, as they are drawn. */
export interface ShownValues {
  readonly a: Excerpt | null;
  readonly b: Excerpt | null;
  /** Something was left out. */
  readonly short: boolean;
}

/** Characters that are shown of what both values have in common, and of what differs. */
const commonShown = 40;
const differingShown = 200;

/** Both values with what differs in the middle; unless `whole`, equal stretches and long ones end in an ellipsis. */
export function shownValues({ a, b }: Pick<Difference, 'a' | 'b'>, whole: boolean): ShownValues {
  const alone = (text: string | null) => (text === null ? null : { before: '', differs: text, after: '' });
  const runs = a !== null && b !== null ? difference(a, b) : { a: alone(a), b: alone(b) };
  const shown = { a: runs.a && shorten(runs.a), b: runs.b && shorten(runs.b) };
  const short = sizeOf(shown.a) !== sizeOf(runs.a) || sizeOf(shown.b) !== sizeOf(runs.b);
  return whole ? { ...runs, short } : { ...shown, short };
}

function sizeOf(excerpt: Excerpt | null): number {
  return excerpt === null ? 0 : excerpt.before.length + excerpt.differs.length + excerpt.after.length;
}

function shorten({ before, differs, after }: Excerpt): Excerpt {
  return {
    before: before.length > commonShown + 1 ? `…${before.slice(-commonShown)}` : before,
    differs: differs.length > differingShown + 1 ? `${differs.slice(0, differingShown)}…` : differs,
    after: after.length > commonShown + 1 ? `${after.slice(0, commonShown)}…` : after,
  };
}
