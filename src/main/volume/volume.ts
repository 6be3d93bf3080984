// Many deliveries at a rate: puts them into the queue a few at a time, so that the queue never holds many of them, and
// counts what becomes of them. It sends nothing itself and knows neither drafts nor the network.

import type { Attempt, Delivery } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { VolumeRun } from '../../shared/trials.ts';
import type { Clock, Logger } from '../ports.ts';
import { createTally } from './tally.ts';
import type { Tally } from './tally.ts';

/** What a volume is given. */
export interface VolumeOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  readonly logger: Logger;
  /** The figures have changed; called five times a second at most. */
  readonly onRun: (run: VolumeRun) => void;
}

/** One run as it is asked for. */
export interface VolumeOrder {
  /** The caller's own name of the run. */
  readonly id: string;
  /** Messages; each goes to every destination. */
  readonly count: number;
  /** Messages per second. */
  readonly ratePerSecond: number;
  /** Makes so many new messages and puts their deliveries into the queue; durable when it resolves. */
  readonly enqueue: (messages: number) => Promise<readonly Delivery[]>;
  /** Called once: nothing more will be enqueued. */
  readonly onEnqueued?: (() => void) | undefined;
}

/** Runs one order at a time. */
export interface Volume {
  /**
   * Resolves when the first message is in the queue. Throws CONFIG_INVALID while another run goes on, and what
   * `enqueue` throws for the first message.
   */
  start(order: VolumeOrder): Promise<VolumeRun>;
  /** Ends enqueuing; what is in the queue stays there and is counted. Does nothing for a run that is over. */
  stop(id: string): void;
  /** News of the queue, of any delivery. */
  onDelivery(delivery: Pick<Delivery, 'id' | 'state'>): void;
  onAttempt(delivery: Pick<Delivery, 'id'>, attempt: Attempt): void;
  onRemoved(ids: readonly string[]): void;
  /** Ends enqueuing for good and tells nothing more; resolves when no `enqueue` is under way. */
  close(): Promise<void>;
}

/** Most deliveries of a run that are in the queue at once. */
const mostUnfinished = 2_000;
/** Most messages that are enqueued in one go. */
const batchMost = 200;
/** What a moment of standstill may make up for, ms of the rate. */
const burstMs = 500;
/** Least and longest time between two goes, ms. */
const shortestPauseMs = 20;
const longestPauseMs = 250;
/** Least time between two pieces of news, ms. */
const newsMs = 200;

interface Run {
  readonly order: VolumeOrder;
  readonly startedAt: number;
  readonly tally: Tally;
  /** Deliveries of the run in the queue. */
  readonly unfinished: Set<string>;
  /** Those of them that wait for a person. */
  readonly parked: Set<string>;
  /** Deliveries per message; 0 until the first is made. */
  legs: number;
  /** Messages that were made. */
  made: number;
  enqueued: number;
  delivered: number;
  dead: number;
  state: VolumeRun['state'];
  /** The caller knows that nothing more will be enqueued. */
  released: boolean;
  /** Messages that the rate allows now, and when that was reckoned (monotonic, ms). */
  allowed: number;
  reckonedAt: number;
  /** News of deliveries that are not known yet, while some are being enqueued. */
  early: (() => void)[] | null;
}

