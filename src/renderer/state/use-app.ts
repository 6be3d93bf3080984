// The only place where the store meets React. Components select the smallest value they need.

import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../../shared/contract.ts';
import type { AppState } from './app-state.ts';
import type { Connection } from './connection.ts';
import type { RunAction } from './run-action.ts';
import type { Actions, AppStore } from './store.ts';

/** What the window's components are given from above. */
export interface AppServices {
  readonly app: AppStore;
  readonly bridge: Bridge;
  readonly connection: Connection;
  /** Does what the table of actions names. */
  readonly run: RunAction;
}

/** Set once around everything. */
export const AppContext = createContext<AppServices | null>(null);

/** The bridge and the store. Throws outside the context. */
export function useServices(): AppServices {
  const services = use(AppContext);
  if (services === null) throw new Error('AppContext is missing');
  return services;
}

/** One value of the state; the component renders again only when it changes. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useServices().app.store, select);
}

/** The actions; the same object for ever. */
export function useActions(): Actions {
  return useServices().app.actions;
}
