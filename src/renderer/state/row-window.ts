// A stretch of a long list of requests. The window holds no more than some ten thousand rows, wherever in the history
// they lie; what is not held is known by its number only. Pure: what is fetched, and when, is decided elsewhere.

import type { ExchangeSummary } from '../../shared/exchange.ts';
import { mergeRows } from './merge-rows.ts';

/** Rows by falling seq without a gap between them, as the query in force takes them. */
export interface RowWindow {
  readonly rows: readonly ExchangeSummary[];
  /** Newer ones that are not held; after a jump an estimate, but 0 only when there are none. */
  readonly above: number;
  /** The host has older ones. */
  readonly more: boolean;
}

/** `window` with the page of rows that lie next below it. At most `limit` are kept: the newest go first. */
export function extendDown(
  window: RowWindow,
  older: readonly ExchangeSummary[],
  more: boolean,
  limit: number,
): RowWindow {
  const rows = mergeRows(window.rows, older, Number.POSITIVE_INFINITY);
  const over = Math.max(0, rows.length - limit);
  return { rows: over === 0 ? rows : rows.slice(over), above: window.above + over, more };
}

/** `window` with the rows that lie next above it; `isTop`: there are no newer ones. The oldest go first. */
export function extendUp(
  window: RowWindow,
  newer: readonly ExchangeSummary[],
  isTop: boolean,
  limit: number,
): RowWindow {
  const rows = mergeRows(window.rows, newer, Number.POSITIVE_INFINITY);
  const added = rows.length - window.rows.length;
  const above = isTop ? 0 : Math.max(1, window.above - added);
  return rows.length > limit ? { rows: rows.slice(0, limit), above, more: true } : { rows, above, more: window.more };
}

/** Rows below the window that are not held; 1 where `total` is not known, or tells of none. */
export function countBelow({ rows, above, more }: RowWindow, total: number | null): number {
  if (!more) return 0;
  return total === null ? 1 : Math.max(1, total - above - rows.length);
}

/**
 * Estimates which seq stands at `index` of the whole list (0 for the newest), from how the held rows are spread. Never
 * below 1 nor above the newest.
 */
export function seqAt({ rows, above }: RowWindow, index: number, newestSeq: number): number {
  const first = rows[0]?.seq ?? newestSeq;
  const last = rows.at(-1)?.seq ?? first;
  const lastIndex = above + Math.max(0, rows.length - 1);
  const spread = rows.length > 1 ? (first - last) / (rows.length - 1) : 1;
  const seq =
    index < above
      ? first + (above - index) * (above > 0 ? Math.max(1, (newestSeq - first) / above) : 1)
      : last - (index - lastIndex) * spread;
  return Math.round(Math.min(newestSeq, Math.max(1, seq)));
}
