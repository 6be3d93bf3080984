import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { chooseEvery, chooseUpTo, chosenLetters, noLetter, toggleLetter } from '../../../../src/renderer/features/deliveries/letter-choice.ts'; // prettier-ignore
import { delivery } from '../samples.ts';

const shown: readonly Delivery[] = ['a', 'b', 'c', 'd', 'e'].map((id) => delivery(id));
const ids = (choice: typeof noLetter): string => [...choice.ids].toSorted().join('');
const only = (...wanted: readonly string[]) => shown.filter(({ id }) => wanted.includes(id));

describe('dead letters that are chosen by hand', () => {
  it('are chosen and left one by one', () => {
    const two = toggleLetter(toggleLetter(noLetter, 'b'), 'd');
    expect(ids(two)).toBe('bd');
    expect(ids(toggleLetter(two, 'b'))).toBe('d');
    expect(ids(noLetter)).toBe('');
  });

  it.each([
    ['down', 'b', 'd', 'bcd'],
    ['up', 'd', 'b', 'bcd'],
    ['to itself', 'c', 'c', 'c'],
  ])('reach %s from the last one', (_name, from, to, expected) => {
    expect(ids(chooseUpTo(toggleLetter(noLetter, from), to, shown))).toBe(expected);
  });

  it('keep what was chosen before a range, and its beginning', () => {
    const far = chooseUpTo(toggleLetter(toggleLetter(noLetter, 'a'), 'c'), 'd', shown);
    expect(ids(far)).toBe('acd');
    expect(ids(chooseUpTo(far, 'b', shown))).toBe('abcd');
  });

  it('are one where no range begins, or its beginning is not shown any more', () => {
    expect(ids(chooseUpTo(noLetter, 'c', shown))).toBe('c');
    expect(ids(chooseUpTo(toggleLetter(noLetter, 'a'), 'e', only('d', 'e')))).toBe('ae');
  });

  it('are all that are shown, and never what is not', () => {
    const every = chooseEvery(only('b', 'c'));
    expect(ids(every)).toBe('bc');
    expect(chosenLetters(every, shown).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(chosenLetters(every, only('c', 'e')).map(({ id }) => id)).toEqual(['c']);
    expect(chosenLetters(noLetter, shown)).toEqual([]);
  });

  it('come in the order of the list', () => {
    const choice = toggleLetter(toggleLetter(noLetter, 'd'), 'a');
    expect(chosenLetters(choice, shown).map(({ id }) => id)).toEqual(['a', 'd']);
  });
});
