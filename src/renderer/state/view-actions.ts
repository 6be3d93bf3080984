// Going places and opening what lies over them. Panels are state, so that an action needs no component.

import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './app-state.ts';
import type { Route } from './route.ts';

/** Actions on the view. */
export interface ViewActions {
  go(route: Route): void;
  showPalette(open: boolean): void;
  showShortcuts(open: boolean): void;
}

/** Creates them. */
export function createViewActions(store: StoreApi<AppState>): ViewActions {
  const set = (change: Partial<AppState['view']>): void =>
    store.setState(({ view }) => ({ view: { ...view, ...change } }));
  return {
    go: (route) => set({ route, palette: false, shortcuts: false }),
    showPalette: (palette) => set({ palette, ...(palette ? { shortcuts: false } : {}) }),
    showShortcuts: (shortcuts) => set({ shortcuts }),
  };
}
