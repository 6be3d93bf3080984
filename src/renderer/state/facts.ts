// How things stand in the window, drawn from its state: keys, palette and menus all ask this.

import type { Facts } from '../../shared/facts.ts';
import type { AppState } from './app-state.ts';

/** The id of the request that actions are about: the one that is open in the Inbox. */
export function openRequestId({ view }: AppState): string | null {
  return view.route.view === 'inbox' ? view.route.id : null;
}

/** The facts of this state. */
export function factsOf(state: AppState): Facts {
  const { mirror, detail } = state;
  const id = openRequestId(state);
  return {
    request: id !== null,
    pinned: id !== null && detail.value?.id === id && detail.value.pinned === true,
    listening: mirror.receiver.status === 'listening',
    paused: mirror.status === 'ready' && mirror.receiver.status === 'stopped',
    undo: state.view.undos > 0,
  };
}

/** The facts in one line, so that a change is seen by comparing two. */
export function factsKey(facts: Facts): string {
  return Object.values(facts).join();
}
