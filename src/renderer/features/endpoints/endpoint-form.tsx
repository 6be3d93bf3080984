// The fields of an endpoint.

import { Textarea, TextInput } from '@mantine/core';
import { findProvider, providers } from '../../../shared/providers/index.ts';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { Endpoint } from '../../../shared/workspace.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { HeaderListEditor } from '../../ui/header-list-editor.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { SecretPicker } from '../../ui/secret-picker.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';
import { GenericFields } from './generic-fields.tsx';

interface EndpointFormProps {
  readonly endpoint: Endpoint;
  /** Its path is `/` and stays so. */
  readonly isCatchAll: boolean;
  readonly onChange: (edit: Partial<Endpoint>) => void;
  readonly fresh: NewSecret;
  readonly onFresh: (fresh: NewSecret) => void;
  readonly error: ErrorValue | null;
}

const providerChoices = [
  { value: '', label: 'Detect from the headers' },
  ...providers.map(({ id, name }) => ({ value: id, label: name })),
];

/** Cards with the fields. */
export function EndpointForm(props: EndpointFormProps) {
  const { endpoint, isCatchAll, onChange, fresh, onFresh } = props;
  const stored = useApp((state) => state.mirror.secrets);
  const problem = props.error === null ? null : fieldErrorOf(props.error);
  const provider = endpoint.provider === null ? undefined : findProvider(endpoint.provider);
  const tolerance = provider?.schemes[0]?.timestamp?.toleranceSeconds;
  // Names and values of secrets are fields of another command; those of the endpoint are `name`, `path` and so on.
  const isSecretProblem = props.error?.message.startsWith('secrets.set:') === true;
  const at = (field: string): string | null => (isSecretProblem ? null : messageFor(problem, field));

  return (
    <>
      <Card title="Address">
        <div className="card-body stack">
          <div className="form-grid">
            <TextInput
              label="Name"
              value={endpoint.name}
              error={at('name')}
              onChange={(event) => onChange(namedEndpoint(endpoint, event.currentTarget.value))}
            />
            <TextInput
              label="Path"
              className="mono-input"
              value={endpoint.path}
              disabled={isCatchAll}
              error={at('path')}
              onChange={(event) => onChange({ path: event.currentTarget.value })}
            />
          </div>
          <FullAddress path={endpoint.path} isCatchAll={isCatchAll} />
        </div>
      </Card>
      <Card title="Signature">
        <div className="card-body stack">
          <div className="form-grid">
            <ChoiceField
              label="Provider"
              value={endpoint.provider ?? ''}
              choices={providerChoices}
              error={at('provider')}
              onChange={(id) => onChange({ provider: id === '' ? null : id })}
            />
            <NumberField
              label="Tolerance"
              description="Seconds between signing and arrival"
              placeholder={tolerance === undefined ? 'the provider’s own' : `the provider’s own: ${tolerance}`}
              value={endpoint.toleranceSeconds}
              min={0}
              error={at('toleranceSeconds')}
              onChange={(toleranceSeconds) => onChange({ toleranceSeconds })}
            />
          </div>
          <SecretPicker
            chosen={endpoint.secretNames}
            stored={stored.map(({ name }) => name)}
            onChange={(secretNames) => onChange({ secretNames })}
            multiple
            fresh={fresh}
            onFresh={onFresh}
            hint={provider?.secretHint ?? 'The text that the sender signs with'}
            error={isSecretProblem ? (problem?.message ?? null) : at('secretNames')}
          />
          {endpoint.provider === 'generic' && (
            <GenericFields options={endpoint.generic} onChange={(generic) => onChange({ generic })} />
          )}
        </div>
      </Card>
      <Card title="Reply">
        <div className="card-body stack">
          <NumberField
            label="Status"
            width={120}
            value={endpoint.reply.status}
            min={200}
            max={599}
            error={at('reply.status')}
            onChange={(status) => status !== null && onChange({ reply: { ...endpoint.reply, status } })}
          />
          <HeaderListEditor
            headers={endpoint.reply.headers}
            error={at('reply.headers')}
            onChange={(headers) => onChange({ reply: { ...endpoint.reply, headers } })}
          />
          <Textarea
            label="Reply body"
            className="mono-input"
            autosize
            minRows={3}
            maxRows={14}
            value={endpoint.reply.body}
            error={at('reply.body')}
            onChange={(event) => onChange({ reply: { ...endpoint.reply, body: event.currentTarget.value } })}
          />
        </div>
      </Card>
    </>
  );
}

/** The path follows the name of a new endpoint until it is edited by hand. */
function namedEndpoint(endpoint: Endpoint, name: string): Partial<Endpoint> {
  const follows = endpoint.id === '' && endpoint.path === pathFor(endpoint.name);
  return follows ? { name, path: pathFor(name) } : { name };
}

function pathFor(name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `/in/${slug.replace(/^-+|-+$/g, '')}`;
}

function FullAddress({ path, isCatchAll }: { readonly path: string; readonly isCatchAll: boolean }) {
  const receiver = useApp((state) => state.mirror.receiver);
  if (isCatchAll) return <div className="muted">Takes every request that no other endpoint’s path fits.</div>;
  if (receiver.status !== 'listening' || !path.startsWith('/')) return null;
  const url = `${receiver.url}${path}`;
  return (
    <div className="row-line">
      <span className="muted">Full address</span>
      <span className="mono cut">{url}</span>
      <CopyButton text={url} label="Copy the full address" />
    </div>
  );
}
