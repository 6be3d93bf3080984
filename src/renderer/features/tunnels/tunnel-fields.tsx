// What a tunnel is started with: the kind, and the fields of that kind.

import { Checkbox, TextInput } from '@mantine/core';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { TunnelKind, TunnelSetup } from '../../../shared/tunnels.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { newTunnel } from '../../lib/tunnel-form.ts';
import { tunnelKinds } from '../../lib/tunnel-words.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';
import { KindFields } from './kind-fields.tsx';

interface TunnelFieldsProps {
  readonly tunnel: TunnelSetup;
  /** The kind can still be chosen. */
  readonly isNew: boolean;
  readonly fresh: NewSecret;
  readonly error: ErrorValue | null;
  readonly onChange: (tunnel: TunnelSetup) => void;
  readonly onFresh: (fresh: NewSecret) => void;
}

const kinds = Object.entries(tunnelKinds).map(([value, { name, what }]) => ({
  value: value as TunnelKind,
  label: name,
  what,
}));

/** Cards with every field of a tunnel. */
export function TunnelFields({ tunnel, isNew, fresh, error, onChange, onFresh }: TunnelFieldsProps) {
  const problem = error === null ? null : fieldErrorOf(error);
  const isSecretProblem = error?.message.startsWith('secrets.set:') === true;
  const at = (field: string): string | null => (isSecretProblem ? null : messageFor(problem, field));
  return (
    <>
      {isNew && (
        <Card title="Kind">
          <div className="card-body">
            <ChoiceCards
              label="Way in from outside"
              value={tunnel.kind}
              choices={kinds}
              onChange={(kind) => onChange(newTunnel(kind, tunnel))}
            />
          </div>
        </Card>
      )}
      <Card title={isNew ? 'Settings' : `${tunnelKinds[tunnel.kind].name} settings`}>
        <div className="card-body stack">
          <div className="form-grid">
            <TextInput
              label="Name"
              placeholder={tunnelKinds[tunnel.kind].name}
              value={tunnel.name}
              error={at('name')}
              onChange={(event) => onChange({ ...tunnel, name: event.currentTarget.value })}
            />
          </div>
          <KindFields
            tunnel={tunnel}
            fresh={fresh}
            secretProblem={isSecretProblem ? (problem?.message ?? null) : null}
            onChange={onChange}
            onFresh={onFresh}
            at={at}
          />
          <Checkbox
            label="Start with Hookbench"
            description="Opens again by itself; without this it stays closed until you start it"
            checked={tunnel.autoStart}
            onChange={(event) => onChange({ ...tunnel, autoStart: event.currentTarget.checked })}
          />
        </div>
      </Card>
    </>
  );
}
