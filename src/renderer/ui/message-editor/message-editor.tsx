// The form that Compose and Replay share. It is fed by its owner and knows neither of them: what can be chosen, what is
// shown beside it and what happens on Send come in.

import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { Choice, ChoiceGroup } from '../../lib/choices.ts';
import type { MessageForm, SignatureChoice } from '../../lib/message-form.ts';
import { Card } from '../card.tsx';
import { HeaderListEditor } from '../header-list-editor.tsx';
import { NumberField } from '../number-field.tsx';
import { BodyField } from './body-field.tsx';
import { ChoiceField } from './choice-field.tsx';
import { SecretField } from './secret-field.tsx';
import { SignatureField } from './signature-field.tsx';
import { TimeField } from './time-field.tsx';
import './message-editor.css';

/** What the editor is given. */
export interface MessageEditorProps {
  /** Accessible name of the form. */
  readonly name: 'Compose' | 'Replay';
  /** A line below the heading. */
  readonly meta: ReactNode;
  /** Why the form cannot be sent yet, or null. */
  readonly missing: string | null;
  readonly busy: boolean;
  readonly form: MessageForm;
  readonly onChange: (change: Partial<MessageForm>) => void;
  /** Called only when nothing is missing. */
  readonly onSend: () => void;
  readonly providers: readonly (Choice | ChoiceGroup)[];
  /** Below the provider: where to go when it is not listed. */
  readonly providerHelp: ReactNode;
  readonly onProvider: (id: string) => void;
  /** Where to find the provider's secret and what it looks like. */
  readonly secretHint: string;
  /** Below the secret, such as buttons for key pairs. */
  readonly secretExtra: ReactNode;
  /** Names of stored secrets. */
  readonly secretNames: readonly string[];
  /** Names of samples; empty where there are none to choose from. */
  readonly samples: readonly string[];
  readonly onSample: (name: string) => void;
  readonly schedules: readonly (Choice | ChoiceGroup)[];
  /** Opens the person's own schedules. */
  readonly onOwnSchedules: () => void;
  readonly signatures: readonly { readonly value: SignatureChoice; readonly label: string }[];
  /** A signature was chosen: ids may follow. */
  readonly onSignature: (choice: SignatureChoice) => void;
  /** Headers that the transport writes, lower case. */
  readonly fixedHeaders: ReadonlySet<string>;
  /** Replaces variables in the body. */
  readonly withVariables: boolean;
  /** What the host finds wrong with the draft. */
  readonly error: ErrorValue | null;
  /** Cards below the URL, such as the targets to tick. */
  readonly extra?: ReactNode;
  /** Cards at the end of the form. */
  readonly end?: ReactNode;
  /** Cards beside the form. */
  readonly aside: ReactNode;
}

/** The form; Ctrl+Enter sends. */
export function MessageEditor(props: MessageEditorProps) {
  const { name, form, onChange, missing, error } = props;
  const [tried, setTried] = useState(false);
  const urlField = useRef<HTMLInputElement>(null);
  const send = (): void => {
    setTried(missing !== null);
    if (missing === null) props.onSend();
    else urlField.current?.focus();
  };
  const sendByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    send();
  };

  return (
    <form
      aria-label={name}
      className="page"
      noValidate
      onKeyDownCapture={sendByKey}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="page-head">
        <div className="grow">
          <h1>{name}</h1>
          <div className="meta cut">{props.meta}</div>
        </div>
        <Button type="submit" variant="filled" loading={props.busy} title={missing ?? 'Send (Ctrl+Enter)'}>
          Send
          <kbd aria-hidden="true">Ctrl ⏎</kbd>
        </Button>
      </div>
      <div className="page-body">
        <div className="message-editor">
          <div className="message-main">
            <AddressFields {...props} urlField={urlField} shortOf={tried ? missing : null} />
            {props.extra}
            <EventFields {...props} />
            <SecretFields {...props} />
            {props.secretExtra}
            <SignatureField value={form.signature} choices={props.signatures} onChange={props.onSignature} />
            <BodyField body={form.body} withVariables={props.withVariables} onChange={(body) => onChange({ body })} />
            <Card title="Headers" aside={`${form.headers.length}`}>
              <div className="card-body">
                <HeaderListEditor
                  headers={form.headers}
                  fixed={props.fixedHeaders}
                  error={fieldError(error, ['SEND_INVALID_HEADER'])}
                  onChange={(headers) => onChange({ headers })}
                />
              </div>
            </Card>
            <RetryFields {...props} />
            {props.end}
          </div>
          <aside className="message-aside" aria-label="Preview and result">
            {props.aside}
          </aside>
        </div>
      </div>
    </form>
  );
}

