// The queue's bookkeeping on disk: many changes per write, and finished deliveries kept elsewhere before they leave.

import type { Delivery } from '../../shared/delivery.ts';
import type { History } from '../store/history.ts';
import type { Document } from '../store/documents.ts';
import type { DeliveriesDocument } from './queue-contract.ts';

/** Saves the queue. */
export interface QueueStore {
  /** Resolves when the queue as it is now is on disk; calls in one turn of the event loop share one change. */
  save(): Promise<void>;
  /** Keeps a delivered one in the history, a dead one among the dead letters. Durable when it resolves. */
  keepFinished(delivery: Delivery): Promise<void>;
  /** Takes dead letters out after their redrive is saved. */
  removeDead(ids: ReadonlySet<string>): Promise<void>;
  dead(): Delivery[];
}

/** A store over the two documents; `snapshot` gives everything that is in the queue, oldest first. */
export function createQueueStore(options: {
  readonly queue: Document<DeliveriesDocument>;
  readonly deadLetters: Document<DeliveriesDocument>;
  readonly history: Pick<History, 'archiveDeliveries'>;
  readonly snapshot: () => Delivery[];
}): QueueStore {
  const { queue, deadLetters, history, snapshot } = options;
  let next: Promise<void> | null = null;
  return {
    save: () => {
      // A turn, not a microtask: outcomes that arrive together are written together.
      next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        next = null;
        return queue.update((data) => {
          data.deliveries = snapshot();
        });
      });
      return next;
    },
    keepFinished: (delivery) => {
      if (delivery.state === 'delivered') return history.archiveDeliveries([delivery]);
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
