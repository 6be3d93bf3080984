// A list to choose from: the system's own control, which every keyboard and screen reader knows. Typing the first
// letters goes to an entry, so that it stays usable with sixty of them.

import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { hasChoice } from '../../lib/choices.ts';
import type { Choice, ChoiceGroup } from '../../lib/choices.ts';

interface ChoiceFieldProps {
  /** Shown above; with `hidden` it is only the accessible name. */
  readonly label: string;
  readonly hidden?: boolean;
  readonly value: string;
  readonly choices: readonly (Choice | ChoiceGroup)[];
  readonly onChange: (value: string) => void;
  readonly description?: ReactNode;
  readonly error?: string | null;
}

/** A labelled drop-down list (role combobox). */
export function ChoiceField(props: ChoiceFieldProps) {
  const { label, hidden = false, value, choices, onChange, description, error = null } = props;
  const entries = choices.map((entry) => ('group' in entry ? { group: entry.group, items: [...entry.items] } : entry));
  const data = hasChoice(choices, value) ? entries : [{ value, label: value === '' ? '–' : value }, ...entries];
  return (
    <NativeSelect
      {...(hidden ? { 'aria-label': label } : { label })}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={error}
      data={data}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
