// Where the person was when the window closed: the next start opens there. Only the view is kept, not a request or a
// half-filled form, which may be gone by then.

import { hashOf, routeOf } from './route.ts';
import type { Route } from './route.ts';
import type { AppStore } from './store.ts';

/** The part of a browser's storage that is needed. */
export interface KeyStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const key = 'hookbench-view';

/** A link or a reload says where to go by the address; else the last view. */
export function startingRoute(hash: string, storage: KeyStore): Route {
  return routeOf(hash === '' ? (storage.getItem(key) ?? '') : hash);
}

/** Keeps the view for as long as the window lives. */
export function keepLastView({ store }: AppStore, storage: KeyStore): void {
  store.subscribe((state, before) => {
    const { route } = state.view;
    if (route !== before.view.route) storage.setItem(key, hashOf(lasting(route)));
  });
}

function lasting(route: Route): Route {
  switch (route.view) {
    case 'compose':
    case 'handler-check':
    case 'settings':
    case 'schemes':
    case 'help':
      return route;
    case 'deliveries':
    case 'dead-letters':
    case 'catch-up':
      return { view: route.view, id: null };
    case 'endpoint':
    case 'target':
    case 'tunnel':
      return route.id === null ? { view: 'inbox', id: null } : route;
    case 'scheme':
      return { view: 'schemes' };
    case 'pull':
      return { view: 'catch-up', id: null };
    case 'inbox':
    case 'replay':
    case 'compare':
    case 'import':
      return { view: 'inbox', id: null };
  }
}
