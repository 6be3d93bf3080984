// The search thread: looks requests up on a connection of its own, and builds the full-text index while nobody asks.
// Its work is cut into pieces of some milliseconds, between which it hears of new orders.

import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createHistoryActivity } from './history-activity.ts';
import { compileFilter, scan } from './history-query.ts';
import { createSearchBuilder, openSearchForWriting, removeIndex } from './search-builder.ts';
import type { SearchBuilder } from './search-builder.ts';
import { createSearchIndex, searchName } from './search-index.ts';
import type { SearchIndex } from './search-index.ts';
import type {
  CountOptions,
  Counts,
  FindOptions,
  Found,
  SearchAnswer,
  SearchOrder,
  SearchThreadOptions,
} from './search-messages.ts';
import { openConnection } from './sqlite.ts';
import type { Connection } from './sqlite.ts';
import { reasonOf } from './storage-errors.ts';

/** Longest piece of a search, ms. */
const pieceMs = 15;
/** Pauses between two transactions of the index, ms: nothing comes in, something does, the receiver is busy. */
const restMs = { quiet: 1, steady: 40, busy: 250 } as const;
/** Requests per second from which on the receiver is busy, and the index waits. */
const busyRate = 400;
const steadyRate = 5;
/** Pause when all is indexed, ms. */
const idleMs = 500;
/** Times that a broken index is made anew in one run. */
const mostRepairs = 3;

const port = parentPort;
if (port) run(workerData as SearchThreadOptions, (answer) => port.postMessage(answer));

function run({ dir, openedSeq }: SearchThreadOptions, tell: (answer: SearchAnswer) => void): void {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const history = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  let asked = 0;
  /** Those of them that look for rows. */
  let finding = 0;
  const isFinding = (): boolean => finding > 0 && !stopped;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let repairs = 0;
  let index: { readonly connection: Connection; readonly reader: SearchIndex; readonly builder: SearchBuilder } | null =
    null;

  function openIndex(): void {
    try {
      const connection = openSearchForWriting(dir, clock.now);
      const builder = createSearchBuilder({ connection, history, openedSeq, now: clock.now });
      index = { connection, builder, reader: createSearchIndex(connection) };
    } catch (error) {
      tell({ kind: 'no-index', message: reasonOf(error) });
    }
  }

  const activity = createHistoryActivity({
    connection: history,
    clock,
    upgraded: () => undefined,
    index: () => index?.reader ?? null,
  });

  async function find({ query, beforeSeq, limit, now, budgetMs }: FindOptions): Promise<Found> {
    const deadline = clock.monotonic() + (budgetMs ?? Number.POSITIVE_INFINITY);
    const filter = compileFilter(history, query, now);
    const seqs: number[] = [];
    let below = beforeSeq ?? Number.MAX_SAFE_INTEGER;
    for (;;) {
      const until = clock.monotonic() + pieceMs;
      let interrupted = false;
      const onProgress = (lowest: number): boolean => {
        below = lowest;
        interrupted = clock.monotonic() >= until;
        return !interrupted;
      };
      const options = { belowSeq: below, wanted: limit + 1, onProgress, index: index?.reader };
      for (const row of scan(history, filter, options)) {
        if (seqs.length === limit) return { seqs, more: true, scannedTo: null };
        seqs.push(row['seq'] as number);
      }
      if (!interrupted) return { seqs, more: false, scannedTo: null };
      if (clock.monotonic() >= deadline) return { seqs, more: true, scannedTo: below };
      await turn();
      if (stopped) throw new Error('the thread is ending');
    }
  }

  async function count({ buckets, ...options }: CountOptions): Promise<Counts> {
    const counts = Array.from({ length: buckets }, () => ({ total: 0, failed: 0 }));
    const look = { ...options, budgetMs: pieceMs };
    let belowSeq = activity.countActivity({ ...look, belowSeq: null }, counts);
    while (belowSeq !== null) {
      await turn();
      // Rows are waited for more than the counts beside them.
      if (isFinding()) continue;
      if (stopped) throw new Error('the thread is ending');
      belowSeq = activity.countActivity({ ...look, belowSeq }, counts);
    }
    return counts;
  }

  async function answer(order: Exclude<SearchOrder, { kind: 'stop' }>): Promise<void> {
    const { n } = order;
    asked += 1;
    if (order.kind === 'find') finding += 1;
    try {
      if (order.kind === 'find') tell({ kind: 'found', n, found: await find(order.options) });
      else tell({ kind: 'counted', n, counts: await count(order.options) });
    } catch (error) {
      tell({ kind: 'failed', n, message: reasonOf(error) });
    }
    asked -= 1;
    if (order.kind === 'find') finding -= 1;
  }

  let seenSeq = 0;
  let seenAt = clock.monotonic();
  let told = false;

  /** How fast requests come in, per second. */
  function rate(): number {
    const seq = Number(history.get('SELECT max(seq) AS seq FROM requests')?.['seq'] ?? 0);
    const at = clock.monotonic();
    const perSecond = seenSeq === 0 ? 0 : ((seq - seenSeq) * 1_000) / Math.max(1, at - seenAt);
    seenSeq = seq;
    seenAt = at;
    return perSecond;
  }

  function build(): void {
    if (stopped || index === null) return;
    let pause: number = restMs.quiet;
    try {
      const perSecond = rate();
      if (perSecond >= busyRate) pause = restMs.busy;
      else if (perSecond >= steadyRate) pause = restMs.steady;
      // Whoever waits for an answer goes first.
      if (asked === 0 && perSecond < busyRate) {
        const { rows, more } = index.builder.step();
        if (!more) pause = idleMs;
        if (rows > 0) told = false;
        if (!more && !told) tell({ kind: 'caught-up', rows: seenSeq });
        if (!more) told = true;
      }
    } catch (error) {
      mend(error);
    }
    timer = setTimeout(build, pause);
  }

  function mend(error: unknown): void {
    repairs += 1;
    try {
      index?.connection.close();
      index = null;
      if (repairs > mostRepairs) throw error;
      removeIndex(join(dir, searchName));
      openIndex();
    } catch {
      tell({ kind: 'no-index', message: reasonOf(error) });
    }
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    try {
      index?.connection.get('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // The log stays and is read at the next start.
    }
    index?.connection.close();
    history.close();
    port?.close();
  }

  port?.on('message', (order: SearchOrder) => {
    if (order.kind === 'stop') stop();
    else void answer(order);
  });
  openIndex();
  build();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
