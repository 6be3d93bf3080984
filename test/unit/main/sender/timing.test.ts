import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../src/main/sender/lanes.ts';
import { signingTime, spreadOverdue, waitOf } from '../../../../src/main/sender/timing.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { newDelivery } from '../../../support/queue-world.ts';

const createdAt = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const attemptAt = (signedAt: number) => [
  { n: 1, at: createdAt, signedAt, outcome: 'refused', status: null, ms: 1, nextAt: null, message: '' } as const,
];

describe('signingTime', () => {
  const simulated = { time: 'simulated', createdAt, attempts: [] } as const;

  it('is the real time unless asked otherwise', () => {
    for (const time of ['real', undefined] as const) {
      const delivery = time === undefined ? { createdAt, attempts: [] } : { time, createdAt, attempts: [] };
      expect(signingTime(delivery, createdAt + 5, 3_600)).toBe(createdAt + 5);
    }
  });

  it('simulated: runs as fast as the speed, from the start of the delivery @sending 2', () => {
    expect(signingTime(simulated, createdAt, 3_600)).toBe(createdAt);
    expect(signingTime(simulated, createdAt + 1_000, 3_600)).toBe(createdAt + hour);
    expect(signingTime(simulated, createdAt + 1_000, 1)).toBe(createdAt + 1_000);
    expect(signingTime(simulated, createdAt + 1_000, 0.5)).toBe(createdAt + 500);
  });

  it('never goes back, whatever the wall clock and the speed do', () => {
    expect(signingTime(simulated, createdAt - 24 * hour, 3_600)).toBe(createdAt);
    const later = { ...simulated, attempts: attemptAt(createdAt + hour) };
    expect(signingTime(later, createdAt + 2_000, 1)).toBe(createdAt + hour);
    expect(signingTime(later, createdAt + 2_000, 3_600)).toBe(createdAt + 2 * hour);
  });

  it('stays a date that every format can write', () => {
    const end = signingTime(simulated, createdAt + 400 * 24 * hour, 1e9);
    expect(new Date(end).toISOString()).toBe('9999-12-31T23:59:59.999Z');
  });
});

describe('spreadOverdue', () => {
  const makeEntry = (nextAt: number, more: Partial<Entry> = {}): Entry => {
    const delivery: Delivery = {
      ...newDelivery('http://t/x', 'a'),
      id: 'dlv_1',
      state: 'waiting',
      attempts: [],
      nextAt,
      createdAt: 0,
    };
    const own = {
      order: 0,
      dueAt: 0,
      heldUntil: 0,
      ready: false,
      urgent: false,
      pauseAsked: false,
      run: null,
      claim: null,
      asked: [],
    };
    return { delivery, lane: 'x', ...own, ...more };
  };
  const speedOf = (): number => 1;

  it('gives every target its own row of places, oldest first', () => {
    const entries = [makeEntry(30), makeEntry(10), makeEntry(20), makeEntry(15, { lane: 'y' })];
    spreadOverdue(entries, { wall: 100, mono: 1_000 }, speedOf);
    expect(entries.map(({ heldUntil }) => heldUntil)).toEqual([1_500, 1_000, 1_250, 1_000]);
  });

  it('a second jump does not put new ones between those that are spread already', () => {
    const early = [makeEntry(1), makeEntry(2), makeEntry(3)];
    spreadOverdue(early, { wall: 100, mono: 1_000 }, speedOf);
    const late = [makeEntry(400, { dueAt: 5_000 }), makeEntry(500, { dueAt: 5_000 })];
    const unsaved = makeEntry(1, { heldUntil: Infinity });
    const now = { wall: 600, mono: 1_100 };
    spreadOverdue([...late, ...early.slice(1), unsaved], now, speedOf);
    expect([...early, ...late].map(({ heldUntil }) => heldUntil)).toEqual([1_000, 1_250, 1_500, 1_750, 2_000]);
    expect(waitOf(unsaved, now)).toBe(Infinity);
  });

  it('one that is not due keeps its time', () => {
    const entry = makeEntry(5_000, { dueAt: 5_000 });
    spreadOverdue([entry], { wall: 100, mono: 100 }, speedOf);
    expect(entry.heldUntil).toBe(0);
  });
});
