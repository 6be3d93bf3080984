// The name, the path, and every address under which the endpoint is reached: here, and through tunnels that are up.

import { Button, Checkbox, TextInput } from '@mantine/core';
import { Shuffle } from 'lucide-react';
import type { ProviderDefinition } from '../../../shared/providers/define.ts';
import type { Endpoint } from '../../../shared/workspace.ts';
import { signsUrl } from '../../lib/known-providers.ts';
import { randomPath } from '../../lib/random-path.ts';
import { addressOf, openTunnels } from '../../lib/tunnel-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useApp } from '../../state/use-app.ts';
import { useProvider } from '../../state/use-providers.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Fold } from '../../ui/fold.tsx';
import type { FormPart } from './form-part.ts';

interface AddressCardProps extends FormPart {
  /** Its path is `/` and stays so. */
  readonly isCatchAll: boolean;
}

/** The card "Address". */
export function AddressCard({ endpoint, isCatchAll, onChange, at }: AddressCardProps) {
  const provider = useProvider(endpoint.provider);
  return (
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
        {!isCatchAll && <RandomPath onPath={(path) => onChange({ path })} />}
        <Addresses path={endpoint.path} isCatchAll={isCatchAll} />
        <PublicUrl endpoint={endpoint} provider={provider} onChange={onChange} at={at} />
      </div>
    </Card>
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

function RandomPath({ onPath }: { readonly onPath: (path: string) => void }) {
  const hasTunnel = useApp((state) => state.mirror.tunnels.length > 0);
  return (
    <div className="row-line wrap">
      <Button
        size="compact-xs"
        leftSection={<Shuffle size={13} aria-hidden="true" />}
        onClick={() => onPath(randomPath((bytes) => crypto.getRandomValues(bytes)))}
      >
        Random path
      </Button>
      {hasTunnel && <span className="muted">Nobody guesses it: wise where a tunnel lets the whole internet in.</span>}
    </div>
  );
}

/** The full address here, and one for each tunnel that is up. */
function Addresses({ path, isCatchAll }: { readonly path: string; readonly isCatchAll: boolean }) {
  const receiver = useApp((state) => state.mirror.receiver);
  const setups = useApp((state) => state.mirror.tunnels);
  const states = useApp((state) => state.mirror.tunnelStates);
  if (!path.startsWith('/')) return null;
  return (
    <>
      {isCatchAll && <div className="muted">Takes every request that no other endpoint’s path fits.</div>}
      <dl className="facts address-list">
        {receiver.status === 'listening' && (
          <Address
            name={isCatchAll ? 'Base address' : 'Full address'}
            url={isCatchAll ? receiver.url : `${receiver.url}${path}`}
            copy="Copy the full address"
          />
        )}
        {openTunnels(setups, states).map(({ setup, publicUrl }) => (
          <Address
            key={setup.id}
            name={`Through ${visibleText(setup.name)}`}
            url={addressOf(setup.kind, publicUrl, path)}
            copy={`Copy the public address through ${visibleText(setup.name)}`}
          />
        ))}
      </dl>
    </>
  );
}

function Address({ name, url, copy }: { readonly name: string; readonly url: string; readonly copy: string }) {
  return (
    <>
      <dt className="cut">{name}</dt>
      <dd className="row-line">
        <span className="mono cut" title={url}>
          {visibleText(url)}
        </span>
        <CopyButton text={url} label={copy} />
      </dd>
    </>
  );
}

interface PublicUrlProps extends FormPart {
  readonly provider: ProviderDefinition | undefined;
}

/** How senders reach the endpoint: it matters where the provider signs the URL that it calls, and nowhere else. */
function PublicUrl({ endpoint, provider, onChange, at }: PublicUrlProps) {
  const needed = signsUrl(provider);
  const name = visibleText(provider?.name ?? '');
  return (
    <Fold
      inner
      title="URL that is signed"
      aside={endpoint.publicUrl ?? (endpoint.trustForwarded ? 'as the tunnel tells it' : 'as it arrives')}
      needed={needed || at('publicUrl') !== null}
    >
      <div className="card-body stack public-address">
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
          error={at('publicUrl')}
          onChange={(event) => onChange({ publicUrl: event.currentTarget.value.trim() || null })}
        />
        <Checkbox
          label="Trust forwarded host"
          description="Believes X-Forwarded-Host and -Proto, only from a tunnel on this machine. A public URL goes before it."
          checked={endpoint.trustForwarded}
          onChange={(event) => onChange({ trustForwarded: event.currentTarget.checked })}
        />
      </div>
    </Fold>
  );
}
