// Takes the name of a stored secret or a new value. Stored values never come into the window, so there is nothing to
// show; a typed value is covered as soon as the field is left.

import { Autocomplete } from '@mantine/core';
import { useState } from 'react';

interface SecretFieldProps {
  readonly value: string;
  readonly names: readonly string[];
  readonly hint: string;
  readonly disabled: boolean;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

/** The field labelled "Secret" (role combobox). */
export function SecretField({ value, names, hint, disabled, error, onChange }: SecretFieldProps) {
  const [focused, setFocused] = useState(false);
  const isName = names.includes(value.trim());
  return (
    <Autocomplete
      label="Secret"
      className={value !== '' && !isName && !focused ? 'mono-input secret-hidden' : 'mono-input'}
      description={describe(value, isName, hint)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      placeholder={names.length > 0 ? 'A stored name, or a new value' : 'Paste the secret'}
      data={[...names]}
      value={value}
      disabled={disabled}
      error={error}
      autoComplete="off"
      spellCheck={false}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onChange={onChange}
    />
  );
}

function describe(value: string, isName: boolean, hint: string): string {
  if (value === '') return hint;
  return isName ? 'Stored secret, used by its name' : 'A new value, used as it stands';
}
