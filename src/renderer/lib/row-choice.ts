// Which rows of a list a person chose by hand. What is chosen but not shown (filtered out, deleted, redriven) is left
// alone: nothing happens to a row that nobody sees.

/** A row that can be chosen. */
interface Choosable {
  readonly id: string;
}

/** Rows that are chosen, and where a range of them begins. */
export interface RowChoice {
  readonly ids: ReadonlySet<string>;
  /** Chosen or left last; null before. */
  readonly anchor: string | null;
}

/** Nothing is chosen. */
export const noRow: RowChoice = { ids: new Set(), anchor: null };

/** Chooses one, or leaves it where it was chosen. */
export function toggleRow({ ids }: RowChoice, id: string): RowChoice {
  const changed = new Set(ids);
  if (!changed.delete(id)) changed.add(id);
  return { ids: changed, anchor: id };
}

/** Chooses everything from the anchor to `id`, as `shown` lists them; only `id` where the anchor is not shown. */
export function chooseUpTo({ ids, anchor }: RowChoice, id: string, shown: readonly Choosable[]): RowChoice {
  const to = shown.findIndex((row) => row.id === id);
  const from = shown.findIndex((row) => row.id === anchor);
  const first = from < 0 ? to : Math.min(from, to);
  const range = shown.slice(first, Math.max(from, to) + 1);
  return { ids: new Set([...ids, ...range.map((row) => row.id)]), anchor: from < 0 ? id : anchor };
}

/** Chooses all of them. */
export function chooseEvery(shown: readonly Choosable[]): RowChoice {
  return { ids: new Set(shown.map(({ id }) => id)), anchor: null };
}

/** What is chosen and shown, in the order of the list. */
export function chosenRows<T extends Choosable>({ ids }: RowChoice, shown: readonly T[]): readonly T[] {
  return ids.size === 0 ? [] : shown.filter(({ id }) => ids.has(id));
}
