// Which requests a forward takes. One filter for answers and copies alike, so that both mean the same by a repetition.

import type { DuplicateKind, VerdictStatus } from './exchange.ts';
import type { Forward } from './forwards.ts';
import { eventMatches } from './workspace.ts';

/** What a filter looks at. */
export interface FilteredRequest {
  readonly event: string | null;
  readonly deliveryId: string | null;
  readonly verdict: { readonly status: VerdictStatus };
  readonly duplicate: { readonly kind: DuplicateKind };
  /** An earlier one of the same delivery was dealt with. Asked only where the filter depends on it. */
  readonly wasProcessed: () => boolean;
}

/** Why `forward` does not take the request, a sentence; null when it does. Whether it is active is not asked. */
export function filteredOut(
  { events, verdicts, duplicates }: Pick<Forward, 'events' | 'verdicts' | 'duplicates'>,
  request: FilteredRequest,
): string | null {
  const { event, verdict, duplicate } = request;
  if (!eventMatches(events, event)) {
    return event === null ? 'the filter asks for an event, and none is named' : `the filter does not take ${event}`;
  }
  if (verdicts.length > 0 && !verdicts.includes(verdict.status)) {
    return `the filter does not take the verdict ${verdict.status}`;
  }
  if (duplicates.length > 0 && !takesDuplicate(duplicates, request)) {
    return `the filter does not take the duplicate state ${duplicate.kind}`;
  }
  return null;
}

/** As long as a delivery had no success, each arrival of it counts as its first: a filter must not lose what failed. */
function takesDuplicate(
  kinds: Forward['duplicates'],
  { duplicate, deliveryId, wasProcessed }: FilteredRequest,
): boolean {
  if (kinds.includes(duplicate.kind)) return true;
  // The same body under another id is another delivery: of that nothing is known here.
  const isOther = duplicate.kind === 'same-body' && deliveryId !== null;
  return kinds.includes('first') && !isOther && !wasProcessed();
}
