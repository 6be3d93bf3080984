import { describe, expect, it } from 'vitest';
import { createAppStore } from '../../../../src/renderer/state/store.ts';
import type { AppStore } from '../../../../src/renderer/state/store.ts';
import type { VolumeRun } from '../../../../src/shared/trials.ts';
import { checkCase, checkRun, delivery } from '../samples.ts';
import { createFakeBridge, good } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';

const refusal = { code: 'CONFIG_INVALID', message: 'No secret was given.', hint: 'Give one.' } as const;

function createWorld(): FakeBridge & AppStore {
  const fake = createFakeBridge();
  let runs = 0;
  const newId = (): string => `run-${(runs += 1)}`;
  return {
    ...fake,
    ...createAppStore({ bridge: fake.bridge, newId, now: () => 42, route: { view: 'inbox', id: null } }),
  };
}

describe('a handler check', () => {
  it('shows what the host answers when the check has ended', async () => {
    const { store, actions, answers } = createWorld();
    answers['check.run'] = ({ runId }) => good(checkRun({ id: runId, done: true, cases: [checkCase('valid')] }));
    await actions.runCheck();
    expect(store.getState().trials.checkId).toBe('run-1');
    expect(store.getState().mirror.check?.done).toBe(true);
  });

  it('keeps news that overtook an answer given at the start', async () => {
    const { store, actions, answers } = createWorld();
    const ahead = checkRun({ id: 'run-1', cases: [checkCase('valid')] });
    answers['check.run'] = ({ runId }) => {
      store.setState(({ mirror }) => ({ mirror: { ...mirror, check: ahead } }));
      return good(checkRun({ id: runId }));
    };
    await actions.runCheck();
    expect(store.getState().mirror.check).toEqual(ahead);
  });

  it('that is refused leaves no run, and the reason goes with the next edit', async () => {
    const { store, actions, answers } = createWorld();
    answers['check.run'] = () => ({ ok: false, error: refusal });
    await actions.runCheck();
    expect(store.getState().trials).toMatchObject({ checkId: null, checkError: refusal });
    actions.editCheck({ url: 'http://localhost' });
    expect(store.getState().trials.checkError).toBeNull();
  });

  it('is stopped by its id', async () => {
    const { actions, answers } = createWorld();
    answers['check.run'] = ({ runId }) => good(checkRun({ id: runId }));
    let stopped = '';
    answers['check.stop'] = ({ runId }) => {
      stopped = runId;
      return good(null);
    };
    expect(await actions.stopCheck()).toBeNull();
    await actions.runCheck();
    await actions.stopCheck();
    expect(stopped).toBe('run-1');
  });
});

describe('many deliveries', () => {
  const run: VolumeRun = {
    id: 'run-1',
    startedAt: 1,
    count: 50,
    ratePerSecond: 5,
    enqueued: 0,
    delivered: 0,
    dead: 0,
    answers: {},
    p50: null,
    p95: null,
    p99: null,
    perSecond: 0,
    state: 'running',
  };

  it('are asked for with what Compose says', async () => {
    const { store, actions, answers } = createWorld();
    actions.editCompose({ url: 'http://localhost:3000/x' });
    actions.editVolume({ confirmedFor: 'x', count: 50, ratePerSecond: 5 });
    answers['volume.start'] = (input) => {
      expect(input).toMatchObject({ count: 50, ratePerSecond: 5, confirmed: false });
      expect(input.draft.urls).toEqual(['http://localhost:3000/x']);
      return good({ ...run, id: input.runId });
    };
    await actions.startVolume(false);
    expect(store.getState().mirror.volume?.count).toBe(50);
  });

  it('that are refused say why', async () => {
    const { store, actions, answers } = createWorld();
    answers['volume.start'] = () => ({ ok: false, error: refusal });
    await actions.startVolume(true);
    expect(store.getState().trials).toMatchObject({ volumeId: null, volumeError: refusal });
  });
});

describe('deleting deliveries', () => {
  it('hides them, and shows them again when the host refuses', async () => {
    const { store, actions, answers } = createWorld();
    const dead = [delivery('a', { state: 'dead' }), delivery('b', { state: 'dead' })];
    store.setState(({ mirror }) => ({ mirror: { ...mirror, dead } }));
    actions.hideDeliveries(['a']);
    actions.hideDeliveries(['b']);
    actions.unhideDeliveries(['b']);
    expect([...store.getState().leaving]).toEqual(['a']);
    answers['deliveries.remove'] = () => ({ ok: false, error: refusal });
    expect(await actions.deleteDeliveries(['a'])).toEqual(refusal);
    expect([store.getState().leaving.size, store.getState().mirror.dead.length]).toEqual([0, 2]);
    answers['deliveries.remove'] = () => good({ removed: 1 });
    expect(await actions.deleteDeliveries(['a'])).toBeNull();
    expect(store.getState().mirror.dead.map(({ id }) => id)).toEqual(['b']);
  });

  it('an edited one takes the place of the old one', () => {
    const { store, actions } = createWorld();
    store.setState(({ mirror }) => ({ mirror: { ...mirror, dead: [delivery('a', { state: 'dead' })] } }));
    actions.noteEdited('a', delivery('b'));
    const { mirror } = store.getState();
    expect([mirror.dead, mirror.deliveries.map(({ id }) => id)]).toEqual([[], ['b']]);
  });
});
