// What a person does to the outbox as a whole: redrive, delete, edit; and the limits of the dead letters, which are
// never applied silently. What replaces something is saved before the replaced one goes.

import type { DeadLetterChoice } from '../../shared/contract.ts';
import type { Delivery } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { findSchedule, schedules } from '../../shared/schedules.ts';
import { checkHeaders, checkTarget } from './check.ts';
import { chooseDead, endedAt, isIds, maxDeadLetterAgeMs, maxDeadLetters, overLimits } from './dead-letters.ts';
import type { Entry } from './lanes.ts';
import type { DeliveryChanges, NewDelivery, QueueOptions } from './queue-contract.ts';
import type { QueueStore } from './queue-store.ts';

/** How often the age of dead letters is looked at, ms. */
const trimEveryMs = 3_600_000;

/** The outbox operations of a queue. */
export interface Outbox {
  redrive(choice: DeadLetterChoice): Promise<Delivery[]>;
  remove(choice: DeadLetterChoice): Promise<readonly string[]>;
  edit(id: string, changes: DeliveryChanges): Promise<Delivery>;
  /** Takes out the dead letters that are over the limits. Does not reject. */
  trim(): Promise<void>;
  /** Trims now and from time to time. */
  start(): void;
  stop(): void;
}

/** What the outbox needs of the queue. */
export interface OutboxOptions {
  readonly options: QueueOptions;
  readonly live: ReadonlyMap<string, Entry>;
  readonly store: Pick<QueueStore, 'dead' | 'removeDead' | 'save'>;
  readonly enqueue: (deliveries: readonly NewDelivery[]) => Promise<Delivery[]>;
  /** Puts a new delivery in the place of an unfinished one, in one durable change. */
  readonly replace: (entry: Entry, delivery: NewDelivery) => Promise<Delivery>;
  /** Takes unfinished entries out of the queue, in memory. */
  readonly takeOut: (entries: readonly Entry[]) => void;
  /** The entry of an unfinished delivery; throws SEND_NOT_FOUND. */
  readonly unfinished: (id: string) => Entry;
}

