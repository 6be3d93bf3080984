// From the outcome of a try to the delivery as it stands after it and the two records of the attempt. Pure.

import type { Attempt, AttemptRecord, Delivery } from '../../shared/delivery.ts';
import { headerValue } from '../../shared/headers.ts';
import { scheduleOrLongest } from '../../shared/schedules.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import { asParked, asWaiting } from './queue-load.ts';
import { decide } from './retry.ts';
import type { WireOutcome } from './wire.ts';

/** A delivery after an attempt. */
export interface AfterAttempt {
  readonly delivery: Delivery;
  readonly attempt: Attempt;
  readonly record: AttemptRecord;
}

/** Circumstances at the end of the attempt. */
export interface AfterContext {
  /** Epoch ms. */
  readonly now: number;
  /** Chance, 0 to 1. */
  readonly random01: number;
  readonly speed: number;
  /** A person asked to pause it meanwhile: what would wait is parked instead. */
  readonly pauseAsked: boolean;
  /** A person's own schedules as they are now. */
  readonly ownSchedules: readonly OwnSchedule[] | undefined;
}

/** Applies the retry decision to `delivery`. `wire.signedAt` is recorded where the attempt has one. */
export function afterAttempt(
  delivery: Delivery,
  wire: WireOutcome & Pick<Attempt, 'signedAt'>,
  context: AfterContext,
): AfterAttempt {
  const { response, request, timings, ...judged } = wire;
  const decision = decide(delivery, wire, {
    ...context,
    schedule: scheduleOrLongest(delivery.schedule, context.ownSchedules),
    retryAfter: response ? headerValue(response.headers, 'retry-after') : undefined,
  });
  const parks = decision.state === 'parked' || (decision.state === 'waiting' && context.pauseAsked);
  const nextAt = decision.state === 'waiting' && !parks ? decision.nextAt : null;
  const attempt: Attempt = { n: delivery.attempts.length + 1, ...judged, nextAt };
  const tried: Delivery = { ...delivery, attempts: [...delivery.attempts, attempt] };
  let after: Delivery;
  if (parks) after = asParked(tried, decision.state === 'parked' ? decision.reason : 'paused');
  else if (decision.state === 'waiting') after = asWaiting(tried, decision.nextAt);
  else after = { ...tried, state: decision.state, nextAt: null };
  return { delivery: after, attempt, record: { ...attempt, deliveryId: delivery.id, request, response, timings } };
}
