// Stored targets that a composed event goes to: ticked ones, besides or instead of the URL, or whoever takes the event.

import { Checkbox } from '@mantine/core';
import { eventMatches } from '../../../shared/workspace.ts';
import type { Target } from '../../../shared/workspace.ts';
import type { MessageForm } from '../../lib/message-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useApp } from '../../state/use-app.ts';
import { NoCertificate } from '../../ui/no-certificate.tsx';

interface TargetTicksProps {
  readonly form: MessageForm;
  readonly onChange: (change: Partial<MessageForm>) => void;
}

/** A tick per stored target, and one for all that match; nothing when there are none. */
export function TargetTicks({ form, onChange }: TargetTicksProps) {
  const targets = useApp((state) => state.mirror.targets);
  if (targets.length === 0) return null;
  const known = new Set(targets.map((target) => target.id));
  return (
    <div className="stack target-choice">
      {!form.toMatching && (
        <Checkbox.Group
          label="Stored targets"
          description="Each with its own URL and headers; with its own provider and secret unless a secret is given here"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={form.targetIds.filter((id) => known.has(id))}
          onChange={(targetIds) => onChange({ targetIds })}
        >
          <div className="target-ticks">
            {targets.map((target) => (
              <Checkbox key={target.id} value={target.id} label={<TargetName target={target} />} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <Checkbox
        label="Every active target whose filter takes the event"
        {...(form.toMatching ? { description: whoTakes(form.event, targets) } : {})}
        checked={form.toMatching}
        onChange={(event) => onChange({ toMatching: event.currentTarget.checked })}
      />
    </div>
  );
}

function TargetName({ target }: { readonly target: Target }) {
  const { name, state, skipTlsCheck } = target;
  return (
    <>
      {`${visibleText(name)}${state === 'active' ? '' : ` (${state})`}`} {skipTlsCheck && <NoCertificate />}
    </>
  );
}

function whoTakes(event: string, targets: readonly Target[]): string {
  const taking = targets.filter(
    ({ state, events }) => state === 'active' && eventMatches(events, event.trim() === '' ? null : event.trim()),
  );
  return taking.length === 0 ? 'Now: none' : `Now: ${taking.map(({ name }) => visibleText(name)).join(', ')}`;
}
