// Which waiting entries are due, without a look at all of them each time: a heap by the monotonic time at which each may
// leave. An entry is put in anew whenever that time changes; older places in the heap are skipped when they come up.

import type { Entry } from './lanes.ts';
import { waitOf } from './timing.ts';
import type { Moment } from './timing.ts';

/** How far the two clocks may drift apart before all times are worked out anew, ms. */
const driftMs = 20;
/** All times are worked out anew this often in any case, ms. */
const rebuildEveryMs = 60_000;

/** The waiting entries by the time at which they are due. */
export interface Due {
  /** The time at which `entry` may leave is another one than before, or it has none any more. */
  touch(entry: Entry, now: Moment): void;
  /** The times of many entries are others than before. */
  rebuild(now: Moment): void;
  /** Takes out those that are due, oldest first. */
  take(now: Moment): Entry[];
  /** Ms until the first of the others is due; Infinity without any. */
  nextIn(now: Moment): number;
}

interface Place {
  readonly entry: Entry;
  readonly at: number;
}

/** `all` are the entries of the queue; those that are `idle` can become due. */
export function createDue(all: () => Iterable<Entry>, idle: (entry: Entry) => boolean): Due {
  let heap: Place[] = [];
  let places = new Map<Entry, Place>();
  let drift = 0;
  let builtAt = -Infinity;

  function push(place: Place): void {
    let at = heap.length;
    heap.push(place);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Place;
      if (above.at <= place.at) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = place;
  }

  function pop(): void {
    const last = heap.pop() as Place;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && right.at < (heap[child] as Place).at) child += 1;
      const below = heap[child] as Place;
      if (below.at >= last.at) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }

  function add(entry: Entry, now: Moment): void {
    // An endless hold ends with a touch.
    if (!idle(entry) || entry.heldUntil === Infinity) return void places.delete(entry);
    const place = { entry, at: now.mono + waitOf(entry, now) };
    places.set(entry, place);
    push(place);
  }

  function rebuild(now: Moment): void {
    heap = [];
    places = new Map();
    drift = now.wall - now.mono;
    builtAt = now.mono;
    for (const entry of all()) add(entry, now);
  }

  /** The first place that still counts. */
  function first(): Place | null {
    for (let top = heap[0]; top; top = heap[0]) {
      if (places.get(top.entry) === top) {
        if (idle(top.entry)) return top;
        places.delete(top.entry);
      }
      pop();
    }
    return null;
  }

  function freshen(now: Moment): void {
    const isStale = now.mono - builtAt > rebuildEveryMs || heap.length > 2 * places.size + 64;
    if (isStale || Math.abs(now.wall - now.mono - drift) > driftMs) rebuild(now);
  }

  return {
    touch: add,
    rebuild,
    take: (now) => {
      freshen(now);
      const due: Entry[] = [];
      const early: Entry[] = [];
      for (let top = first(); top && top.at <= now.mono; top = first()) {
        places.delete(top.entry);
        pop();
        (waitOf(top.entry, now) === 0 ? due : early).push(top.entry);
      }
      for (const entry of early) add(entry, now);
      return due.sort((a, b) => a.order - b.order);
    },
    nextIn: (now) => {
      const top = first();
      return top ? Math.max(0, top.at - now.mono) : Infinity;
    },
  };
}
