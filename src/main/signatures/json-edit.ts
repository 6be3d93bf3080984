// Writes values into a JSON text without touching anything else of it: big numbers, repeated keys and layout stay.

import { applyEdits, modify } from 'jsonc-parser';
import type { ItemList } from '../../shared/providers/define.ts';
import { itemsOf } from './items.ts';
import type { Message } from './message.ts';

/** A dotted path and its new value; `item` is undefined where the body holds no list of items. */
export type JsonChange = readonly [path: string, value: (item: unknown, n: number) => string | number];

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The body with the changes made, in each item where there is a list; null when the body cannot hold them. */
export function editJson(
  message: Message,
  list: ItemList | undefined,
  changes: readonly JsonChange[],
): Uint8Array | null {
  const items = list === undefined ? [undefined] : itemsOf(list, message);
  const root = message.json();
  if (items === null || typeof root !== 'object' || root === null) return null;
  try {
    let text = fatal.decode(message.body);
    for (const [n, item] of items.entries()) {
      const base =
        list === undefined
          ? []
          : [...list.path.split('.'), n, ...(list.member === undefined ? [] : list.member.split('.'))];
      for (const [path, value] of changes) {
        text = applyEdits(text, modify(text, [...base, ...path.split('.')], value(item, n), {}));
      }
    }
    return Buffer.from(text, 'utf8');
  } catch {
    return null;
  }
}
