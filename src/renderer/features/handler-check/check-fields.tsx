// Which handler is checked, and how it is seen from outside what the handler did.

import { TextInput } from '@mantine/core';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { Target } from '../../../shared/workspace.ts';
import type { CheckForm, IdempotencyKind, MissingField } from '../../lib/check-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useApp } from '../../state/use-app.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { SecretField } from '../../ui/message-editor/secret-field.tsx';
import { NoCertificate } from '../../ui/no-certificate.tsx';
import '../../ui/message-editor/message-editor.css';

interface CheckFieldsProps {
  readonly missing: MissingField | null;
  /** What the host refused. */
  readonly error: ErrorValue | null;
  /** While a check runs. */
  readonly disabled: boolean;
  readonly onEdit: (change: Partial<CheckForm>) => void;
}

const idempotencyChoices: readonly { value: IdempotencyKind; label: string }[] = [
  { value: 'none', label: 'Judge by the answers only' },
  { value: 'url', label: 'A URL that tells the count' },
  { value: 'header', label: 'A header of the answers' },
];

/** The fields above the cases. */
export function CheckFields({ missing, error, disabled, onEdit }: CheckFieldsProps) {
  const form = useApp((state) => state.trials.check);
  const targets = useApp((state) => state.mirror.targets);
  const target = targets.find(({ id }) => id === form.targetId);
  const at = (field: MissingField['field']): string | null => (missing?.field === field ? missing.message : null);
  return (
    <fieldset className="check-fields" disabled={disabled} aria-label="What is checked">
      <ChoiceField
        label="Target"
        value={target === undefined ? '' : form.targetId}
        choices={[{ value: '', label: 'Another URL' }, ...targets.map(targetChoice)]}
        {...(target?.skipTlsCheck === true ? { description: <NoCertificate /> } : {})}
        onChange={(targetId) => onEdit({ targetId })}
      />
      {target === undefined && <Address form={form} error={error} at={at} disabled={disabled} onEdit={onEdit} />}
      <ChoiceField
        label="Idempotency"
        value={form.idempotency}
        choices={idempotencyChoices}
        onChange={(idempotency) => onEdit({ idempotency: idempotency as IdempotencyKind })}
      />
      {form.idempotency !== 'none' && (
        <TextInput
          label={form.idempotency === 'url' ? 'Idempotency URL' : 'Idempotency header'}
          className="mono-input"
          placeholder={form.idempotency === 'url' ? 'http://localhost:3000/processed' : 'X-Idempotent-Replay'}
          description={
            form.idempotency === 'url'
              ? 'Answers GET with how many events were worked on: a number, or JSON with count or processed'
              : '“true” on a repeat only, or how often the event was worked on'
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={form.idempotencyText}
          error={at('idempotency')}
          onChange={(event) => onEdit({ idempotencyText: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}

function targetChoice({ id, name, skipTlsCheck }: Target): { value: string; label: string } {
  return { value: id, label: `${visibleText(name)}${skipTlsCheck ? ' (certificates not checked)' : ''}` };
}

interface AddressProps {
  readonly form: CheckForm;
  readonly error: ErrorValue | null;
  readonly at: (field: MissingField['field']) => string | null;
  readonly disabled: boolean;
  readonly onEdit: (change: Partial<CheckForm>) => void;
}

/** For a handler that is no stored target. */
function Address({ form, error, at, disabled, onEdit }: AddressProps) {
  const provider = useProvider(form.provider);
  const providers = useProviderChoices();
  const secrets = useApp((state) => state.mirror.secrets);
  return (
    <>
      <TextInput
        label="URL"
        className="mono-input"
        placeholder="http://localhost:3000/webhooks"
        value={form.url}
        error={at('url') ?? (error?.code === 'SEND_INVALID_URL' ? 'Not an address that can be sent to' : null)}
        onChange={(event) => onEdit({ url: event.currentTarget.value })}
      />
      <ChoiceField
        label="Provider"
        value={form.provider}
        choices={providers}
        onChange={(id) => onEdit({ provider: id })}
      />
      <SecretField
        value={form.secret}
        names={secrets.map(({ name }) => name)}
        hint={provider?.secretHint ?? ''}
        disabled={disabled}
        error={at('secret')}
        onChange={(secret) => onEdit({ secret })}
      />
    </>
  );
}
