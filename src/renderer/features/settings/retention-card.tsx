// How much of the history is kept. Each limit may be empty: then it does not hold.

import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../../shared/workspace.ts';
import { Card } from '../../ui/card.tsx';

type Retention = Settings['retention'];

interface RetentionCardProps {
  readonly retention: Retention;
  readonly onSave: (retention: Retention) => Promise<void>;
}

const gibibyte = 2 ** 30;

/** The card "History". */
export function RetentionCard({ retention, onSave }: RetentionCardProps) {
  const { maxCount, maxAgeDays, maxBytes } = retention;
  const save = (change: Partial<Retention>): void => void onSave({ ...retention, ...change });
  return (
    <Card title="History" aside="the oldest go first; pinned requests stay">
      <div className="card-body form-grid">
        <LimitField
          key={`count ${maxCount}`}
          label="Requests"
          description="Empty: no limit"
          value={maxCount}
          min={1}
          onSave={(count) => save({ maxCount: count === null ? null : Math.round(count) })}
        />
        <LimitField
          key={`age ${maxAgeDays}`}
          label="Days"
          description="Older ones go; empty: no limit"
          value={maxAgeDays}
          min={0.01}
          onSave={(days) => save({ maxAgeDays: days })}
        />
        <LimitField
          key={`size ${maxBytes}`}
          label="GiB of bodies"
          description="Empty: no limit"
          value={maxBytes === null ? null : Math.round((maxBytes / gibibyte) * 100) / 100}
          min={0.01}
          onSave={(size) => save({ maxBytes: size === null ? null : Math.round(size * gibibyte) })}
        />
      </div>
    </Card>
  );
}

interface LimitFieldProps {
  readonly label: string;
  readonly description: string;
  readonly value: number | null;
  readonly min: number;
  /** Called when the field is left with another value than before. */
  readonly onSave: (value: number | null) => void;
}

/** Saved when it is left: a limit that is half typed would remove what should stay. */
function LimitField({ label, description, value, min, onSave }: LimitFieldProps) {
  const [typed, setTyped] = useState<number | string>(value ?? '');
  const leave = (): void => {
    const wanted = typed === '' ? null : Number(typed);
    if (wanted === value) return;
    // What is no limit at all is taken back rather than guessed at.
    if (wanted !== null && !(wanted >= min)) setTyped(value ?? '');
    else onSave(wanted);
  };
  return (
    <NumberInput
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      role="spinbutton"
      aria-valuenow={value ?? undefined}
      placeholder="no limit"
      thousandSeparator=","
      min={min}
      value={typed}
      onChange={(next) => setTyped(typeof next === 'bigint' ? Number(next) : next)}
      onBlur={leave}
      onKeyDown={(event) => event.key === 'Enter' && leave()}
    />
  );
}
