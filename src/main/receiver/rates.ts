// Token buckets, kept as one number each: the time at which a bucket is full again. That says all that a count of tokens
// and its time would (the generic cell rate algorithm), and a full bucket need not be remembered at all.

import type { Rate } from '../../shared/access.ts';

/** Buckets by key. Times are monotonic ms. */
export interface Rates {
  /** Ms until the bucket of `key` holds a token; 0 when it does. */
  waitOf(key: string, rate: Rate, now: number): number;
  /** Takes a token. */
  take(key: string, rate: Rate, now: number): void;
  /** Buckets that are remembered. */
  readonly size: number;
}

/**
 * Remembers at most `limit` buckets: when they come to half of it, idle ones are forgotten, and so are those that were
 * not used since the last time. (A map in order of use would spend its time on the holes at its beginning.)
 */
export function createRates(limit: number): Rates {
  let recent = new Map<string, number>();
  let older = new Map<string, number>();

  /** A rate that has changed since never makes anybody wait longer than its own empty bucket would. */
  function fullAt(key: string, rate: Rate, now: number): number {
    const at = recent.get(key) ?? older.get(key);
    return at === undefined ? now : Math.min(Math.max(at, now), now + rate.burst * intervalOf(rate));
  }

  return {
    waitOf(key, rate, now) {
      const wait = fullAt(key, rate, now) - now - (rate.burst - 1) * intervalOf(rate);
      // Sums of fractions are a little off.
      return wait < 0.001 ? 0 : wait;
    },
    take(key, rate, now) {
      const at = fullAt(key, rate, now) + intervalOf(rate);
      older.delete(key);
      recent.set(key, at);
      if (recent.size <= limit / 2) return;
      older = new Map([...recent].filter(([, full]) => full > now));
      recent = new Map();
    },
    get size() {
      return recent.size + older.size;
    },
  };
}

/** Ms in which a bucket gains a token. */
function intervalOf({ count, periodSeconds }: Rate): number {
  return (periodSeconds * 1_000) / count;
}
