// The retry queue: what is due, one attempt at a time, state saved before action. At least once, never silently lost.
// Here stand the commands; the attempts are the dispatcher's.

import type { Delivery } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { makeId } from '../../shared/id.ts';
import type { SecretValue } from '../signatures/verify.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Dispatcher } from './dispatcher.ts';
import { createHolds, heldById, isHold } from './holds.ts';
import type { Entry } from './lanes.ts';
import { createLive } from './live.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import type { NewDelivery, Queue, QueueOptions } from './queue-contract.ts';
import { asParked, asWaiting, sortLoaded } from './queue-load.ts';
import { createQueueStore } from './queue-store.ts';
import type { QueueStore } from './queue-store.ts';
import { createTargetRules, hrefOf, isAt, keepsOrder } from './target-rules.ts';
import { dueAt, momentOf } from './timing.ts';
import { createWaiters } from './waiters.ts';

export type { DeliveriesDocument, NewDelivery, Queue, QueueOptions } from './queue-contract.ts';

/** Most deliveries that may wait, be sent or be parked at once. */
const maxQueued = 10_000;

/**
 * Loads: `sending` goes back to `waiting`, ids that are archived or dead leave the queue, overdue ones are spread out
 * at `start`. A document that is read-only is shown and never sent from.
 */
