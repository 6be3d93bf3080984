// Keeps the route and the address behind `#` the same: links change the address, actions change the route. Going down a
// list leaves no trail of steps to go back through.

import { hashOf, routeOf } from './route.ts';
import type { AppStore } from './store.ts';

/** The part of a window that is needed. */
export interface AddressBar {
  readonly location: { readonly hash: string };
  readonly history: {
    pushState(data: null, unused: string, url: string): void;
    replaceState(data: null, unused: string, url: string): void;
  };
  addEventListener(type: 'hashchange', listener: () => void): void;
}

/** Follows both ways for as long as the window lives. */
export function followAddress({ store, actions }: AppStore, bar: AddressBar): void {
  bar.addEventListener('hashchange', () => {
    if (bar.location.hash !== hashOf(store.getState().view.route)) actions.go(routeOf(bar.location.hash));
  });
  store.subscribe((state, before) => {
    const { route } = state.view;
    const hash = hashOf(route);
    if (route === before.view.route || hash === bar.location.hash) return;
    if (route.view === before.view.route.view) bar.history.replaceState(null, '', hash);
    else bar.history.pushState(null, '', hash);
  });
}
