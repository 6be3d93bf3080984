// The one table of what a person can do from anywhere: the palette, the menus, the tooltips, the list of shortcuts and
// the keys themselves are drawn from it, so nothing stands twice. It says what there is, not how it is done.

import type { Facts } from './facts.ts';

/** What must be so for an action to make sense. */
export type Need = 'request' | 'pinned' | 'unpinned' | 'listening' | 'paused' | 'undo';

/** Menu of the application that holds the action. */
export type MenuName = 'file' | 'edit' | 'view' | 'go' | 'request' | 'help';

/** One action. Keys are written `mod+K` (Ctrl, or Command on a Mac), `g i` (one after the other), or `Delete`. */
export interface ActionInfo {
  readonly id: string;
  readonly label: string;
  readonly menu: MenuName | null;
  readonly keys: readonly string[];
  readonly needs: Need | null;
  /** Other words that a person may look for. */
  readonly also: string;
}

const line = <const Id extends string>(
  id: Id,
  label: string,
  menu: MenuName | null,
  keys: readonly string[] = [],
  needs: Need | null = null,
  also = '',
) => ({ id, label, menu, keys, needs, also });

/** Every action, in the order of the menus. */
export const actionTable = [
  line('test-event', 'Send test event', 'file', [], 'listening', 'try sample'),
  line('copy-url', 'Copy the receiver’s URL', 'file', ['u'], 'listening', 'address localhost clipboard'),
  line('capture.pause', 'Pause capture', 'file', [], 'listening', 'stop receiver listening'),
  line('capture.resume', 'Resume capture', 'file', [], 'paused', 'start receiver listening'),
  line('new.endpoint', 'Add endpoint', 'file', [], null, 'new create'),
  line('new.target', 'Add target', 'file', [], null, 'new create'),
  line('new.tunnel', 'Add tunnel', 'file', [], null, 'new create public'),
  line('new.pull', 'New pull', 'file', [], null, 'add catch-up missed'),
  line('new.scheme', 'New scheme', 'file', [], null, 'add own signature'),
  line('import', 'Import requests…', 'file', [], null, 'open file collection har postman curl bruno paste'),
  line('export', 'Export requests…', 'file', [], null, 'save file collection har postman curl json csv'),

  line('undo', 'Undo the deletion', 'edit', ['mod+Z'], 'undo', 'restore back'),
  line('filter', 'Filter requests', 'edit', ['/'], null, 'search find query'),

  line('palette', 'Command palette', 'view', ['mod+K'], null, ''),
  line('theme.system', 'Theme: as the system', 'view', [], null, 'colours auto'),
  line('theme.dark', 'Theme: dark', 'view', [], null, 'colours night'),
  line('theme.light', 'Theme: light', 'view', [], null, 'colours day'),
  line('fold', 'Fold or unfold duplicates', 'view', [], null, 'group retries'),

  line('go.inbox', 'Inbox', 'go', ['g i', 'mod+1'], null, 'requests list'),
  line('go.compose', 'Compose', 'go', ['g c', 'mod+2'], null, 'send new event'),
  line('go.deliveries', 'Deliveries', 'go', ['g d', 'mod+3'], null, 'queue retries sent'),
  line('go.dead-letters', 'Dead letters', 'go', ['g l', 'mod+4'], null, 'failed redrive'),
  line('go.handler-check', 'Handler check', 'go', ['g h', 'mod+5'], null, 'test my app'),
  line('go.catch-up', 'Catch-up', 'go', ['g u', 'mod+6'], null, 'missed pull'),
  line('go.settings', 'Settings', 'go', ['g s', 'mod+7', 'mod+,'], null, 'preferences options'),
  line('go.schemes', 'Own schemes', 'go', ['g o'], null, 'signature'),
  line('go.schedules', 'Own schedules', 'go', [], null, 'retry waits'),
  line('go.back', 'Back to the list', 'go', ['Escape'], null, ''),

  line('request.replay', 'Replay', 'request', ['r'], 'request', 'send again resend'),
  line('request.compare', 'Compare with another request', 'request', ['c'], 'request', 'diff difference'),
  line('request.pin', 'Pin', 'request', ['p'], 'unpinned', 'keep star'),
  line('request.unpin', 'Unpin', 'request', ['p'], 'pinned', 'release'),
  line('request.note', 'Note', 'request', ['n'], 'request', 'comment write'),
  line('request.copy-curl', 'Copy as cURL', 'request', [], 'request', 'clipboard shell'),
  line('request.copy-har', 'Copy as HAR entry', 'request', [], 'request', 'clipboard'),
  line('request.copy-jsonl', 'Copy as JSON line', 'request', [], 'request', 'clipboard'),
  line('request.copy-id', 'Copy the request’s id', 'request', [], 'request', 'clipboard'),
  line('request.delete', 'Delete the request', 'request', ['Delete'], 'request', 'remove'),

  line('list.next', 'Next row', null, ['j'], null, ''),
  line('list.previous', 'Previous row', null, ['k'], null, ''),

  line('shortcuts', 'Keyboard shortcuts', 'help', ['?'], null, 'keys help'),
] as const;

/** Id of an action. */
export type ActionId = (typeof actionTable)[number]['id'];

const byId: ReadonlyMap<string, ActionInfo> = new Map(actionTable.map((action) => [action.id, action]));

/** The action with this id. */
export function actionOf(id: ActionId): ActionInfo {
  return byId.get(id) as ActionInfo;
}

/** Whether a word from outside names an action. */
export function isActionId(id: unknown): id is ActionId {
  return typeof id === 'string' && byId.has(id);
}

/** Whether what an action needs is there. */
export function isEnabled({ needs }: Pick<ActionInfo, 'needs'>, facts: Facts): boolean {
  if (needs === null) return true;
  if (needs === 'unpinned') return facts.request && !facts.pinned;
  return facts[needs];
}

/** Of two actions that are each other's opposite only one is offered; others are shown as not available. */
export function isOffered({ needs }: Pick<ActionInfo, 'needs'>, facts: Facts): boolean {
  if (needs === 'pinned') return facts.pinned;
  if (needs === 'unpinned') return !facts.pinned;
  if (needs === 'paused') return facts.paused;
  return needs !== 'listening' || !facts.paused;
}

/** Keys that belong to one place, where they are handled; listed with the others. */
export const placeKeys: readonly { readonly keys: readonly string[]; readonly label: string }[] = [
  { keys: ['ArrowDown', 'ArrowUp'], label: 'Next and previous row, in a list' },
  { keys: ['Enter'], label: 'Open the row' },
  { keys: ['Space'], label: 'Choose the row' },
  { keys: ['mod+Enter'], label: 'Send, in Compose and Replay' },
  { keys: ['mod+F'], label: 'Search in a body' },
  { keys: ['Alt+ArrowUp', 'Alt+ArrowDown'], label: 'Move a rule, an answer or a signed part' },
];

const macWords: Readonly<Record<string, string>> = { mod: '⌘', Shift: '⇧', Alt: '⌥' };
const keyWords: Readonly<Record<string, string>> = {
  mod: 'Ctrl',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Enter: '⏎',
  Escape: 'Esc',
  Delete: 'Del',
};

/** A key as a person reads it: `Ctrl K`, `⌘K`, `g then i`. */
export function keyLabel(key: string, mac: boolean): string {
  const words = (part: string): string => (mac ? macWords[part] : undefined) ?? keyWords[part] ?? part;
  if (key.includes(' ')) return key.split(' ').map(words).join(' then ');
  return key
    .split('+')
    .map(words)
    .join(mac && key.includes('mod') ? '' : ' ');
}
