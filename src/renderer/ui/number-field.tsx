// A number to type or step. While it is being typed it may be empty or half a number; only whole ones are told.

import { NumberInput } from '@mantine/core';
import { useState } from 'react';

interface NumberFieldProps {
  /** Shown above; with `hidden` it is only the accessible name. */
  readonly label: string;
  readonly hidden?: boolean;
  readonly description?: string;
  readonly placeholder?: string;
  /** Null shows an empty field. */
  readonly value: number | null;
  readonly min: number;
  readonly max?: number;
  readonly width?: number;
  readonly error?: string | null;
  /** Called with null only where an emptied field means something. */
  readonly onChange: (value: number | null) => void;
}

/** A labelled number (role spinbutton). */
export function NumberField(props: NumberFieldProps) {
  const {
    label,
    hidden = false,
    description,
    placeholder,
    value,
    min,
    max = Number.MAX_SAFE_INTEGER,
    width,
    error = null,
    onChange,
  } = props;
  const [typed, setTyped] = useState<number | string | null>(null);
  return (
    <NumberInput
      {...(hidden ? { 'aria-label': label } : { label })}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      role="spinbutton"
      aria-valuenow={value ?? undefined}
      placeholder={placeholder}
      maw={width}
      value={typed ?? value ?? ''}
      min={min}
      max={max}
      error={error}
      onBlur={() => setTyped(null)}
      onChange={(given) => {
        const next = typeof given === 'bigint' ? Number(given) : given;
        setTyped(next);
        if (typeof next === 'number') onChange(next);
        else if (next === '') onChange(null);
      }}
    />
  );
}
