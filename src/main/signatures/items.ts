// Lists of items in a body of which each one is signed or holds the token (Adyen, Microsoft Graph).

import type { ItemList } from '../../shared/providers/define.ts';
import { valueAt } from '../../shared/providers/read-value.ts';
import type { Message } from './message.ts';

/** Most items that are checked; providers send far fewer. */
export const itemLimit = 1_000;

/**
 * The items, or null when the body holds no such list or an empty one. An entry without the member is a null item: it
 * holds no signature, and nothing else of the body stands in for it. Over the limit the entries come as they are.
 */
export function itemsOf(list: ItemList, message: Message): readonly unknown[] | null {
  const found = valueAt(message.json(), list.path);
  if (!Array.isArray(found) || found.length === 0) return null;
  const { member } = list;
  if (found.length > itemLimit || member === undefined) return found.map((entry: unknown) => entry ?? null);
  return found.map((entry) => valueAt(entry, member) ?? null);
}
