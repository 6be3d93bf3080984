// How many requests are let in within a time: as is usual, not at all limited, a preset, or own figures.

import type { Rate } from '../../../shared/access.ts';
import { rateChoices, rateKindOf, rateOf } from '../../lib/access-form.ts';
import type { RateChoice, RateKind } from '../../lib/access-form.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { MessageAt } from './form-part.ts';

interface RateFieldProps {
  readonly label: string;
  readonly rate: RateChoice;
  readonly onChange: (rate: RateChoice) => void;
  /** Takes `` for the rate itself, `.count` and so on for its figures. */
  readonly at: MessageAt;
}

/** A picker, and three figures for own ones. */
export function RateField({ label, rate, onChange, at }: RateFieldProps) {
  const figures = typeof rate === 'string' ? null : rate;
  const kind = rateKindOf(rate);
  const isFigureError = ['.count', '.periodSeconds', '.burst'].some((field) => at(field) !== null);
  return (
    <div className="limit-grid" role="group" aria-label={label}>
      <ChoiceField
        label={label}
        value={kind}
        choices={rateChoices}
        error={isFigureError ? null : at('')}
        onChange={(value) => onChange(rateOf(value as RateKind))}
      />
      {figures !== null && kind === 'own' && <Figures rate={figures} onChange={onChange} at={at} />}
    </div>
  );
}

interface FiguresProps {
  readonly rate: Rate;
  readonly onChange: (rate: Rate) => void;
  readonly at: MessageAt;
}

function Figures({ rate, onChange, at }: FiguresProps) {
  return (
    <>
      <NumberField
        label="Requests"
        value={rate.count}
        min={0.01}
        max={100_000}
        error={at('.count')}
        onChange={(count) => count !== null && onChange({ ...rate, count })}
      />
      <NumberField
        label="Per seconds"
        value={rate.periodSeconds}
        min={1}
        max={86_400}
        error={at('.periodSeconds')}
        onChange={(periodSeconds) => periodSeconds !== null && onChange({ ...rate, periodSeconds })}
      />
      <NumberField
        label="At once"
        value={rate.burst}
        min={1}
        max={1_000_000}
        error={at('.burst')}
        onChange={(burst) => burst !== null && onChange({ ...rate, burst })}
      />
    </>
  );
}
