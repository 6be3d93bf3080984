// Who may go next: one lane per target, so that a slow or dead target delays only its own deliveries. The limits of a
// lane are asked for at each decision. Knows no time but what it is told, no disk and no network.

import type { Delivery } from '../../shared/delivery.ts';
import { createBreaker } from './breaker.ts';
import type { Breaker } from './breaker.ts';
import type { Limits } from './target-rules.ts';

/** A delivery in the queue with what only this run needs to know. Times are monotonic ms. */
export interface Entry {
  /** Changed only by the queue's `live`, which notes it for the next save. */
  readonly delivery: Delivery;
  /** The save after which it may leave at once, made while it waits for room. In all other ways it waits. */
  readonly claim: Promise<void> | null;
  /** Rises in the order of their making. */
  readonly order: number;
  /** Target: the stored target's id, or the URL without its query. */
  readonly lane: string;
  /** Due by the monotonic clock, whatever the wall clock does. */
  dueAt: number;
  /** Not before this, due or not: spreads a crowd of overdue ones. */
  heldUntil: number;
  /** In its lane, waiting for room. */
  ready: boolean;
  /** A person asked for it: goes first and passes an open breaker. */
  urgent: boolean;
  /** A person asked to pause it while it was being sent. */
  pauseAsked: boolean;
  /** The run that is under way. */
  run: Promise<void> | null;
  /** Called after the next run, or when there will be none. */
  asked: (() => void)[];
}

/** The lanes of all targets. */
export interface Lanes {
  /** Puts a due entry into its lane. */
  add(entry: Entry): void;
  /** Takes an entry out of its lane; does nothing when it is not there. */
  remove(entry: Entry): void;
  /**
   * Takes the entries that may leave now, within the limits, the rates and the breakers. They count as in flight from
   * here.
   */
  take(now: number): Entry[];
  /**
   * The entries that leave next, at most as many per lane as it has in flight. None of a lane that its breaker, a rate
   * or its order may hold up.
   */
  ahead(): Entry[];
  /** The attempt is over; `down` as in {@link Breaker}. */
  end(entry: Entry, down: boolean | null, now: number, speed: number): void;
  /** When the first lane that its breaker or its rate still holds may send again; Infinity when none is held. */
  nextFreeAt(now: number): number;
}

/** What the lanes ask about a delivery. */
export interface LaneRules {
  readonly limitsOf: (delivery: Delivery) => Limits;
  /** The oldest unfinished entry of a lane, for lanes that keep the order. */
  readonly oldest: (lane: string) => Entry | null;
}

/** Timers are a millisecond or more late: spacings below this may catch up by it, ms. */
const catchUpMs = 10;
/** Attempts at once in all, and the most with those that every lane may have in any case. */
const limits = { inAll: 16, atMost: 128 };

interface Lane {
  readonly waiting: Entry[];
  readonly breaker: Breaker;
  inFlight: number;
  /** Monotonic ms of the last attempt's place in the rate. */
  slotAt: number;
}

/**
 * Lanes with at most as many attempts at once as `rules` say per target, and 16 together. A lane with nothing in flight
 * may go beyond the 16: targets that hang must not hold up one that answers.
 */
