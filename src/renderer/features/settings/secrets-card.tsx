// Which secrets are stored, and where their values are. The values themselves never come into the window.

import { Button, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { SecretInfo } from '../../../shared/workspace.ts';
import { signsWithPair } from '../../lib/known-providers.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { useProvider } from '../../state/use-providers.ts';
import { Card } from '../../ui/card.tsx';
import { ShowPublicKeyButton } from '../../ui/key-pair-buttons.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { valueOrTell } from '../../ui/toast.tsx';

const storageWords: Readonly<Record<SecretInfo['storage'], string>> = {
  keyring: 'sealed by the keyring',
  file: 'in a file only you can read',
  session: 'in memory, for this run only',
};

/** The card "Secrets". */
export function SecretsCard() {
  const secrets = useApp((state) => state.mirror.secrets);
  return (
    <Card title="Secrets">
      <div className="card-body stack">
        <StorageChoice />
        {secrets.length === 0 ? (
          <div className="muted">None stored. Add them with an endpoint or a target.</div>
        ) : (
          <table className="plain-table secrets-table" aria-label="Stored secrets">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Provider</th>
                <th scope="col">Value</th>
                <th scope="col">
                  <VisuallyHidden>Actions</VisuallyHidden>
                </th>
              </tr>
            </thead>
            <tbody>
              {secrets.map((secret) => (
                <SecretRow key={secret.name} secret={secret} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Card>
  );
}

function StorageChoice() {
  const { keyring, undecided } = useApp((state) => state.mirror.secretStorage);
  const chosen = useApp((state) => state.mirror.settings.secretStorage);
  const { bridge } = useServices();
  if (keyring !== null) {
    return (
      <div>
        New secrets are sealed by the keyring <b>{keyring}</b>.
      </div>
    );
  }
  return (
    <ChoiceField
      label="Without a keyring, new secrets are kept"
      description={undecided ? 'Not decided yet: for this run only until then' : 'No keyring was found on this machine'}
      value={chosen ?? 'session'}
      choices={[
        { value: 'session', label: 'For this run only' },
        { value: 'file', label: 'In a file only you can read' },
      ]}
      onChange={(secretStorage) => {
        void bridge
          .call('settings.save', { secretStorage: secretStorage === 'file' ? 'file' : 'session' })
          .then(valueOrTell);
      }}
    />
  );
}

/** A value cannot be had back, so that removing one takes two clicks instead of offering an undo. */
function SecretRow({ secret }: { readonly secret: SecretInfo }) {
  const { bridge } = useServices();
  const [asked, setAsked] = useState(false);
  const { name, provider, storage, sealed } = secret;
  const definition = useProvider(provider);
  const pairs = useKeyPairs();
  const remove = async (): Promise<void> => {
    valueOrTell(await bridge.call('secrets.remove', { name }));
  };
  return (
    <tr>
      <td>{visibleText(name)}</td>
      <td className="soft">{provider === null ? 'any' : visibleText(definition?.name ?? provider)}</td>
      <td className={sealed ? 'tone-warn' : 'soft'}>
        {sealed ? 'sealed by a keyring that is not here' : storageWords[storage]}
      </td>
      <td className="secrets-end">
        {definition !== undefined && signsWithPair(definition) && (
          <ShowPublicKeyButton
            name={name}
            provider={definition}
            pairs={pairs}
            alone
            label={`Show public key of ${visibleText(name)}`}
          />
        )}{' '}
        <Button
          size="compact-xs"
          color="red"
          variant={asked ? 'light' : 'default'}
          aria-label={asked ? `Remove ${visibleText(name)} for good` : `Remove ${visibleText(name)}`}
          onBlur={() => setAsked(false)}
          onClick={() => (asked ? void remove() : setAsked(true))}
        >
          {asked ? 'Remove for good' : 'Remove'}
        </Button>
      </td>
    </tr>
  );
}
