// When a waiting delivery is due, by two clocks. The wall clock counts through sleep but may jump; the monotonic one
// never jumps but may stand still in sleep. Whichever says "due" first wins, so no jump can stall a delivery.

import type { Delivery } from '../../shared/delivery.ts';
import type { Clock } from '../ports.ts';
import type { Entry } from './lanes.ts';

/** Largest gap between what a clock shows and what it should that is still no jump, ms. */
const jumpMs = 2_000;
/** End of the year 9999, epoch ms: the last time that every date format can write. */
const lastTime = 253_402_300_799_999;

/** At most this many overdue deliveries per second and target start after a pause, times their speed. */
const overduePerSecond = 4;

/** Both clocks at one moment, ms. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}

/** The moment now. */
export function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), mono: clock.monotonic() };
}

/**
 * Monotonic due time of a waiting delivery. Never further away than its own last wait: a stored time that lies
 * further ahead means that the wall clock was set back.
 */
export function dueAt(delivery: Delivery, now: Moment): number {
  if (delivery.nextAt === null) return now.mono;
  const last = delivery.attempts.at(-1);
  const own = delivery.nextAt - (last ? last.at + last.ms : delivery.createdAt);
  return now.mono + Math.max(0, Math.min(delivery.nextAt - now.wall, Math.max(0, own)));
}

/** Ms until `entry` may go to its lane; 0 when it may now. */
export function waitOf(entry: Entry, now: Moment): number {
  const byWall = (entry.delivery.nextAt ?? now.wall) - now.wall;
  return Math.max(0, entry.heldUntil - now.mono, Math.min(entry.dueAt - now.mono, byWall));
}

/**
 * Spreads those of `entries` that are overdue, oldest first, so that no target gets them all at once. Those that an
 * earlier call spread keep their places, and the new ones follow.
 */
export function spreadOverdue(entries: Iterable<Entry>, now: Moment, speedOf: (entry: Entry) => number): void {
  const overdue: Entry[] = [];
  const free = new Map<string, number>();
  const stepOf = (entry: Entry): number => 1_000 / overduePerSecond / speedOf(entry);
  for (const entry of entries) {
    if (entry.ready) continue;
    if (waitOf(entry, now) === 0) overdue.push(entry);
    // An endless hold is one of another kind: not saved yet.
    else if (entry.heldUntil > now.mono && entry.heldUntil < Infinity) {
      free.set(entry.lane, Math.max(free.get(entry.lane) ?? 0, entry.heldUntil + stepOf(entry)));
    }
  }
  overdue.sort((a, b) => (a.delivery.nextAt ?? 0) - (b.delivery.nextAt ?? 0));
  for (const entry of overdue) {
    entry.heldUntil = free.get(entry.lane) ?? now.mono;
    free.set(entry.lane, entry.heldUntil + stepOf(entry));
  }
}

/** Whether time passed that no timer saw: the machine slept, the process was stopped, the wall clock was set ahead. */
export function jumped(before: Moment, armedMs: number, now: Moment): boolean {
  const passed = now.mono - before.mono;
  return now.wall - before.wall - passed > jumpMs || passed - armedMs > jumpMs;
}

/** Whether the machine slept, or the process stood still, during something that a timer had to end after `limitMs`. */
export function sleptDuring(before: Moment, after: Moment, limitMs: number): boolean {
  return jumped(before, limitMs, after);
}

/**
 * Epoch ms that an attempt is signed with, given the wall clock's `now`. Simulated time starts with the delivery and runs
 * `speed` times as fast as the real one. It never goes back: not when the wall clock is set back, nor when a run has
 * another speed than the one before.
 */
export function signingTime(
  { time, createdAt, attempts }: Pick<Delivery, 'time' | 'createdAt' | 'attempts'>,
  now: number,
  speed: number,
): number {
  if (time !== 'simulated') return now;
  const earliest = Math.max(createdAt, ...attempts.map(({ signedAt }) => signedAt ?? createdAt));
  return Math.min(lastTime, Math.max(earliest, Math.round(createdAt + (now - createdAt) * speed)));
}
