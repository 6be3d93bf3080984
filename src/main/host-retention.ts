// Removes the oldest requests and deliveries beyond the person's limits, now and then, so that a workbench that is always open does
// not fill the disk. Pinned ones stay; the limits stand in the settings.

import type { Change } from '../shared/news.ts';
import type { Parts } from './host-parts.ts';
import type { Queue } from './sender/queue.ts';

/** Keeps the limits. */
export interface Retention {
  start(): void;
  /** Looks soon: the limits were changed. */
  changed(): void;
  /** Resolves when a look that is under way has ended. */
  stop(): Promise<void>;
}

/** Pause between two looks, ms. */
const everyMs = 60_000;
/** Removed deliveries that are told at once. */
const idsAtOnce = 1_000;
/** Pause before the first one, so that a start is not held up, ms. */
const firstMs = 5_000;

/** What it needs. */
interface RetentionOptions {
  readonly parts: Pick<Parts, 'history' | 'settings' | 'clock' | 'logger'>;
  readonly queue: Pick<Queue, 'pending' | 'dead'>;
  readonly emit: (change: Change) => void;
}

/** Nothing is removed before `start`. */
export function createRetention({ parts, queue, emit }: RetentionOptions): Retention {
  const { history, settings, clock, logger } = parts;
  let cancel: (() => void) | null = null;
  let looking: Promise<void> | null = null;
  let running = false;

  function plan(ms: number): void {
    cancel?.();
    cancel = running ? clock.after(ms, () => void (looking ??= look())) : null;
  }

  function neededBodies(): ReadonlySet<string> {
    return new Set([...queue.pending(), ...queue.dead()].map(({ message }) => message.bodyHash));
  }

  async function look(): Promise<void> {
    try {
      const { retention } = settings.data;
      const { removed } = await history.retain(retention, clock.now());
      if (removed > 0) emit({ type: 'requests-removed', count: removed });
      const deliveries = await history.retainSent(retention, clock.now(), neededBodies);
      for (let at = 0; at < deliveries.length; at += idsAtOnce) {
        emit({ type: 'deliveries-removed', ids: deliveries.slice(at, at + idsAtOnce) });
      }
    } catch (error) {
      logger.error('Old requests could not be removed; it is tried again', error);
    } finally {
      looking = null;
      plan(everyMs);
    }
  }

  return {
    start() {
      running = true;
      plan(firstMs);
    },
    changed: () => plan(0),
    async stop() {
      running = false;
      cancel?.();
      await looking;
    },
  };
}