export async function createQueue(given: QueueOptions): Promise<Queue> {
  const options = withGuardedNews(given);
  const { clock, random, logger, history, onDelivery } = options;
  const readOnly = options.queue.readOnly || options.deadLetters.readOnly;
  const all = createLive();
  const live = all.entries;
  const kept = createQueueStore({ ...options, live: all });
  const store: QueueStore = {
    ...kept,
    keepFinished: (delivery) => {
      const done = kept.keepFinished(delivery);
      // In the same turn, so that one write does both.
      if (delivery.state === 'dead') void outbox.trim();
      return done;
    },
  };
  const waiters = createWaiters<Delivery>(() => dispatcher.running === 0 && !hasOpen(live.values()));
  const loaded = sortLoaded(options.queue.data.deliveries, {
    dead: options.deadLetters.data.deliveries,
    isArchived: (id) => history.archivedDelivery(id) !== null,
    hasSecret: (name) => hasSecret(options.secret, name),
    now: clock.now(),
  });
  const rules = createTargetRules(options, [...loaded.live, ...store.dead()], () => dispatcher.reconsider());
  const holds = createHolds(live, rules);
  const dispatcher: Dispatcher = createDispatcher(options, { live: all, store, waiters, rules, holds });
  let stopped: Promise<void> | null = null;
  let made = 0;

  function makeEntry(delivery: Delivery, order: number): Entry {
    return {
      delivery,
      order,
      lane: delivery.targetId ?? laneOfUrl(delivery.url),
      dueAt: dueAt(delivery, momentOf(clock)),
      heldUntil: 0,
      ready: false,
      urgent: false,
      pauseAsked: false,
      run: null,
      claim: null,
      asked: [],
    };
  }

  function addEntry(delivery: Delivery): Entry {
    const entry = makeEntry(delivery, (made += 1));
    all.add(entry);
    return entry;
  }

  /** A new delivery, parked from the start where its target holds it. */
  function asDelivery(added: NewDelivery): Delivery {
    const now = clock.now();
    return { ...added, id: makeId('dlv', random), state: 'waiting', attempts: [], nextAt: now, createdAt: now };
  }

  /** Nothing leaves before it is saved. */
  async function saveNew(entries: readonly Entry[], undo: () => void): Promise<void> {
    const reasonOf = holds.look();
    for (const entry of entries) {
      const reason = reasonOf(entry);
      if (reason !== null) all.set(entry, asParked(entry.delivery, reason));
      entry.heldUntil = Infinity;
    }
    try {
      await store.save();
    } catch (error) {
      undo();
      // A save that was waiting meanwhile may write them all the same: what was refused is taken off the disk again.
      void saveQuietly();
      throw error;
    }
    for (const entry of entries) {
      dispatcher.letGo(entry);
      onDelivery(entry.delivery);
    }
    if (entries.some(({ delivery }) => holds.concerns(delivery))) dispatcher.reconsider();
    dispatcher.pump();
  }

  function find(id: string): Delivery | null {
    const dead = (): Delivery | undefined => options.deadLetters.data.deliveries.find((letter) => letter.id === id);
    return live.get(id)?.delivery ?? dead() ?? history.archivedDelivery(id);
  }

  /** Throws SEND_NOT_FOUND for an unknown or finished delivery. */
  function unfinished(id: string): Entry {
    const entry = live.get(id);
    if (entry && !isFinished(entry.delivery)) return entry;
    const found = find(id);
    throw new AppError('SEND_NOT_FOUND', found ? `Delivery ${id} is ${found.state}` : `There is no delivery ${id}`);
  }

  async function changeAndSave(entry: Entry, delivery: Delivery): Promise<void> {
    dispatcher.change(entry, delivery);
    await store.save();
    onDelivery(entry.delivery);
    if (!isOpen(entry.delivery)) waiters.settle(delivery.id, entry.delivery);
    waiters.checkIdle();
    dispatcher.pump();
  }

  async function enqueue(added: readonly NewDelivery[]): Promise<Delivery[]> {
    if (live.size + added.length > maxQueued) {
      throw new AppError(
        'SEND_QUEUE_FULL',
        `The queue holds ${live.size} deliveries and at most ${maxQueued}: ${added.length} more do not fit`,
        { queued: live.size, limit: maxQueued },
      );
    }
    const entries = added.map((delivery) => addEntry(asDelivery(delivery)));
    await saveNew(entries, () => {
      for (const { delivery } of entries) all.remove(delivery.id);
    });
    return entries.map(({ delivery }) => delivery);
  }

  /** Puts a new delivery in the place of `entry`; one write changes both. */
  async function replace(entry: Entry, added: NewDelivery): Promise<Delivery> {
    const old = entry.delivery;
    const fresh = makeEntry(asDelivery(added), entry.order);
    all.replace(entry, fresh);
    dispatcher.change(entry, asParked(old, 'edited'));
    await saveNew([fresh], () => {
      all.replace(fresh, entry);
      dispatcher.change(entry, old);
    });
    waiters.settle(old.id, entry.delivery);
    // It may have held up others.
    dispatcher.reconsider();
    return fresh.delivery;
  }

  function takeOut(entries: readonly Entry[]): void {
    for (const { delivery } of entries) all.remove(delivery.id);
    // They may have held up others.
    dispatcher.reconsider();
  }

  async function saveQuietly(): Promise<void> {
    try {
      await store.save();
    } catch (error) {
      logger.error('The queue could not be saved; it goes with the next change', error);
    }
  }

  for (const delivery of loaded.live) addEntry(delivery);
  const outbox: Outbox = createOutbox({ options, live, store, enqueue, replace, takeOut, unfinished });
  const finished = loaded.finished.map(addEntry);
  if (!readOnly) {
    await Promise.all(finished.map((entry) => dispatcher.retire(entry)));
    if (live.size < options.queue.data.deliveries.length) await saveQuietly();
    if (store.dead().some(({ id }) => loaded.redriven.has(id))) {
      await store.removeDead(loaded.redriven).catch((error: unknown) => {
        logger.error('Dead letters that were redriven could not be removed', error);
      });
    }
  }

  return {
    start: () => {
      if (readOnly) return;
      outbox.start();
      dispatcher.start();
    },
    enqueue,
    pending: () => Array.from(live.values(), ({ delivery }) => delivery).filter((delivery) => !isFinished(delivery)),
    dead: () => store.dead(),
    find,
    runNow: async (id) => {
      const entry = unfinished(id);
      if (entry.delivery.state === 'sending') return;
      const earlier = heldById(holds.look()(entry, true));
      if (earlier !== null) throw keepsOrder(id, earlier);
      dispatcher.hurry(entry);
      await changeAndSave(entry, asWaiting(entry.delivery, clock.now()));
    },
    pause: async (id) => {
      const entry = unfinished(id);
      if (entry.delivery.state === 'sending') entry.pauseAsked = true;
      else if (entry.delivery.state === 'waiting' || isHold(entry.delivery.parkedReason)) {
        await changeAndSave(entry, asParked(entry.delivery, 'paused'));
      }
    },
    resume: async (id) => {
      const entry = unfinished(id);
      entry.pauseAsked = false;
      if (entry.delivery.state !== 'parked') return;
      const reason = holds.look()(entry, false);
      const { delivery } = entry;
      await changeAndSave(entry, reason === null ? asWaiting(delivery, clock.now()) : asParked(delivery, reason));
    },
    redrive: outbox.redrive,
    remove: outbox.remove,
    edit: outbox.edit,
    targetsChanged: () => {
      // What waits for a target follows it to its new address.
      const moved: Entry[] = [];
      for (const entry of live.values()) {
        const { delivery } = entry;
        const target = delivery.targetId === null ? null : (options.target?.(delivery.targetId) ?? null);
        if (target === null || isFinished(delivery) || delivery.state === 'sending' || isAt(delivery, target)) continue;
        dispatcher.change(entry, { ...delivery, url: hrefOf(target) });
        moved.push(entry);
      }
      if (moved.length > 0) {
        void saveQuietly().then(() => {
          for (const entry of moved) onDelivery(entry.delivery);
        });
      }
      rules.changed();
      dispatcher.reconsider();
    },
    attemptOnce: async (id) => {
      const entry = unfinished(id);
      await dispatcher.attemptNow(entry);
      return entry.delivery;
    },
    idle: () => waiters.untilIdle(),
    settled: async (id) => {
      const entry = live.get(id);
      if (entry && (entry.run || isOpen(entry.delivery))) return waiters.untilSettled(id);
      return find(id) ?? unfinished(id).delivery;
    },
    stop: () => {
      outbox.stop();
      stopped ??= dispatcher.stop().then(async () => {
        if (readOnly) return;
        await saveQuietly();
        await options.deadLetters.flush().catch((error: unknown) => {
          logger.error('The dead letters could not be saved', error);
        });
      });
      return stopped;
    },
  };
}

/** A listener that throws must not look like an attempt that failed. */
function withGuardedNews(options: QueueOptions): QueueOptions {
  const guard =
    <A extends readonly unknown[]>(tell: (...news: A) => void) =>
    (...news: A): void => {
      try {
        tell(...news);
      } catch (error) {
        options.logger.error('A listener of the queue failed', error);
      }
    };
  return { ...options, onDelivery: guard(options.onDelivery), onAttempt: guard(options.onAttempt) };
}

function isOpen({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'sending';
}

function hasOpen(entries: Iterable<Entry>): boolean {
  for (const { delivery } of entries) if (isOpen(delivery)) return true;
  return false;
}

function isFinished({ state }: Delivery): boolean {
  return state === 'delivered' || state === 'dead';
}

/** Several paths of one server are several targets; a query does not make another one. */
function laneOfUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return url.origin + url.pathname;
}

/** A sealed secret counts as not there. */
function hasSecret(secret: (name: string) => SecretValue | null, name: string): boolean {
  try {
    return secret(name) !== null;
  } catch {
    return false;
  }
}
