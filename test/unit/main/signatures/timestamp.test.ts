// Times in headers: units, odd texts, limits and words.

import { describe, expect, it } from 'vitest';
import {
  describeDuration,
  formatTimestamp,
  judgeTime,
  parseTimestamp,
} from '../../../../src/main/signatures/timestamp.ts';

describe('parseTimestamp', () => {
  it.each([
    ['1773480413', 'seconds', 1_773_480_413_000],
    ['1773480413000', 'milliseconds', 1_773_480_413_000],
    ['2026-03-14T09:26:53.000Z', 'iso', 1_773_480_413_000],
    ['2026-03-14T09:26:53.000123456Z', 'iso', 1_773_480_413_000],
    ['1773480413', 'iso', 1_773_480_413_000],
    ['1773480413000', 'iso', 1_773_480_413_000],
    ['0', 'seconds', 0],
  ] as const)('%s as %s', (value, unit, at) => {
    expect(parseTimestamp(value, unit)).toBe(at);
  });

  it.each([
    '',
    ' 1',
    '1.5',
    '-1',
    '+1',
    '1e9',
    '0x10',
    'NaN',
    '9'.repeat(31),
    '2026-13-45T00:00:00Z',
    '2026-03-14',
    '٣',
  ])('refuses %j', (value) => {
    expect(parseTimestamp(value, 'iso')).toBeNull();
  });

  it('reads no dates as seconds', () => {
    expect(parseTimestamp('2026-03-14T09:26:53Z', 'seconds')).toBeNull();
  });

  it('is undone by formatTimestamp', () => {
    for (const unit of ['seconds', 'milliseconds', 'iso'] as const) {
      expect(parseTimestamp(formatTimestamp(1_773_480_413_000, unit), unit)).toBe(1_773_480_413_000);
    }
  });
});

describe('judgeTime', () => {
  it.each([
    [300, 'both', 'fresh'],
    [301, 'both', 'expired'],
    [-300, 'both', 'fresh'],
    [-301, 'both', 'future'],
    [-9_999, 'age', 'fresh'],
    [301, 'age', 'expired'],
  ] as const)('%d s old, %s: %s', (age, direction, expected) => {
    expect(judgeTime(1_000_000_000, 1_000_000_000 + age * 1_000, 300, { direction })).toBe(expected);
  });

  it('refuses an exclusive limit itself, to the millisecond', () => {
    const rule = { direction: 'age', exclusive: true } as const;
    expect([29_999, 30_000].map((age) => judgeTime(1_000_500, 1_000_500 + age, 30, rule))).toEqual([
      'fresh',
      'expired',
    ]);
  });

  it('counts whole seconds, as the providers do', () => {
    expect(judgeTime(1_000_000, 1_300_999, 300, { direction: 'both' })).toBe('fresh');
  });
});

it('describes durations in words', () => {
  expect([0, 3_000, 660_000, 7_200_000, 432_000_000, 1e25].map(describeDuration)).toEqual([
    '0 s',
    '3 s',
    '11 min',
    '2 h',
    '5 days',
    'more than 200 years',
  ]);
});
