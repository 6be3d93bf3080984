// How many requests came when: what the line above the Inbox asks for and is told.

import * as v from 'valibot';

/** Input of `requests.activity`: those that the query takes, in stretches of equal length. Times in epoch ms. */
export const activityInput = v.pipe(
  v.object({
    query: v.optional(v.pipe(v.string(), v.maxLength(2_000)), ''),
    fromAt: v.number(),
    /** Not included. */
    toAt: v.number(),
    buckets: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
  }),
  v.check(({ fromAt, toAt }) => fromAt < toAt, 'must end after its start'),
);

/** Requests of one stretch of time. */
export interface ActivityCount {
  readonly total: number;
  /** Those among them with a bad signature, or answered 400 or above. */
  readonly failed: number;
}