/** The outbox of a queue. */
export function createOutbox({ options, live, store, enqueue, replace, takeOut, unfinished }: OutboxOptions): Outbox {
  const { clock, logger, history } = options;
  const redriving = new Set<string>();
  let cancel: (() => void) | null = null;

  // A wall clock that is years ahead must not make everything too old: time counts from the last thing that happened.
  const newest = history.listArchived?.(1) ?? [];
  const known = [...newest, ...store.dead(), ...Array.from(live.values(), ({ delivery }) => delivery)].map(endedAt);
  const knownAt = known.reduce((a, b) => Math.max(a, b), known.length === 0 ? clock.now() : -Infinity);
  const startedMono = clock.monotonic();
  const soberNow = (): number => Math.min(clock.now(), knownAt + clock.monotonic() - startedMono);

  function removed(deliveries: readonly Delivery[]): void {
    if (deliveries.length === 0) return;
    try {
      options.onRemoved?.(
        deliveries.map(({ id }) => id),
        deliveries,
      );
    } catch (error) {
      logger.error('A listener of the queue failed', error);
    }
  }

  /** Replaces dead letters by new deliveries: the queue is saved first. */
  async function replaceDead(letters: readonly Delivery[], made: readonly NewDelivery[]): Promise<Delivery[]> {
    const ids = new Set(letters.map(({ id }) => id));
    for (const id of ids) redriving.add(id);
    try {
      const deliveries = await enqueue(made);
      await store.removeDead(ids);
      removed(letters);
      return deliveries;
    } finally {
      for (const id of ids) redriving.delete(id);
    }
  }

  /** The dead letters of `choice`, without those that are just being replaced. */
  function deadOf(choice: DeadLetterChoice): readonly Delivery[] {
    return chooseDead(
      store.dead().filter(({ id }) => !redriving.has(id)),
      choice,
    );
  }

  async function remove(choice: DeadLetterChoice): Promise<readonly string[]> {
    const queued = isIds(choice) ? [...new Set(choice)].filter((id) => live.has(id)) : [];
    // The record of a last attempt may still be written.
    await Promise.all(queued.map((id) => parkedEntry(id).run ?? Promise.resolve()));
    const letters = deadOf(isIds(choice) ? choice.filter((id) => !queued.includes(id)) : choice);
    const ids = letters.map(({ id }) => id);
    const parked = queued.map(parkedEntry);
    takeOut(parked);
    await Promise.all([
      parked.length === 0 ? undefined : store.save(),
      ids.length === 0 ? undefined : store.removeDead(new Set(ids)),
    ]);
    const gone = [...parked.map(({ delivery }) => delivery), ...letters];
    removed(gone);
    return gone.map(({ id }) => id);
  }

  function parkedEntry(id: string): Entry {
    const entry = unfinished(id);
    if (entry.delivery.state === 'parked') return entry;
    const { state } = entry.delivery;
    throw new AppError('SEND_NOT_FOUND', `Delivery ${id} is ${state}, not parked or dead: pause it first`);
  }

  async function edit(id: string, changes: DeliveryChanges): Promise<Delivery> {
    check(changes);
    if (store.dead().some((letter) => letter.id === id)) {
      const [letter] = deadOf([id]) as readonly [Delivery];
      const [made] = await replaceDead([letter], [edited(letter, changes)]);
      return made as Delivery;
    }
    const entry = unfinished(id);
    if (entry.delivery.state !== 'sending') await entry.run;
    const { delivery } = unfinished(id);
    if (delivery.state === 'sending') {
      throw new AppError('SEND_NOT_FOUND', `Delivery ${id} is being sent: pause it, or wait for the answer`);
    }
    const made = await replace(entry, edited(delivery, changes));
    removed([delivery]);
    return made;
  }

  function check({ url, headers, schedule }: DeliveryChanges): void {
    if (url !== undefined) checkTarget(url.trim());
    if (headers !== undefined) checkHeaders(headers);
    const own = options.ownSchedules?.() ?? [];
    if (schedule === undefined || findSchedule(schedule, own)) return;
    const ids = [...schedules, ...own].map((known) => known.id).join(', ');
    throw new AppError('CONFIG_INVALID', `Retry schedule “${schedule}” is not one of ${ids}`, { field: 'schedule' });
  }

  async function trim(): Promise<void> {
    const { tooOld, tooMany } = overLimits(store.dead(), soberNow());
    const letters = [...tooOld, ...tooMany];
    if (letters.length === 0) return;
    try {
      await store.removeDead(new Set(letters.map(({ id }) => id)));
    } catch (error) {
      return logger.error('Dead letters over the limits could not be removed from the disk', error);
    }
    if (tooOld.length > 0) {
      const days = maxDeadLetterAgeMs / 86_400_000;
      logger.warn(`Dead letters older than ${days} days were removed: ${tooOld.length}`);
    }
    if (tooMany.length > 0) {
      logger.warn(`At most ${maxDeadLetters} dead letters are kept; oldest ones that were removed: ${tooMany.length}`);
    }
    removed(letters);
  }

  function trimFromTimeToTime(): void {
    void trim();
    cancel = clock.after(trimEveryMs, trimFromTimeToTime);
  }

  return {
    redrive: async (choice) => {
      const letters = deadOf(choice);
      return letters.length === 0 ? [] : replaceDead(letters, letters.map(asNew));
    },
    remove,
    edit,
    trim,
    start: trimFromTimeToTime,
    stop: () => cancel?.(),
  };
}

/** A delivery as a new one that points back to it. */
function asNew(delivery: Delivery): NewDelivery {
  const { id, message, targetId, url, secretName, schedule, speed, time, replayOf, changes } = delivery;
  return {
    message,
    targetId,
    url,
    secretName,
    schedule,
    speed,
    redriveOf: id,
    ...(time === undefined ? {} : { time }),
    ...(replayOf === undefined ? {} : { replayOf }),
    ...(changes === undefined ? {} : { changes }),
  };
}

/** An address that a person gave by hand is no longer the target's. */
function edited(delivery: Delivery, { url, headers, body, schedule, speed, secretName }: DeliveryChanges): NewDelivery {
  const made = asNew(delivery);
  const address = url === undefined ? made.url : checkTarget(url.trim()).href;
  return {
    ...made,
    url: address,
    targetId: address === made.url ? made.targetId : null,
    schedule: schedule ?? made.schedule,
    speed: speed ?? made.speed,
    secretName: secretName === undefined ? made.secretName : secretName,
    message: {
      ...made.message,
      headers: headers ?? made.message.headers,
      ...(body === undefined ? {} : { bodyHash: body.hash, bodySize: body.size }),
    },
  };
}
