// Decides what follows an attempt. Pure: the same delivery, outcome, time and chance always give the same decision.

import type { AttemptOutcome, Delivery } from '../../shared/delivery.ts';
import type { RetrySchedule } from '../../shared/schedules.ts';

const day = 86_400_000;
/** Statuses whose Retry-After is obeyed. */
const slowDown: ReadonlySet<number | null> = new Set([429, 502, 503, 504]);
/** Outcomes of an attempt that got no connection. */
const unconnected: ReadonlySet<AttemptOutcome> = new Set(['refused', 'dns', 'tls', 'timeout-connect']);

/** What follows an attempt. */
export type Decision =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; /** Epoch ms. */ readonly nextAt: number }
  | { readonly state: 'dead' }
  | { readonly state: 'parked'; readonly reason: 'gone' };

/** Circumstances of a decision. */
export interface RetryContext {
  /** Epoch ms at the end of the attempt. */
  readonly now: number;
  /** Chance, 0 to 1, for the jitter. */
  readonly random01: number;
  readonly schedule: RetrySchedule;
  /** Divides every wait, the target's Retry-After included. */
  readonly speed: number;
  /** Value of the reply's Retry-After field. */
  readonly retryAfter?: string | undefined;
}

/**
 * `delivery.attempts` holds the attempts before this one. A schedule of k waits ends after attempt k + 1. Waits vary by
 * ±10 %, so that many deliveries that failed together do not come back together. A Retry-After takes the place of the
 * schedule's wait, from 0 to 24 h, and varies upwards only. 410 parks: the target asked for no more. A schedule with
 * `onlyUnconnected` ends with the first attempt that got a connection.
 */
export function decide(
  delivery: Pick<Delivery, 'attempts'>,
  { outcome, status }: { readonly outcome: AttemptOutcome; readonly status: number | null },
  context: RetryContext,
): Decision {
  if (outcome === 'delivered') return { state: 'delivered' };
  if (status === 410) return { state: 'parked', reason: 'gone' };
  const { now, random01, schedule, speed, retryAfter } = context;
  const scheduled = schedule.waitsMs[delivery.attempts.length];
  if (scheduled === undefined || (schedule.onlyUnconnected && !unconnected.has(outcome))) return { state: 'dead' };
  const asked = slowDown.has(status) && retryAfter !== undefined ? retryAfterMs(retryAfter, now) : null;
  const waitMs = asked === null ? scheduled * (0.9 + 0.2 * random01) : Math.min(day, asked * (1 + 0.1 * random01));
  return { state: 'waiting', nextAt: now + Math.round(waitMs / speed) };
}

/** A Retry-After value (seconds or an HTTP date) as ms from `now`, 0 to 24 h; null when it is neither. */
export function retryAfterMs(value: string, now: number): number | null {
  const text = value.trim();
  let ms = NaN;
  if (/^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(text)) ms = Number(text) * 1_000;
  // Date.parse alone takes almost any text with a number in it for a date.
  else if (/ \d{2}:\d{2}:\d{2} /.test(text)) ms = Date.parse(text) - now;
  return Number.isNaN(ms) ? null : Math.min(day, Math.max(0, ms));
}
