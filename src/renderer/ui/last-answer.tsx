// What a delivery was last answered, in a badge and a few words.

import type { Attempt, Delivery } from '../../shared/delivery.ts';
import { formatDuration } from '../lib/format.ts';
import { outcomeTone, outcomeWord } from '../lib/words.ts';
import { Visible } from './visible.tsx';

/** Badge of one attempt: `200`, `refused`. */
export function OutcomeBadge({ attempt }: { readonly attempt: Attempt }) {
  return <span className={`badge ${outcomeTone(attempt.outcome)}`}>{outcomeWord(attempt)}</span>;
}

/** The last attempt's answer; `none yet` before the first. */
export function LastAnswer({ delivery }: { readonly delivery: Delivery }) {
  const last = delivery.attempts.at(-1);
  if (!last) return <span className="muted">none yet</span>;
  const bare = last.message === `HTTP ${last.status}`;
  return (
    <>
      <OutcomeBadge attempt={last} />{' '}
      <span className="muted">{bare ? `in ${formatDuration(last.ms)}` : <Visible text={last.message} />}</span>
    </>
  );
}
