// How long a tunnel that fell waits before the next try.

import type { Random } from '../ports.ts';
import type { TunnelLimits } from './contract.ts';

/** Ms before try `fallen` + 1: doubling, less up to a fifth, so that tunnels that fell together rise apart. */
export function backOff(
  fallen: number,
  { firstRetryMs, longestRetryMs }: Pick<TunnelLimits, 'firstRetryMs' | 'longestRetryMs'>,
  random: Random,
): number {
  const full = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(fallen, 30));
  const share = (random(1)[0] as number) / 255;
  return Math.round(full * (1 - share / 5));
}
