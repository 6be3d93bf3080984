// Token buckets, kept as one number each: the time at which a bucket is full again. That says all that a count of tokens
// and its time would (the generic cell rate algorithm), and a full bucket need not be remembered at all.

import type { Rate } from '../../shared/access.ts';

/** Buckets by group and key. Times are monotonic ms. */
export interface Rates {
  /** Ms until the bucket of `key` holds a token; 0 when it does. */
  waitOf(group: string, key: string, rate: Rate, now: number): number;
  /** Takes a token. */
  take(group: string, key: string, rate: Rate, now: number): void;
  /** Buckets that are remembered for one key each. */
  readonly size: number;
}

/** Ms between two looks for buckets that are full again: each goes through all of them. */
const sweepMs = 100;

/**
 * Remembers at most `limit` buckets, and forgets none that is not full: whoever comes as one of very many would wash
 * away what others have used up. Keys for which there is no place left share one bucket per group.
 */
export function createRates(limit: number): Rates {
  const own = new Map<string, number>();
  const shared = new Map<string, number>();
  let sweepAt = Number.NEGATIVE_INFINITY;

  function forgetFull(now: number): void {
    if (now < sweepAt) return;
    sweepAt = now + sweepMs;
    for (const buckets of [own, shared]) {
      for (const [id, full] of buckets) if (full <= now) buckets.delete(id);
    }
  }

  function placeOf(group: string, key: string, now: number): { readonly buckets: Map<string, number>; id: string } {
    const id = `${group} ${key}`;
    if (own.has(id)) return { buckets: own, id };
    if (own.size >= limit) forgetFull(now);
    return own.size < limit ? { buckets: own, id } : { buckets: shared, id: group };
  }

  return {
    waitOf(group, key, rate, now) {
      const { buckets, id } = placeOf(group, key, now);
      const wait = fullAt(buckets.get(id), rate, now) - now - (rate.burst - 1) * intervalOf(rate);
      // Sums of fractions are a little off.
      return wait < 0.001 ? 0 : wait;
    },
    take(group, key, rate, now) {
      const { buckets, id } = placeOf(group, key, now);
      buckets.set(id, fullAt(buckets.get(id), rate, now) + intervalOf(rate));
    },
    get size() {
      return own.size;
    },
  };
}

/** A rate that has changed since never makes anybody wait longer than its own empty bucket would. */
function fullAt(at: number | undefined, rate: Rate, now: number): number {
  return at === undefined ? now : Math.min(Math.max(at, now), now + rate.burst * intervalOf(rate));
}

/** Ms in which a bucket gains a token. */
function intervalOf({ count, periodSeconds }: Rate): number {
  return (periodSeconds * 1_000) / count;
}