/** A volume without a run. */
export function createVolume({ clock, logger, onRun }: VolumeOptions): Volume {
  let current: Run | null = null;
  let enqueuing: Promise<void> = Promise.resolve();
  let cancelGo: (() => void) | null = null;
  let cancelNews: (() => void) | null = null;
  let toldAt = -Infinity;
  let closed = false;

  function changed(): void {
    if (closed || cancelNews) return;
    cancelNews = clock.after(Math.max(0, toldAt + newsMs - clock.monotonic()), () => {
      cancelNews = null;
      toldAt = clock.monotonic();
      if (current) onRun(view(current));
    });
  }

  /** Puts messages into the queue and enters what came of it. */
  async function put(run: Run, messages: number): Promise<void> {
    run.early = [];
    try {
      const deliveries = await run.order.enqueue(messages);
      run.made += messages;
      run.legs = Math.max(1, Math.ceil(deliveries.length / messages));
      run.enqueued += deliveries.length;
      for (const { id } of deliveries) run.unfinished.add(id);
    } finally {
      const { early } = run;
      run.early = null;
      for (const tell of early) tell();
    }
  }

  function go(run: Run): void {
    cancelGo = null;
    enqueuing = step(run).catch((error: unknown) => {
      logger.error('A run of many deliveries has ended early', error);
      finish(run, 'stopped');
    });
  }

  async function step(run: Run): Promise<void> {
    if (run.state !== 'running' || closed) return;
    reckon(run);
    const room = Math.floor((mostUnfinished - run.unfinished.size) / run.legs);
    const messages = Math.min(Math.floor(run.allowed), room, batchMost, run.order.count - run.made);
    let pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, 1_000 / run.order.ratePerSecond));
    if (messages > 0) {
      run.allowed -= messages;
      try {
        await put(run, messages);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'SEND_QUEUE_FULL')) throw error;
        // Other deliveries fill the queue: the rest waits for them.
        run.allowed += messages;
        pauseMs = longestPauseMs;
      }
      changed();
    }
    planNext(run, pauseMs);
  }

  function planNext(run: Run, pauseMs: number): void {
    if (run.made === run.order.count) release(run);
    else if (run.state === 'running' && !closed) cancelGo = clock.after(pauseMs, () => go(run));
    settle(run);
  }

  function release(run: Run): void {
    if (run.released) return;
    run.released = true;
    run.order.onEnqueued?.();
  }

  function reckon(run: Run): void {
    const { ratePerSecond } = run.order;
    const now = clock.monotonic();
    const most = Math.max(1, (ratePerSecond * burstMs) / 1_000);
    run.allowed = Math.min(most, run.allowed + ((now - run.reckonedAt) * ratePerSecond) / 1_000);
    run.reckonedAt = now;
  }

  /** A run ends when nothing moves any more by itself: all is made, or parked deliveries fill its place. */
  function settle(run: Run): void {
    if (run.unfinished.size > run.parked.size || run.early) return;
    if (run.made === run.order.count) finish(run, 'done');
    else if (run.unfinished.size + run.legs > mostUnfinished) finish(run, 'stopped');
  }

  function finish(run: Run, state: 'done' | 'stopped'): void {
    if (run.state !== 'running') return;
    run.state = state;
    cancelGo?.();
    cancelGo = null;
    // What is being enqueued this very moment still needs what the caller holds for it.
    void enqueuing.then(() => release(run));
    changed();
  }

  /** Runs `enter` for a delivery of the run: now, or when it is known to be one. */
  function ofRun(id: string, enter: (run: Run) => void): void {
    const run = current;
    if (!run) return;
    if (run.unfinished.has(id)) {
      enter(run);
      changed();
      settle(run);
    } else if (run.early) {
      run.early.push(() => ofRun(id, enter));
    }
  }

  return {
    async start(order) {
      if (current?.state === 'running') {
        throw new AppError('CONFIG_INVALID', 'Another run of many deliveries is going on. Stop it first.');
      }
      const before = current;
      const run: Run = {
        order,
        startedAt: clock.now(),
        tally: createTally(() => clock.monotonic()),
        unfinished: new Set(),
        parked: new Set(),
        legs: 0,
        made: 0,
        enqueued: 0,
        delivered: 0,
        dead: 0,
        state: 'running',
        released: false,
        allowed: 0,
        reckonedAt: clock.monotonic(),
        early: null,
      };
      current = run;
      const first = put(run, 1);
      enqueuing = first.catch(() => {});
      try {
        await first;
      } catch (error) {
        current = before;
        throw error;
      }
      planNext(run, shortestPauseMs);
      changed();
      return view(run);
    },
    stop(id) {
      const run = current;
      if (run?.order.id !== id) return;
      if (run.early === null) finish(run, 'stopped');
      // What is being enqueued this very moment counts as well.
      else void enqueuing.then(() => finish(run, 'stopped'));
    },
    onDelivery({ id, state }) {
      ofRun(id, (run) => {
        if (state === 'parked') return void run.parked.add(id);
        run.parked.delete(id);
        if (state === 'waiting' || state === 'sending') return;
        run.unfinished.delete(id);
        run[state] += 1;
      });
    },
    onAttempt({ id }, attempt) {
      ofRun(id, (run) => run.tally.add(attempt));
    },
    onRemoved(ids) {
      for (const id of ids) {
        ofRun(id, (run) => {
          run.unfinished.delete(id);
          run.parked.delete(id);
        });
      }
    },
    async close() {
      closed = true;
      cancelGo?.();
      cancelNews?.();
      await enqueuing;
    },
  };
}

function view(run: Run): VolumeRun {
  const { order, startedAt, legs, enqueued, delivered, dead, state } = run;
  return {
    id: order.id,
    startedAt,
    count: order.count * Math.max(1, legs),
    ratePerSecond: order.ratePerSecond,
    enqueued,
    delivered,
    dead,
    ...run.tally.figures(),
    state,
  };
}
