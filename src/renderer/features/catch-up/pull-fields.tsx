// The fields of a pull, those of its provider drawn from data.

import { TextInput } from '@mantine/core';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { PullSetup } from '../../../shared/pulls.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { configError, pullProviderChoices, shownFields } from '../../lib/pull-form.ts';
import type { PullField, PullProvider, PullValues } from '../../lib/pull-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { SecretPicker } from '../../ui/secret-picker.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';

interface PullFieldsProps {
  readonly pull: PullSetup;
  readonly values: PullValues;
  readonly fresh: NewSecret;
  readonly error: ErrorValue | null;
  readonly onPull: (edit: Partial<PullSetup>) => void;
  readonly onProvider: (provider: PullProvider) => void;
  readonly onValues: (edit: PullValues) => void;
  readonly onFresh: (fresh: NewSecret) => void;
}

const tokenHints: Readonly<Record<PullProvider, string>> = {
  github: 'A token that may read webhooks: “Webhooks: read”, or admin:repo_hook',
  stripe: 'A restricted key with “Events: Read”, or a secret key',
  svix: 'An API key of the environment',
  shopify: 'An Admin API access token that may read what is listed',
  generic: 'Sent in the token header; none if the API needs none',
};

/** Cards with every field. */
export function PullFields(props: PullFieldsProps) {
  const { pull, values, fresh, error, onPull, onProvider, onValues, onFresh } = props;
  const endpoints = useApp((state) => state.mirror.endpoints);
  const secrets = useApp((state) => state.mirror.secrets);
  const problem = error === null ? null : fieldErrorOf(error);
  const isSecretProblem = error?.message.startsWith('secrets.set:') === true;
  const at = (field: string): string | null => (isSecretProblem ? null : messageFor(problem, field));
  const fields = shownFields(pull.provider, values);
  return (
    <>
      <Card title="What is asked">
        <div className="card-body stack">
          <div className="form-grid">
            <TextInput
              label="Name"
              value={pull.name}
              error={at('name')}
              onChange={(event) => onPull({ name: event.currentTarget.value })}
            />
            <ChoiceField
              label="Provider"
              value={pull.provider}
              choices={pullProviderChoices}
              onChange={(provider) => onProvider(provider as PullProvider)}
            />
          </div>
          {fields.length > 0 && (
            <div className="form-grid">
              {fields.map((field) => (
                <Field
                  key={field.key}
                  field={field}
                  value={values[field.key] ?? ''}
                  error={isSecretProblem ? null : configError(problem, field.key)}
                  onChange={(value) => onValues({ [field.key]: value })}
                />
              ))}
            </div>
          )}
          {pull.provider !== 'generic' && (
            <TextInput
              label="Base URL"
              className="mono-input"
              placeholder="the provider’s own"
              description="For an enterprise server or a test; empty: the provider’s own"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={pull.baseUrl ?? ''}
              error={at('baseUrl')}
              onChange={(event) => onPull({ baseUrl: event.currentTarget.value.trim() || null })}
            />
          )}
        </div>
      </Card>
      <Card title="Token">
        <div className="card-body">
          <SecretPicker
            chosen={pull.tokenName === null ? [] : [pull.tokenName]}
            stored={secrets.map(({ name }) => name)}
            onChange={([name]) => onPull({ tokenName: name ?? null })}
            multiple={false}
            fresh={fresh}
            onFresh={onFresh}
            hint={tokenHints[pull.provider]}
            error={isSecretProblem ? (problem?.message ?? null) : at('tokenName')}
          />
        </div>
      </Card>
      <Card title="How often, and where to">
        <div className="card-body form-grid">
          <NumberField
            label="Every"
            description="Minutes between two looks; empty: only when asked"
            placeholder="only when asked"
            value={pull.everyMinutes}
            min={1}
            max={1_440}
            error={at('everyMinutes')}
            onChange={(everyMinutes) => onPull({ everyMinutes })}
          />
          <ChoiceField
            label="Endpoint"
            description="What was missed is put into the Inbox as if it had come here"
            value={pull.endpointId}
            choices={endpoints.map(({ id, name }) => ({ value: id, label: visibleText(name) }))}
            error={at('endpointId')}
            onChange={(endpointId) => onPull({ endpointId })}
          />
        </div>
      </Card>
    </>
  );
}

interface FieldProps {
  readonly field: PullField;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

function Field({ field, value, error, onChange }: FieldProps) {
  const { label, help, placeholder, choices } = field;
  if (choices !== undefined) {
    return <ChoiceField label={label} value={value} choices={choices} error={error} onChange={onChange} />;
  }
  return (
    <TextInput
      label={label}
      className="mono-input"
      placeholder={placeholder}
      description={help}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
