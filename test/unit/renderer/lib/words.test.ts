import { describe, expect, it } from 'vitest';
import { groupDifferences } from '../../../../src/renderer/lib/group-differences.ts';
import { attemptsInWords, outcomeWord, rowName, stateWords } from '../../../../src/renderer/lib/words.ts';
import { attempt, delivery, request } from '../samples.ts';

describe('rowName', () => {
  it('has method, event, verdict and duplicate state', () => {
    expect(rowName(request(1))).toBe('POST invoice.paid, valid, first');
  });

  it('has the path where there is no event, and the words of duplicates', () => {
    const row = request(1, { event: null, duplicate: { kind: 'same-body', of: 'req_0', n: 2 } });
    expect(rowName(row)).toBe('POST /in/stripe, valid, same body');
    expect(rowName(request(2, { duplicate: { kind: 'retry', of: 'req_1', n: 3 } }))).toMatch(/, retry$/);
    expect(rowName(request(2, { duplicate: { kind: 'conflict', of: 'req_1', n: 3 } }))).toMatch(/, conflict$/);
  });

  it('says that it is pinned', () => {
    expect(rowName(request(1, { pinned: true }))).toBe('POST invoice.paid, valid, first, pinned');
  });

  it('hides nothing', () => {
    expect(rowName(request(1, { event: 'a\u202Eb' }))).toBe('POST a\\u202eb, valid, first');
  });
});

describe('words of deliveries', () => {
  it('tell attempts and states', () => {
    const failed = delivery('a', { attempts: [attempt(1), attempt(2)] });
    expect(attemptsInWords(failed)).toBe('2 failed, waiting');
    expect(
      attemptsInWords(delivery('a', { state: 'delivered', attempts: [attempt(1, { outcome: 'delivered' })] })),
    ).toBe('delivered');
    expect(stateWords(delivery('a', { state: 'parked', parkedReason: 'secret-unavailable' }))).toContain('secret');
    expect(outcomeWord(attempt(1))).toBe('503');
    expect(outcomeWord(attempt(1, { outcome: 'refused', status: null }))).toBe('refused');
  });
});

describe('groupDifferences', () => {
  it('is empty for a plain retry', () => {
    expect(groupDifferences(request(1), request(2, { deliveryId: 'evt_1' }))).toEqual([]);
  });

  it('names what differs', () => {
    const later = request(2, { deliveryId: 'evt_1', sha256: 'cd', size: 12, remoteAddress: '10.0.0.1' });
    expect(groupDifferences(request(1), later)).toEqual(['other body (10 B became 12 B)', 'from 10.0.0.1']);
  });
});
