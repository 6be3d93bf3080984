// Which dead letters a person chose by hand. What is chosen but not shown (filtered out, deleted, redriven) is left
// alone: nothing happens to a row that nobody sees.

import type { Delivery } from '../../../shared/delivery.ts';

/** Dead letters that are chosen, and where a range of them begins. */
export interface LetterChoice {
  readonly ids: ReadonlySet<string>;
  /** Chosen or left last; null before. */
  readonly anchor: string | null;
}

/** Nothing is chosen. */
export const noLetter: LetterChoice = { ids: new Set(), anchor: null };

/** Chooses one, or leaves it where it was chosen. */
export function toggleLetter({ ids }: LetterChoice, id: string): LetterChoice {
  const changed = new Set(ids);
  if (!changed.delete(id)) changed.add(id);
  return { ids: changed, anchor: id };
}

/** Chooses everything from the anchor to `id`, as `shown` lists them; only `id` where the anchor is not shown. */
export function chooseUpTo({ ids, anchor }: LetterChoice, id: string, shown: readonly Delivery[]): LetterChoice {
  const to = shown.findIndex((letter) => letter.id === id);
  const from = shown.findIndex((letter) => letter.id === anchor);
  const first = from < 0 ? to : Math.min(from, to);
  const range = shown.slice(first, Math.max(from, to) + 1);
  return { ids: new Set([...ids, ...range.map((letter) => letter.id)]), anchor: from < 0 ? id : anchor };
}

/** Chooses all of them. */
export function chooseEvery(shown: readonly Delivery[]): LetterChoice {
  return { ids: new Set(shown.map(({ id }) => id)), anchor: null };
}

/** What is chosen and shown, in the order of the list. */
export function chosenLetters({ ids }: LetterChoice, shown: readonly Delivery[]): readonly Delivery[] {
  return ids.size === 0 ? [] : shown.filter(({ id }) => ids.has(id));
}
