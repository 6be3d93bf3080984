// The engine against an API in memory: what it asks, where it ends, and where it goes on.

import { describe, expect, it } from 'vitest';
import type { PullCursor, PullOptions } from '../../../../src/main/reconcile/pull-contract.ts';
import { pullCursorSchema } from '../../../../src/main/reconcile/pull-contract.ts';
import { freshCursor, pull } from '../../../../src/main/reconcile/pull.ts';
import * as v from 'valibot';
import { createWorld } from '../../../integration/reconcile/replay-api.ts';
import type { World } from '../../../integration/reconcile/replay-api.ts';
import { base, createMemoryApi } from './memory-api.ts';
import type { MemoryApi, MemoryEvent } from './memory-api.ts';

const now = Date.UTC(2026, 2, 1, 12);
const minute = 60_000;
const sinceAt = now - 600 * minute;

/** Events `from` to `to`, an hour apart: number 1 is an hour old. */
function events(from: number, to: number): MemoryEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({ id: `e${from + i}`, at: now - (from + i) * 60 * minute }));
}

function start(
  perPage: number,
  list: readonly MemoryEvent[],
  arrived: readonly string[] = [],
): { api: MemoryApi; world: World; run: (more?: Partial<PullOptions>) => ReturnType<typeof pull> } {
  const api = createMemoryApi(perPage);
  api.events = list;
  const world = createWorld(arrived, sinceAt, now);
  return { api, world, run: (more) => pull(world.options(api.source, base, { http: api.http, ...more })) };
}

describe('where a run ends', () => {
  it('stops at the first page that is older than asked for, when pages fall', async () => {
    const { api, world, run } = start(3, events(1, 30));
    const summary = await run();
    // 600 minutes are ten hours: e1 to e10.
    expect(world.recorded.map(({ id }) => id)).toEqual(events(1, 10).map(({ id }) => id));
    expect(api.asked).toHaveLength(4);
    expect(summary.ended).toBe('complete');
  });

  it('reads all pages when they do not fall', async () => {
    const { api, world, run } = start(3, events(1, 30).toReversed());
    await run();
    expect(world.recorded).toHaveLength(10);
    expect(api.asked).toHaveLength(10);
  });

  it('counts the whole second in which it begins', async () => {
    const { world, run } = start(3, [{ id: 'same-second', at: sinceAt }, { id: 'before', at: sinceAt - 1 }]); // prettier-ignore
    await run({ sinceAt: sinceAt + 999 });
    expect(world.recorded.map(({ id }) => id)).toEqual(['same-second']);
  });

  it('goes on after its page limit', async () => {
    const { world, run } = start(2, events(1, 7));
    const first = await run({ maxPages: 2 });
    expect(first).toMatchObject({ ended: 'page-limit', pages: 2, recorded: 4, cursor: { page: '4', sinceAt } });
    const second = await run({ cursor: first.cursor });
    expect(second).toMatchObject({ ended: 'complete', recorded: 3 });
    expect(world.recorded).toHaveLength(7);
  });

  it('refuses pages that go in a circle', async () => {
    const { api, run } = start(1, events(1, 3));
    api.troubles.push({}, { body: '{"data":[],"next":"1"}' });
    await expect(run()).rejects.toMatchObject({ reason: 'broken' });
    expect(api.asked).toHaveLength(2);
  });
});

describe('rate limits', () => {
  it('pause between pages when nothing remains', async () => {
    const { api, world, run } = start(2, events(1, 4));
    api.headers = [
      ['X-RateLimit-Remaining', '0'],
      ['X-RateLimit-Reset', '30'],
    ];
    const summary = await run();
    expect(world.clock.waits).toEqual([30_000]);
    expect(summary).toMatchObject({ ended: 'complete', rateLimitedUntil: now + 60_000 });
  });

  it('above the cap end the run, and it says until when', async () => {
    const { api, world, run } = start(2, events(1, 4));
    api.troubles.push({}, { status: 429, headers: [['Retry-After', '901']] });
    const summary = await run();
    expect(summary).toMatchObject({ ended: 'rate-limited', rateLimitedUntil: now + 901_000, pages: 1, recorded: 2 });
    expect(summary.cursor.page).toBe('2');
    expect(world.clock.waits).toEqual([]);
  });

  it('count together against the cap', async () => {
    const { api, world, run } = start(2, events(1, 4));
    api.troubles.push(...[500, 400, 1].map((s) => ({ status: 429, headers: [['Retry-After', `${s}`] as const] })));
    expect(await run()).toMatchObject({ ended: 'rate-limited', rateLimitedUntil: now + 901_000 });
    expect(world.clock.waits).toEqual([500_000, 400_000]);
  });

  it('that never end are given up', async () => {
    const { api, run } = start(2, events(1, 4));
    api.troubles.push(...Array.from({ length: 50 }, () => ({ status: 429, headers: [['Retry-After', '0'] as const] })));
    expect(await run()).toMatchObject({ ended: 'rate-limited', pages: 0 });
    expect(api.asked).toHaveLength(11);
  });
});

