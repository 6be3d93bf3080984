// When a waiting delivery is due, by two clocks. The wall clock counts through sleep but may jump; the monotonic one
// never jumps but may stand still in sleep. Whichever says "due" first wins, so no jump can stall a delivery.

import type { Delivery } from '../../shared/delivery.ts';
import type { Clock } from '../ports.ts';
import type { Entry } from './lanes.ts';

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

/** Spreads those of `entries` that are overdue, oldest first, so that no target gets them all at once. */
export function spreadOverdue(entries: Iterable<Entry>, now: Moment, speedOf: (entry: Entry) => number): void {
  const overdue = [...entries].filter((entry) => !entry.ready && waitOf(entry, now) === 0);
  overdue.sort((a, b) => (a.delivery.nextAt ?? 0) - (b.delivery.nextAt ?? 0));
  const offsets = new Map<string, number>();
  for (const entry of overdue) {
    const offset = offsets.get(entry.lane) ?? 0;
    entry.heldUntil = now.mono + offset;
    offsets.set(entry.lane, offset + 1_000 / overduePerSecond / speedOf(entry));
  }
}

/** Whether time passed that no timer saw: the machine slept, the process was stopped, the wall clock was set ahead. */
export function jumped(before: Moment, armedMs: number, now: Moment): boolean {
  const passed = now.mono - before.mono;
  return now.wall - before.wall - passed > 2_000 || passed - armedMs > 2_000;
}
