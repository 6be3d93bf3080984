import { describe, expect, it } from 'vitest';
import { createRunAction } from '../../../../src/renderer/state/run-action.ts';
import { followShell } from '../../../../src/renderer/state/follow-shell.ts';
import { keepLastView, startingRoute } from '../../../../src/renderer/state/last-view.ts';
import { createConnection } from '../../../../src/renderer/state/connection.ts';
import { createAppStore } from '../../../../src/renderer/state/store.ts';
import { applySnapshot } from '../../../../src/renderer/state/apply-changes.ts';
import { emptyMirror } from '../../../../src/renderer/state/mirror.ts';
import type { ActionId } from '../../../../src/shared/actions.ts';
import type { Facts } from '../../../../src/shared/facts.ts';
import type { Show } from '../../../../src/shared/news.ts';
import { createFakeBridge, good } from './fake-bridge.ts';
import { detail, snapshot } from '../samples.ts';

const noPages = { rows: [], moreRows: false, deliveries: [], dead: [], refused: [], pullStatus: [] };

function createWorld() {
  const fake = createFakeBridge();
  const options = { bridge: fake.bridge, newId: () => 'run-1', now: () => 42 };
  const app = createAppStore({ ...options, route: { view: 'inbox', id: null } });
  app.store.setState({ mirror: applySnapshot(emptyMirror, snapshot(0), noPages) });
  const told: string[] = [];
  const undos: { undo: () => void; end: () => void }[] = [];
  const run = createRunAction(app, {
    bridge: fake.bridge,
    copy: async (text) => void told.push(`copy ${text}`),
    showDone: (title) => told.push(title),
    showError: ({ message }) => told.push(`error ${message}`),
    showUndo: (title, undo, end) => {
      told.push(title);
      undos.push({ undo, end });
    },
    undoLatest: () => told.push('undo'),
    focus: (place) => told.push(`focus ${place}`),
    step: (by) => told.push(`step ${by}`),
  });
  return { ...fake, ...app, app, run, told, undos };
}

describe('actions', () => {
  it('go to views and do nothing where what they need is missing', () => {
    const { run, store, calls } = createWorld();
    run('go.compose');
    expect(store.getState().view.route).toEqual({ view: 'compose' });
    for (const id of ['request.replay', 'request.delete', 'request.pin', 'undo'] satisfies ActionId[]) run(id);
    expect(store.getState().view.route).toEqual({ view: 'compose' });
    expect(calls).toEqual([]);
  });

  it('replay, compare and copy the open request', async () => {
    const { run, store, actions, answers, told } = createWorld();
    actions.go({ view: 'inbox', id: 'req_1' });
    answers['requests.copyAs'] = ({ format }) => good(`as ${format}`);
    run('request.copy-curl');
    await expect.poll(() => told).toEqual(['copy as curl', 'Copied as cURL']);
    run('request.compare');
    expect(store.getState().view.route).toEqual({ view: 'compare', a: 'req_1', b: null });
    run('go.back');
    expect(store.getState().view.route).toEqual({ view: 'inbox', id: 'req_1' });
    run('request.replay');
    expect(store.getState().view.route).toEqual({ view: 'replay', id: 'req_1' });
  });

  it('delete the open request at once, and for good only when nobody wants it back', async () => {
    const { run, store, actions, answers, undos } = createWorld();
    const removed: string[] = [];
    answers['requests.remove'] = ({ ids }) => {
      removed.push(...ids);
      return good({ removed: ids.length });
    };
    actions.go({ view: 'inbox', id: 'req_1' });
    run('request.delete');
    expect([...store.getState().leaving]).toEqual(['req_1']);
    expect(store.getState().view.route).toEqual({ view: 'inbox', id: null });
    undos[0]?.undo();
    expect([...store.getState().leaving]).toEqual([]);
    expect(removed).toEqual([]);
    actions.go({ view: 'inbox', id: 'req_1' });
    run('request.delete');
    undos[1]?.end();
    await expect.poll(() => removed).toEqual(['req_1']);
  });

  it('pin and unpin by what the request is', async () => {
    const { run, store, actions, answers } = createWorld();
    const pins: boolean[] = [];
    answers['requests.pin'] = ({ pinned }) => {
      pins.push(pinned);
      return good(null);
    };
    actions.go({ view: 'inbox', id: 'req_1' });
    run('request.unpin');
    run('request.pin');
    store.setState({
      detail: { id: 'req_1', value: { ...detail(1), id: 'req_1', pinned: true }, error: null },
    });
    run('request.pin');
    run('request.unpin');
    await expect.poll(() => pins).toEqual([true, false]);
  });

  it('say what went wrong', async () => {
    const { run, told, answers } = createWorld();
    const error = { code: 'BUG', message: 'no', hint: '' } as const;
    answers['settings.save'] = () => ({ ok: false, error });
    run('theme.dark');
    await expect.poll(() => told).toEqual(['error no']);
  });
});

describe('the shell', () => {
  it('hears how things stand, once for each change', async () => {
    const { app, bridge, actions, answers, run } = createWorld();
    const facts: Facts[] = [];
    answers['window.facts'] = (given) => {
      facts.push(given);
      return good(null);
    };
    followShell({ app, bridge, run });
    actions.go({ view: 'inbox', id: 'req_1' });
    actions.go({ view: 'inbox', id: 'req_2' });
    actions.go({ view: 'compose' });
    actions.noteUndos(1);
    expect(facts.map(({ request, undo }) => [request, undo])).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  it('has its wishes done: an action, a place, the word that the page came back; never an unknown one', async () => {
    const { app, bridge, store, run, emit, answers } = createWorld();
    answers['window.facts'] = () => good(null);
    const onShow = followShell({ app, bridge, run });
    const connection = createConnection({ bridge, app, after: () => {}, onShow });
    let batch = 0;
    const ask = (show: Show): void => {
      batch += 1;
      emit({ batch, changes: [{ type: 'show', show }] });
    };
    ask({ kind: 'action', id: 'go.settings' });
    expect(store.getState().view.route).toEqual({ view: 'settings' });
    ask({ kind: 'place', hash: '#/inbox/req_9' });
    expect(store.getState().view.route).toEqual({ view: 'inbox', id: 'req_9' });
    ask({ kind: 'place', hash: '#/nowhere/at/all' });
    expect(store.getState().view.route.view).toBe('inbox');
    ask({ kind: 'restored', at: 5, hung: false });
    expect(store.getState().view.restored).toEqual({ at: 5, hung: false });
    ask({ kind: 'action', id: 'constructor' as ActionId });
    expect(store.getState().view.route.view).toBe('inbox');
    connection.stop();
  });
});

describe('the last view', () => {
  it('is where the next start opens, without the request that was open', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (k: string, v: string) => kept.set(k, v),
    };
    const { app, actions } = createWorld();
    keepLastView(app, storage);
    expect(startingRoute('', storage)).toEqual({ view: 'inbox', id: null });
    actions.go({ view: 'deliveries', id: 'dlv_1' });
    expect(startingRoute('', storage)).toEqual({ view: 'deliveries', id: null });
    expect(startingRoute('#/inbox/req_1', storage)).toEqual({ view: 'inbox', id: 'req_1' });
    actions.go({ view: 'replay', id: 'req_1' });
    expect(startingRoute('', storage)).toEqual({ view: 'inbox', id: null });
  });
});
