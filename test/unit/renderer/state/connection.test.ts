import { describe, expect, it, vi } from 'vitest';
import { createConnection } from '../../../../src/renderer/state/connection.ts';
import type { Connection } from '../../../../src/renderer/state/connection.ts';
import { createAppStore } from '../../../../src/renderer/state/store.ts';
import type { AppStore } from '../../../../src/renderer/state/store.ts';
import type { ForwardResult } from '../../../../src/shared/forwards.ts';
import { createFakeBridge, good } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';
import { detail, finding, request, snapshot } from '../samples.ts';

interface World extends FakeBridge {
  readonly app: AppStore;
  readonly connection: Connection;
  /** What waits for a timer. */
  readonly later: (() => void)[];
}

function createWorld(): World {
  const fake = createFakeBridge();
  const app = createAppStore({
    bridge: fake.bridge,
    newId: () => 'run-1',
    now: () => 1,
    route: { view: 'inbox', id: null },
  });
  const later: (() => void)[] = [];
  const connection = createConnection({ bridge: fake.bridge, app, after: (_ms, run) => later.push(run) });
  return { ...fake, app, connection, later };
}

const seqs = ({ app }: World): number[] => app.store.getState().mirror.rows.map(({ seq }) => seq);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('createConnection', () => {
  it('fills the store from a snapshot and the first pages', async () => {
    const world = createWorld();
    world.answers['state.get'] = () => good(snapshot(4, { requestCount: 2 }));
    world.answers['requests.list'] = () => good({ rows: [request(2), request(1)], more: true });
    await world.connection.sync();
    expect(world.app.store.getState().mirror).toMatchObject({
      status: 'ready',
      batch: 4,
      requestCount: 2,
      moreRows: true,
    });
    expect(seqs(world)).toEqual([2, 1]);
  });

  it('holds news that overtakes the snapshot, and drops what the snapshot has', async () => {
    const world = createWorld();
    world.answers['state.get'] = () => good(snapshot(2));
    const synced = world.connection.sync();
    world.emit({ batch: 2, changes: [{ type: 'request', summary: request(1) }] });
    world.emit({ batch: 3, changes: [{ type: 'request', summary: request(2) }] });
    await synced;
    expect(seqs(world)).toEqual([2]);
    expect(world.app.store.getState().mirror.batch).toBe(3);
  });

  it('makes one update per batch', async () => {
    const world = createWorld();
    await world.connection.sync();
    const seen = vi.fn<() => void>();
    world.app.store.subscribe(seen);
    const changes = Array.from({ length: 200 }, (_, i) => ({ type: 'request', summary: request(i) }) as const);
    world.emit({ batch: 1, changes });
    expect(seen).toHaveBeenCalledTimes(1);
    expect(seqs(world)).toHaveLength(200);
  });

  it('a batch that is lost while a snapshot loads does not stall the news', async () => {
    const world = createWorld();
    const snapshots = [snapshot(2), snapshot(5, { requestCount: 7 })];
    world.answers['state.get'] = () => good(snapshots.shift() ?? snapshot(5));
    const synced = world.connection.sync();
    world.emit({ batch: 5, changes: [{ type: 'request', summary: request(4) }] });
    await synced;
    await vi.waitFor(() => expect(world.app.store.getState().mirror).toMatchObject({ batch: 5, requestCount: 7 }));
  });

  it('fetches everything again after a gap', async () => {
    const world = createWorld();
    await world.connection.sync();
    world.answers['state.get'] = () => good(snapshot(5, { requestCount: 9 }));
    world.answers['requests.list'] = () => good({ rows: [request(9)], more: true });
    world.emit({ batch: 5, changes: [{ type: 'request', summary: request(9) }] });
    world.emit({ batch: 6, changes: [{ type: 'request', summary: request(10) }] });
    await settled();
    expect(world.app.store.getState().mirror).toMatchObject({ batch: 6, requestCount: 10 });
    expect(seqs(world)).toEqual([10, 9]);
  });

  it('says why it failed and can be tried again', async () => {
    const world = createWorld();
    const error = { code: 'BUG', message: 'no host', hint: 'restart' } as const;
    world.answers['state.get'] = () => ({ ok: false, error });
    await world.connection.sync();
    expect(world.app.store.getState().mirror).toMatchObject({ status: 'failed', failure: error });
    world.answers['state.get'] = () => good(snapshot(0));
    await world.connection.sync();
    expect(world.app.store.getState().mirror).toMatchObject({ status: 'ready', failure: null });
  });

  it('asks the host which news match the filter, once per while', async () => {
    const world = createWorld();
    await world.connection.sync();
    world.answers['requests.list'] = () => good({ rows: [request(2)], more: true });
    await world.app.actions.applyQuery(' verdict:valid ');
    world.answers['requests.list'] = ({ query }) =>
      good({ rows: query === 'verdict:valid' ? [request(4), request(2)] : [], more: true });
    world.emit({ batch: 1, changes: [{ type: 'request', summary: request(3) }] });
    world.emit({ batch: 2, changes: [{ type: 'request', summary: request(4) }] });
    expect(world.later).toHaveLength(1);
    world.later[0]?.();
    await settled();
    expect(world.app.store.getState().inbox.stretch?.rows.map(({ seq }) => seq)).toEqual([4, 2]);
    expect(seqs(world)).toEqual([4, 3]);
  });

  it('fetches the open request again when another of its group arrives', async () => {
    const world = createWorld();
    await world.connection.sync();
    world.answers['requests.get'] = () => good(detail(1));
    await world.app.actions.openDetail('req_1');
    world.answers['requests.get'] = () => good(detail(1, { group: [request(1), request(2)] }));
    const retry = request(2, { duplicate: { kind: 'retry', of: 'req_1', n: 2 } });
    world.emit({ batch: 1, changes: [{ type: 'request', summary: request(8) }] });
    await settled();
    expect(world.app.store.getState().detail.value?.group).toEqual([]);
    world.emit({ batch: 2, changes: [{ type: 'request', summary: retry }] });
    await settled();
    expect(world.app.store.getState().detail.value?.group).toHaveLength(2);
  });

  it('notes a cause in the open request, in its group and among filtered rows, without fetching anything', async () => {
    const world = createWorld();
    await world.connection.sync();
    world.answers['requests.list'] = () => good({ rows: [request(2), request(1)], more: false });
    await world.app.actions.applyQuery('verdict:invalid');
    world.answers['requests.get'] = () => good(detail(1, { group: [request(1), request(2)] }));
    await world.app.actions.openDetail('req_1');
    const before = world.calls.length;
    world.emit({ batch: 1, changes: [{ type: 'diagnosis', id: 'req_1', findings: [finding()] }] });
    world.emit({ batch: 2, changes: [{ type: 'diagnosis', id: 'req_2', findings: [finding('url-host')] }] });
    const { detail: open, inbox } = world.app.store.getState();
    expect(open.value?.verdict.diagnosis).toEqual([finding()]);
    expect(open.value?.group.map(({ verdict }) => verdict.diagnosis[0]?.code)).toEqual([
      'body-reserialized',
      'url-host',
    ]);
    expect(inbox.stretch?.rows.map(({ verdict }) => verdict.diagnosis[0]?.code)).toEqual([
      'url-host',
      'body-reserialized',
    ]);
    expect(world.calls).toHaveLength(before);
  });

  it('marks the open request and notes its forwards, without fetching anything', async () => {
    const world = createWorld();
    await world.connection.sync();
    world.answers['requests.get'] = () => good(detail(1, { group: [request(1)] }));
    await world.app.actions.openDetail('req_1');
    const before = world.calls.length;
    const result: ForwardResult = {
      forwardId: 'f',
      url: 'http://localhost/',
      mode: 'copy',
      state: 'queued',
      status: null,
      ms: null,
      at: 1,
      message: 'queued',
      deliveryId: 'dlv_1',
    };
    world.emit({
      batch: 1,
      changes: [
        { type: 'marks', id: 'req_1', pinned: true, note: null },
        { type: 'forward', requestId: 'req_1', result },
        { type: 'forward', requestId: 'req_2', result: { ...result, forwardId: 'g' } },
        { type: 'forward', requestId: 'req_1', result: { ...result, state: 'answered', status: 200 } },
      ],
    });
    const open = world.app.store.getState().detail.value;
    expect([open?.pinned, open?.group[0]?.pinned]).toEqual([true, true]);
    expect(open?.forwards).toEqual([{ ...result, state: 'answered', status: 200 }]);
    expect(world.calls).toHaveLength(before);
  });

  it('takes removed requests out of the rows, once for many batches', async () => {
    const world = createWorld();
    world.answers['requests.list'] = () =>
      good({ rows: [request(4), request(3), request(2), request(1, { pinned: true })], more: false });
    await world.connection.sync();
    world.answers['requests.list'] = () => good({ rows: [request(4), request(1, { pinned: true })], more: false });
    world.emit({ batch: 1, changes: [{ type: 'requests-removed', count: 1 }] });
    world.emit({ batch: 2, changes: [{ type: 'requests-removed', count: 1 }] });
    expect(world.later).toHaveLength(1);
    world.later[0]?.();
    await settled();
    expect(seqs(world)).toEqual([4, 1]);
  });

  it('looks for removed requests from the end, and no further than it must', async () => {
    const world = createWorld();
    await world.connection.sync();
    // The pinned one stands first in the last page: that it is there says nothing about newer ones.
    const rows = Array.from({ length: 4_500 }, (_, i) => request(5_000 - i, i === 2_500 ? { pinned: true } : {}));
    world.app.store.setState(({ mirror }) => ({ mirror: { ...mirror, rows } }));
    const asked: (number | undefined)[] = [];
    world.answers['requests.list'] = ({ beforeSeq = Infinity, limit }) => {
      asked.push(beforeSeq);
      const left = rows.filter(({ seq }) => seq < beforeSeq && (seq > 2_800 || seq === 2_500)).slice(0, limit);
      return good({ rows: left, more: false });
    };
    await world.app.actions.dropRemoved();
    expect(seqs(world)).toHaveLength(2_201);
    expect(seqs(world).slice(-2)).toEqual([2_801, 2_500]);
    expect(asked).toEqual([2_501, 4_501]);
  });

  it('hears nothing after stop', async () => {
    const world = createWorld();
    await world.connection.sync();
    world.connection.stop();
    world.emit({ batch: 1, changes: [{ type: 'request', summary: request(1) }] });
    expect(seqs(world)).toEqual([]);
  });
});
