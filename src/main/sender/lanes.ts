// Who may go next: one lane per target, so that a slow or dead target delays only its own deliveries.
// Knows no time but what it is told, no disk and no network.

import type { Delivery } from '../../shared/delivery.ts';
import { createBreaker } from './breaker.ts';
import type { Breaker } from './breaker.ts';

/** A delivery in the queue with what only this run needs to know. Times are monotonic ms. */
export interface Entry {
  delivery: Delivery;
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
  /** Takes the entries that may leave now, within the limits and the breakers. They count as in flight from here. */
  take(now: number): Entry[];
  /** The attempt is over; `down` as in {@link Breaker}. */
  end(entry: Entry, down: boolean | null, now: number, speed: number): void;
  /** When the first lane that is still held by its breaker may send a probe; Infinity when none is. */
  nextProbeAt(now: number): number;
}

interface Lane {
  readonly waiting: Entry[];
  readonly breaker: Breaker;
  inFlight: number;
}

/** Lanes with at most `perTarget` attempts at once per target and `inAll` together. */
export function createLanes({ perTarget, inAll }: { readonly perTarget: number; readonly inAll: number }): Lanes {
  const lanes = new Map<string, Lane>();
  let inFlight = 0;

  const laneOf = (key: string): Lane => {
    let lane = lanes.get(key);
    if (!lane) lanes.set(key, (lane = { waiting: [], breaker: createBreaker(), inFlight: 0 }));
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
  const takeOne = (lane: Lane, now: number): Entry | null => {
    const first = lane.waiting[0];
    if (!first || lane.inFlight >= perTarget) return null;
    if (!first.urgent && lane.breaker.freeAt() > now) return null;
    lane.waiting.shift();
    first.ready = false;
    begin(first);
    return first;
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
          if (inFlight >= inAll) break;
          const entry = takeOne(lane, now);
          if (!entry) continue;
          taken.push(entry);
          progress = true;
          lanes.delete(key);
          lanes.set(key, lane);
        }
      }
      return taken;
    },
    end: (entry, down, now, speed) => {
      const lane = laneOf(entry.lane);
      lane.inFlight -= 1;
      inFlight -= 1;
      lane.breaker.ended(entry.delivery.id, down, now, speed);
      if (lane.inFlight === 0 && lane.waiting.length === 0 && lane.breaker.isIdle()) lanes.delete(entry.lane);
    },
    nextProbeAt: (now) => {
      let next = Infinity;
      for (const lane of lanes.values()) {
        const freeAt = lane.breaker.freeAt();
        if (lane.waiting.length > 0 && freeAt > now) next = Math.min(next, freeAt);
      }
      return next;
    },
  };
}
