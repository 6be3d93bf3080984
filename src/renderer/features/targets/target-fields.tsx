// The fields of a target.

import { TextInput } from '@mantine/core';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { Target } from '../../../shared/workspace.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { useScheduleChoices } from '../../state/use-schedules.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderListEditor } from '../../ui/header-list-editor.tsx';
import { KeyPairButtons } from '../../ui/key-pair-buttons.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { ProviderHelp } from '../../ui/provider-help.tsx';
import { SecretPicker } from '../../ui/secret-picker.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';
import { DeliveryRules } from './delivery-rules.tsx';

const stateChoices = [
  { value: 'active', label: 'Active' },
  { value: 'paused', label: 'Paused: nothing is sent to it' },
];
const parkedChoice = { value: 'parked', label: 'Parked: nothing is sent to it' };

interface TargetFieldsProps {
  readonly target: Target;
  /** The event filter as typed. */
  readonly events: string;
  readonly onEvents: (text: string) => void;
  readonly fresh: NewSecret;
  readonly onFresh: (fresh: NewSecret) => void;
  readonly error: ErrorValue | null;
  readonly onChange: (edit: Partial<Target>) => void;
}

/** Cards with every field of a target. */
export function TargetFields({ target, events, onEvents, fresh, onFresh, error, onChange }: TargetFieldsProps) {
  const stored = useApp((state) => state.mirror.secrets);
  const provider = useProvider(target.provider);
  const providers = useProviderChoices();
  const pairs = useKeyPairs();
  const schedules = useScheduleChoices();
  const actions = useActions();
  const chosen = [...(target.secretName === null ? [] : [target.secretName]), ...target.alsoSecretNames];
  const problem = error === null ? null : fieldErrorOf(error);
  const isSecretProblem = error?.message.startsWith('secrets.set:') === true;
  const at = (field: string): string | null => (isSecretProblem ? null : messageFor(problem, field));
  return (
    <>
      <Card title="Address">
        <div className="card-body stack">
          <div className="form-grid">
            <TextInput
              label="Name"
              value={target.name}
              error={at('name')}
              onChange={(event) => onChange({ name: event.currentTarget.value })}
            />
            <ChoiceField
              label="State"
              value={target.state}
              choices={target.state === 'parked' ? [parkedChoice, ...stateChoices] : stateChoices}
              onChange={(state) => onChange({ state: state as Target['state'], parkedReason: null })}
            />
          </div>
          <TextInput
            label="URL"
            className="mono-input"
            placeholder="http://localhost:3000/webhooks"
            value={target.url}
            error={at('url')}
            onChange={(event) => onChange({ url: event.currentTarget.value })}
          />
          <TextInput
            label="Events"
            className="mono-input"
            description="Names, order.* for a family, * for all; separated by commas"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={events}
            error={at('events')}
            onChange={(event) => onEvents(event.currentTarget.value)}
          />
        </div>
      </Card>
      <Card title="Signature">
        <div className="card-body stack">
          <div className="form-grid">
            <ChoiceField
              label="Provider"
              value={target.provider}
              choices={providers}
              description={<ProviderHelp href={hashOf({ view: 'schemes' })} />}
              error={at('provider')}
              onChange={(id) => onChange({ provider: id })}
            />
            <ChoiceField
              label="Retry schedule"
              value={target.schedule}
              choices={schedules}
              description={
                <button type="button" className="link-button" onClick={() => actions.showSchedules(true)}>
                  Own schedules
                </button>
              }
              error={at('schedule')}
              onChange={(schedule) => onChange({ schedule })}
            />
          </div>
          <SecretPicker
            chosen={chosen}
            stored={stored.map(({ name }) => name)}
            onChange={([name, ...others]) => onChange({ secretName: name ?? null, alsoSecretNames: others })}
            multiple
            fresh={fresh}
            onFresh={onFresh}
            hint={provider?.secretHint ?? ''}
            error={isSecretProblem ? (problem?.message ?? null) : at('secretName')}
            extra={
              <KeyPairButtons
                provider={provider}
                names={chosen}
                pairs={pairs}
                onMade={(secretName) => onChange({ secretName })}
              />
            }
          />
          {chosen.length > 0 && (
            <p className="muted">
              A new secret signs first. While your handler changes over, leave the old one beside it: both sign, where
              the provider sends a list of signatures.
            </p>
          )}
        </div>
      </Card>
      <Card title="Headers" aside="added to every event">
        <div className="card-body">
          <HeaderListEditor
            headers={target.headers}
            error={at('headers')}
            onChange={(headers) => onChange({ headers })}
          />
        </div>
      </Card>
      <DeliveryRules target={target} onChange={onChange} at={at} />
    </>
  );
}
