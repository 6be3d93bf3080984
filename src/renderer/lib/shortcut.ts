// Keys of actions as this machine's keyboard has them, for tooltips, the palette and the list of shortcuts.

import { actionOf, keyLabel } from '../../shared/actions.ts';
import type { ActionId } from '../../shared/actions.ts';

/** Whether Command is the modifier here. */
export const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);

/** The first key of an action, for example `Ctrl K`; empty where it has none. */
export function shortcutOf(id: ActionId): string {
  const [key] = actionOf(id).keys;
  return key === undefined ? '' : keyLabel(key, isMac);
}

/** A label with the key after it, as tooltips have it: `Replay (r)`. */
export function withShortcut(label: string, id: ActionId): string {
  const key = shortcutOf(id);
  return key === '' ? label : `${label} (${key})`;
}
