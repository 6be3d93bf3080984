// Edits a target: where events are sent, how they are signed, how often they are tried.

import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import { schedules } from '../../../shared/schedules.ts';
import type { Target } from '../../../shared/workspace.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { freeId } from '../../lib/free-id.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { saveSecret } from '../../state/save-secret.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderListEditor } from '../../ui/header-list-editor.tsx';
import { KeyPairButtons } from '../../ui/key-pair-buttons.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { Page } from '../../ui/page.tsx';
import { ProviderHelp } from '../../ui/provider-help.tsx';
import { noNewSecret, SecretPicker } from '../../ui/secret-picker.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';
import { showDone, showError, showUndo, valueOrTell } from '../../ui/toast.tsx';

const scheduleChoices = schedules.map(({ id, name }) => ({ value: id, label: name }));
const stateChoices = [
  { value: 'active', label: 'Active' },
  { value: 'paused', label: 'Paused: nothing is sent to it' },
];
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
    const secretName = secret.value ?? target.secretName;
    // The secret is stored by now: it must not be asked for again if something else is wrong.
    setFresh(noNewSecret);
    setTarget((before) => ({ ...before, secretName }));
    const answer = await bridge.call('targets.save', { ...target, id, secretName, events: eventList(events) });
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

function eventList(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((event) => event.trim())
    .filter((event) => event !== '');
}

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

function TargetFields({ target, events, onEvents, fresh, onFresh, error, onChange }: TargetFieldsProps) {
  const stored = useApp((state) => state.mirror.secrets);
  const provider = useProvider(target.provider);
  const providers = useProviderChoices();
  const pairs = useKeyPairs();
  const chosen = target.secretName === null ? [] : [target.secretName];
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
              choices={stateChoices}
              onChange={(state) => onChange({ state: state as Target['state'] })}
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
              choices={scheduleChoices}
              error={at('schedule')}
              onChange={(schedule) => onChange({ schedule })}
            />
          </div>
          <SecretPicker
            chosen={chosen}
            stored={stored.map(({ name }) => name)}
            onChange={([name]) => onChange({ secretName: name ?? null })}
            multiple={false}
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
    </>
  );
}
