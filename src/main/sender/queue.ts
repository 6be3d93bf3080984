// The retry queue: what is due, one attempt at a time, state saved before action. At least once, never silently lost.
// Here stand the commands; the attempts are the dispatcher's.

import type { Delivery } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { makeId } from '../../shared/id.ts';
import type { SecretValue } from '../signatures/verify.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Entry } from './lanes.ts';
import type { NewDelivery, Queue, QueueOptions } from './queue-contract.ts';
import { asParked, asWaiting, sortLoaded } from './queue-load.ts';
import { createQueueStore } from './queue-store.ts';
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
  const live = new Map<string, Entry>();
  const redriving = new Set<string>();
  const store = createQueueStore({ ...options, snapshot: () => Array.from(live.values(), ({ delivery }) => delivery) });
  const waiters = createWaiters<Delivery>(
    () => dispatcher.running === 0 && ![...live.values()].some((entry) => isOpen(entry.delivery)),
  );
  const dispatcher: Dispatcher = createDispatcher(options, live, store, waiters);
  let stopped: Promise<void> | null = null;

  function addEntry(delivery: Delivery): Entry {
    const entry: Entry = {
      delivery,
      lane: delivery.targetId ?? laneOfUrl(delivery.url),
      dueAt: dueAt(delivery, momentOf(clock)),
      heldUntil: 0,
      ready: false,
      urgent: false,
      pauseAsked: false,
      run: null,
      asked: [],
    };
    live.set(delivery.id, entry);
    return entry;
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
    const now = clock.now();
    const entries = added.map((delivery) =>
      addEntry({ ...delivery, id: makeId('dlv', random), state: 'waiting', attempts: [], nextAt: now, createdAt: now }),
    );
    // Nothing leaves before it is saved.
    for (const entry of entries) entry.heldUntil = Infinity;
    try {
      await store.save();
    } catch (error) {
      for (const entry of entries) live.delete(entry.delivery.id);
      throw error;
    }
    for (const entry of entries) {
      entry.heldUntil = 0;
      onDelivery(entry.delivery);
    }
    dispatcher.pump();
    return entries.map(({ delivery }) => delivery);
  }

  async function redrive(ids: readonly string[] | 'all'): Promise<Delivery[]> {
    const dead = new Map(store.dead().map((letter) => [letter.id, letter]));
    const wanted = ids === 'all' ? [...dead.keys()].filter((id) => !redriving.has(id)) : [...new Set(ids)];
    const letters = wanted.map((id) => {
      const letter = dead.get(id);
      if (letter && !redriving.has(id)) return letter;
      throw new AppError('SEND_NOT_FOUND', `There is no dead letter ${id}`);
    });
    for (const id of wanted) redriving.add(id);
    try {
      const made = await enqueue(letters.map(asNew));
      await store.removeDead(new Set(wanted));
      return made;
    } finally {
      for (const id of wanted) redriving.delete(id);
    }
  }

  async function saveQuietly(): Promise<void> {
    try {
      await store.save();
    } catch (error) {
      logger.error('The queue could not be saved; it goes with the next change', error);
    }
  }

  const loaded = sortLoaded(options.queue.data.deliveries, {
    dead: options.deadLetters.data.deliveries,
    isArchived: (id) => history.archivedDelivery(id) !== null,
    hasSecret: (name) => hasSecret(options.secret, name),
    now: clock.now(),
  });
  for (const delivery of loaded.live) addEntry(delivery);
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
      if (!readOnly) dispatcher.start();
    },
    enqueue,
    pending: () => Array.from(live.values(), ({ delivery }) => delivery).filter((delivery) => !isFinished(delivery)),
    dead: () => store.dead(),
    find,
    runNow: async (id) => {
      const entry = unfinished(id);
      if (entry.delivery.state === 'sending') return;
      dispatcher.hurry(entry);
      await changeAndSave(entry, asWaiting(entry.delivery, clock.now()));
    },
    pause: async (id) => {
      const entry = unfinished(id);
      if (entry.delivery.state === 'sending') entry.pauseAsked = true;
      else if (entry.delivery.state === 'waiting') await changeAndSave(entry, asParked(entry.delivery, 'paused'));
    },
    resume: async (id) => {
      const entry = unfinished(id);
      entry.pauseAsked = false;
      if (entry.delivery.state === 'parked') await changeAndSave(entry, asWaiting(entry.delivery, clock.now()));
    },
    redrive,
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

function isFinished({ state }: Delivery): boolean {
  return state === 'delivered' || state === 'dead';
}

/** A dead letter as a new delivery. */
function asNew({ id, message, targetId, url, secretName, schedule, speed, replayOf, changes }: Delivery): NewDelivery {
  return {
    message,
    targetId,
    url,
    secretName,
    schedule,
    speed,
    redriveOf: id,
    ...(replayOf === undefined ? {} : { replayOf }),
    ...(changes === undefined ? {} : { changes }),
  };
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
