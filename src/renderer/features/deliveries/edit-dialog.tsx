// Edits a delivery that has not arrived and queues it again. What is left alone stays as it was, byte for byte.

import { Button, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import type { ErrorValue } from '../../../shared/errors.ts';
import { editFormOf, toEdit } from '../../lib/edit-form.ts';
import type { EditForm } from '../../lib/edit-form.ts';
import { transportHeaders } from '../../lib/replay-changes.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { useScheduleChoices } from '../../state/use-schedules.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderListEditor } from '../../ui/header-list-editor.tsx';
import { BodyField } from '../../ui/message-editor/body-field.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { showDone, showError } from '../../ui/toast.tsx';
import '../../ui/message-editor/message-editor.css';

interface EditDialogProps {
  /** Null while it is closed. */
  readonly delivery: Delivery | null;
  readonly onClose: () => void;
}

/** The dialog "Edit and requeue". */
export function EditDialog({ delivery, onClose }: EditDialogProps) {
  return (
    <Modal
      opened={delivery !== null}
      onClose={onClose}
      title="Edit and requeue"
      size="xl"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {delivery !== null && <LoadedForm key={delivery.id} delivery={delivery} onClose={onClose} />}
    </Modal>
  );
}

interface LoadedFormProps {
  readonly delivery: Delivery;
  readonly onClose: () => void;
}

/** The form, once the bytes are there. */
function LoadedForm({ delivery, onClose }: LoadedFormProps) {
  const { bridge } = useServices();
  const { id } = delivery;
  // An attempt may end, and the list change, while somebody types: the form keeps what it was opened with.
  const [opened] = useState(delivery);
  const [bytes, setBytes] = useState<Uint8Array | null | undefined>(undefined);
  const [error, setError] = useState<ErrorValue | null>(null);
  useEffect(() => {
    let stale = false;
    void bridge.call('deliveries.body', { id }).then((answer) => {
      if (stale) return;
      if (answer.ok) setBytes(answer.value);
      else setError(answer.error);
    });
    return () => {
      stale = true;
    };
  }, [bridge, id]);
  if (error !== null) return <p className="tone-bad">{error.message}</p>;
  if (bytes === undefined) return <p className="muted">Loading…</p>;
  return <Editor delivery={opened} bytes={bytes} onClose={onClose} />;
}

interface EditorProps extends LoadedFormProps {
  readonly bytes: Uint8Array | null;
}

function Editor({ delivery, bytes, onClose }: EditorProps) {
  const [form, setForm] = useState<EditForm>(() => editFormOf(delivery, bytes));
  const [error, setError] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);
  const schedules = useScheduleChoices();
  const secrets = useApp((state) => state.mirror.secrets);
  const { bridge } = useServices();
  const actions = useActions();
  const change = (edit: Partial<EditForm>): void => {
    setError(null);
    setForm((before) => ({ ...before, ...edit }));
  };
  const requeue = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call('deliveries.edit', toEdit(form, delivery, bytes));
    setBusy(false);
    if (!answer.ok) {
      setError(answer.error);
      if (!besideField.has(answer.error.code)) showError(answer.error);
      return;
    }
    actions.noteEdited(delivery.id, answer.value);
    onClose();
    showDone('Queued again', 'With its message id, from the first attempt of its schedule.');
    actions.go({ view: 'deliveries', id: answer.value.id });
  };
  return (
    <form
      className="stack"
      aria-label="Edit and requeue"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void requeue();
      }}
    >
      <TextInput
        data-autofocus
        label="URL"
        className="mono-input"
        value={form.url}
        error={error?.code === 'SEND_INVALID_URL' ? error.message : null}
        onChange={(event) => change({ url: event.currentTarget.value })}
      />
      <div className="form-grid edit-fields">
        <ChoiceField
          label="Retry schedule"
          value={form.schedule}
          choices={schedules}
          onChange={(schedule) => change({ schedule })}
        />
        <NumberField
          label="Speed"
          value={form.speed}
          min={0.001}
          max={1_000_000}
          onChange={(speed) => speed !== null && speed > 0 && change({ speed })}
        />
        <ChoiceField
          label="Secret"
          value={form.secretName}
          choices={[
            { value: '', label: 'None: unsigned' },
            ...secrets.map(({ name }) => ({ value: name, label: name })),
          ]}
          error={error !== null && error.code.startsWith('SECRET_') ? error.message : null}
          onChange={(secretName) => change({ secretName })}
        />
      </div>
      {form.body === null ? (
        <p className="soft">The body is no longer kept, so it cannot be changed.</p>
      ) : (
        <BodyField body={form.body} withVariables={false} onChange={(body) => change({ body })} />
      )}
      <Card title="Headers" aside={`${form.headers.length}`}>
        <div className="card-body">
          <HeaderListEditor
            headers={form.headers}
            fixed={transportHeaders}
            error={error?.code === 'SEND_INVALID_HEADER' ? error.message : null}
            onChange={(headers) => change({ headers })}
          />
        </div>
      </Card>
      <div className="form-actions dialog-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={busy}>
          Requeue
        </Button>
      </div>
    </form>
  );
}

const besideField: ReadonlySet<ErrorValue['code']> = new Set([
  'SEND_INVALID_URL',
  'SEND_INVALID_HEADER',
  'SECRET_MALFORMED',
  'SECRET_UNAVAILABLE',
  'SECRET_SEALED',
] as const);
