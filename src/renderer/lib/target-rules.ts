// What is out of the ordinary about a target: its state and the rules that a person changed.

import type { Target } from '../../shared/workspace.ts';

/** How many delivery rules differ from the defaults. */
export function changedRules(target: Target): number {
  return [
    target.connectTimeoutMs !== null,
    target.totalTimeoutMs !== null,
    target.concurrency !== 4,
    target.ratePerSecond !== null,
    target.strictOrder,
    target.followRedirects,
    target.allowLinkLocal,
    target.skipTlsCheck,
  ].filter(Boolean).length;
}

/** Why nothing is sent to a target, a sentence; null while it is active. */
export function stateSentence({ state, parkedReason }: Pick<Target, 'state' | 'parkedReason'>): string | null {
  if (state === 'active') return null;
  if (state === 'paused') return 'Paused: its deliveries wait until it is resumed.';
  if (parkedReason === 'gone') return 'Parked: it answered 410 Gone. Its deliveries are kept.';
  if (parkedReason === 'failing') return 'Parked: every attempt failed for five days. Its deliveries are kept.';
  return 'Parked. Its deliveries are kept.';
}
