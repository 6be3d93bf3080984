// The queue's bookkeeping on disk: many changes per write, and finished deliveries kept elsewhere before they leave.

import type { AttemptRecord, Delivery } from '../../shared/delivery.ts';
import type { History } from '../store/history.ts';
import type { Document } from '../store/documents.ts';
import type { Clock } from '../ports.ts';
import type { Live } from './live.ts';
import type { DeliveriesDocument } from './queue-contract.ts';

/** Outcomes of this many ms go to the history together: each commit holds up the process for a flush of the disk. */
const gatherMs = 5;

/** Saves the queue. */
export interface QueueStore {
  /** Resolves when the queue as it is now is on disk; calls in one turn of the event loop share one change. */
  save(): Promise<void>;
  /** Keeps an attempt in full. Durable when it resolves. */
  keepAttempt(record: AttemptRecord): Promise<void>;
  /** Keeps a delivered one in the history, a dead one among the dead letters. Durable when it resolves. */
  keepFinished(delivery: Delivery): Promise<void>;
  /** Takes dead letters out after their redrive is saved. */
  removeDead(ids: ReadonlySet<string>): Promise<void>;
  dead(): Delivery[];
}

/** A store over the two documents; `live` is what is in the queue. */
export function createQueueStore(options: {
  readonly queue: Document<DeliveriesDocument>;
  readonly deadLetters: Document<DeliveriesDocument>;
  readonly history: Pick<History, 'appendAttempt' | 'archiveDeliveries'>;
  readonly clock: Clock;
  readonly live: Pick<Live, 'takeChanges' | 'stored'>;
}): QueueStore {
  const { queue, deadLetters, history, clock, live } = options;
  let next: Promise<void> | null = null;
  let gathered: Promise<void> | null = null;
  let delivered: Delivery[] = [];

  /** Resolves at the end of the current gathering. */
  function gather(): Promise<void> {
    gathered ??= new Promise<void>((resolve) => {
      clock.after(gatherMs, () => {
        gathered = null;
        resolve();
      });
    });
    return gathered;
  }

  let archived: Promise<void> | null = null;
  function archive(delivery: Delivery): Promise<void> {
    delivered.push(delivery);
    archived ??= gather().then(() => {
      const together = delivered;
      delivered = [];
      archived = null;
      return history.archiveDeliveries(together);
    });
    return archived;
  }

  return {
    save: () => {
      // A turn, not a microtask: outcomes that arrive together are written together.
      next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        next = null;
        const changes = live.takeChanges();
        if (changes && queue.put) return queue.put(changes.put, changes.gone);
        return queue.update((data) => {
          data.deliveries = live.stored();
        });
      });
      return next;
    },
    keepAttempt: async (record) => {
      await gather();
      await history.appendAttempt(record);
    },
    keepFinished: (delivery) => {
      if (delivery.state === 'delivered') return archive(delivery);
      return deadLetters.update((data) => {
        data.deliveries = [...data.deliveries.filter(({ id }) => id !== delivery.id), delivery];
      });
    },
    removeDead: (ids) =>
      deadLetters.update((data) => {
        data.deliveries = data.deliveries.filter(({ id }) => !ids.has(id));
      }),
    dead: () => [...deadLetters.data.deliveries],
  };
}