describe('a page of the wrong shape', () => {
  it.each([
    ['no list', '{"data":null}', '"data" is not a list'],
    ['no id', '{"data":[{"at":1}]}', 'an item has no "id"'],
    ['no time', '{"data":[{"id":"a","at":"x"}]}', '"at" of an item is not a time'],
    ['a list of nothing', '{"data":[null]}', 'an item has no "id"'],
  ])('is tried again: %s', async (_name, body, message) => {
    const { api, world, run } = start(2, events(1, 1));
    api.troubles.push({ body });
    expect(await run()).toMatchObject({ recorded: 1 });
    expect(world.clock.waits).toEqual([2_000]);
    api.troubles.push({ body }, { body }, { body }, { body });
    await expect(run()).rejects.toThrow(message);
  });
});

describe('the cursor', () => {
  it('begins a little before the newest event', async () => {
    const { run } = start(2, events(1, 4));
    const { cursor } = await run();
    expect(cursor).toEqual({ sinceAt: now - 65 * minute, page: null, newestAt: now - 60 * minute, validator: null });
    expect(v.parse(pullCursorSchema, JSON.parse(JSON.stringify(cursor)))).toEqual(cursor);
  });

  it('stays where nothing came, and is not led astray by an event of the future', async () => {
    const { api, run } = start(2, []);
    expect((await run()).cursor).toEqual(freshCursor(sinceAt));
    api.events = [{ id: 'future', at: now + 900 * minute }];
    expect((await run()).cursor.newestAt).toBe(now);
  });

  it('is saved after every whole page', async () => {
    const saved: PullCursor[] = [];
    const { run } = start(2, events(1, 5));
    await run({ saveCursor: (cursor) => void saved.push(cursor) });
    expect(saved.map(({ page }) => page)).toEqual(['2', '4', null]);
  });

  it('of an unfinished run finishes it, then looks for what is newer', async () => {
    const { api, world, run } = start(2, events(2, 7));
    const first = await run({ maxPages: 1 });
    // An event came meanwhile, and pushed the others on by one.
    api.events = events(1, 7);
    const second = await run({ cursor: first.cursor });
    expect(world.recorded.map(({ id }) => id).toSorted()).toEqual(events(1, 7).map(({ id }) => id));
    expect(second.cursor).toMatchObject({ page: null, newestAt: now - 60 * minute });
  });

  it('whose page the API has forgotten begins at the first page again', async () => {
    const { api, world, run } = start(2, events(1, 5));
    const first = await run({ maxPages: 1 });
    api.troubles.push({ status: 400, body: '{}' });
    const second = await run({ cursor: first.cursor });
    expect(second.ended).toBe('complete');
    expect(world.recorded).toHaveLength(5);
  });

  it('asks "has it changed" only where the answer would mean the same', async () => {
    const { api, world, run } = start(2, events(1, 4));
    api.hasEtag = true;
    const { cursor } = await run();
    expect(cursor.validator).toEqual({ url: `${base}/events`, etag: '"e1-e2-e3-e4"' });
    const unchanged = await run({ cursor });
    expect(unchanged).toMatchObject({ pages: 0, arrived: 0, ended: 'complete', cursor });
    // Without the cursor the person asks for another time: everything is judged.
    expect(await run()).toMatchObject({ pages: 2, arrived: 4 });
    api.events = events(0, 4);
    expect(await run({ cursor })).toMatchObject({ recorded: 1 });
    expect(world.recorded).toHaveLength(5);
  });
});

