// Searches on a thread of their own, so that neither the receiver nor the window waits for them. Where there is no
// thread (it could not be started, or it ended), whoever asks is told to look for himself.

import { Worker } from 'node:worker_threads';
import { parseQuery } from '../../shared/query.ts';
import type { Logger } from '../ports.ts';
import type {
  CountOptions,
  Counts,
  FindOptions,
  Found,
  SearchAnswer,
  SearchOrder,
  SearchThreadOptions,
} from './search-messages.ts';
import { reasonOf } from './storage-errors.ts';

/** Searching in the background. */
export interface Search {
  /** Starts the thread, which also builds the index. */
  start(): void;
  /** As the history's `list`. Null where there is no thread. Throws CONFIG_QUERY. */
  find(options: FindOptions): Promise<Found | null>;
  /** As the history's `countActivity`, to the end. Null where there is no thread. Throws CONFIG_QUERY. */
  count(options: CountOptions): Promise<Counts | null>;
  /** Resolves when the thread has ended. */
  stop(): Promise<void>;
}

/** What it is given. */
export interface SearchOptions extends SearchThreadOptions {
  /** The thread's program; null where there is none. */
  readonly program: string | null;
  readonly logger: Logger;
  /** Called each time that all stored requests are in the index. */
  readonly onCaughtUp?: (() => void) | undefined;
}

/** How long the thread is waited for at the end, ms. */
const stopMs = 3_000;

/** Nothing runs before `start`. */
export function createSearch({ dir, openedSeq, program, logger, onCaughtUp }: SearchOptions): Search {
  const waiting = new Map<number, (answer: SearchAnswer | null) => void>();
  let worker: Worker | null = null;
  let lastN = 0;
  let stopping = false;

  function give(order: SearchOrder): void {
    worker?.postMessage(order);
  }

  /** The thread is gone: what it was asked for is left to those who asked. */
  function lose(from: Worker, reason: string): void {
    if (worker !== from) return;
    worker = null;
    if (!stopping) logger.warn(`Searches are slower for the rest of this run: ${reason}`);
    for (const settle of waiting.values()) settle(null);
    waiting.clear();
  }

  function hear(answer: SearchAnswer): void {
    if (answer.kind === 'caught-up') onCaughtUp?.();
    else if (answer.kind === 'no-index') logger.warn(`The search index cannot be used: ${answer.message}`);
    else {
      waiting.get(answer.n)?.(answer);
      waiting.delete(answer.n);
    }
  }

  function ask(make: (n: number) => SearchOrder): Promise<SearchAnswer | null> {
    if (worker === null) return Promise.resolve(null);
    lastN += 1;
    const n = lastN;
    return new Promise((settle) => {
      waiting.set(n, settle);
      give(make(n));
    });
  }

  return {
    start() {
      if (worker !== null || program === null || stopping) return;
      try {
        const started = new Worker(program, { workerData: { dir, openedSeq } satisfies SearchThreadOptions });
        worker = started;
        started.on('message', hear);
        started.on('error', (error) => lose(started, reasonOf(error)));
        started.on('exit', (code) => lose(started, `the search thread ended with ${code}`));
        // Whoever forgets to stop it must still come to an end.
        started.unref();
      } catch (error) {
        logger.warn(`Searches are slower for the rest of this run: ${reasonOf(error)}`);
      }
    },
    async find(options) {
      parseQuery(options.query, options.now);
      const answer = await ask((n) => ({ kind: 'find', n, options }));
      return answer?.kind === 'found' ? answer.found : null;
    },
    async count(options) {
      parseQuery(options.query, options.now);
      const answer = await ask((n) => ({ kind: 'count', n, options }));
      return answer?.kind === 'counted' ? answer.counts : null;
    },
    async stop() {
      stopping = true;
      const ending = worker;
      if (ending === null) return;
      const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      give({ kind: 'stop' });
      const timer = setTimeout(() => void ending.terminate(), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
