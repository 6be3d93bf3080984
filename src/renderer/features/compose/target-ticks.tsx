// Stored targets that a composed event goes to besides, or instead of, the URL.

import { Checkbox } from '@mantine/core';
import type { MessageForm } from '../../lib/message-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useApp } from '../../state/use-app.ts';

interface TargetTicksProps {
  readonly form: MessageForm;
  readonly onChange: (change: Partial<MessageForm>) => void;
}

/** A tick per stored target; nothing when there are none. */
export function TargetTicks({ form, onChange }: TargetTicksProps) {
  const targets = useApp((state) => state.mirror.targets);
  if (targets.length === 0) return null;
  const known = new Set(targets.map((target) => target.id));
  return (
    <Checkbox.Group
      label="Stored targets"
      description="Each with its own URL and headers; with its own provider and secret unless a secret is given here"
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={form.targetIds.filter((id) => known.has(id))}
      onChange={(targetIds) => onChange({ targetIds })}
    >
      <div className="target-ticks">
        {targets.map(({ id, name, state }) => (
          <Checkbox key={id} value={id} label={`${visibleText(name)}${state === 'active' ? '' : ` (${state})`}`} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
