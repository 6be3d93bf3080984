// The entries of the queue in their order, and which of them differ from what is on disk: every change goes through
// here, so that a save knows what it has to write and none is forgotten.

import type { Delivery } from '../../shared/delivery.ts';
import type { Entry } from './lanes.ts';

/** What differs from the disk. */
export interface LiveChanges {
  readonly put: readonly Delivery[];
  /** Ids. */
  readonly gone: readonly string[];
}

/** The entries of the queue. */
export interface Live {
  /** By id, in the order of their making. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Adds a new entry as the last one. */
  add(entry: Entry): void;
  /** Puts `to` in the place of `from`. */
  replace(from: Entry, to: Entry): void;
  remove(id: string): void;
  /** Gives `entry` another state; what was claimed for the old one is void. */
  set(entry: Entry, delivery: Delivery): void;
  /** From now on `entry` is stored as one that leaves next: waiting, with no time to wait for. Null takes that back. */
  claim(entry: Entry, saved: Promise<void> | null): void;
  /** What changed since the last call; null where the whole queue has to be written. */
  takeChanges(): LiveChanges | null;
  /** Everything as it is stored. */
  stored(): Delivery[];
}

/** An empty queue. Nothing is known of what is on disk: the first save writes all of it. */
export function createLive(): Live {
  const entries = new Map<string, Entry>();
  let changed = new Set<string>();
  let isAll = true;

  return {
    entries,
    add: (entry) => {
      entries.set(entry.delivery.id, entry);
      changed.add(entry.delivery.id);
    },
    replace: (from, to) => {
      const before = [...entries.values()];
      entries.clear();
      for (const one of before) {
        const entry = one === from ? to : one;
        entries.set(entry.delivery.id, entry);
      }
      isAll = true;
    },
    remove: (id) => {
      if (entries.delete(id)) changed.add(id);
    },
    set: (entry, delivery) => {
      (entry as { delivery: Delivery }).delivery = delivery;
      (entry as { claim: Promise<void> | null }).claim = null;
      changed.add(delivery.id);
    },
    claim: (entry, saved) => {
      (entry as { claim: Promise<void> | null }).claim = saved;
      changed.add(entry.delivery.id);
    },
    takeChanges: () => {
      const ids = changed;
      changed = new Set();
      if (isAll) {
        isAll = false;
        return null;
      }
      const put: Delivery[] = [];
      const gone: string[] = [];
      for (const id of ids) {
        const entry = entries.get(id);
        if (entry) put.push(storedForm(entry));
        else gone.push(id);
      }
      return { put, gone };
    },
    stored: () => Array.from(entries.values(), storedForm),
  };
}

/** After a crash it is due at once, as one that was being sent. */
function storedForm({ delivery, claim }: Entry): Delivery {
  return claim === null ? delivery : { ...delivery, nextAt: null };
}
