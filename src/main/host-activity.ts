// Answers how many requests came when, a stretch at a time, so that the receiver is never held up for long.

import type { CommandOutput, CommandParsed } from '../shared/contract.ts';
import type { Parts } from './host-parts.ts';

/** Longest stretch that one look may hold up the receiver's thread, ms. */
const lookBudgetMs = 25;

/** The counts of `requests.activity`. Throws CONFIG_QUERY. */
export async function readActivity(
  { history, clock }: Pick<Parts, 'history' | 'clock'>,
  { query, fromAt, toAt, buckets }: CommandParsed<'requests.activity'>,
): Promise<CommandOutput<'requests.activity'>> {
  const counts = Array.from({ length: buckets }, () => ({ total: 0, failed: 0 }));
  const look = { query, fromAt, toAt, now: clock.now(), budgetMs: lookBudgetMs };
  let belowSeq = history.countActivity({ ...look, belowSeq: null }, counts);
  while (belowSeq !== null) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    belowSeq = history.countActivity({ ...look, belowSeq }, counts);
  }
  return { counts };
}
