// Token buckets: burst, steady flow, memory.

import { describe, expect, it } from 'vitest';
import { createRates } from '../../../../src/main/receiver/rates.ts';
import { tunnelRate, tutorialRate } from '../../../../src/shared/access.ts';
import type { Rate } from '../../../../src/shared/access.ts';

/** Requests that pass of `count` at this moment. */
function passed(rates: ReturnType<typeof createRates>, rate: Rate, now: number, count: number, key = 'a'): number {
  let passes = 0;
  for (let i = 0; i < count; i += 1) {
    if (rates.waitOf(key, rate, now) > 0) continue;
    rates.take(key, rate, now);
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
    expect(rates.waitOf('a', tutorialRate, 0)).toBe(9_000);
    expect(rates.waitOf('a', tutorialRate, 5_000)).toBe(4_000);
    expect(rates.waitOf('a', tutorialRate, 9_000)).toBe(0);
    expect(rates.waitOf('b', tutorialRate, 0)).toBe(0);
  });

  it('that became faster does not keep anybody waiting for the slower one', () => {
    const rates = createRates(10);
    const slow = { count: 1, periodSeconds: 86_400, burst: 10 };
    passed(rates, slow, 0, 10);
    expect(rates.waitOf('a', tunnelRate, 0)).toBeLessThanOrEqual(20);
  });

  it('remembers those in use and forgets idle ones', () => {
    const rates = createRates(4);
    for (let i = 0; i < 100; i += 1) {
      rates.take('busy', tutorialRate, i);
      rates.take(`once ${i}`, tutorialRate, i);
      expect(rates.size).toBeLessThanOrEqual(4);
    }
    expect(rates.waitOf('busy', tutorialRate, 100)).toBeGreaterThan(0);
    const idle = createRates(4);
    for (const key of ['a', 'b']) idle.take(key, tutorialRate, 0);
    idle.take('c', tutorialRate, 1e9);
    expect(idle.size).toBe(1);
  });

  it('holds 10,000 of a million senders', () => {
    const rates = createRates(10_000);
    for (let i = 0; i < 1_000_000; i += 1) rates.take(String(i), tutorialRate, i / 1_000);
    expect(rates.size).toBeLessThanOrEqual(10_000);
  });
});
