// Which deliveries must stay although they are due: their target is paused or parked, or it keeps the order and an
// earlier one has failed. They are parked, with a reason that only this file sets and takes back: `target-paused`,
// `target-parked`, or `held-by-` and the id of the earlier one.

import type { Delivery } from '../../shared/delivery.ts';
import type { Entry } from './lanes.ts';
import { asParked, asWaiting } from './queue-load.ts';
import type { TargetRules } from './target-rules.ts';

const heldBy = 'held-by-';

/** A delivery that a hold changes, as it then is. */
export interface HoldChange {
  readonly entry: Entry;
  readonly delivery: Delivery;
}

/** Decides what is held. */
export interface Holds {
  /**
   * Why entries are held as things stand, or null for one that is not. One that was `asked` for by name passes its
   * target's pause. Looks at the whole queue at most once.
   */
  look(): (entry: Entry, asked?: boolean) => string | null;
  /** Entries whose hold begins, changes or ends. `now` is epoch ms. */
  changes(now: number): readonly HoldChange[];
  /** The unfinished entries of a lane that come before `entry`, or all of them. */
  before(lane: string, entry?: Entry): Iterable<Entry>;
  /** Whether the target of `delivery` holds it, or keeps the order: then what happens to it concerns others. */
  concerns(delivery: Delivery): boolean;
}

/** Holds over the entries in `live`, which stand in the order of their making. */
export function createHolds(live: ReadonlyMap<string, Entry>, rules: TargetRules): Holds {
  const keepsOrder = ({ delivery }: Entry): boolean => rules.limitsOf(delivery).strictOrder;

  function look(): (entry: Entry, asked?: boolean) => string | null {
    let troubles: Map<string, Entry> | null = null;
    return (entry, asked = entry.urgent) => {
      const byTarget = asked ? null : rules.holdOf(entry.delivery);
      if (byTarget !== null || !keepsOrder(entry)) return byTarget;
      troubles ??= firstTroubles(live.values());
      const first = troubles.get(entry.lane);
      return first && first.order < entry.order ? heldBy + first.delivery.id : null;
    };
  }

  return {
    look,
    changes: (now) => {
      const reasonOf = look();
      const changed: HoldChange[] = [];
      for (const entry of live.values()) {
        const { delivery, run, heldUntil } = entry;
        // With an attempt under way, or not yet saved: it is looked at again after that.
        if (run || heldUntil === Infinity) continue;
        const { state, parkedReason } = delivery;
        if (state !== 'waiting' && !(state === 'parked' && isLoose(delivery, rules))) continue;
        const reason = reasonOf(entry);
        if (reason === null) {
          if (state === 'parked') changed.push({ entry, delivery: asWaiting(delivery, now) });
        } else if (reason !== parkedReason && parkedReason !== 'gone') {
          changed.push({ entry, delivery: asParked(delivery, reason) });
        }
      }
      return changed;
    },
    *before(lane, entry) {
      for (const one of live.values()) {
        if (one === entry) return;
        if (one.lane === lane && isUnfinished(one.delivery)) yield one;
      }
    },
    concerns: (delivery) =>
      rules.limitsOf(delivery).strictOrder || rules.holdOf(delivery) !== null || isHold(delivery.parkedReason),
  };
}

/** Whether `reason` is that of an earlier delivery of a target that keeps the order; gives the earlier one's id. */
export function heldById(reason: string | null): string | null {
  return reason?.startsWith(heldBy) ? reason.slice(heldBy.length) : null;
}

/** By lane, the oldest entry that failed or is parked for a reason of its own: what comes after it must wait. */
function firstTroubles(entries: Iterable<Entry>): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const entry of entries) {
    const { state, parkedReason, attempts } = entry.delivery;
    const trouble = state === 'parked' ? !isHold(parkedReason) : isUnfinished(entry.delivery) && attempts.length > 0;
    if (trouble && !found.has(entry.lane)) found.set(entry.lane, entry);
  }
  return found;
}

/** Whether a parked delivery is held by its target and not by a person, or for what it lacks. */
function isLoose(delivery: Delivery, rules: TargetRules): boolean {
  // The one whose 410 parked the target goes on with the others.
  return delivery.parkedReason === 'gone' ? rules.isActive(delivery) : isHold(delivery.parkedReason);
}

/** Whether `parkedReason` is one that a hold gives, and takes back. */
export function isHold(reason = ''): boolean {
  return reason === 'target-paused' || reason === 'target-parked' || reason.startsWith(heldBy);
}

function isUnfinished({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'sending' || state === 'parked';
}