describe('events', () => {
  it('are judged once, and not at all when another run judged them', async () => {
    const { world, run } = start(3, [...events(1, 2), ...events(1, 2)]);
    const judged = new Set<string>();
    await run({ judged });
    expect(world.lines).toHaveLength(2);
    await run({ judged });
    expect(world.lines).toHaveLength(2);
    expect([...judged]).toEqual(['e1', 'e2']);
  });

  it('that just happened are left for the next run', async () => {
    const fresh = { id: 'fresh', at: now - 5_000 };
    const { api, world, run } = start(3, [fresh, ...events(1, 2)]);
    api.hasEtag = true;
    const first = await run({ graceMs: 30_000 });
    expect(world.recorded.map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(first.cursor.sinceAt).toBeLessThanOrEqual(fresh.at);
    expect(first.cursor.validator).toBeNull();
    const second = await run({ graceMs: 0, cursor: first.cursor });
    expect(second).toMatchObject({ missed: 1 });
  });

  it('that were left are not passed over by a run that ended early, however long it takes', async () => {
    const { world, run } = start(2, events(1, 3));
    const first = await run({ graceMs: 150 * minute, maxPages: 1 });
    expect(first).toMatchObject({ ended: 'page-limit', recorded: 0, cursor: { newestAt: now - 120 * minute } });
    const second = await run({ cursor: first.cursor });
    expect(second).toMatchObject({ ended: 'complete', missed: 3 });
    expect(world.idsOf('missed').toSorted()).toEqual(['e1', 'e2', 'e3']);
  });

  it('keep the state that the provider tells, unless they arrived', async () => {
    const list = events(1, 2).map((event) => ({ ...event, failed: true }));
    const { world, run } = start(3, list, ['e1']);
    expect(await run()).toMatchObject({ arrived: 1, missed: 0, failed: 1, recorded: 1 });
    expect(world.lines.map(({ state, requestId }) => [state, requestId])).toEqual([
      ['arrived', 'req_arrived_0'],
      ['failed', 'req_pulled_0'],
    ]);
  });

  it('of a long page leave the others their turns', async () => {
    const list = Array.from({ length: 2_000 }, (_, i) => ({ id: `e${i}`, at: now - i - 1 }));
    const { run } = start(2_000, list, list.map(({ id }) => id)); // prettier-ignore
    let done = false;
    let turns = 0;
    const others = (): void => {
      turns += 1;
      if (!done) setImmediate(others);
    };
    setImmediate(others);
    const summary = await run().finally(() => (done = true));
    expect(summary).toMatchObject({ arrived: 2_000, pages: 1 });
    expect(turns).toBeGreaterThanOrEqual(20);
  });

  it('that an earlier run put into the history are told apart from what arrived', async () => {
    const { world, run } = start(3, events(1, 3), ['e2']);
    const isPulled = (requestId: string): boolean => requestId.startsWith('req_pulled');
    expect(await run({ isPulled })).toMatchObject({ arrived: 1, pulled: 0, missed: 2 });
    expect(world.lines.filter((line) => 'pulled' in line)).toEqual([]);
    expect(await run({ isPulled })).toMatchObject({ arrived: 3, pulled: 2, missed: 0, recorded: 0 });
    expect(world.lines.slice(3).map(({ id, state, pulled }) => [id, state, pulled])).toEqual([
      ['e1', 'arrived', true],
      ['e2', 'arrived', undefined],
      ['e3', 'arrived', true],
    ]);
  });

  it('need not be kept', async () => {
    const { run } = start(3, events(1, 2));
    expect(await run({ record: () => Promise.resolve(null) })).toMatchObject({ missed: 2, recorded: 0 });
  });

  it('that cannot be recorded end the run, and nothing of their page counts as read', async () => {
    const saved: PullCursor[] = [];
    const full = new Error('disk full');
    const { run } = start(1, events(1, 3));
    let n = 0;
    const record = (): Promise<string> => (++n === 2 ? Promise.reject(full) : Promise.resolve(`req_${n}`));
    await expect(run({ record, saveCursor: (cursor) => void saved.push(cursor) })).rejects.toBe(full);
    expect(saved.map(({ page }) => page)).toEqual(['1']);
  });
});

describe('a run that is stopped', () => {
  it('ends between two events and keeps what it did', async () => {
    const controller = new AbortController();
    const { world, run } = start(3, events(1, 3));
    const summary = await run({ signal: controller.signal, onEvent: () => controller.abort() });
    expect(summary).toMatchObject({ ended: 'stopped', recorded: 1, pages: 0, cursor: freshCursor(sinceAt) });
    expect(world.recorded).toHaveLength(1);
  });

  it('ends while it waits', async () => {
    const controller = new AbortController();
    const { api, run } = start(3, events(1, 3));
    api.troubles.push(() => {
      setImmediate(() => controller.abort());
      return { status: 429, headers: [['Retry-After', '600']] };
    });
    const after =
      (_ms: number, _run: () => void): (() => void) =>
      () => {};
    const summary = await run({ signal: controller.signal, clock: { now: () => now, after } });
    expect(summary).toMatchObject({ ended: 'stopped', pages: 0 });
  });

  it('asks nothing when it was stopped before', async () => {
    const { api, run } = start(3, events(1, 3));
    expect(await run({ signal: AbortSignal.abort() })).toMatchObject({ ended: 'stopped' });
    expect(api.asked).toEqual([]);
  });
});
