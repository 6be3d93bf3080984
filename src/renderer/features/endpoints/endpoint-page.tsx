// Edits an endpoint. It is saved at once or not at all; what is wrong stands beside its field.

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import { defaultEndpoint } from '../../../shared/workspace.ts';
import type { Endpoint } from '../../../shared/workspace.ts';
import { fieldErrorOf } from '../../lib/field-error.ts';
import { freeId } from '../../lib/free-id.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { saveSecret } from '../../state/save-secret.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { Page } from '../../ui/page.tsx';
import { noNewSecret } from '../../ui/secret-picker.tsx';
import { showDone, showError, showUndo, valueOrTell } from '../../ui/toast.tsx';
import { useShowProblem } from '../../ui/use-show-problem.ts';
import { EndpointForm } from './endpoint-form.tsx';
import type { EndpointEdit } from './form-part.ts';

/** The view of an endpoint; a null id makes a new one. */
export function EndpointPage({ id }: { readonly id: string | null }) {
  const stored = useApp((state) => state.mirror.endpoints.find((endpoint) => endpoint.id === id));
  const ready = useApp((state) => state.mirror.status === 'ready');
  if (id !== null && stored === undefined) {
    return <div className="empty">{ready ? 'There is no such endpoint.' : 'Loading…'}</div>;
  }
  return <EndpointEditor stored={stored ?? null} />;
}

function EndpointEditor({ stored }: { readonly stored: Endpoint | null }) {
  const [endpoint, setEndpoint] = useState<Endpoint>(stored ?? { ...defaultEndpoint, id: '', name: '', path: '/in/' });
  const [fresh, setFresh] = useState(noNewSecret);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useShowProblem(error);
  const endpoints = useApp((state) => state.mirror.endpoints);
  const secrets = useApp((state) => state.mirror.secrets);
  const { bridge } = useServices();
  const actions = useActions();

  const change = (edit: EndpointEdit): void => {
    setError(null);
    setEndpoint((before) => ({ ...before, ...(typeof edit === 'function' ? edit(before) : edit) }));
  };
  const fail = (problem: ErrorValue): void => {
    setBusy(false);
    setError(problem);
    if (fieldErrorOf(problem) === null) showError(problem);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    const secret = await saveSecret(bridge, fresh, endpoint, secrets);
    if (!secret.ok) return fail(secret.error);
    const added = secret.value === null || endpoint.secretNames.includes(secret.value) ? [] : [secret.value];
    const id =
      stored?.id ?? freeId(endpoint.name, new Set(['test', ...endpoints.map((other) => other.id)]), 'endpoint');
    const complete = { ...endpoint, id, secretNames: [...endpoint.secretNames, ...added] };
    // The secret is stored by now: it must not be asked for again if something else is wrong.
    setFresh(noNewSecret);
    setEndpoint((before) => ({ ...before, secretNames: complete.secretNames }));
    const answer = await bridge.call('endpoints.save', complete);
    if (!answer.ok) return fail(answer.error);
    setBusy(false);
    showDone('Endpoint saved');
    if (stored === null) actions.go({ view: 'endpoint', id });
    return undefined;
  };
  const remove = async (gone: Endpoint): Promise<void> => {
    const answer = await bridge.call('endpoints.remove', { id: gone.id });
    if (!answer.ok) return showError(answer.error);
    actions.go({ view: 'inbox', id: null });
    showUndo(`Endpoint “${visibleText(gone.name)}” removed`, () => {
      void bridge.call('endpoints.save', gone).then(valueOrTell);
    });
    return undefined;
  };

  return (
    <form
      ref={form}
      className="page"
      aria-label="Endpoint"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Page
        title={stored === null ? 'New endpoint' : visibleText(stored.name)}
        meta="Where requests arrive, how they are verified, and what they are answered"
        narrow
        actions={
          <>
            {stored !== null && <Button onClick={() => showRequests(actions, stored.id)}>Show its requests</Button>}
            {stored !== null && stored.id !== 'default' && <Button onClick={() => void remove(stored)}>Remove</Button>}
            <Button type="submit" variant="filled" loading={busy}>
              Save
            </Button>
          </>
        }
      >
        <EndpointForm
          endpoint={endpoint}
          isCatchAll={stored?.id === 'default'}
          onChange={change}
          fresh={fresh}
          onFresh={(typed) => {
            setError(null);
            setFresh(typed);
          }}
          error={error}
        />
      </Page>
    </form>
  );
}

function showRequests(actions: ReturnType<typeof useActions>, id: string): void {
  void actions.applyQuery(`endpoint:${id}`);
  actions.go({ view: 'inbox', id: null });
}
