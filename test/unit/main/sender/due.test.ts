// The heap of due times against a look at every entry, whatever changes and however the clocks run.

import { describe, expect, it } from 'vitest';
import { createDue } from '../../../../src/main/sender/due.ts';
import type { Entry } from '../../../../src/main/sender/lanes.ts';
import { waitOf } from '../../../../src/main/sender/timing.ts';
import type { Moment } from '../../../../src/main/sender/timing.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { newDelivery } from '../../../support/queue-world.ts';

type Loose = { -readonly [K in keyof Entry]: Entry[K] };

function makeEntry(order: number, nextAt: number, dueAt: number): Loose {
  const delivery: Delivery = { ...newDelivery('http://t/x', 'a'), id: `dlv_${order}`, state: 'waiting', attempts: [], nextAt, createdAt: 0 }; // prettier-ignore
  const rest = { heldUntil: 0, ready: false, urgent: false, pauseAsked: false, run: null, claim: null, asked: [] };
  return { delivery, order, lane: 'x', dueAt, ...rest };
}

const isIdle = ({ delivery, ready, run }: Entry): boolean => delivery.state === 'waiting' && !ready && run === null;

function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

describe('due', () => {
  it.each([1, 2, 3, 4, 5])('gives what a look at all gives, oldest first (seed %s)', (seed) => {
    const random = createRandom(seed);
    const entries = new Set<Loose>();
    const due = createDue(() => entries, isIdle);
    const now = { wall: 1_000_000, mono: 0 };
    const moment = (): Moment => ({ ...now });
    let made = 0;
    let given = 0;
    const some = (): Loose | undefined => [...entries][random(Math.max(1, entries.size))];
    due.rebuild(moment());
    for (let step = 0; step < 4_000; step += 1) {
      const kind = random(10);
      const entry = some();
      if (kind < 3 || !entry) {
        made += 1;
        const wait = random(5_000);
        const fresh = makeEntry(made, now.wall + wait, now.mono + wait);
        entries.add(fresh);
        due.touch(fresh, moment());
      } else if (kind === 3) {
        entry.heldUntil = random(3) === 0 ? Infinity : now.mono + random(2_000);
        due.touch(entry, moment());
      } else if (kind === 4) {
        const state = entry.delivery.state === 'waiting' ? 'parked' : 'waiting';
        entry.delivery = { ...entry.delivery, state };
        due.touch(entry, moment());
      } else if (kind === 5) {
        entry.ready = false;
        entry.delivery = { ...entry.delivery, nextAt: now.wall + random(3_000) };
        entry.dueAt = now.mono + random(3_000);
        due.touch(entry, moment());
      } else if (kind === 6) {
        entries.delete(entry);
        entry.delivery = { ...entry.delivery, state: 'parked' };
      } else if (kind === 7 && random(20) === 0) {
        now.wall += random(2) === 0 ? 40_000_000 : -40_000_000;
      } else {
        const passed = random(300);
        now.wall += passed;
        now.mono += passed;
      }
      const wanted = [...entries].filter((one) => isIdle(one) && one.heldUntil < Infinity && waitOf(one, now) === 0);
      const got = due.take(moment());
      expect(got.map(({ order }) => order)).toEqual(wanted.map(({ order }) => order));
      for (const one of got) (one as Loose).ready = true;
      given += got.length;
      const waits = [...entries]
        .filter((one) => isIdle(one) && one.heldUntil < Infinity)
        .map((one) => waitOf(one, now));
      const next = due.nextIn(moment());
      const least = Math.min(Infinity, ...waits);
      if (least === Infinity) expect(next).toBe(Infinity);
      else expect(Math.abs(next - least)).toBeLessThanOrEqual(20);
    }
    expect(given).toBeGreaterThan(500);
  });

  it('notices within a minute what nobody told it', () => {
    const entry = makeEntry(1, 0, 0);
    const due = createDue(() => [entry], isIdle);
    entry.ready = true;
    due.rebuild({ wall: 0, mono: 0 });
    entry.ready = false;
    expect(due.take({ wall: 1_000, mono: 1_000 })).toEqual([]);
    expect(due.take({ wall: 61_000, mono: 61_000 })).toEqual([entry]);
  });

  it('10,000 waiting ones cost a look nothing', () => {
    const entries = Array.from({ length: 10_000 }, (_, at) => makeEntry(at, 1e9 + at, 1e9 + at));
    let looks = 0;
    const all = (): Iterable<Entry> => {
      looks += 1;
      return entries;
    };
    const due = createDue(all, isIdle);
    due.rebuild({ wall: 0, mono: 0 });
    for (let mono = 1; mono < 1_000; mono += 1) {
      const entry = entries[mono] as Loose;
      entry.dueAt = 1e9 - mono;
      due.touch(entry, { wall: mono, mono });
      expect(due.take({ wall: mono, mono })).toEqual([]);
    }
    expect(looks).toBe(1);
  });
});
