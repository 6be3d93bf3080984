// A choice among few things that each need a sentence: every entry says what it means before it is chosen.

import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import './choice-cards.css';

/** One entry. */
export interface CardChoice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly what: string;
}

interface ChoiceCardsProps<T extends string> {
  /** Name of the group. */
  readonly label: string;
  readonly value: T;
  readonly choices: readonly CardChoice<T>[];
  readonly error?: ReactNode;
  readonly onChange: (value: T) => void;
}

/** A radiogroup whose entries are boxes side by side. */
export function ChoiceCards<T extends string>({ label, value, choices, error, onChange }: ChoiceCardsProps<T>) {
  return (
    <Radio.Group label={label} value={value} error={error} onChange={(next) => onChange(next)}>
      <div className="choice-cards">
        {choices.map((choice) => (
          <Radio
            key={choice.value}
            className={choice.value === value ? 'choice-card chosen' : 'choice-card'}
            value={choice.value}
            label={choice.label}
            description={choice.what}
          />
        ))}
      </div>
    </Radio.Group>
  );
}
