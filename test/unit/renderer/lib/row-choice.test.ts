import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { chooseEvery, chooseUpTo, chosenRows, noRow, toggleRow } from '../../../../src/renderer/lib/row-choice.ts';
import { delivery } from '../samples.ts';

const shown: readonly Delivery[] = ['a', 'b', 'c', 'd', 'e'].map((id) => delivery(id));
const ids = (choice: typeof noRow): string => [...choice.ids].toSorted().join('');
const only = (...wanted: readonly string[]) => shown.filter(({ id }) => wanted.includes(id));

describe('rows that are chosen by hand', () => {
  it('are chosen and left one by one', () => {
    const two = toggleRow(toggleRow(noRow, 'b'), 'd');
    expect(ids(two)).toBe('bd');
    expect(ids(toggleRow(two, 'b'))).toBe('d');
    expect(ids(noRow)).toBe('');
  });

  it.each([
    ['down', 'b', 'd', 'bcd'],
    ['up', 'd', 'b', 'bcd'],
    ['to itself', 'c', 'c', 'c'],
  ])('reach %s from the last one', (_name, from, to, expected) => {
    expect(ids(chooseUpTo(toggleRow(noRow, from), to, shown))).toBe(expected);
  });

  it('keep what was chosen before a range, and its beginning', () => {
    const far = chooseUpTo(toggleRow(toggleRow(noRow, 'a'), 'c'), 'd', shown);
    expect(ids(far)).toBe('acd');
    expect(ids(chooseUpTo(far, 'b', shown))).toBe('abcd');
  });

  it('are one where no range begins, or its beginning is not shown any more', () => {
    expect(ids(chooseUpTo(noRow, 'c', shown))).toBe('c');
    expect(ids(chooseUpTo(toggleRow(noRow, 'a'), 'e', only('d', 'e')))).toBe('ae');
  });

  it('are all that are shown, and never what is not', () => {
    const every = chooseEvery(only('b', 'c'));
    expect(ids(every)).toBe('bc');
    expect(chosenRows(every, shown).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(chosenRows(every, only('c', 'e')).map(({ id }) => id)).toEqual(['c']);
    expect(chosenRows(noRow, shown)).toEqual([]);
  });

  it('come in the order of the list', () => {
    const choice = toggleRow(toggleRow(noRow, 'd'), 'a');
    expect(chosenRows(choice, shown).map(({ id }) => id)).toEqual(['a', 'd']);
  });
});
