// What the stored targets say about sending, asked for at each decision: how fast, in which order, and whether at all.
// It also notices when a target must be parked. It knows no lanes and no disk; the host saves what it parks.

import { AppError } from '../../shared/errors.ts';
import type { Attempt, AttemptOutcome, Delivery } from '../../shared/delivery.ts';
import type { Target } from '../../shared/workspace.ts';
import type { Clock } from '../ports.ts';
import { endedAt } from './dead-letters.ts';
import type { QueueOptions } from './queue-contract.ts';

/** Failures for so long, with no success between, park a target, ms. */
const failingMs = 5 * 86_400_000;
/** Archived deliveries that are searched for a target's last success. */
const searchedSuccesses = 2_000;
const usual: Limits = { concurrency: 4, ratePerSecond: null, strictOrder: false };

/** How fast and in which order a target is sent to. */
export interface Limits {
  /** Attempts at once. */
  readonly concurrency: number;
  /** Attempts per second at most; null for no limit. */
  readonly ratePerSecond: number | null;
  /** One after the other, oldest first. */
  readonly strictOrder: boolean;
}

/** The rules of all targets. */
export interface TargetRules {
  /** Limits of a delivery's target; the usual ones for an address given by hand and for a target that is gone. */
  limitsOf(delivery: Delivery): Limits;
  /** Why the target holds its deliveries, or null. A target that is gone holds nothing. */
  holdOf(delivery: Delivery): 'target-paused' | 'target-parked' | null;
  /** Whether the target is stored and is sent to. */
  isActive(delivery: Delivery): boolean;
  /** An attempt has ended; parks the target where it must be. Call it before another attempt may leave. */
  noteAttempt(delivery: Delivery, wire: Pick<Attempt, 'at' | 'outcome' | 'status'>): void;
  /** The stored targets are others than before. */
  changed(): void;
}

/** A failure in a row of failures of one target. */
interface Failing {
  /** Epoch ms of the first. */
  readonly sinceAt: number;
  /** Ms from the first to `fromMono`, by the wall clock. */
  readonly passedMs: number;
  readonly fromMono: number;
  /** Known from an earlier run, and not yet compared with the successes in the history. */
  readonly unsure: boolean;
}

