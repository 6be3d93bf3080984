// A new event: choose a provider and a sample, give URL and secret, send.

import { useCallback, useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import { findKnownProvider } from '../../lib/known-providers.ts';
import { missingIn, newMessage, withSample } from '../../lib/message-form.ts';
import type { MessageForm, SignatureChoice } from '../../lib/message-form.ts';
import { transportHeaders } from '../../lib/replay-changes.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { usePreview } from '../../state/use-preview.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { useScheduleChoices } from '../../state/use-schedules.ts';
import { useSentDeliveries } from '../../state/use-sent.ts';
import { KeyPairButtons } from '../../ui/key-pair-buttons.tsx';
import { LastSendCard } from '../../ui/message-editor/last-send-card.tsx';
import { MessageEditor, shownBesideField } from '../../ui/message-editor/message-editor.tsx';
import { PreviewCard } from '../../ui/message-editor/preview-card.tsx';
import { ProviderHelp } from '../../ui/provider-help.tsx';
import { showError } from '../../ui/toast.tsx';
import { SendMany } from './send-many.tsx';
import { TargetTicks } from './target-ticks.tsx';

const signatures: readonly { value: SignatureChoice; label: string }[] = [
  { value: 'good', label: 'Good' },
  { value: 'tampered', label: 'Tampered body' },
  { value: 'expired', label: 'Expired' },
  { value: 'wrong-secret', label: 'Wrong secret' },
  { value: 'none', label: 'None' },
];
const targetsOwn = [{ value: '', label: 'Each target’s own' }];

/** The view "Compose". */
export function Compose() {
  const form = useApp((state) => state.forms.compose);
  const sent = useApp((state) => state.forms.composeSent);
  const deliveries = useSentDeliveries(sent);
  const secrets = useApp((state) => state.mirror.secrets);
  const actions = useActions();
  const preview = usePreview(form, null);
  const [refusal, setRefusal] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);
  const provider = useProvider(form.provider);
  const providers = useProviderChoices();
  const schemes = useApp((state) => state.mirror.schemes);
  const schedules = useScheduleChoices(targetsOwn);
  const pairs = useKeyPairs();
  const storedName = secrets.find(({ name }) => name === form.secret.trim())?.name;

  const change = useCallback(
    (edit: Partial<MessageForm>) => {
      setRefusal(null);
      actions.editCompose(edit);
    },
    [actions],
  );
  const chooseProvider = (id: string): void => {
    const chosen = findKnownProvider(id, schemes);
    if (!chosen) return;
    const { sample, event, headers, body } = newMessage(chosen);
    change({ provider: id, sample, event, headers, body });
  };
  const chooseSample = (name: string): void => {
    const sample = provider?.samples.find((candidate) => candidate.name === name);
    if (sample) change(withSample(form, sample));
  };
  const send = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const answer = await actions.send('compose');
    setBusy(false);
    setRefusal(answer.ok ? null : answer.error);
    if (!answer.ok && !shownBesideField.has(answer.error.code)) showError(answer.error);
  };

  return (
    <MessageEditor
      name="Compose"
      meta="A signed event, sent through the queue to a URL or to stored targets"
      missing={missingIn(form)}
      busy={busy}
      form={form}
      onChange={change}
      onSend={() => void send()}
      providers={providers}
      providerHelp={<ProviderHelp href={hashOf({ view: 'schemes' })} />}
      onProvider={chooseProvider}
      secretHint={provider?.secretHint ?? ''}
      secretExtra={
        <KeyPairButtons
          provider={provider}
          names={storedName === undefined ? [] : [storedName]}
          pairs={pairs}
          onMade={(secret) => change({ secret })}
        />
      }
      secretNames={secrets.map(({ name }) => name)}
      samples={provider?.samples.map(({ name }) => name) ?? []}
      onSample={chooseSample}
      schedules={schedules}
      onOwnSchedules={() => actions.showSchedules(true)}
      signatures={signatures}
      onSignature={(signature) => change({ signature })}
      fixedHeaders={transportHeaders}
      withVariables
      error={refusal ?? (preview.kind === 'failed' ? preview.error : null)}
      extra={<TargetTicks form={form} onChange={change} />}
      end={<SendMany missing={missingIn(form)} />}
      aside={
        <>
          <PreviewCard preview={preview} />
          {sent && <LastSendCard at={sent.at} deliveries={deliveries} linkTo={addressOf} />}
        </>
      }
    />
  );
}

function addressOf(delivery: { readonly id: string; readonly state: string }): string {
  return hashOf({ view: delivery.state === 'dead' ? 'dead-letters' : 'deliveries', id: delivery.id });
}
