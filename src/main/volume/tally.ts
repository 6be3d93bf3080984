// The figures of many deliveries: what came back, how long it took, how much of it per second. All of it is bounded,
// however many deliveries there are.

import type { Attempt } from '../../shared/delivery.ts';
import type { VolumeRun } from '../../shared/trials.ts';
import { createHistogram } from './histogram.ts';

/** Figures that grow with each attempt. */
export interface Tally {
  /** Counts an attempt that ended now. */
  add(attempt: Pick<Attempt, 'status' | 'outcome' | 'ms'>): void;
  figures(): Pick<VolumeRun, 'answers' | 'p50' | 'p95' | 'p99' | 'perSecond'>;
}

/** `monotonic` in ms. Whole seconds count from now. */
export function createTally(monotonic: () => number): Tally {
  const times = createHistogram();
  const answers = new Map<string, number>();
  const started = monotonic();
  /** The second in which the last answer came, the answers in it, and those in the second before. */
  let second = 0;
  let now = 0;
  let before = 0;

  function turn(): void {
    const current = Math.floor((monotonic() - started) / 1_000);
    if (current === second) return;
    before = current === second + 1 ? now : 0;
    now = 0;
    second = current;
  }

  return {
    add({ status, outcome, ms }) {
      const name = status === null ? outcome : String(status);
      answers.set(name, (answers.get(name) ?? 0) + 1);
      if (status === null) return;
      times.add(ms);
      turn();
      now += 1;
    },
    figures() {
      turn();
      const names = [...answers].toSorted(([a], [b]) => (a < b ? -1 : 1));
      return {
        answers: Object.fromEntries(names),
        p50: times.percentile(0.5),
        p95: times.percentile(0.95),
        p99: times.percentile(0.99),
        perSecond: before,
      };
    },
  };
}
