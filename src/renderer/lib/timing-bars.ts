// Phases of an attempt as bars on one scale.

import type { AttemptRecord } from '../../shared/delivery.ts';

/** A phase: where it starts and how long it is, as shares of the whole (0 to 1). */
export interface TimingBar {
  readonly name: string;
  readonly ms: number;
  readonly from: number;
  readonly share: number;
}

/** The phases that happened, in order; what follows the last known moment is the reply (or the wait for it). */
export function timingBars(timings: AttemptRecord['timings']): TimingBar[] {
  const { total } = timings;
  const moments: readonly (readonly [name: string, at: number | undefined])[] = [
    ['DNS', timings.dns],
    ['Connect', timings.connect],
    ['TLS', timings.tls],
    ['First byte', timings.firstByte],
  ];
  const bars: TimingBar[] = [];
  let before = 0;
  const push = (name: string, at: number): void => {
    const end = Math.max(before, at);
    const scale = total > 0 ? total : 1;
    bars.push({
      name,
      ms: end - before,
      from: Math.min(1, before / scale),
      share: Math.min(1, (end - before) / scale),
    });
    before = end;
  };
  for (const [name, at] of moments) if (at !== undefined) push(name, at);
  if (total > before || bars.length === 0) push(lastPhase(timings), total);
  return bars;
}

function lastPhase(timings: AttemptRecord['timings']): string {
  if (timings.firstByte !== undefined) return 'Reply';
  return timings.connect === undefined ? 'Connecting' : 'Waiting';
}
