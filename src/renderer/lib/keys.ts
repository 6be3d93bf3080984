// Finds the action that a pressed key means. It remembers the first of two keys that are pressed one after the other,
// and knows nothing of what actions do.

import type { ActionId } from '../../shared/actions.ts';

/** A pressed key, as far as it matters. */
export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  /** Ms since some fixed point. */
  readonly timeStamp: number;
}

/** Longest pause between two keys that belong together, ms. */
const sequenceMs = 1_500;

/** Gives the actions that have the pressed key, none for a key that means nothing. */
export type KeyFinder = (event: PressedKey) => readonly ActionId[];

/** Creates the finder; `mac` says which key is the modifier. */
export function createKeyFinder(
  table: readonly { readonly id: ActionId; readonly keys: readonly string[] }[],
  mac: boolean,
): KeyFinder {
  const bindings = new Map<string, ActionId[]>();
  const prefixes = new Set<string>();
  for (const { id, keys } of table) {
    for (const key of keys) {
      bindings.set(key, [...(bindings.get(key) ?? []), id]);
      if (key.includes(' ')) prefixes.add(key.slice(0, key.indexOf(' ')));
    }
  }
  let first: { readonly key: string; readonly at: number } | null = null;
  return (event) => {
    const key = keyOf(event, mac);
    const before = first !== null && event.timeStamp - first.at <= sequenceMs ? first.key : null;
    if (key === null) return [];
    first = null;
    if (before !== null) {
      const found = bindings.get(`${before} ${key}`);
      if (found !== undefined) return found;
    }
    if (prefixes.has(key)) first = { key, at: event.timeStamp };
    return bindings.get(key) ?? [];
  };
}

/** The key as the table writes it; null for a modifier alone or a combination that the table never has. */
function keyOf(event: PressedKey, mac: boolean): string | null {
  const { key, altKey, shiftKey } = event;
  if (key === 'Control' || key === 'Meta' || key === 'Alt' || key === 'Shift') return null;
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (other || altKey) return null;
  if (mod) return shiftKey ? null : `mod+${key.length === 1 ? key.toUpperCase() : key}`;
  // A sign such as the question mark needs Shift on some keyboards; a letter with Shift is another one.
  return shiftKey && /^[a-z]$|^.{2,}$/i.test(key) ? null : key;
}
