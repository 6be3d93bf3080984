// Sends what is due: one timer, the limits per target, state saved before the first byte, the outcome saved after the
// last. Entries come and go through the queue; this part only moves them from `waiting` to whatever an attempt makes.

import { setMaxListeners } from 'node:events';
import type { Delivery } from '../../shared/delivery.ts';
import { fraction } from '../../shared/fraction.ts';
import { saysDown } from './breaker.ts';
import { createDue } from './due.ts';
import type { Holds } from './holds.ts';
import { createLanes } from './lanes.ts';
import type { Entry } from './lanes.ts';
import type { Live } from './live.ts';
import { afterAttempt } from './outcome.ts';
import { asParked, asWaiting } from './queue-load.ts';
import type { QueueOptions } from './queue-contract.ts';
import type { QueueStore } from './queue-store.ts';
import { runAttempt } from './runner.ts';
import type { TargetRules } from './target-rules.ts';
import { dueAt, jumped, momentOf, spreadOverdue } from './timing.ts';
import type { Moment } from './timing.ts';
import type { Waiters } from './waiters.ts';
import type { WireOutcome } from './wire.ts';

/** Longest sleep, ms: a wall clock that was set ahead, or a machine that slept, is noticed this late at most. */
const maxSleepMs = 60_000;
/** Pause before something that the disk refused is tried again, ms. */
const storeRetryMs = 2_000;
/** Time that attempts in flight get at a stop, ms. */
const stopGraceMs = 5_000;

/** Attempts deliveries. */
export interface Dispatcher {
  start(): void;
  /** Looks for due entries soon; call it after every change. */
  pump(): void;
  /** Looks soon at what the targets hold. */
  reconsider(): void;
  /** Sets a new state in memory; the caller saves. */
  change(entry: Entry, delivery: Delivery): void;
  /** Ends the hold of an entry that was not saved yet. */
  letGo(entry: Entry): void;
  /** Lets `entry`, which is waiting, go first and past an open breaker. */
  hurry(entry: Entry): void;
  /**
   * Attempts `entry` as soon as there is room, due or not, started or not; joins an attempt that is under way.
   * Resolves when that is over, or at once where its target holds it.
   */
  attemptNow(entry: Entry): Promise<void>;
  /** Keeps a finished delivery elsewhere, then takes it out of the queue. */
  retire(entry: Entry): Promise<void>;
  /** Attempts that are not yet recorded. */
  readonly running: number;
  /** Lets attempts in flight end, at most 5 s; the rest goes back to `waiting`. */
  stop(): Promise<void>;
}

/** What a dispatcher works on. */
export interface DispatcherParts {
  readonly live: Live;
  readonly store: QueueStore;
  readonly waiters: Waiters<Delivery>;
  readonly rules: TargetRules;
  readonly holds: Holds;
}

