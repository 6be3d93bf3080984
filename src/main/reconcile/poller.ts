// Pulls again and again while the app or a `pull --every` runs. It keeps the cursor through callbacks, asks less often
// while the API is in trouble, and stops by itself where only the person can help (a refused token).

import { createHttp } from './http.ts';
import type { PullCursor, PullOptions, PullSummary } from './pull-contract.ts';
import { PullError } from './pull-error.ts';
import { pull } from './pull.ts';

const defaultEveryMs = 300_000;
const defaultMostBackOffMs = 3_600_000;
/** Longer rate limits end a run; the next one is planned for their end. */
const maxWaitMs = 60_000;
/** A webhook may arrive a little after the API shows its event. */
const defaultGraceMs = 30_000;
/** Judged ids that are remembered; runs overlap by minutes only. */
const mostJudged = 20_000;

/** What polling needs: a pull without what the poller provides itself. */
export interface PollerOptions extends Omit<PullOptions, 'cursor' | 'saveCursor' | 'judged' | 'signal' | 'maxWaitMs'> {
  /** Between the end of a run and the beginning of the next, ms; 5 minutes when absent. */
  readonly everyMs?: number | undefined;
  /** Longest wait after errors, ms; an hour when absent, never less than `everyMs`. */
  readonly mostBackOffMs?: number | undefined;
  readonly cursor: {
    /** The kept cursor of this scope and address, or null to begin at `sinceAt`. */
    load(): PullCursor | null;
    save(cursor: PullCursor): void | Promise<void>;
  };
  /** Called after every run. */
  onRun?: ((run: PollRun) => void) | undefined;
}

/** How a run of the poller ended. */
export interface PollRun {
  /** Null when it failed. */
  readonly summary: PullSummary | null;
  /** PullError, AppError or what a callback threw; null when it went well. */
  readonly error: Error | null;
  /** When the next run begins, epoch ms; null when polling has ended. */
  readonly nextAt: number | null;
}

/** What can be shown of a poller at any time. */
export interface PollerStatus {
  /** `off`: not started, stopped, or ended by itself (`error` tells why). */
  readonly state: 'off' | 'waiting' | 'running';
  /** Epoch ms; null unless waiting. */
  readonly nextAt: number | null;
  /** Events put into the history since the start: missed ones and those that failed at the provider. */
  readonly recorded: number;
  /** Of the last run; null when it went well. */
  readonly error: Error | null;
}

/** Polls one source. */
export interface Poller {
  /** Begins with a run at once. Does nothing while it is polling. */
  start(): void;
  /** Ends polling; resolves when a run under way has ended. What it recorded stays. */
  stop(): Promise<void>;
  /** Makes the next run now instead of later; does nothing unless it waits, or while the API wants its pause. */
  pollNow(): void;
  status(): PollerStatus;
}

/** Makes a poller that does nothing until it is started. */
export function createPoller(options: PollerOptions): Poller {
  const { clock } = options;
  const everyMs = options.everyMs ?? defaultEveryMs;
  const mostBackOffMs = Math.max(everyMs, options.mostBackOffMs ?? defaultMostBackOffMs);
  const http = options.http ?? createHttp();
  const judged = new Set<string>();
  let controller: AbortController | null = null;
  let running: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;
  let nextAt: number | null = null;
  /** Epoch ms before which the API asked not to be asked. */
  let pausedUntil = 0;
  let failures = 0;
  let recorded = 0;
  let lastError: Error | null = null;

  async function runOnce(signal: AbortSignal): Promise<void> {
    let summary: PullSummary | null = null;
    let error: Error | null = null;
    const count =
      (before: PullOptions['record']): PullOptions['record'] =>
      async (event) => {
        const id = await before(event);
        if (id !== null) recorded += 1;
        return id;
      };
    try {
      summary = await pull({
        ...options,
        graceMs: options.graceMs ?? defaultGraceMs,
        http,
        maxWaitMs,
        judged,
        signal,
        isKnown: (id, event) => options.isKnown(id, event),
        record: count((event) => options.record(event)),
        onEvent: (line) => options.onEvent(line),
        cursor: options.cursor.load(),
        saveCursor: (cursor) => options.cursor.save(cursor),
      });
      failures = 0;
      pausedUntil = summary.rateLimitedUntil ?? 0;
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
      failures += 1;
    }
    lastError = error;
    forget(judged, mostJudged);
    if (signal.aborted) {
      options.onRun?.({ summary, error, nextAt: null });
      return;
    }
    const waitMs = error === null ? everyMs : Math.min(mostBackOffMs, everyMs * 2 ** Math.min(failures, 20));
    const isOver = error !== null && needsThePerson(error);
    const at = isOver ? null : Math.max(clock.now() + waitMs, pausedUntil);
    if (at === null) controller = null;
    else plan(at, signal);
    options.onRun?.({ summary, error, nextAt: at });
  }

  function plan(at: number, signal: AbortSignal): void {
    nextAt = at;
    cancelTimer = clock.after(at - clock.now(), () => begin(signal));
  }

  function begin(signal: AbortSignal): void {
    cancelTimer = null;
    nextAt = null;
    running = runOnce(signal).finally(() => (running = null));
  }

  return {
    start() {
      if (controller) return;
      controller = new AbortController();
      failures = 0;
      lastError = null;
      const { signal } = controller;
      // A run that was stopped a moment ago may still be ending.
      if (running) void running.then(() => signal.aborted || begin(signal));
      else begin(signal);
    },
    async stop() {
      controller?.abort();
      controller = null;
      cancelTimer?.();
      cancelTimer = null;
      nextAt = null;
      await running;
    },
    pollNow() {
      if (!controller || cancelTimer === null || pausedUntil > clock.now()) return;
      cancelTimer();
      begin(controller.signal);
    },
    status: () => ({
      state: controller === null ? 'off' : nextAt === null ? 'running' : 'waiting',
      nextAt,
      recorded,
      error: lastError,
    }),
  };
}

/** Asking again changes nothing, and a refused token that is shown again and again may be locked. */
function needsThePerson(error: Error): boolean {
  if (error instanceof PullError) return error.reason !== 'broken' && error.reason !== 'unreachable';
  return 'code' in error && error.code === 'CONFIG_INVALID';
}

/** Leaves the newest ids; a set keeps the order in which they came. */
function forget(ids: Set<string>, most: number): void {
  let excess = ids.size - most;
  for (const id of ids) {
    if (excess <= 0) return;
    ids.delete(id);
    excess -= 1;
  }
}
