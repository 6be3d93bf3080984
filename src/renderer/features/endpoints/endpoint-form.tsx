// The fields of an endpoint.

import { Checkbox, Textarea, TextInput } from '@mantine/core';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { ProviderDefinition } from '../../../shared/providers/define.ts';
import type { Endpoint } from '../../../shared/workspace.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { ownTolerance, signsUrl } from '../../lib/known-providers.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { HeaderListEditor } from '../../ui/header-list-editor.tsx';
import { KeyPairButtons } from '../../ui/key-pair-buttons.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { ProviderHelp } from '../../ui/provider-help.tsx';
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

const detected = { value: '', label: 'Detect from the headers' };

/** Cards with the fields. */
export function EndpointForm(props: EndpointFormProps) {
  const { endpoint, isCatchAll, onChange, fresh, onFresh } = props;
  const stored = useApp((state) => state.mirror.secrets);
  const problem = props.error === null ? null : fieldErrorOf(props.error);
  const provider = useProvider(endpoint.provider);
  const providers = useProviderChoices();
  const pairs = useKeyPairs();
  const tolerance = ownTolerance(provider);
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
          <PublicAddress endpoint={endpoint} provider={provider} error={at('publicUrl')} onChange={onChange} />
        </div>
      </Card>
      <Card title="Signature">
        <div className="card-body stack">
          <div className="form-grid">
            <ChoiceField
              label="Provider"
              value={endpoint.provider ?? ''}
              choices={[detected, ...providers]}
              description={<ProviderHelp href={hashOf({ view: 'schemes' })} />}
              error={at('provider')}
              onChange={(id) => onChange({ provider: id === '' ? null : id })}
            />
            <NumberField
              label="Tolerance"
              description="Seconds between signing and arrival"
              placeholder={tolerance === null ? 'the provider’s own' : `the provider’s own: ${tolerance}`}
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
            extra={
              <KeyPairButtons
                provider={provider}
                names={endpoint.secretNames}
                pairs={pairs}
                onMade={(name) => onChange({ secretNames: [...endpoint.secretNames, name] })}
              />
            }
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

interface PublicAddressProps {
  readonly endpoint: Endpoint;
  readonly provider: ProviderDefinition | undefined;
  readonly error: string | null;
  readonly onChange: (edit: Partial<Endpoint>) => void;
}

/** How senders reach the endpoint: it matters where the provider signs the URL that it calls. */
function PublicAddress({ endpoint, provider, error, onChange }: PublicAddressProps) {
  const needed = signsUrl(provider);
  const name = visibleText(provider?.name ?? '');
  return (
    <div className="stack public-address">
      <TextInput
        label="Public URL"
        className="mono-input"
        placeholder="https://tunnel.example"
        description={
          needed ? (
            <>
              <b>{name} signs the URL.</b> Give the one that is set at {name}, or at least its scheme and host.
            </>
          ) : (
            'As it is set at the provider. Matters only for providers that sign the URL.'
          )
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={endpoint.publicUrl ?? ''}
        error={error}
        onChange={(event) => onChange({ publicUrl: event.currentTarget.value.trim() || null })}
      />
      <Checkbox
        label="Trust forwarded host"
        description="Believes X-Forwarded-Host and -Proto, only from a tunnel on this machine. A public URL goes before it."
        checked={endpoint.trustForwarded}
        onChange={(event) => onChange({ trustForwarded: event.currentTarget.checked })}
      />
    </div>
  );
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
