// Builds the window's one store. It needs no React and no window: the bridge and the clock come in.

import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import { findProvider, providers } from '../../shared/providers/index.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { AppState } from './app-state.ts';
import { createBodyActions } from './body-actions.ts';
import type { BodyActions } from './body-actions.ts';
import { createFormActions } from './form-actions.ts';
import type { FormActions } from './form-actions.ts';
import { createImportActions } from './import-actions.ts';
import type { ImportActions } from './import-actions.ts';
import { createInboxActions } from './inbox-actions.ts';
import type { InboxActions } from './inbox-actions.ts';
import { createOutboxActions } from './outbox-actions.ts';
import type { OutboxActions } from './outbox-actions.ts';
import { createTrialActions } from './trial-actions.ts';
import type { TrialActions } from './trial-actions.ts';
import { emptyCheckForm } from '../lib/check-form.ts';
import { newMessage } from '../lib/message-form.ts';
import { emptyMirror } from './mirror.ts';
import { createViewActions } from './view-actions.ts';
import type { ViewActions } from './view-actions.ts';
import type { Route } from './route.ts';

/** What the window's state is given. */
export interface StoreOptions {
  readonly bridge: Bridge;
  /** Epoch ms. */
  readonly now: () => number;
  /** A new id, at most 64 letters, digits and dashes. */
  readonly newId: () => string;
  /** Resolves after that many ms. */
  readonly pause?: (ms: number) => Promise<void>;
  /** Where the window opens. */
  readonly route: Route;
}

/** Everything a person can do that changes the window's own slices. */
export interface Actions
  extends InboxActions, FormActions, ViewActions, OutboxActions, TrialActions, BodyActions, ImportActions {}

/** The store and its actions. */
export interface AppStore {
  readonly store: StoreApi<AppState>;
  readonly actions: Actions;
}

/** Creates the store: nothing is fetched before `connect`. */
export function createAppStore(options: StoreOptions): AppStore {
  const store = createStore<AppState>()(() => ({
    mirror: emptyMirror,
    inbox: { text: '', query: '', stretch: null, matches: null, search: null, queryError: null, isMoving: false },
    detail: { id: null, value: null, error: null },
    forms: {
      compose: newMessage(startingProvider()),
      composeSent: null,
      replay: null,
      replayError: null,
      replaySent: null,
      lastReplayUrl: null,
    },
    trials: {
      check: emptyCheckForm,
      checkId: null,
      checkError: null,
      volume: { count: 100, ratePerSecond: 20, confirmedFor: '' },
      volumeId: null,
      volumeError: null,
    },
    importing: { step: 'empty' },
    leaving: new Set(),
    bodyViews: {},
    view: {
      route: options.route,
      lastRequest: null,
      palette: false,
      shortcuts: false,
      schedules: false,
      exporting: null,
      note: false,
      undos: 0,
      restored: null,
      framework: 'express',
    },
  }));
  return {
    store,
    actions: {
      ...createInboxActions(store, options.bridge, options.pause ?? waitFor),
      ...createFormActions(store, options),
      ...createViewActions(store),
      ...createOutboxActions(store, options.bridge),
      ...createTrialActions(store, options),
      ...createBodyActions(store),
      ...createImportActions(store, options.bridge),
    },
  };
}

function startingProvider(): ProviderDefinition {
  return findProvider('generic') ?? (providers[0] as ProviderDefinition);
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
