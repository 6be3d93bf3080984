// Going places and opening what lies over them. Panels are state, so that an action needs no component.

import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './app-state.ts';
import type { Route } from './route.ts';

/** Actions on the view. */
export interface ViewActions {
  /** Coming back to the Inbox from elsewhere opens the request that was open there. */
  go(route: Route): void;
  showPalette(open: boolean): void;
  showShortcuts(open: boolean): void;
  /** Opens or closes the dialog "Own schedules". */
  showSchedules(open: boolean): void;
  /** Opens the dialog "Export" for what was chosen (null: for the filter or all), or closes it. */
  showExport(exporting: AppState['view']['exporting']): void;
  /** Opens or closes the note on the open request. */
  showNote(open: boolean): void;
  /** So many deletions can still be undone. */
  noteUndos(count: number): void;
  /** Says that the page was loaded again; null takes it away. */
  showRestored(restored: AppState['view']['restored']): void;
  /** Shows raw-body recipes for the framework with this id. */
  chooseFramework(id: string): void;
}

/** Creates them. */
export function createViewActions(store: StoreApi<AppState>): ViewActions {
  const set = (change: Partial<AppState['view']>): void =>
    store.setState(({ view }) => ({ view: { ...view, ...change } }));
  return {
    go(wanted) {
      const { view } = store.getState();
      const route = returning(wanted, view);
      const lastRequest = route.view === 'inbox' && route.id !== null ? route.id : view.lastRequest;
      set({ route, lastRequest, palette: false, shortcuts: false, schedules: false, exporting: null, note: false });
    },
    showPalette: (palette) => set({ palette, ...(palette ? { shortcuts: false } : {}) }),
    showShortcuts: (shortcuts) => set({ shortcuts }),
    showSchedules: (schedules) => set({ schedules, palette: false }),
    showExport: (exporting) => set({ exporting, palette: false }),
    showNote: (note) => set({ note, palette: false }),
    noteUndos: (undos) => set({ undos }),
    showRestored: (restored) => set({ restored }),
    chooseFramework: (framework) => set({ framework }),
  };
}

function returning(wanted: Route, { route, lastRequest }: AppState['view']): Route {
  const comesBack = wanted.view === 'inbox' && wanted.id === null && route.view !== 'inbox';
  return comesBack ? { view: 'inbox', id: lastRequest } : wanted;
}
