// Going through a history that is longer than what the window holds.

import { describe, expect, it } from 'vitest';
import { applySnapshot } from '../../../../src/renderer/state/apply-changes.ts';
import { inboxRows, inboxTotal, inboxWindow } from '../../../../src/renderer/state/app-state.ts';
import { createConnection } from '../../../../src/renderer/state/connection.ts';
import { emptyMirror, maxRows } from '../../../../src/renderer/state/mirror.ts';
import { createAppStore } from '../../../../src/renderer/state/store.ts';
import type { ExchangeSummary } from '../../../../src/shared/exchange.ts';
import { request, snapshot } from '../samples.ts';
import { createFakeBridge, good } from './fake-bridge.ts';

/** A host with these rows (newest first) that takes `event:X` and nothing else, and the window that looks at it. */
function createWorld(given: readonly ExchangeSummary[]) {
  const fake = createFakeBridge();
  let rows = given;
  const matching = (query: string | undefined): readonly ExchangeSummary[] =>
    query ? rows.filter(({ event }) => event === query.replace('event:', '')) : rows;
  const asked: number[] = [];
  fake.answers['requests.list'] = ({ query, beforeSeq = Number.POSITIVE_INFINITY, limit }) => {
    const below = matching(query).filter(({ seq }) => seq < beforeSeq);
    asked.push(limit);
    return good({ rows: below.slice(0, limit), more: below.length > limit });
  };
  fake.answers['requests.activity'] = ({ query }) => good({ counts: [{ total: matching(query).length, failed: 0 }] });
  const app = createAppStore({
    bridge: fake.bridge,
    newId: () => 'x',
    pause: () => Promise.resolve(),
    now: () => 0,
    route: { view: 'inbox', id: null },
  });
  const connection = createConnection({ bridge: fake.bridge, app, after: () => undefined });
  const pages = { deliveries: [], dead: [], refused: [], pullStatus: [] };
  app.store.setState({
    mirror: applySnapshot(emptyMirror, snapshot(0, { requestCount: rows.length }), {
      ...pages,
      rows: rows.slice(0, 500),
      moreRows: rows.length > 500,
    }),
  });
  const window = () => inboxWindow(app.store.getState());
  const seqs = () => inboxRows(app.store.getState()).map(({ seq }) => seq);
  return {
    ...fake,
    ...app,
    connection,
    asked,
    window,
    seqs,
    arrive(row: ExchangeSummary) {
      rows = [row, ...rows];
    },
    /** Rows that are held are those of the host, without a gap, and lie where the window says. */
    expectTrue(query = '') {
      const all = matching(query).map(({ seq }) => seq);
      const first = all.indexOf(seqs()[0] ?? -1);
      expect(seqs()).toEqual(all.slice(first, first + seqs().length));
      expect(window().more).toBe(first + seqs().length < all.length);
      if (first === 0) expect(window().above).toBe(0);
      return first;
    },
  };
}

const history = (count: number, gap = 1, change: (n: number) => Partial<ExchangeSummary> = () => ({})) =>
  Array.from({ length: count }, (_, n) => request((count - n) * gap, change(n)));

