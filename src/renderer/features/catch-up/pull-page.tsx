// Edits a pull: which API is asked, with which token, how often, and where what was missed is put.

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { PullSetup } from '../../../shared/pulls.ts';
import { fieldErrorOf } from '../../lib/field-error.ts';
import { freeId } from '../../lib/free-id.ts';
import { configOf, valuesOf } from '../../lib/pull-form.ts';
import type { PullProvider, PullValues } from '../../lib/pull-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { saveSecret } from '../../state/save-secret.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { Page } from '../../ui/page.tsx';
import { noNewSecret } from '../../ui/secret-picker.tsx';
import { showDone, showError, showUndo, valueOrTell } from '../../ui/toast.tsx';
import { PullFields } from './pull-fields.tsx';

const newPull: PullSetup = {
  id: '',
  name: '',
  provider: 'github',
  config: {},
  tokenName: null,
  baseUrl: null,
  endpointId: 'default',
  everyMinutes: 5,
};

/** The view of a pull; a null id makes a new one. */
export function PullPage({ id }: { readonly id: string | null }) {
  const stored = useApp((state) => state.mirror.pulls.find((pull) => pull.id === id));
  const ready = useApp((state) => state.mirror.status === 'ready');
  if (id !== null && stored === undefined) {
    return <div className="empty">{ready ? 'There is no such pull.' : 'Loading…'}</div>;
  }
  return <PullEditor stored={stored ?? null} />;
}

function PullEditor({ stored }: { readonly stored: PullSetup | null }) {
  const [pull, setPull] = useState(stored ?? newPull);
  const [values, setValues] = useState<PullValues>(() => valuesOf(pull.provider, pull.config));
  const [fresh, setFresh] = useState(noNewSecret);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);
  const pulls = useApp((state) => state.mirror.pulls);
  const secrets = useApp((state) => state.mirror.secrets);
  const { bridge } = useServices();
  const actions = useActions();

  const fail = (problem: ErrorValue): void => {
    setBusy(false);
    setError(problem);
    if (fieldErrorOf(problem) === null) showError(problem);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    const owner = { name: `${pull.name} token`, provider: null };
    const secret = await saveSecret(bridge, fresh, owner, secrets);
    if (!secret.ok) return fail(secret.error);
    const id = stored?.id ?? freeId(pull.name, new Set(pulls.map((other) => other.id)), 'pull');
    const tokenName = secret.value ?? pull.tokenName;
    // The token is stored by now: it must not be asked for again if something else is wrong.
    setFresh(noNewSecret);
    setPull((before) => ({ ...before, tokenName }));
    const config = configOf(pull.provider, values, pull.config);
    const answer = await bridge.call('pulls.save', { ...pull, id, tokenName, config, name: pull.name.trim() });
    if (!answer.ok) return fail(answer.error);
    setBusy(false);
    showDone('Pull saved');
    return actions.go({ view: 'catch-up', id });
  };
  const remove = async (gone: PullSetup): Promise<void> => {
    const answer = await bridge.call('pulls.remove', { id: gone.id });
    if (!answer.ok) return showError(answer.error);
    actions.go({ view: 'catch-up', id: null });
    return showUndo(`Pull “${visibleText(gone.name)}” removed`, () => {
      void bridge.call('pulls.save', gone).then(valueOrTell);
    });
  };
  const chooseProvider = (provider: PullProvider): void => {
    setError(null);
    setPull((before) => ({ ...before, provider, config: {} }));
    setValues(valuesOf(provider, {}));
  };
  return (
    <form
      className="page"
      aria-label="Pull"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Page
        title={stored === null ? 'New pull' : visibleText(stored.name)}
        meta="Which API is asked for what was sent, and how often"
        narrow
        actions={
          <>
            {stored !== null && <Button onClick={() => void remove(stored)}>Remove</Button>}
            <Button type="submit" variant="filled" loading={busy}>
              Save
            </Button>
          </>
        }
      >
        <PullFields
          pull={pull}
          values={values}
          fresh={fresh}
          error={error}
          onPull={(edit) => {
            setError(null);
            setPull((before) => ({ ...before, ...edit }));
          }}
          onProvider={chooseProvider}
          onValues={(edit) => {
            setError(null);
            setValues((before) => ({ ...before, ...edit }));
          }}
          onFresh={(typed) => {
            setError(null);
            setFresh(typed);
          }}
        />
      </Page>
    </form>
  );
}
