// Answers how many requests came when, a stretch at a time, so that the receiver is never held up for long.

import type { CommandOutput, CommandParsed } from '../shared/contract.ts';
import type { Parts } from './host-parts.ts';

/** Longest stretch that one look may hold up the receiver's thread, ms. */
const lookBudgetMs = 25;

/** The counts of `requests.activity`. Throws CONFIG_QUERY. */
export async function readActivity(
  { history, search, clock }: Pick<Parts, 'history' | 'search' | 'clock'>,
  { query, fromAt, toAt, buckets }: CommandParsed<'requests.activity'>,
): Promise<CommandOutput<'requests.activity'>> {
  const now = clock.now();
  const counted = await search.count({ query, fromAt, toAt, now, buckets });
  if (counted !== null) return { counts: counted };
  const counts = Array.from({ length: buckets }, () => ({ total: 0, failed: 0 }));
  const look = { query, fromAt, toAt, now, budgetMs: lookBudgetMs };
  let belowSeq = history.countActivity({ ...look, belowSeq: null }, counts);
  while (belowSeq !== null) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    belowSeq = history.countActivity({ ...look, belowSeq }, counts);
  }
  return { counts };
}