describe('a history longer than the window', () => {
  it('is gone through to its end, and never more is held than the limit', async () => {
    const world = createWorld(history(maxRows + 3_000));
    for (let page = 0; world.window().more; page += 1) {
      await world.actions.loadOlder();
      expect(world.seqs().length).toBeLessThanOrEqual(maxRows);
      expect(page).toBeLessThan(100);
    }
    expect(world.expectTrue()).toBe(3_000);
    expect(world.window()).toMatchObject({ above: 3_000, more: false });
    await world.actions.loadNewer();
    expect(world.expectTrue()).toBe(0);
    expect(world.store.getState().inbox.stretch).toBeNull();
  });

  it('shows its end at once, and its start again', async () => {
    const world = createWorld(history(60_000));
    expect(await world.actions.goToEnd()).toBe('req_1');
    expect(world.expectTrue()).toBe(world.window().above);
    expect(world.asked.length).toBeLessThan(4);
    expect(await world.actions.goToStart()).toBe('req_60000');
    expect(world.expectTrue()).toBe(0);
  });

  it('finds its end where most of it was removed', async () => {
    const world = createWorld(history(3_000, 37));
    expect(await world.actions.goToEnd()).toBe('req_37');
    world.expectTrue();
    expect(world.asked.length).toBeLessThan(20);
  });

  it('shows any place, and joins what lies around it', async () => {
    const world = createWorld(history(60_000));
    await world.actions.showAt(30_000);
    expect(world.expectTrue()).toBe(world.window().above);
    expect(world.window().above).toBe(29_750);
    await world.actions.showAt(29_700);
    await world.actions.showAt(30_300);
    expect([world.window().above, world.seqs().length, world.expectTrue()]).toEqual([29_250, 1_500, 29_250]);
    await world.actions.showAt(100);
    expect(world.expectTrue()).toBe(0);
    await world.actions.showAt(59_999);
    expect(world.seqs().at(-1)).toBe(1);
  });

  it('corrects an estimate when it reaches the top', async () => {
    const world = createWorld(history(4_000, 1, () => ({})).filter(({ seq }) => seq < 3_000 || seq % 7 === 0));
    await world.actions.showAt(1_500);
    for (let n = 0; n < 20 && world.window().above > 0; n += 1) await world.actions.loadNewer();
    expect(world.expectTrue()).toBe(0);
  });

  it('counts what arrives above a stretch', async () => {
    const world = createWorld(history(5_000));
    await world.actions.goToEnd();
    const { above } = world.window();
    world.emit({ batch: 1, changes: [{ type: 'request', summary: request(5_001) }] });
    void world.connection.sync();
    await new Promise((resolve) => setTimeout(resolve, 0));
    world.emit({ batch: 1, changes: [{ type: 'request', summary: request(5_001) }] });
    expect(world.window().above).toBe(above + 1);
  });
});

describe('a long list that a query makes', () => {
  const two = (n: number): Partial<ExchangeSummary> => ({ event: n % 2 === 0 ? 'a' : 'b' });

  it('is counted, gone to the end of, and back', async () => {
    const world = createWorld(history(8_000, 1, two));
    await world.actions.applyQuery('event:a');
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(inboxTotal(world.store.getState())).toBe(4_000);
    expect(await world.actions.goToEnd()).toBe('req_2');
    world.expectTrue('event:a');
    for (let n = 0; n < 20 && world.window().above > 0; n += 1) await world.actions.loadNewer();
    expect(world.expectTrue('event:a')).toBe(0);
  });

  it('takes matching news in at its top, and counts it elsewhere', async () => {
    const world = createWorld(history(8_000, 1, two));
    await world.actions.applyQuery('event:a');
    await new Promise((resolve) => setTimeout(resolve, 0));
    world.arrive(request(8_001, { event: 'a' }));
    await world.actions.refreshFiltered();
    expect(world.seqs()[0]).toBe(8_001);
    expect(inboxTotal(world.store.getState())).toBe(4_001);
    await world.actions.goToEnd();
    const { above } = world.window();
    world.arrive(request(8_002, { event: 'a' }));
    await world.actions.refreshFiltered();
    await world.actions.refreshFiltered();
    expect(world.window().above).toBe(above + 1);
    expect(inboxTotal(world.store.getState())).toBe(4_002);
  });
});

describe('a search that takes its time', () => {
  it('shows what it has, can be ended, and goes on from there', async () => {
    const world = createWorld(history(10));
    const { actions, store, answers } = world;
    const from: (number | undefined)[] = [];
    answers['requests.list'] = ({ beforeSeq }) => {
      from.push(beforeSeq);
      if (beforeSeq === undefined) return good({ rows: [request(9)], more: true, scannedTo: 8 });
      if (beforeSeq === 8 && from.length === 2) {
        actions.stopSearch();
        return good({ rows: [request(7)], more: true, scannedTo: 6 });
      }
      return good({ rows: [request(5)], more: false });
    };
    await actions.applyQuery('word');
    expect(world.seqs()).toEqual([9]);
    expect(store.getState().inbox.search).toEqual({ scannedTo: 8, isStopped: true });
    await actions.resumeSearch();
    expect(world.seqs()).toEqual([9, 5]);
    expect(store.getState().inbox).toMatchObject({ search: null, matches: 2 });
    expect(from).toEqual([undefined, 8, 8]);
  });
});
