import { describe, expect, it } from 'vitest';
import { decide, retryAfterMs } from '../../../../src/main/sender/retry.ts';
import { findSchedule, schedules } from '../../../../src/shared/schedules.ts';
import type { RetrySchedule } from '../../../../src/shared/schedules.ts';
import type { Attempt, AttemptOutcome } from '../../../../src/shared/delivery.ts';

const now = Date.UTC(2026, 5, 1);
const classic = findSchedule('classic') as RetrySchedule;
const attempt: Attempt = { n: 1, at: 0, outcome: 'refused', status: null, ms: 1, nextAt: null, message: '' };
const after = (count: number) => ({ attempts: Array.from({ length: count }, () => attempt) });
const even = { now, random01: 0.5, schedule: classic, speed: 1 };

describe('decide', () => {
  it.each([
    ['delivered', 200, { state: 'delivered' }],
    ['http-status', 302, { state: 'waiting', nextAt: now + 2_000 }],
    ['http-status', 400, { state: 'waiting', nextAt: now + 2_000 }],
    ['http-status', 410, { state: 'parked', reason: 'gone' }],
    ['http-status', 500, { state: 'waiting', nextAt: now + 2_000 }],
    ['http-status', 999, { state: 'waiting', nextAt: now + 2_000 }],
    ['refused', null, { state: 'waiting', nextAt: now + 2_000 }],
    ['timeout-response', null, { state: 'waiting', nextAt: now + 2_000 }],
    ['blocked-address', null, { state: 'waiting', nextAt: now + 2_000 }],
  ] as [AttemptOutcome, number | null, object][])('%s %s', (outcome, status, expected) => {
    expect(decide(after(0), { outcome, status }, even)).toEqual(expected);
  });

  it.each(schedules.map((schedule) => [schedule.id, schedule] as const))(
    '%s dies after its last wait',
    (_id, schedule) => {
      const failed = { outcome: 'refused', status: null } as const;
      for (const [count, waitMs] of schedule.waitsMs.entries()) {
        const decision = decide(after(count), failed, { ...even, schedule });
        expect(decision).toEqual({ state: 'waiting', nextAt: now + waitMs });
      }
      expect(decide(after(schedule.waitsMs.length), failed, { ...even, schedule })).toEqual({ state: 'dead' });
    },
  );

  it('keeps every wait within ten percent, and uses the whole range', () => {
    const waits: number[] = [];
    for (let seed = 0; seed <= 1_000; seed += 1) {
      const decision = decide(after(3), { outcome: 'reset', status: null }, { ...even, random01: seed / 1_000 });
      waits.push(decision.state === 'waiting' ? decision.nextAt - now : NaN);
    }
    expect(Math.min(...waits)).toBe(14_400);
    expect(Math.max(...waits)).toBe(17_600);
  });

  it('divides waits by the speed', () => {
    const decision = decide(after(0), { outcome: 'reset', status: null }, { ...even, speed: 100 });
    expect(decision).toEqual({ state: 'waiting', nextAt: now + 20 });
  });

  it.each([429, 502, 503, 504])('obeys Retry-After at %d', (status) => {
    const context = { ...even, random01: 0, retryAfter: '120' };
    const decision = decide(after(0), { outcome: 'http-status', status }, context);
    expect(decision).toEqual({ state: 'waiting', nextAt: now + 120_000 });
    expect(decide(after(0), { outcome: 'http-status', status }, { ...context, speed: 60 })).toEqual({
      state: 'waiting',
      nextAt: now + 2_000,
    });
  });

  it('never comes back earlier than Retry-After, nor later than a day', () => {
    const failed = { outcome: 'http-status', status: 503 } as const;
    for (let random01 = 0; random01 <= 1; random01 += 0.01) {
      const soon = decide(after(0), failed, { ...even, random01, retryAfter: '100' });
      expect(soon.state === 'waiting' && soon.nextAt - now).toBeGreaterThanOrEqual(100_000);
      const late = decide(after(0), failed, { ...even, random01, retryAfter: '1e20' });
      expect(late).toEqual({ state: 'waiting', nextAt: now + 86_400_000 });
    }
  });

  it('a schedule may repeat only what got no connection', () => {
    const schedule: RetrySchedule = { ...classic, onlyUnconnected: true };
    const stateAfter = (outcome: AttemptOutcome, status: number | null = null) =>
      decide(after(0), { outcome, status }, { ...even, schedule }).state;
    for (const outcome of ['refused', 'dns', 'tls', 'timeout-connect'] as const) {
      expect(stateAfter(outcome), outcome).toBe('waiting');
    }
    expect(stateAfter('http-status', 500)).toBe('dead');
    expect(stateAfter('http-status', 410)).toBe('parked');
    expect(stateAfter('timeout-response')).toBe('dead');
    expect(stateAfter('delivered', 200)).toBe('delivered');
  });

  it('does not look at Retry-After elsewhere, nor past the end of the schedule', () => {
    const context = { ...even, retryAfter: '1' };
    expect(decide(after(0), { outcome: 'http-status', status: 500 }, context)).toEqual({
      state: 'waiting',
      nextAt: now + 2_000,
    });
    expect(decide(after(4), { outcome: 'http-status', status: 503 }, context)).toEqual({ state: 'dead' });
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['-5', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['99999999999999999999', 86_400_000],
    ['1e20', 86_400_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    [new Date(now + 90_000).toUTCString(), 90_000],
    ['', null],
    ['soon', null],
    ['May 1', null],
    ['NaN', null],
    ['Infinity', null],
  ])('%s', (value, expected) => {
    expect(retryAfterMs(value, now)).toBe(expected);
  });
});
