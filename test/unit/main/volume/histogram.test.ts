// Percentiles stay within one percent of the true ones, whatever is counted.

import { expect, test } from 'vitest';
import { createHistogram } from '../../../../src/main/volume/histogram.ts';

function truePercentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
}

test('nothing counted has no percentiles', () => {
  expect(createHistogram().percentile(0.5)).toBeNull();
});

test.each([
  ['one', [42]],
  ['equal ones', Array.from({ length: 1_000 }, () => 3)],
  ['a spread over five orders', Array.from({ length: 10_000 }, (_, i) => 0.2 * 1.00145 ** i)],
  ['whole milliseconds', Array.from({ length: 5_000 }, (_, i) => 1 + ((i * 7_919) % 900))],
])('percentiles of %s', (_name, values) => {
  const histogram = createHistogram();
  for (const value of values) histogram.add(value);
  for (const share of [0.5, 0.95, 0.99, 1]) {
    const expected = truePercentile(values, share);
    expect(Math.abs((histogram.percentile(share) ?? NaN) - expected) / expected).toBeLessThan(0.011);
  }
});

test('what is too short or too long to tell apart is counted at the ends', () => {
  const histogram = createHistogram();
  for (const value of [0, 0.01, 1e12]) histogram.add(value);
  expect(histogram.percentile(0.5)).toBeLessThan(0.2);
  expect(histogram.percentile(1)).toBeGreaterThan(3.6e6);
});