/** Rules over what `options.target` says; `known` are the unfinished and dead deliveries at the start. */
export function createTargetRules(
  options: Pick<QueueOptions, 'target' | 'parkTarget' | 'logger' | 'history'> & { readonly clock: Clock },
  known: readonly Delivery[],
  onParked: () => void,
): TargetRules {
  const { clock, logger, history } = options;
  /** Parked here and now; `saving` until the host has said so in the workspace. */
  const parked = new Map<string, { saving: boolean }>();
  const failing = new Map<string, Failing>();

  const find = (delivery: Delivery): Target | null =>
    delivery.targetId === null ? null : (options.target?.(delivery.targetId) ?? null);

  function park(target: Target, reason: 'gone' | 'failing'): void {
    if (parked.has(target.id) || target.state === 'parked' || !options.parkTarget) return;
    const mark = { saving: true };
    parked.set(target.id, mark);
    failing.delete(target.id);
    const why = reason === 'gone' ? 'it answered 410 Gone' : 'nothing but failures for five days';
    logger.warn(`Target ${target.id} is parked: ${why}`);
    onParked();
    // In a turn of its own: a host that throws must not look like an attempt that failed.
    Promise.resolve()
      .then(() => options.parkTarget?.(target.id, reason))
      .then(() => parked.delete(target.id))
      .catch((error: unknown) => {
        mark.saving = false;
        logger.error(`Target ${target.id} could not be saved as parked; it is held in this run`, error);
      })
      .finally(onParked);
  }

  /** Leaves out the failures of earlier runs that were followed by a success; null when that leaves none. */
  function confirmed(id: string, entry: Failing): Failing | null {
    const rows = history.listArchived?.(searchedSuccesses) ?? [];
    const times = rows.filter(({ targetId }) => targetId === id).map(endedAt);
    // Beyond a full page nothing is known: count from there.
    const oldest = rows.length === searchedSuccesses ? endedAt(rows.at(-1) as Delivery) : -Infinity;
    const successAt = times.reduce((a, b) => Math.max(a, b), oldest);
    const later = (earlier.get(id) ?? []).filter((at) => at > successAt);
    if (later.length === 0) return null;
    const sinceAt = earliest(later);
    return { ...entry, sinceAt, passedMs: entry.passedMs - (sinceAt - entry.sinceAt), unsure: false };
  }

  const earlier = history.listArchived ? failuresByTarget(known) : new Map<string, number[]>();
  for (const [id, times] of earlier) {
    const sinceAt = earliest(times);
    failing.set(id, { sinceAt, passedMs: clock.now() - sinceAt, fromMono: clock.monotonic(), unsure: true });
  }
  const passed = (entry: Failing): number =>
    // A wall clock that was set ahead, or a machine that slept, makes no failures.
    Math.min(entry.passedMs + clock.monotonic() - entry.fromMono, clock.now() - entry.sinceAt);

  return {
    limitsOf: (delivery) => find(delivery) ?? usual,
    isActive: (delivery) => find(delivery)?.state === 'active' && !parked.has(delivery.targetId as string),
    holdOf: (delivery) => {
      const target = find(delivery);
      if (target === null) return null;
      if (target.state === 'paused') return 'target-paused';
      return target.state === 'parked' || parked.has(target.id) ? 'target-parked' : null;
    },
    noteAttempt: (delivery, { at, outcome, status }) => {
      const target = find(delivery);
      // An attempt at an address that the target no longer has says nothing about the one it has.
      if (target === null || !isAt(delivery, target)) return;
      if (outcome === 'delivered') return void failing.delete(target.id);
      if (status === 410) return park(target, 'gone');
      if (!countsAsFailure(delivery, outcome)) return;
      const first = { sinceAt: at, passedMs: 0, fromMono: clock.monotonic(), unsure: false };
      let entry = failing.get(target.id) ?? first;
      if (entry.unsure && passed(entry) >= failingMs) entry = confirmed(target.id, entry) ?? first;
      failing.set(target.id, entry);
      if (passed(entry) >= failingMs) park(target, 'failing');
    },
    changed: () => {
      for (const [id, { saving }] of parked) if (!saving) parked.delete(id);
      // Whoever made it active again starts a new count.
      for (const id of failing.keys()) if (options.target?.(id)?.state !== 'active') failing.delete(id);
    },
  };
}

/** Whether the delivery goes to the address that the target has now. */
export function isAt({ url }: Pick<Delivery, 'url'>, target: Pick<Target, 'url'>): boolean {
  return url === hrefOf(target);
}

/** The target's address as deliveries carry it. */
export function hrefOf({ url }: Pick<Target, 'url'>): string {
  const text = url.trim();
  return URL.canParse(text) ? new URL(text).href : text;
}

/** Of lists that are too long to be arguments. */
function earliest(times: readonly number[]): number {
  return times.reduce((a, b) => Math.min(a, b), Infinity);
}

/** A delivery whose signature is wrong on purpose is refused by a good target; what never left says nothing. */
function countsAsFailure({ message: { signature } }: Delivery, outcome: AttemptOutcome): boolean {
  if (outcome === 'delivered' || outcome === 'interrupted' || outcome === 'blocked-address') return false;
  return signature === 'fresh' || signature === 'keep' || signature === 'none';
}

/** Times of the failed attempts, epoch ms. */
function failuresByTarget(known: readonly Delivery[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const delivery of known) {
    if (delivery.targetId === null) continue;
    const failures = delivery.attempts.filter(({ outcome }) => countsAsFailure(delivery, outcome));
    if (failures.length === 0) continue;
    const times = found.get(delivery.targetId) ?? [];
    found.set(delivery.targetId, times);
    for (const { at } of failures) times.push(at);
  }
  return found;
}

/** The error for a delivery that may not overtake `first`. */
export function keepsOrder(id: string, first: string): AppError {
  const message = `Delivery ${id} waits for ${first}, since its target keeps the order (strictOrder)`;
  return new AppError('CONFIG_INVALID', message, { field: 'strictOrder' });
}
