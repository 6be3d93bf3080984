// Removes the oldest requests beyond the person's limits, now and then, so that a workbench that is always open does
// not fill the disk. Pinned ones stay; the limits stand in the settings.

import type { Change } from '../shared/news.ts';
import type { Parts } from './host-parts.ts';

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
/** Pause before the first one, so that a start is not held up, ms. */
const firstMs = 5_000;

/** What it needs. */
interface RetentionOptions {
  readonly parts: Pick<Parts, 'history' | 'settings' | 'clock' | 'logger'>;
  readonly emit: (change: Change) => void;
}

/** Nothing is removed before `start`. */
export function createRetention({ parts, emit }: RetentionOptions): Retention {
  const { history, settings, clock, logger } = parts;
  let cancel: (() => void) | null = null;
  let looking: Promise<void> | null = null;
  let running = false;

  function plan(ms: number): void {
    cancel?.();
    cancel = running ? clock.after(ms, () => void (looking ??= look())) : null;
  }

  async function look(): Promise<void> {
    try {
      const { removed } = await history.retain(settings.data.retention, clock.now());
      if (removed > 0) emit({ type: 'requests-removed', count: removed });
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
