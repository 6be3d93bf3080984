// A clock that stands still until a test moves it. Timers run in order of their due time, and everything that they
// set off (promises, immediates) runs before the next one.

import type { Clock } from '../../src/main/ports.ts';

/** A clock under the test's control. */
export interface FakeClock extends Clock {
  /** Moves both clocks on, timer by timer. */
  advance(ms: number): Promise<void>;
  /** Moves only the wall clock: a jump. */
  jump(ms: number): void;
  /** Moves both clocks without running a timer: the process stood still. Late timers run at the next `advance`. */
  freeze(ms: number): void;
  /** Runs everything that is pending without moving the time. */
  settle(): Promise<void>;
}

/** A clock that starts at `wall` (epoch ms). */
export function createFakeClock(wall = Date.UTC(2026, 0, 1)): FakeClock {
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  let offset = wall;
  let mono = 0;
  let made = 0;

  /** Turns of the event loop: enough for what one timer sets off, or for a whole queue to drain. */
  async function settle(turns = 1_000): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  function nextUntil(end: number): [number, { readonly at: number; readonly run: () => void }] | undefined {
    const due = [...timers].filter(([, timer]) => timer.at <= end);
    return due.toSorted(([a, one], [b, two]) => one.at - two.at || a - b)[0];
  }

  return {
    now: () => offset + mono,
    monotonic: () => mono,
    after: (ms, run) => {
      made += 1;
      const id = made;
      timers.set(id, { at: mono + Math.max(0, ms), run });
      return () => void timers.delete(id);
    },
    advance: async (ms) => {
      const end = mono + ms;
      await settle();
      for (let next = nextUntil(end); next; next = nextUntil(end)) {
        const [id, timer] = next;
        timers.delete(id);
        mono = Math.max(mono, timer.at);
        timer.run();
        await settle(40);
      }
      mono = end;
      await settle();
    },
    jump: (ms) => void (offset += ms),
    freeze: (ms) => void (mono += ms),
    settle: () => settle(),
  };
}
