// Gathers news for a window, so that a thousand requests a second are sixty messages a second. Batches are numbered
// without gaps; a reader that misses one fetches a new snapshot, since the store is the truth and this is only news.

import type { Change, ChangeBatch } from '../../shared/news.ts';
import type { Clock } from '../ports.ts';

/** What a batcher is given. */
export interface BatcherOptions {
  readonly send: (batch: ChangeBatch) => void;
  readonly clock: Pick<Clock, 'after'>;
  /** Longest wait of a change, ms; 16. */
  readonly delayMs?: number;
  /** Changes in a batch; 256. */
  readonly maxChanges?: number;
  /** Estimated bytes of a batch; 65,536. A larger change goes alone. */
  readonly maxBytes?: number;
}

/** Gathers changes and sends them in batches. */
export interface Batcher {
  add(change: Change): void;
  /** Sends what is gathered now, if anything. */
  flush(): void;
  /** Number of the last batch that was sent; 0 before the first. */
  readonly lastBatch: number;
  /** Drops what is gathered and takes nothing more. */
  stop(): void;
}

/** Creates a batcher; batches are numbered from 1. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { delayMs = 16, maxChanges = 256, maxBytes = 65_536 } = options;
  let pending: Change[] = [];
  let pendingBytes = 0;
  let lastBatch = 0;
  let cancel: (() => void) | null = null;
  let stopped = false;

  function disarm(): void {
    cancel?.();
    cancel = null;
  }

  function flush(): void {
    disarm();
    if (pending.length === 0) return;
    const changes = pending;
    pending = [];
    pendingBytes = 0;
    lastBatch += 1;
    options.send({ batch: lastBatch, changes });
  }

  return {
    get lastBatch() {
      return lastBatch;
    },
    flush,
    add(change) {
      if (stopped) return;
      const bytes = estimateBytes(change);
      if (pendingBytes + bytes > maxBytes) flush();
      pending.push(change);
      pendingBytes += bytes;
      if (pending.length >= maxChanges || pendingBytes >= maxBytes) flush();
      else cancel ??= options.clock.after(delayMs, flush);
    },
    stop() {
      stopped = true;
      disarm();
      pending = [];
    },
  };
}

/** Rough size of a change on its way, bytes. Requests are frequent, so their parts are added up and not serialised. */
function estimateBytes(change: Change): number {
  if (change.type === 'reply') return 80;
  if (change.type === 'refused') return 200 + change.entry.head.byteLength;
  if (change.type !== 'request') return JSON.stringify(change).length;
  const { target, event, deliveryId, verdict } = change.summary;
  let bytes = 400 + target.length + (event?.length ?? 0) + (deliveryId?.length ?? 0) + verdict.message.length;
  for (const warning of verdict.warnings) bytes += warning.length;
  for (const finding of verdict.diagnosis) bytes += finding.code.length + finding.message.length;
  return bytes;
}