interface AddressFieldsProps extends MessageEditorProps {
  readonly urlField: RefObject<HTMLInputElement | null>;
  /** What the person tried to send without. */
  readonly shortOf: string | null;
}

function AddressFields({ form, onChange, error, urlField, shortOf }: AddressFieldsProps) {
  return (
    <div className="field-line url-line">
      <TextInput
        label="Method"
        className="mono-input"
        value={form.method}
        error={fieldError(error, ['SEND_INVALID_METHOD'])}
        onChange={(event) => onChange({ method: event.currentTarget.value })}
      />
      <TextInput
        label="URL"
        className="mono-input"
        value={form.toMatching ? '' : form.url}
        disabled={form.toMatching}
        placeholder={form.toMatching ? 'each matching target’s own' : 'http://localhost:3000/webhooks'}
        ref={urlField}
        error={shortOf ?? fieldError(error, ['SEND_INVALID_URL'])}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
    </div>
  );
}

function EventFields(props: MessageEditorProps) {
  const { form, onChange, providers, onProvider, providerHelp, samples, onSample } = props;
  return (
    <div className="field-line">
      <ChoiceField
        label="Provider"
        value={form.provider}
        choices={providers}
        description={providerHelp}
        onChange={onProvider}
      />
      {samples.length > 0 && (
        <ChoiceField
          label="Sample"
          value={form.sample ?? ''}
          choices={samples.map((sample) => ({ value: sample, label: sample }))}
          onChange={onSample}
        />
      )}
      <TextInput
        label="Event"
        className="mono-input"
        value={form.event}
        onChange={(event) => onChange({ event: event.currentTarget.value })}
      />
    </div>
  );
}

function SecretFields({ form, onChange, error, secretNames, secretHint }: MessageEditorProps) {
  const keeps = form.signature === 'keep';
  return (
    <div className="field-line">
      <SecretField
        value={form.secret}
        names={secretNames}
        hint={secretHint}
        disabled={keeps || form.signature === 'none'}
        error={fieldError(error, ['SECRET_MALFORMED', 'SECRET_UNAVAILABLE', 'SECRET_SEALED'])}
        onChange={(secret) => onChange({ secret })}
      />
      <TextInput
        label="Delivery id"
        className="mono-input"
        value={form.deliveryId}
        placeholder={keeps ? 'as captured' : 'a new one'}
        disabled={keeps}
        onChange={(event) => onChange({ deliveryId: event.currentTarget.value })}
      />
    </div>
  );
}

function RetryFields({ form, onChange, schedules, onOwnSchedules }: MessageEditorProps) {
  return (
    <div className="field-line">
      <ChoiceField
        label="Retry schedule"
        value={form.schedule}
        choices={schedules}
        description={
          <button type="button" className="link-button" onClick={onOwnSchedules}>
            Own schedules
          </button>
        }
        onChange={(schedule) => onChange({ schedule })}
      />
      <NumberField
        label="Speed"
        description="Divides every wait; 3600: an hour in a second"
        value={form.speed}
        min={0.001}
        max={1_000_000}
        onChange={(speed) => speed !== null && speed > 0 && onChange({ speed })}
      />
      <TimeField value={form.time} speed={form.speed} onChange={(time) => onChange({ time })} />
    </div>
  );
}

function fieldError(error: ErrorValue | null, codes: readonly ErrorValue['code'][]): string | null {
  return error !== null && codes.includes(error.code) ? error.message : null;
}

/** Codes that {@link MessageEditor} shows beside a field. */
export const shownBesideField: ReadonlySet<ErrorValue['code']> = new Set([
  'SEND_INVALID_METHOD',
  'SEND_INVALID_URL',
  'SEND_INVALID_HEADER',
  'SECRET_MALFORMED',
  'SECRET_UNAVAILABLE',
  'SECRET_SEALED',
] as const);
