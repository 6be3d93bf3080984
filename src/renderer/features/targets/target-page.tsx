// Edits a target: where events are sent, how they are signed, how often they are tried.

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { Target } from '../../../shared/workspace.ts';
import { fieldErrorOf } from '../../lib/field-error.ts';
import { freeId } from '../../lib/free-id.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { saveSecret } from '../../state/save-secret.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { Page } from '../../ui/page.tsx';
import { noNewSecret } from '../../ui/secret-picker.tsx';
import { showDone, showError, showUndo, valueOrTell } from '../../ui/toast.tsx';
import { TargetFields } from './target-fields.tsx';
import { TargetState } from './target-state.tsx';

const newTarget: Target = {
  id: '',
  name: '',
  url: '',
  provider: 'generic',
  secretName: null,
  events: ['*'],
  headers: [],
  schedule: 'svix',
  state: 'active',
  parkedReason: null,
  alsoSecretNames: [],
  connectTimeoutMs: null,
  totalTimeoutMs: null,
  concurrency: 4,
  ratePerSecond: null,
  followRedirects: false,
  strictOrder: false,
  allowLinkLocal: false,
  skipTlsCheck: false,
};

/** The view of a target; a null id makes a new one. */
export function TargetPage({ id }: { readonly id: string | null }) {
  const stored = useApp((state) => state.mirror.targets.find((target) => target.id === id));
  const ready = useApp((state) => state.mirror.status === 'ready');
  if (id !== null && stored === undefined) {
    return <div className="empty">{ready ? 'There is no such target.' : 'Loading…'}</div>;
  }
  return <TargetEditor stored={stored ?? null} />;
}

function TargetEditor({ stored }: { readonly stored: Target | null }) {
  const [target, setTarget] = useState<Target>(stored ?? newTarget);
  const [events, setEvents] = useState((stored ?? newTarget).events.join(', '));
  const [fresh, setFresh] = useState(noNewSecret);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);
  const targets = useApp((state) => state.mirror.targets);
  const secrets = useApp((state) => state.mirror.secrets);
  const { bridge } = useServices();
  const actions = useActions();

  // The host parks a target by itself; saving an edit must not undo that.
  const [known, setKnown] = useState(stored?.state);
  if (stored !== null && stored.state !== known) {
    setKnown(stored.state);
    setTarget((before) => ({ ...before, state: stored.state, parkedReason: stored.parkedReason }));
  }

  const change = (edit: Partial<Target>): void => {
    setError(null);
    setTarget((before) => ({ ...before, ...edit }));
  };
  const fail = (problem: ErrorValue): void => {
    setBusy(false);
    setError(problem);
    if (fieldErrorOf(problem) === null) showError(problem);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    const secret = await saveSecret(bridge, fresh, target, secrets);
    if (!secret.ok) return fail(secret.error);
    const id = stored?.id ?? freeId(target.name, new Set(targets.map((other) => other.id)), 'target');
    const { secretName, alsoSecretNames } = withNewSecret(target, secret.value);
    // The secret is stored by now: it must not be asked for again if something else is wrong.
    setFresh(noNewSecret);
    setTarget((before) => ({ ...before, secretName, alsoSecretNames }));
    const complete = { ...target, id, secretName, alsoSecretNames, events: eventList(events) };
    const answer = await bridge.call('targets.save', complete);
    if (!answer.ok) return fail(answer.error);
    setBusy(false);
    showDone('Target saved');
    if (stored === null) actions.go({ view: 'target', id });
    return undefined;
  };
  const remove = async (gone: Target): Promise<void> => {
    const answer = await bridge.call('targets.remove', { id: gone.id });
    if (!answer.ok) return showError(answer.error);
    actions.go({ view: 'inbox', id: null });
    showUndo(`Target “${visibleText(gone.name)}” removed`, () => {
      void bridge.call('targets.save', gone).then(valueOrTell);
    });
    return undefined;
  };

  return (
    <form
      className="page"
      aria-label="Target"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Page
        title={stored === null ? 'New target' : visibleText(stored.name)}
        meta="Where events are sent, how they are signed and how often they are tried"
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
        {stored !== null && <TargetState target={stored} />}
        <TargetFields
          target={target}
          events={events}
          onEvents={(text) => {
            setError(null);
            setEvents(text);
          }}
          fresh={fresh}
          onFresh={(typed) => {
            setError(null);
            setFresh(typed);
          }}
          error={error}
          onChange={change}
        />
      </Page>
    </form>
  );
}

/** A new secret signs first; those in use go on signing beside it until they are taken out. */
function withNewSecret(target: Target, added: string | null): Pick<Target, 'secretName' | 'alsoSecretNames'> {
  const { secretName, alsoSecretNames } = target;
  if (added === null) return { secretName, alsoSecretNames };
  const others = secretName === null ? alsoSecretNames : [secretName, ...alsoSecretNames];
  return { secretName: added, alsoSecretNames: others.filter((name) => name !== added) };
}

function eventList(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((event) => event.trim())
    .filter((event) => event !== '');
}
