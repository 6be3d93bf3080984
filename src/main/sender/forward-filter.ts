// Which requests a forward takes.

import type { DuplicateKind, VerdictStatus } from '../../shared/exchange.ts';
import type { Forward } from '../../shared/forwards.ts';
import { eventMatches } from '../../shared/workspace.ts';

/** What a filter looks at. */
export interface FilteredRequest {
  readonly event: string | null;
  readonly verdict: { readonly status: VerdictStatus };
  readonly duplicate: { readonly kind: DuplicateKind };
}

/** Why `forward` does not take the request, a sentence; null when it does. Whether it is active is not asked. */
export function filteredOut(
  { events, verdicts, duplicates }: Pick<Forward, 'events' | 'verdicts' | 'duplicates'>,
  { event, verdict, duplicate }: FilteredRequest,
): string | null {
  if (!eventMatches(events, event)) {
    return event === null ? 'the filter asks for an event, and none is named' : `the filter does not take ${event}`;
  }
  if (verdicts.length > 0 && !verdicts.includes(verdict.status)) {
    return `the filter does not take the verdict ${verdict.status}`;
  }
  if (duplicates.length > 0 && !duplicates.includes(duplicate.kind)) {
    return `the filter does not take the duplicate state ${duplicate.kind}`;
  }
  return null;
}
