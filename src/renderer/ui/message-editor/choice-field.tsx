// A short list to choose from: the system's own control, which every keyboard and screen reader knows.

import { NativeSelect } from '@mantine/core';

/** One entry. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  readonly description?: string;
  readonly error?: string | null;
}

/** A labelled drop-down list (role combobox). */
export function ChoiceField({ label, value, choices, onChange, description, error = null }: ChoiceFieldProps) {
  const known = choices.some((choice) => choice.value === value);
  const data = known ? [...choices] : [{ value, label: value === '' ? '–' : value }, ...choices];
  return (
    <NativeSelect
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={error}
      data={data}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
