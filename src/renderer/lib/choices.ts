// Entries of a list to choose from. Apart from the control that draws them, so that pure code can make them.

/** One entry. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Entries under a heading. */
export interface ChoiceGroup {
  readonly group: string;
  readonly items: readonly Choice[];
}

/** Whether `value` is one of the entries. */
export function hasChoice(choices: readonly (Choice | ChoiceGroup)[], value: string): boolean {
  return choices.some((entry) =>
    'group' in entry ? entry.items.some((item) => item.value === value) : entry.value === value,
  );
}
