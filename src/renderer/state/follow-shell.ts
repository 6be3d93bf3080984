// The two ways between the window and its shell: what menus, tray, links and notifications ask for is done, and the menus
// hear how things stand.

import type { Bridge } from '../../shared/contract.ts';
import { isActionId } from '../../shared/actions.ts';
import type { Show } from '../../shared/news.ts';
import { factsKey, factsOf } from './facts.ts';
import { routeOf } from './route.ts';
import type { RunAction } from './run-action.ts';
import type { AppStore } from './store.ts';

/** What it is given. */
export interface ShellLink {
  readonly app: AppStore;
  readonly bridge: Bridge;
  readonly run: RunAction;
}

/** Tells the shell from now on, and gives what does the shell's wishes. */
export function followShell({ app, bridge, run }: ShellLink): (show: Show) => void {
  const { store, actions } = app;
  let told = '';
  const tell = (): void => {
    const facts = factsOf(store.getState());
    const key = factsKey(facts);
    if (key === told) return;
    told = key;
    void bridge.call('window.facts', facts);
  };
  tell();
  store.subscribe(tell);
  return (show) => {
    switch (show.kind) {
      case 'action':
        if (isActionId(show.id)) run(show.id);
        break;
      case 'place':
        actions.go(routeOf(show.hash));
        break;
      case 'restored':
        actions.showRestored({ at: show.at, hung: show.hung });
        break;
    }
  };
}
