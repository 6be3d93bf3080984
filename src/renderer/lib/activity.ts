// The line above the Inbox, as numbers and words: which stretch of time it shows, how high its bars are, and the query
// that a click on it makes.

import type { ActivityCount } from '../../shared/activity.ts';
import type { ExchangeSummary } from '../../shared/exchange.ts';
import { parseQuery } from '../../shared/query.ts';
import { formatCount, formatDuration, formatTime, plural } from './format.ts';

/** A stretch of time, epoch ms; the end is not included. */
export interface TimeRange {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Bars of the line. */
export const activityBuckets = 60;
const usualMs = 15 * 60_000;
/** Below it a bar would stand for less than a millisecond. */
const leastMs = activityBuckets;

/** What `since:` and `before:` say, else the last 15 minutes, else (nothing came then) the stretch of the rows. */
export function activityRange(query: string, rows: readonly ExchangeSummary[], now: number): TimeRange {
  const limits = queryLimits(query, now);
  const newest = rows[0]?.receivedAt;
  const oldest = rows.at(-1)?.receivedAt;
  const quiet = newest !== undefined && oldest !== undefined && newest < now - usualMs;
  const toAt = limits.toAt ?? (quiet && limits.fromAt === null ? newest + 1 : now);
  const fromAt = limits.fromAt ?? (quiet ? Math.min(oldest, toAt) : toAt - usualMs);
  return toAt - fromAt >= leastMs ? { fromAt, toAt } : { fromAt: toAt - leastMs, toAt };
}

function queryLimits(query: string, now: number): { fromAt: number | null; toAt: number | null } {
  let fromAt: number | null = null;
  let toAt: number | null = null;
  try {
    for (const term of parseQuery(query, now)) {
      if (term.kind !== 'range' || term.field !== 'receivedAt' || term.negated) continue;
      if (term.min > 0) fromAt = Math.max(fromAt ?? 0, term.min);
      if (term.max < Number.MAX_SAFE_INTEGER) toAt = Math.min(toAt ?? Infinity, term.max + 1);
    }
  } catch {
    // The filter box says what is wrong with it.
  }
  return { fromAt, toAt };
}

/** `query` with these times in place of those that it had. */
export function withTimes(query: string, { fromAt, toAt }: TimeRange): string {
  const terms = query.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g) ?? [];
  const others = terms.filter((term) => !/^(?:since|before):/i.test(term));
  return [...others, `since:${isoTime(Math.floor(fromAt))}`, `before:${isoTime(Math.ceil(toAt))}`].join(' ');
}

function isoTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/** The stretch of the buckets `a` to `b`, in any order, both included. */
export function bucketRange({ fromAt, toAt }: TimeRange, a: number, b: number): TimeRange {
  const each = (toAt - fromAt) / activityBuckets;
  return { fromAt: fromAt + Math.min(a, b) * each, toAt: fromAt + (Math.max(a, b) + 1) * each };
}

/** When the bar at this place begins, epoch ms: no two begin alike. */
export function bucketStart({ fromAt, toAt }: TimeRange, index: number): number {
  return fromAt + (index * (toAt - fromAt)) / activityBuckets;
}

/** What the line shows, in words: `Last 15 min: 120 requests, 3 failed`. */
export function activityWords(range: TimeRange, counts: readonly ActivityCount[], now: number): string {
  const { total, failed } = totals(counts);
  return `${rangeWords(range, now)}: ${plural(total, 'request')}, ${formatCount(failed)} failed`;
}

/** `Last 15 min`, or when it began and ended. */
export function rangeWords({ fromAt, toAt }: TimeRange, now: number): string {
  if (Math.abs(now - toAt) < 30_000) return `Last ${formatDuration(toAt - fromAt)}`;
  return `${formatTime(fromAt, now)} to ${formatTime(toAt, now)}`;
}

/** All buckets together. */
export function totals(counts: readonly ActivityCount[]): ActivityCount {
  return {
    total: counts.reduce((sum, { total }) => sum + total, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}
