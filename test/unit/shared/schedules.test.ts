import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/shared/providers/index.ts';
import { describeWaits, findSchedule, scheduleOrLongest, schedules } from '../../../src/shared/schedules.ts';
import type { OwnSchedule } from '../../../src/shared/schedules.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const waitsOf = (id: string) => findSchedule(id)?.waitsMs;
const sum = (waits: readonly number[] = []) => waits.reduce((total, wait) => total + wait, 0);

describe('the built-in schedules', () => {
  // Written out here from the providers' pages: the schedules take them from elsewhere.
  it.each([
    ['quick', [second, 5 * second, 30 * second, 2 * minute, 10 * minute], undefined],
    ['classic', [2 * second, 4 * second, 8 * second, 16 * second], undefined],
    ['svix', [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour], 15 * second],
    [
      'standard-webhooks',
      [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
      undefined,
    ],
    ['github', [], 10 * second],
    ['slack', [0, minute, 5 * minute], 3 * second],
    ['twilio', [0], 15 * second],
    ['zoom', [5 * minute, 20 * minute, 60 * minute], 3 * second],
    ['figma', [5 * minute, 30 * minute, 3 * hour], undefined],
    ['linear', [minute, hour, 6 * hour], 5 * second],
    ['mailgun', [5 * minute, 10 * minute, 15 * minute, hour, 2 * hour, 4 * hour], undefined],
    ['trello', [30 * second, minute, 2 * minute], undefined],
  ] as const)('%s has the published waits and deadline @sending 2', (id, waits, deadline) => {
    expect(waitsOf(id)).toEqual(waits);
    expect(findSchedule(id)?.deadlineMs).toBe(deadline);
  });

  it.each([
    ['shopify', 8, 4 * hour, 5 * second],
    ['stripe-like', 12, 3 * day, undefined],
  ])('%s doubles its waits and adds up to the published span @sending 2', (id, count, span, deadline) => {
    const waits = waitsOf(id) ?? [];
    expect(waits).toHaveLength(count);
    expect(Math.abs(sum(waits) - span)).toBeLessThan(10 * second);
    for (const [i, wait] of waits.slice(1).entries()) expect(wait / (waits[i] ?? 0)).toBeCloseTo(2, 1);
    expect(findSchedule(id)?.deadlineMs).toBe(deadline);
  });

  it('every provider that publishes its waits has a schedule with them', () => {
    const publishing = providers.filter(({ retry }) => retry?.delaysSeconds !== undefined);
    expect(publishing.length).toBeGreaterThanOrEqual(18);
    for (const { id, retry } of publishing) {
      expect(waitsOf(id), id).toEqual(retry?.delaysSeconds?.map((seconds) => seconds * second));
    }
  });

  it('have ids of their own, a source, and names that say attempts and span', () => {
    expect(new Set(schedules.map(({ id }) => id)).size).toBe(schedules.length);
    for (const { name, source, waitsMs } of schedules) {
      expect(name).toMatch(waitsMs.length === 0 ? / \(1 attempt\)$/ : / \(\d+ attempts (at once|in [\d.]+ [a-z]+)\)$/);
      expect(source).not.toBe('');
    }
    expect(findSchedule('svix')?.name).toBe('Svix (8 attempts in 28 hours)');
    expect(findSchedule('standard-webhooks')?.name).toBe('Standard Webhooks (10 attempts in 3.1 days)');
  });
});

describe('describeWaits', () => {
  it.each([
    [[], '1 attempt'],
    [[0], '2 attempts at once'],
    [[minute], '2 attempts in 60 seconds'],
    [[90 * second, 60 * second], '3 attempts in 2.5 minutes'],
    [[12 * minute], '2 attempts in 12 minutes'],
    [[2 * day], '2 attempts in 2 days'],
    [[500], '2 attempts in 0.5 seconds'],
  ])('%j', (waits, expected) => {
    expect(describeWaits(waits)).toBe(expected);
  });
});

describe('own schedules', () => {
  const own: OwnSchedule = { id: 'own-slow', name: 'Slow', waitsMs: [hour, 30 * day], deadlineMs: 60_000 };

  it('are found beside the built-in ones @sending 2', () => {
    expect(findSchedule('own-slow', [own])).toMatchObject({ waitsMs: [hour, 30 * day], deadlineMs: 60_000 });
    expect(findSchedule('own-slow', [own])?.name).toBe('Slow (3 attempts in 30 days)');
    expect(findSchedule('own-slow')).toBeUndefined();
    expect(findSchedule('quick', [own])?.id).toBe('quick');
    expect(findSchedule('own-slow', [{ ...own, deadlineMs: null }])).not.toHaveProperty('deadlineMs');
  });

  it('an id that is gone gets the schedule that goes on longest', () => {
    const longest = scheduleOrLongest('own-gone');
    for (const { waitsMs } of schedules) expect(sum(longest.waitsMs)).toBeGreaterThanOrEqual(sum(waitsMs));
    expect(scheduleOrLongest('own-slow', [own]).waitsMs).toEqual(own.waitsMs);
  });
});
