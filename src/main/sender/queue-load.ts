// What a queue document means after a start: which deliveries go on, which only have to be put where they belong.
// Pure; every rule here answers one point at which the last run may have ended.

import type { Delivery } from '../../shared/delivery.ts';

/** Facts about the other places a delivery may be in. */
export interface LoadContext {
  readonly dead: readonly Delivery[];
  readonly isArchived: (id: string) => boolean;
  readonly hasSecret: (name: string) => boolean;
  /** Epoch ms. */
  readonly now: number;
}

/** The sorted content of the queue document. */
export interface LoadedQueue {
  /** `waiting` and `parked`, oldest first. */
  readonly live: readonly Delivery[];
  /** Finished ones that still have to be kept elsewhere before they leave. */
  readonly finished: readonly Delivery[];
  /** Ids of dead letters that a saved redrive has replaced. */
  readonly redriven: ReadonlySet<string>;
}

/**
 * `sending` goes back to `waiting`, due now: whether the target got it is unknown, so it is sent again. An id that is
 * dead or archived has left. A delivery parked for its secret waits again once the secret is there.
 */
export function sortLoaded(queued: readonly Delivery[], context: LoadContext): LoadedQueue {
  const { dead, isArchived, hasSecret, now } = context;
  const live: Delivery[] = [];
  const finished: Delivery[] = [];
  const seen = new Set(dead.map(({ id }) => id));
  const redriven = new Set<string>();
  for (const delivery of queued) {
    if (delivery.redriveOf !== undefined) redriven.add(delivery.redriveOf);
    if (seen.has(delivery.id) || isArchived(delivery.id)) continue;
    seen.add(delivery.id);
    if (delivery.state === 'delivered' || delivery.state === 'dead') finished.push(delivery);
    else if (delivery.state === 'sending') live.push({ ...delivery, state: 'waiting', nextAt: now });
    // It was about to leave.
    else if (delivery.state === 'waiting' && delivery.nextAt === null) live.push({ ...delivery, nextAt: now });
    else if (secretIsBack(delivery, hasSecret)) live.push(asWaiting(delivery, now));
    else live.push(delivery);
  }
  return { live, finished, redriven };
}

/** `delivery`, no longer parked, due at `nextAt`. */
export function asWaiting(delivery: Delivery, nextAt: number): Delivery {
  const { parkedReason: _dropped, ...rest } = delivery;
  return { ...rest, state: 'waiting', nextAt };
}

/** `delivery`, parked until a person or a returning secret resumes it. */
export function asParked(delivery: Delivery, parkedReason: string): Delivery {
  return { ...delivery, state: 'parked', nextAt: null, parkedReason };
}

function secretIsBack(delivery: Delivery, hasSecret: (name: string) => boolean): boolean {
  const { state, parkedReason, secretName } = delivery;
  return state === 'parked' && parkedReason === 'secret-unavailable' && (secretName === null || hasSecret(secretName));
}
