import { describe, expect, it } from 'vitest';
import { fuzzyScore, rank } from '../../../../src/renderer/lib/fuzzy.ts';
import { createKeyFinder } from '../../../../src/renderer/lib/keys.ts';
import type { PressedKey } from '../../../../src/renderer/lib/keys.ts';
import { actionTable, isEnabled, isOffered, keyLabel } from '../../../../src/shared/actions.ts';
import type { ActionInfo } from '../../../../src/shared/actions.ts';
import { noFacts } from '../../../../src/shared/facts.ts';

const pressed = (key: string, change: Partial<PressedKey> = {}): PressedKey => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  timeStamp: 0,
  ...change,
});
const table: readonly ActionInfo[] = actionTable;

describe('the table of actions', () => {
  it('gives no key to two actions that are possible at once', () => {
    const facts = { request: true, pinned: true, listening: true, paused: false, undo: true };
    for (const pinned of [true, false]) {
      const keys = table.filter((action) => isEnabled(action, { ...facts, pinned })).flatMap((action) => action.keys);
      expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
    }
  });

  it('has no key that is also the first of two', () => {
    const keys = table.flatMap((action) => action.keys);
    const firsts = keys.filter((key) => key.includes(' ')).map((key) => key.slice(0, key.indexOf(' ')));
    expect(keys.filter((key) => firsts.includes(key))).toEqual([]);
  });

  it('knows what is possible, and offers one of two opposites', () => {
    const pin = { needs: 'unpinned' } as const;
    expect(isEnabled(pin, noFacts)).toBe(false);
    expect(isEnabled(pin, { ...noFacts, request: true })).toBe(true);
    expect(isOffered(pin, { ...noFacts, request: true, pinned: true })).toBe(false);
    expect(isOffered({ needs: 'paused' }, noFacts)).toBe(false);
    expect(isOffered({ needs: 'request' }, noFacts)).toBe(true);
  });

  it('names keys as the machine does', () => {
    expect(keyLabel('mod+K', false)).toBe('Ctrl K');
    expect(keyLabel('mod+K', true)).toBe('⌘K');
    expect(keyLabel('g i', false)).toBe('g then i');
    expect(keyLabel('Alt+ArrowUp', false)).toBe('Alt ↑');
  });
});

describe('pressed keys', () => {
  const find = () => createKeyFinder(actionTable, false);

  it('finds single keys, keys with Ctrl, and signs that need Shift', () => {
    expect(find()(pressed('r'))).toEqual(['request.replay']);
    expect(find()(pressed('k', { ctrlKey: true }))).toEqual(['palette']);
    expect(find()(pressed('3', { ctrlKey: true }))).toEqual(['go.deliveries']);
    expect(find()(pressed('?', { shiftKey: true }))).toEqual(['shortcuts']);
    expect(find()(pressed('Delete'))).toEqual(['request.delete']);
  });

  it('finds nothing for other combinations', () => {
    expect(find()(pressed('r', { ctrlKey: true }))).toEqual([]);
    expect(find()(pressed('r', { altKey: true }))).toEqual([]);
    expect(find()(pressed('R', { shiftKey: true }))).toEqual([]);
    expect(find()(pressed('k', { metaKey: true }))).toEqual([]);
    expect(find()(pressed('Delete', { shiftKey: true }))).toEqual([]);
    expect(createKeyFinder(actionTable, true)(pressed('k', { metaKey: true }))).toEqual(['palette']);
  });

  it('finds two keys one after the other, unless the pause is long or another comes between', () => {
    const quick = find();
    expect(quick(pressed('g'))).toEqual([]);
    expect(quick(pressed('Shift', { timeStamp: 50 }))).toEqual([]);
    expect(quick(pressed('c', { timeStamp: 100 }))).toEqual(['go.compose']);
    expect(quick(pressed('c', { timeStamp: 200 }))).toEqual(['request.compare']);

    const slow = find();
    slow(pressed('g'));
    expect(slow(pressed('c', { timeStamp: 5_000 }))).toEqual(['request.compare']);
    slow(pressed('g', { timeStamp: 6_000 }));
    slow(pressed('x', { timeStamp: 6_100 }));
    expect(slow(pressed('c', { timeStamp: 6_200 }))).toEqual(['request.compare']);
  });
});

describe('the search of the palette', () => {
  const items = ['Deliveries', 'Dead letters', 'Add endpoint', 'Endpoint stripe', 'Theme: dark'].map((label) => ({
    label,
    also: label === 'Deliveries' ? 'queue retries' : '',
  }));
  const labels = (query: string) => rank(query, items, 10).map(({ label }) => label);

  it('puts beginnings before middles, and finds first letters', () => {
    expect(labels('de')[0]).toBe('Deliveries');
    expect(labels('endp')).toEqual(['Endpoint stripe', 'Add endpoint']);
    expect(labels('dl')).toEqual(['Dead letters']);
    expect(labels('dark theme')).toEqual(['Theme: dark']);
    expect(labels('queue')).toEqual(['Deliveries']);
    expect(labels('zzz')).toEqual([]);
    expect(rank('', items, 3)).toHaveLength(3);
  });

  it('takes signs of patterns as they are, and long nonsense in no time', () => {
    expect(fuzzyScore('(.*)+$', 'Deliveries')).toBe(0);
    expect(fuzzyScore('a'.repeat(10_000), 'a'.repeat(5_000))).toBe(0);
  });
});
