// Which requests a forward takes.

import { expect, it } from 'vitest';
import { filteredOut } from '../../../src/shared/forward-filter.ts';
import type { FilteredRequest } from '../../../src/shared/forward-filter.ts';
import type { Forward } from '../../../src/shared/forwards.ts';

const all: Pick<Forward, 'events' | 'verdicts' | 'duplicates'> = { events: ['*'], verdicts: [], duplicates: [] };
const request: FilteredRequest = {
  event: 'order.paid',
  deliveryId: 'evt_1',
  verdict: { status: 'valid' },
  duplicate: { kind: 'retry' },
  wasProcessed: () => true,
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

it.each([
  ['retry', 'evt_1', null],
  ['conflict', 'evt_1', null],
  ['same-body', null, null],
  ['same-body', 'evt_1', 'the filter does not take the duplicate state same-body'],
] as const)(
  'an arrival of a delivery that had no success counts as its first: %s, id %s',
  (kind, deliveryId, expected) => {
    const facts = { ...request, duplicate: { kind }, deliveryId, wasProcessed: () => false };
    expect(filteredOut({ ...all, duplicates: ['first'] }, facts)).toBe(expected);
  },
);

it('asks for what was processed only where the filter depends on it', () => {
  const wasProcessed = (): boolean => {
    throw new Error('asked');
  };
  const facts = { ...request, wasProcessed };
  expect(filteredOut(all, facts)).toBeNull();
  expect(filteredOut({ ...all, duplicates: ['retry', 'first'] }, facts)).toBeNull();
  expect(() => filteredOut({ ...all, duplicates: ['first'] }, facts)).toThrow('asked');
});