/** A dispatcher over the entries in `live`. */
export function createDispatcher(
  options: QueueOptions,
  { live, store, waiters, rules, holds }: DispatcherParts,
): Dispatcher {
  const { clock, random, logger, onDelivery, onAttempt } = options;
  const { entries } = live;
  const oldest = (lane: string): Entry | null => holds.before(lane)[Symbol.iterator]().next().value ?? null;
  const lanes = createLanes({ limitsOf: rules.limitsOf, oldest });
  const abort = new AbortController();
  // One listener per attempt in flight.
  setMaxListeners(0, abort.signal);
  const retries = new Set<() => void>();
  const runs = new Set<Promise<void>>();
  let started = false;
  let stopping = false;
  let pumping = false;
  let holdsMayChange = true;
  let armed: { readonly at: Moment; readonly ms: number; readonly cancel: () => void } | null = null;

  const due = createDue(() => entries.values(), isIdle);
  const speedOf = (entry: Entry): number => options.speed ?? entry.delivery.speed;

  function* waiting(): Iterable<Entry> {
    for (const entry of entries.values()) if (entry.delivery.state === 'waiting') yield entry;
  }

  function change(entry: Entry, delivery: Delivery): void {
    live.set(entry, delivery);
    entry.heldUntil = 0;
    holdsMayChange ||= holds.concerns(delivery);
    if (delivery.state === 'parked') entry.urgent = false;
    const now = momentOf(clock);
    if (delivery.state === 'waiting') entry.dueAt = dueAt(delivery, now);
    else lanes.remove(entry);
    due.touch(entry, now);
    if (delivery.state === 'parked' && !entry.run) answerAsked(entry);
  }

  function answerAsked(entry: Entry): void {
    for (const answer of entry.asked) answer();
    entry.asked = [];
  }

  /** Saves, or says why not; the change stays in memory and goes with the next write. */
  async function save(): Promise<void> {
    try {
      await store.save();
    } catch (error) {
      logger.error('The queue could not be saved; it is tried again with the next change', error);
    }
  }

  /** Parks what its target holds from now on, and lets go what it no longer holds, spread like overdue ones. */
  function applyHolds(): void {
    if (!holdsMayChange) return;
    const changed = holds.changes(clock.now());
    for (const { entry, delivery } of changed) change(entry, delivery);
    holdsMayChange = false;
    if (changed.length === 0) return;
    const free = changed.filter(({ delivery }) => delivery.state === 'waiting').map(({ entry }) => entry);
    const now = momentOf(clock);
    spreadOverdue(free, now, speedOf);
    for (const entry of free) due.touch(entry, now);
    void save().then(() => {
      for (const { entry, delivery } of changed) {
        if (entry.delivery !== delivery) continue;
        onDelivery(delivery);
        if (delivery.state === 'parked') waiters.settle(delivery.id, delivery);
      }
      waiters.checkIdle();
    });
  }

  /** Joins the calls of one turn, so that outcomes that arrive together cost one look at the queue. */
  function pump(): void {
    if (stopping || pumping) return;
    pumping = true;
    setImmediate(() => {
      pumping = false;
      if (!stopping) tick();
    });
  }

  function tick(): void {
    const now = momentOf(clock);
    // Before the start only what somebody asked for by name is in the lanes.
    if (!started) return launch(lanes.take(now.mono));
    applyHolds();
    if (armed && jumped(armed.at, armed.ms, now)) spreadAll(now);
    armed?.cancel();
    for (const entry of due.take(now)) lanes.add(entry);
    launch(lanes.take(now.mono));
    claimAhead();
    const ms = Math.min(maxSleepMs, lanes.nextFreeAt(now.mono) - now.mono, due.nextIn(now));
    armed = { at: now, ms, cancel: clock.after(Math.ceil(ms), tick) };
  }

  function spreadAll(now: Moment): void {
    spreadOverdue(waiting(), now, speedOf);
    due.rebuild(now);
  }

  /**
   * Saves ahead of their turn that the next entries leave: a place that becomes free is not left empty for the time of a
   * save. Whatever changes one of them meanwhile finds an entry that waits.
   */
  function claimAhead(): void {
    const next = lanes.ahead().filter(({ claim }) => claim === null);
    if (next.length === 0) return;
    const saved = store.save();
    for (const entry of next) live.claim(entry, saved);
    saved.catch(() => {
      for (const entry of next) if (entry.claim === saved) live.claim(entry, null);
    });
  }

  function launch(taken: readonly Entry[]): void {
    if (taken.length === 0) return;
    const claims = taken.map(({ claim }) => claim);
    for (const entry of taken) change(entry, { ...entry.delivery, state: 'sending', nextAt: null });
    const saved = store.save();
    // Who has a claim does not wait for this one.
    saved.catch(() => undefined);
    for (const [at, entry] of taken.entries()) {
      const current = run(entry, claims[at] ?? saved).finally(() => {
        runs.delete(current);
        entry.run = null;
        due.touch(entry, momentOf(clock));
        // Before anybody hears that the queue is idle: what this one held up goes on.
        holdsMayChange ||= holds.concerns(entry.delivery);
        applyHolds();
        const { id, state } = entry.delivery;
        if (state !== 'waiting' && state !== 'sending') waiters.settle(id, entry.delivery);
        waiters.checkIdle();
        answerAsked(entry);
        pump();
      });
      entry.run = current;
      runs.add(current);
    }
  }

  async function run(entry: Entry, saved: Promise<void>): Promise<void> {
    let released = false;
    const release = (down: boolean | null): void => {
      if (released) return;
      released = true;
      lanes.end(entry, down, clock.monotonic(), speedOf(entry));
      pump();
    };
    try {
      await saved;
      onDelivery(entry.delivery);
      const result = await runAttempt(entry.delivery, abort.signal, options);
      if (result.kind === 'parked') return await park(entry, result.reason, result.message);
      const { outcome, status } = result.wire;
      rules.noteAttempt(entry.delivery, result.wire);
      // A success holds its place until it is kept: a crash repeats at most as many successes as there are places.
      if (outcome !== 'delivered') release(saysDown(outcome, status));
      await record(entry, result.wire, () => release(false));
    } catch (error) {
      logger.error(`Delivery ${entry.delivery.id} could not be attempted; it stays in the queue`, error);
      change(entry, asWaiting(entry.delivery, clock.now() + storeRetryMs));
      await save();
    } finally {
      release(null);
    }
  }

  async function park(entry: Entry, reason: string, message: string): Promise<void> {
    logger.warn(`Delivery ${entry.delivery.id} is parked: ${message}`);
    change(entry, asParked(entry.delivery, reason));
    await save();
    onDelivery(entry.delivery);
  }

  async function record(entry: Entry, wire: WireOutcome, release: () => void): Promise<void> {
    if (wire.outcome === 'interrupted') {
      change(entry, asWaiting(entry.delivery, clock.now()));
      return save();
    }
    const { pauseAsked } = entry;
    const ownSchedules = options.ownSchedules?.();
    const context = { now: clock.now(), random01: fraction(random), speed: speedOf(entry), pauseAsked, ownSchedules };
    const after = afterAttempt(entry.delivery, wire, context);
    change(entry, after.delivery);
    entry.pauseAsked = false;
    const kept = store.keepAttempt(after.record).catch((error: unknown) => {
      logger.error(`An attempt of ${entry.delivery.id} could not be kept in full`, error);
    });
    const finished = after.delivery.state === 'delivered' || after.delivery.state === 'dead';
    // The queue says first that it is done, since that costs less; the history follows, many at once.
    if (finished) store.save().then(release, () => undefined);
    await Promise.all([kept, finished ? retire(entry, release) : save()]);
    onAttempt(entry.delivery, after.attempt);
    onDelivery(entry.delivery);
  }

  async function retire(entry: Entry, kept: () => void = () => {}): Promise<void> {
    try {
      await store.keepFinished(entry.delivery);
    } catch (error) {
      logger.error(`Finished delivery ${entry.delivery.id} could not be moved; tried again`, error);
      const cancel = clock.after(storeRetryMs, () => {
        retries.delete(cancel);
        void retire(entry);
      });
      retries.add(cancel);
      return save();
    }
    kept();
    live.remove(entry.delivery.id);
    await save();
  }

  /** Before the start nobody sends the earlier ones of a target that keeps the order, unless they are asked for. */
  function isBehindUnasked(entry: Entry): boolean {
    if (!rules.limitsOf(entry.delivery).strictOrder) return false;
    for (const one of holds.before(entry.lane, entry)) if (!one.run && one.asked.length === 0) return true;
    return false;
  }

  return {
    pump,
    reconsider: () => {
      holdsMayChange = true;
      pump();
    },
    change,
    retire,
    start: () => {
      started = true;
      applyHolds();
      spreadAll(momentOf(clock));
      pump();
    },
    letGo: (entry) => {
      entry.heldUntil = 0;
      due.touch(entry, momentOf(clock));
    },
    hurry: (entry) => {
      entry.urgent = true;
      if (entry.ready) lanes.add(entry);
      pump();
    },
    attemptNow: async (entry) => {
      if (entry.run) return entry.run;
      if (stopping || holds.look()(entry, false) !== null || (!started && isBehindUnasked(entry))) return;
      change(entry, asWaiting(entry.delivery, clock.now()));
      entry.urgent = true;
      lanes.add(entry);
      pump();
      await new Promise<void>((resolve) => entry.asked.push(resolve));
    },
    get running() {
      return runs.size;
    },
    stop: async () => {
      stopping = true;
      armed?.cancel();
      for (const cancel of retries) cancel();
      const cancelGrace = clock.after(stopGraceMs, () => abort.abort());
      await Promise.all(runs);
      cancelGrace();
      for (const entry of entries.values()) {
        if (entry.claim) live.claim(entry, null);
        answerAsked(entry);
      }
    },
  };
}

/** Waiting, neither in its lane nor with an attempt that is still being recorded. */
function isIdle(entry: Entry): boolean {
  return entry.delivery.state === 'waiting' && !entry.ready && entry.run === null;
}
