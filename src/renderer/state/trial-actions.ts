// Starting and stopping what tries a handler out: the scripted check, and many deliveries at a rate.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import type { Target } from '../../shared/workspace.ts';
import { toCheckInput } from '../lib/check-form.ts';
import type { CheckForm } from '../lib/check-form.ts';
import { toDraft } from '../lib/message-form.ts';
import type { AppState, VolumeForm } from './app-state.ts';
import { newer } from './apply-changes.ts';

/** Actions on trials. */
export interface TrialActions {
  editCheck(change: Partial<CheckForm>): void;
  /** Runs the check that the form describes. Resolves when the host has taken it, or refused it. */
  runCheck(): Promise<void>;
  /** Gives what went wrong, or null. */
  stopCheck(): Promise<ErrorValue | null>;
  editVolume(change: Partial<VolumeForm>): void;
  /** Sends what Compose says, many times. `confirmed`: addresses outside this network may be loaded. */
  startVolume(confirmed: boolean): Promise<void>;
  stopVolume(): Promise<ErrorValue | null>;
}

/** What they need. */
export interface TrialOptions {
  readonly bridge: Bridge;
  readonly newId: () => string;
}

/** Creates them. */
export function createTrialActions(store: StoreApi<AppState>, { bridge, newId }: TrialOptions): TrialActions {
  const set = (change: Partial<AppState['trials']>): void =>
    store.setState(({ trials }) => ({ trials: { ...trials, ...change } }));

  return {
    editCheck: (change) => set({ check: { ...store.getState().trials.check, ...change }, checkError: null }),

    async runCheck() {
      const state = store.getState();
      const runId = newId();
      set({ checkId: runId, checkError: null });
      const input = toCheckInput(state.trials.check, chosenTarget(state), state.mirror.secrets, runId);
      const answer = await bridge.call('check.run', input);
      if (store.getState().trials.checkId !== runId) return;
      if (!answer.ok) set({ checkId: null, checkError: answer.error });
      // News may have overtaken the answer and know more.
      else
        store.setState(({ mirror }) => ({
          mirror:
            mirror.check?.id === runId && !answer.value.done ? mirror : { ...mirror, check: newer(null, answer.value) },
        }));
    },

    async stopCheck() {
      const { checkId } = store.getState().trials;
      if (checkId === null) return null;
      const answer = await bridge.call('check.stop', { runId: checkId });
      return answer.ok ? null : answer.error;
    },

    editVolume: (change) => set({ volume: { ...store.getState().trials.volume, ...change }, volumeError: null }),

    async startVolume(confirmed) {
      const { forms, mirror, trials } = store.getState();
      const runId = newId();
      set({ volumeId: runId, volumeError: null });
      const { count, ratePerSecond } = trials.volume;
      const draft = toDraft(forms.compose, mirror.secrets, null);
      const answer = await bridge.call('volume.start', { runId, draft, count, ratePerSecond, confirmed });
      if (store.getState().trials.volumeId !== runId) return;
      if (!answer.ok) set({ volumeId: null, volumeError: answer.error });
      else
        store.setState(({ mirror: now }) => ({
          mirror: now.volume?.id === runId && answer.value.state === 'running' ? now : { ...now, volume: answer.value },
        }));
    },

    async stopVolume() {
      const { volumeId } = store.getState().trials;
      if (volumeId === null) return null;
      const answer = await bridge.call('volume.stop', { runId: volumeId });
      return answer.ok ? null : answer.error;
    },
  };
}

/** The target that the check's form names; undefined for another address. */
export function chosenTarget({ trials, mirror }: Pick<AppState, 'trials' | 'mirror'>): Target | undefined {
  return mirror.targets.find(({ id }) => id === trials.check.targetId);
}
