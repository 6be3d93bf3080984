// Retry schedules as data: the waits after failed attempts. The first attempt is at once, so a schedule of
// k waits makes k + 1 attempts.

/** A named list of waits. */
export interface RetrySchedule {
  readonly id: string;
  readonly name: string;
  /** Waits in ms, before speed and jitter. */
  readonly waitsMs: readonly number[];
  /** Where the figures come from. */
  readonly source: string;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The built-in schedules. */
export const schedules: readonly RetrySchedule[] = [
  {
    id: 'quick',
    name: 'Quick (6 attempts in 13 minutes)',
    waitsMs: [1 * second, 5 * second, 30 * second, 2 * minute, 10 * minute],
    source: 'Hookbench',
  },
  {
    id: 'classic',
    name: 'Classic (5 attempts, 2 to 16 s)',
    waitsMs: [2 * second, 4 * second, 8 * second, 16 * second],
    source: 'exponential back-off, 2^n seconds',
  },
  {
    id: 'svix',
    name: 'Svix (8 attempts in 28 hours)',
    waitsMs: [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour],
    source: 'https://docs.svix.com/retries',
  },
];

/** The schedule with this id, or undefined. */
export function findSchedule(id: string): RetrySchedule | undefined {
  return schedules.find((schedule) => schedule.id === id);
}
