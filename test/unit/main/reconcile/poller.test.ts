// Polling by a clock that the test moves.

import { describe, expect, it } from 'vitest';
import type { PullCursor } from '../../../../src/main/reconcile/pull-contract.ts';
import { createPoller } from '../../../../src/main/reconcile/poller.ts';
import type { Poller, PollerOptions, PollRun } from '../../../../src/main/reconcile/poller.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { canary, createWorld } from '../../../integration/reconcile/replay-api.ts';
import type { World } from '../../../integration/reconcile/replay-api.ts';
import { base, createMemoryApi } from './memory-api.ts';
import type { MemoryApi } from './memory-api.ts';

const minute = 60_000;
const begin = Date.UTC(2026, 2, 1, 12);

interface Polling {
  readonly api: MemoryApi;
  readonly world: World;
  readonly clock: FakeClock;
  readonly poller: Poller;
  readonly runs: PollRun[];
  kept: PullCursor | null;
}

function createPolling(more?: Partial<PollerOptions>): Polling {
  const api = createMemoryApi(10);
  api.hasEtag = true;
  const world = createWorld([], begin - 60 * minute, begin);
  const clock = createFakeClock(begin);
  const runs: PollRun[] = [];
  const polling: Polling = {
    api,
    world,
    clock,
    runs,
    kept: null,
    poller: createPoller({
      ...world.options(api.source, base, { http: api.http }),
      clock,
      cursor: { load: () => polling.kept, save: (cursor) => void (polling.kept = cursor) },
      onRun: (run) => runs.push(run),
      ...more,
    }),
  };
  return polling;
}

describe('a poller', () => {
  it('runs at once and every five minutes, asks whether anything changed, and reports events once', async () => {
    const { api, world, clock, poller, runs } = createPolling();
    api.events = [{ id: 'e1', at: begin - 10 * minute }];
    poller.start();
    poller.start();
    await clock.settle();
    expect(runs).toHaveLength(1);
    expect(runs[0]?.nextAt).toBe(begin + 5 * minute);
    expect(poller.status()).toEqual({ state: 'waiting', nextAt: begin + 5 * minute, recorded: 1, error: null });
    await clock.advance(5 * minute - 1);
    expect(api.asked).toHaveLength(1);
    await clock.advance(1);
    expect(api.asked).toHaveLength(2);
    expect(api.asked[1]?.headers).toContainEqual(['If-None-Match', '"e1"']);
    api.events = [{ id: 'e2', at: begin + 6 * minute }, ...api.events];
    await clock.advance(5 * minute);
    expect(world.lines.map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(poller.status().recorded).toBe(2);
    await poller.stop();
    await clock.advance(60 * minute);
    expect(api.asked).toHaveLength(3);
    expect(poller.status()).toMatchObject({ state: 'off', nextAt: null });
  });

  it('goes on after a restart with the kept cursor', async () => {
    const first = createPolling();
    first.api.events = [{ id: 'e1', at: begin - 10 * minute }];
    first.poller.start();
    await first.clock.settle();
    await first.poller.stop();
    const second = createPolling();
    second.kept = first.kept;
    second.api.events = first.api.events;
    second.poller.start();
    await second.clock.settle();
    expect(second.api.asked[0]?.headers).toContainEqual(['If-None-Match', '"e1"']);
    expect(second.world.recorded).toEqual([]);
    await second.poller.stop();
  });

  it('asks less and less often while the API is broken, an hour apart at most', async () => {
    const { api, clock, poller, runs } = createPolling();
    let isBroken = true;
    const broken = (): object => {
      if (isBroken) api.troubles.push(broken);
      return isBroken ? { status: 500, body: '' } : {};
    };
    api.troubles.push(broken);
    poller.start();
    // A broken run itself takes 14 s: three waits between four tries.
    for (const wait of [10, 20, 40, 60, 60]) {
      await clock.advance(14_000);
      const { error, nextAt } = runs.at(-1) ?? {};
      expect(error).toMatchObject({ reason: 'broken' });
      expect(nextAt).toBe(clock.now() + wait * minute);
      expect(poller.status().error).toBe(error);
      await clock.advance(wait * minute);
    }
    isBroken = false;
    await clock.advance(14_000);
    expect(runs.at(-1)?.error).toBeNull();
    expect((runs.at(-1)?.nextAt ?? 0) - clock.now()).toBeLessThanOrEqual(5 * minute);
    await poller.stop();
  });

  it('ends by itself when the token is refused, and can be started again', async () => {
    const { api, clock, poller, runs } = createPolling();
    api.troubles.push({ status: 401 });
    poller.start();
    await clock.advance(600 * minute);
    expect(api.asked).toHaveLength(1);
    expect(runs).toMatchObject([{ summary: null, nextAt: null, error: { reason: 'token' } }]);
    expect(poller.status().state).toBe('off');
    expect(`${runs[0]?.error?.stack}`).not.toContain(canary);
    poller.start();
    await clock.settle();
    expect(poller.status()).toMatchObject({ state: 'waiting', error: null });
    await poller.stop();
  });

  it('ends by itself when the configuration is wrong', async () => {
    const { clock, poller, runs } = createPolling({ baseUrl: 'http://api.example.test' });
    poller.start();
    await clock.settle();
    expect(runs).toMatchObject([{ nextAt: null, error: { code: 'CONFIG_INVALID' } }]);
  });

  it('waits for the end of a rate limit, whoever asks', async () => {
    const { api, clock, poller, runs } = createPolling();
    api.troubles.push({ status: 429, headers: [['Retry-After', String(40 * 60)]] });
    poller.start();
    await clock.settle();
    expect(runs).toMatchObject([{ summary: { ended: 'rate-limited' }, nextAt: begin + 40 * minute }]);
    poller.pollNow();
    await clock.advance(40 * minute - 1);
    expect(api.asked).toHaveLength(1);
    await clock.advance(1);
    expect(api.asked).toHaveLength(2);
    await poller.stop();
  });

  it('runs now when asked to', async () => {
    const { api, clock, poller } = createPolling();
    poller.pollNow();
    expect(api.asked).toEqual([]);
    poller.start();
    await clock.settle();
    poller.pollNow();
    await clock.settle();
    expect(api.asked).toHaveLength(2);
    await clock.advance(5 * minute);
    expect(api.asked).toHaveLength(3);
    await poller.stop();
  });

  it('leaves an event alone that may be on its way', async () => {
    const { api, world, clock, poller } = createPolling();
    api.events = [{ id: 'fresh', at: begin - 1_000 }];
    poller.start();
    await clock.settle();
    expect(world.recorded).toEqual([]);
    await clock.advance(5 * minute);
    expect(world.idsOf('missed')).toEqual(['fresh']);
    await poller.stop();
  });

  it('stops in the middle of a run, and starts again', async () => {
    const { api, clock, poller, runs } = createPolling();
    api.troubles.push({ status: 500 });
    poller.start();
    await clock.settle();
    expect(poller.status().state).toBe('running');
    const stopped = poller.stop();
    poller.start();
    await stopped;
    await clock.settle();
    expect(runs[0]).toMatchObject({ nextAt: null, summary: { ended: 'stopped' } });
    expect(runs[1]).toMatchObject({ summary: { ended: 'complete' } });
    await poller.stop();
  });
});