export function createLanes(rules: LaneRules): Lanes {
  const lanes = new Map<string, Lane>();
  let inFlight = 0;

  const laneOf = (key: string): Lane => {
    let lane = lanes.get(key);
    if (!lane) lanes.set(key, (lane = { waiting: [], breaker: createBreaker(), inFlight: 0, slotAt: -Infinity }));
    return lane;
  };
  const begin = (entry: Entry): void => {
    const lane = laneOf(entry.lane);
    lane.inFlight += 1;
    inFlight += 1;
    lane.breaker.started(entry.delivery.id);
    entry.urgent = false;
  };
  const remove = (entry: Entry): void => {
    if (!entry.ready) return;
    entry.ready = false;
    const { waiting } = laneOf(entry.lane);
    waiting.splice(waiting.indexOf(entry), 1);
  };
  const hasRoom = (lane: Lane, { concurrency, strictOrder }: Limits): boolean => {
    if (lane.inFlight === 0) return inFlight < limits.atMost;
    return !strictOrder && lane.inFlight < concurrency && inFlight < Math.max(limits.inAll, concurrency);
  };
  const nextSlotAt = (lane: Lane, { ratePerSecond }: Limits): number =>
    ratePerSecond === null ? -Infinity : lane.slotAt + 1_000 / ratePerSecond;
  const freeAt = (lane: Lane, first: Entry, limits: Limits): number =>
    Math.max(first.urgent ? 0 : lane.breaker.freeAt(), nextSlotAt(lane, limits));
  /** The entry that is next in its lane, whether or not it may leave now. */
  const firstOf = (key: string, lane: Lane): { readonly entry: Entry; readonly limits: Limits } | null => {
    const first = lane.waiting[0];
    if (!first) return null;
    const limits = rules.limitsOf(first.delivery);
    if (!limits.strictOrder) return { entry: first, limits };
    if (lane.inFlight > 0) return null;
    const entry = rules.oldest(key);
    return entry?.ready ? { entry, limits } : null;
  };
  const takeOne = (key: string, lane: Lane, now: number): Entry | null => {
    const first = firstOf(key, lane);
    if (!first || !hasRoom(lane, first.limits) || freeAt(lane, first.entry, first.limits) > now) return null;
    const { ratePerSecond } = first.limits;
    const late = ratePerSecond !== null && 1_000 / ratePerSecond < catchUpMs ? catchUpMs : 0;
    lane.slotAt = Math.max(nextSlotAt(lane, first.limits), now - late);
    remove(first.entry);
    begin(first.entry);
    return first.entry;
  };

  return {
    remove,
    add: (entry) => {
      if (entry.ready) remove(entry);
      entry.ready = true;
      const { waiting } = laneOf(entry.lane);
      const place = entry.urgent ? waiting.findIndex(({ urgent }) => !urgent) : -1;
      if (place === -1) waiting.push(entry);
      else waiting.splice(place, 0, entry);
    },
    take: (now) => {
      const taken: Entry[] = [];
      let progress = true;
      // One from each lane in turn, so that a full lane cannot take all the room.
      while (progress) {
        progress = false;
        for (const [key, lane] of [...lanes]) {
          const entry = takeOne(key, lane, now);
          if (!entry) continue;
          taken.push(entry);
          progress = true;
          lanes.delete(key);
          lanes.set(key, lane);
        }
      }
      return taken;
    },
    ahead: () => {
      const found: Entry[] = [];
      for (const lane of lanes.values()) {
        const first = lane.waiting[0];
        if (!first || lane.breaker.freeAt() > 0) continue;
        const { concurrency, ratePerSecond, strictOrder } = rules.limitsOf(first.delivery);
        if (ratePerSecond !== null || strictOrder) continue;
        const count = Math.min(lane.inFlight, concurrency, lane.waiting.length);
        for (let at = 0; at < count; at += 1) found.push(lane.waiting[at] as Entry);
      }
      return found;
    },
    end: (entry, down, now, speed) => {
      const lane = laneOf(entry.lane);
      lane.inFlight -= 1;
      inFlight -= 1;
      lane.breaker.ended(entry.delivery.id, down, now, speed);
      // A lane that is forgotten too early would let the next delivery go too early.
      const rests = lane.breaker.isIdle() && nextSlotAt(lane, rules.limitsOf(entry.delivery)) <= now;
      if (lane.inFlight === 0 && lane.waiting.length === 0 && rests) lanes.delete(entry.lane);
    },
    nextFreeAt: (now) => {
      let next = Infinity;
      for (const [key, lane] of lanes) {
        const first = firstOf(key, lane);
        const at = first && hasRoom(lane, first.limits) ? freeAt(lane, first.entry, first.limits) : 0;
        if (at > now) next = Math.min(next, at);
      }
      return next;
    },
  };
}
