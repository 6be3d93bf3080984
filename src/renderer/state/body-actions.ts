// How a person likes to look at bodies: the view they chose last for each kind, for as long as the window is open.

import type { StoreApi } from 'zustand/vanilla';
import type { BodyKind, BodyViewName } from '../lib/body-view.ts';
import type { AppState } from './app-state.ts';

/** Actions on it. */
export interface BodyActions {
  /** Bodies of this kind open in this view from now on. */
  chooseBodyView(kind: BodyKind, view: BodyViewName): void;
}

/** Creates them. */
export function createBodyActions(store: StoreApi<AppState>): BodyActions {
  return {
    chooseBodyView: (kind, view) =>
      store.setState(({ bodyViews }) =>
        bodyViews[kind] === view ? {} : { bodyViews: { ...bodyViews, [kind]: view } },
      ),
  };
}
