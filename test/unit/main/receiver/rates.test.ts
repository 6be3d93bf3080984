// Token buckets: burst, steady flow, memory.

import { describe, expect, it } from 'vitest';
import { createRates } from '../../../../src/main/receiver/rates.ts';
import { tunnelRate, tutorialRate } from '../../../../src/shared/access.ts';
import type { Rate } from '../../../../src/shared/access.ts';

/** Requests that pass of `count` at this moment. */
function passed(rates: ReturnType<typeof createRates>, rate: Rate, now: number, count: number, key = 'a'): number {
  let passes = 0;
  for (let i = 0; i < count; i += 1) {
    if (rates.waitOf('e', key, rate, now) > 0) continue;
    rates.take('e', key, rate, now);
    passes += 1;
  }
  return passes;
}

describe('createRates', () => {
  it.each([
    ['of a tunnel', tunnelRate, 500, 1_000, 50],
    ['of tutorials', tutorialRate, 100, 900_000, 100],
    ['of fractions', { count: 0.1, periodSeconds: 3, burst: 1 }, 1, 30_000, 1],
    ['of thirds', { count: 3, periodSeconds: 1, burst: 3 }, 3, 1_000, 3],
  ] as const)(
    '%s: a burst, then a steady flow, then a burst again after a long rest',
    (_name, rate, burst, ms, flow) => {
      const rates = createRates(10);
      expect(passed(rates, rate, 1_000_000.25, 2 * burst)).toBe(burst);
      for (let i = 1; i <= 20; i += 1) expect(passed(rates, rate, 1_000_000.25 + i * ms, 2 * burst)).toBe(flow);
      expect(passed(rates, rate, 1e9, 2 * burst)).toBe(burst);
    },
  );

  it('says how long to wait, and a wait that long is enough', () => {
    const rates = createRates(10);
    passed(rates, tutorialRate, 0, 100);
    expect(rates.waitOf('e', 'a', tutorialRate, 0)).toBe(9_000);
    expect(rates.waitOf('e', 'a', tutorialRate, 5_000)).toBe(4_000);
    expect(rates.waitOf('e', 'a', tutorialRate, 9_000)).toBe(0);
    expect(rates.waitOf('e', 'b', tutorialRate, 0)).toBe(0);
  });

  it('that became faster does not keep anybody waiting for the slower one', () => {
    const rates = createRates(10);
    const slow = { count: 1, periodSeconds: 86_400, burst: 10 };
    passed(rates, slow, 0, 10);
    expect(rates.waitOf('e', 'a', tunnelRate, 0)).toBeLessThanOrEqual(20);
  });

  it('forgets buckets that are full again, and no others, whatever comes', () => {
    const rates = createRates(4);
    expect(passed(rates, tutorialRate, 0, 101)).toBe(100);
    for (let i = 0; i < 1_000; i += 1) rates.take('e', `once ${i}`, tutorialRate, i);
    expect(rates.size).toBe(4);
    expect(rates.waitOf('e', 'a', tutorialRate, 1_000)).toBe(8_000);
    for (const key of ['b', 'c', 'd', 'e']) rates.take('e', key, tutorialRate, 98_000);
    expect(passed(rates, tutorialRate, 99_000, 100)).toBe(11);
    for (const key of ['f', 'g', 'h', 'i']) rates.take('e', key, tutorialRate, 2_000_000);
    expect(rates.size).toBe(4);
    expect(rates.waitOf('e', 'a', tutorialRate, 2_000_000)).toBe(0);
  });

  it('lets those for whom there is no place share one bucket, those of each group apart', () => {
    const rates = createRates(2);
    for (const key of ['a', 'b']) rates.take('e', key, tutorialRate, 0);
    let passes = 0;
    for (let i = 0; i < 300; i += 1) passes += passed(rates, tutorialRate, 0, 1, `new ${i}`);
    expect(passes).toBe(100);
    expect(rates.waitOf('e', 'a', tutorialRate, 0)).toBe(0);
    expect(rates.waitOf('other', 'a', tutorialRate, 0)).toBe(0);
    // Later there are places again.
    expect(rates.waitOf('e', 'new 1', tutorialRate, 18_000)).toBe(0);
  });

  it('holds 10,000 of a million senders', () => {
    const rates = createRates(10_000);
    for (let i = 0; i < 1_000_000; i += 1) rates.take('e', String(i), tutorialRate, i / 1_000);
    expect(rates.size).toBeLessThanOrEqual(10_000);
  });
});
