// A captured request once more: as it was, signed anew, or deliberately wrong, with what is changed in words.

import { useCallback, useEffect, useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import { missingIn } from '../../lib/message-form.ts';
import type { MessageForm, SignatureChoice } from '../../lib/message-form.ts';
import { replayChanges, transportHeaders } from '../../lib/replay-changes.ts';
import { titleOf } from '../../lib/words.ts';
import type { ReplayDraft } from '../../state/app-state.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { usePreview } from '../../state/use-preview.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { useScheduleChoices } from '../../state/use-schedules.ts';
import { useSentDeliveries } from '../../state/use-sent.ts';
import { Card } from '../../ui/card.tsx';
import { KeyPairButtons } from '../../ui/key-pair-buttons.tsx';
import { LastSendCard } from '../../ui/message-editor/last-send-card.tsx';
import { MessageEditor, shownBesideField } from '../../ui/message-editor/message-editor.tsx';
import { PreviewCard } from '../../ui/message-editor/preview-card.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ProviderHelp } from '../../ui/provider-help.tsx';
import { showError } from '../../ui/toast.tsx';
import { Visible } from '../../ui/visible.tsx';

const signatures: readonly { value: SignatureChoice; label: string }[] = [
  { value: 'keep', label: 'Keep original' },
  { value: 'same-id', label: 'Same id' },
  { value: 'new-id', label: 'New id' },
  { value: 'tampered', label: 'Tampered body' },
  { value: 'expired', label: 'Expired' },
  { value: 'wrong-secret', label: 'Wrong secret' },
  { value: 'none', label: 'None' },
];
const noSamples: readonly string[] = [];

/** The view "Replay" of the request with this id. */
export function Replay({ id }: { readonly id: string }) {
  const actions = useActions();
  const draft = useApp((state) => state.forms.replay);
  const error = useApp((state) => state.forms.replayError);
  useEffect(() => void actions.openReplay(id), [id, actions]);
  if (draft?.request.id === id) return <ReplayForm draft={draft} />;
  return (
    <div className="page">
      <div className="empty">
        {error === null ? (
          'Loading…'
        ) : (
          <>
            <h2>{error.message}</h2>
            <p>{error.hint}</p>
          </>
        )}
      </div>
    </div>
  );
}

function ReplayForm({ draft }: { readonly draft: ReplayDraft }) {
  const { request, original, form } = draft;
  const sent = useApp((state) => state.forms.replaySent);
  const deliveries = useSentDeliveries(sent);
  const secrets = useApp((state) => state.mirror.secrets);
  const provider = useProvider(form.provider);
  const providers = useProviderChoices();
  const schedules = useScheduleChoices();
  const pairs = useKeyPairs();
  const storedName = secrets.find(({ name }) => name === form.secret.trim())?.name;
  const actions = useActions();
  const preview = usePreview(form, request.id);
  const [refusal, setRefusal] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);

  const change = useCallback(
    (edit: Partial<MessageForm>) => {
      setRefusal(null);
      actions.editReplay(edit);
    },
    [actions],
  );
  const chooseSignature = (signature: SignatureChoice): void => {
    const sameId = signature !== 'keep' && signature !== 'new-id';
    change({ signature, deliveryId: sameId ? (request.deliveryId ?? '') : '' });
  };
  const send = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const answer = await actions.send('replay');
    setBusy(false);
    setRefusal(answer.ok ? null : answer.error);
    if (!answer.ok && !shownBesideField.has(answer.error.code)) showError(answer.error);
  };

  return (
    <MessageEditor
      name="Replay"
      meta={
        <>
          of <a href={hashOf({ view: 'inbox', id: request.id })}>{titleOf(request)}</a>, received{' '}
          <Moment at={request.receivedAt} />
        </>
      }
      missing={missingIn(form)}
      busy={busy}
      form={form}
      onChange={change}
      onSend={() => void send()}
      providers={providers}
      providerHelp={<ProviderHelp href={hashOf({ view: 'schemes' })} />}
      onProvider={(provider) => change({ provider })}
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
      samples={noSamples}
      onSample={() => undefined}
      schedules={schedules}
      onOwnSchedules={() => actions.showSchedules(true)}
      signatures={signatures}
      onSignature={chooseSignature}
      fixedHeaders={transportHeaders}
      withVariables={false}
      error={refusal ?? (preview.kind === 'failed' ? preview.error : null)}
      aside={
        <>
          <ChangesCard changes={replayChanges(request, original, form)} />
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

function ChangesCard({ changes }: { readonly changes: readonly string[] }) {
  return (
    <Card title="Changed against the original">
      {changes.length === 0 ? (
        <div className="card-body muted">Nothing: the same request goes out again.</div>
      ) : (
        <ul className="change-list" aria-label="Changes">
          {changes.map((change) => (
            <li key={change}>
              <Visible text={change} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
