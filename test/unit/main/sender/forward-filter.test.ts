// Which requests a forward takes.

import { expect, it } from 'vitest';
import { filteredOut } from '../../../../src/main/sender/forward-filter.ts';
import type { FilteredRequest } from '../../../../src/main/sender/forward-filter.ts';
import type { Forward } from '../../../../src/shared/forwards.ts';

const all: Pick<Forward, 'events' | 'verdicts' | 'duplicates'> = { events: ['*'], verdicts: [], duplicates: [] };
const request: FilteredRequest = {
  event: 'order.paid',
  verdict: { status: 'valid' },
  duplicate: { kind: 'retry' },
};

it.each([
  [{}, {}, null],
  [{}, { event: null }, null],
  [{ events: ['order.*'] }, {}, null],
  [{ events: ['push', 'order.paid'] }, {}, null],
  [{ events: ['push'] }, {}, 'the filter does not take order.paid'],
  [{ events: ['push'] }, { event: null }, 'the filter asks for an event, and none is named'],
  [{ verdicts: ['valid', 'unverified'] as const }, {}, null],
  [{ verdicts: ['valid'] as const }, { verdict: { status: 'invalid' as const } }, 'the filter does not take the verdict invalid'], // prettier-ignore
  [{ duplicates: ['retry'] as const }, {}, null],
  [{ duplicates: ['first'] as const }, {}, 'the filter does not take the duplicate state retry'],
])('%j takes %j: %s', (filter, facts, expected) => {
  expect(filteredOut({ ...all, ...filter } as typeof all, { ...request, ...facts })).toBe(expected);
});
