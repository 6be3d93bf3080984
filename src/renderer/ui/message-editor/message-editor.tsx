// The form that Compose and Replay share. It is fed by its owner and knows neither of them: what can be chosen, what is
// shown beside it and what happens on Send come in.

import { NumberInput, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { MessageForm, SignatureChoice } from '../../lib/message-form.ts';
import { Card } from '../card.tsx';
import { HeaderListEditor } from '../header-list-editor.tsx';
import { BodyField } from './body-field.tsx';
import { ChoiceField } from './choice-field.tsx';
import type { Choice } from './choice-field.tsx';
import { SecretField } from './secret-field.tsx';
import { SignatureField } from './signature-field.tsx';
import './message-editor.css';

/** What the editor is given. */
export interface MessageEditorProps {
  /** Accessible name of the form. */
  readonly name: 'Compose' | 'Replay';
  readonly form: MessageForm;
  readonly onChange: (change: Partial<MessageForm>) => void;
  readonly onSend: () => void;
  readonly providers: readonly Choice[];
  readonly onProvider: (id: string) => void;
  /** Where to find the provider's secret and what it looks like. */
  readonly secretHint: string;
  /** Names of stored secrets. */
  readonly secretNames: readonly string[];
  /** Names of samples; empty where there are none to choose from. */
  readonly samples: readonly string[];
  readonly onSample: (name: string) => void;
  readonly schedules: readonly Choice[];
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
  /** Cards beside the form. */
  readonly aside: ReactNode;
}

/** The form; Ctrl+Enter sends. */
export function MessageEditor(props: MessageEditorProps) {
  const { name, form, onChange, onSend, error } = props;
  const asideId = useId();
  const send = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    onSend();
  };
  const unsigned = form.signature === 'keep' || form.signature === 'none';

  return (
    <form
      aria-label={name}
      className="message-editor"
      noValidate
      onKeyDownCapture={send}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <div className="message-main">
        <div className="field-line url-line">
          <TextInput
            label="Method"
            className="mono"
            value={form.method}
            error={fieldError(error, ['SEND_INVALID_METHOD'])}
            onChange={(event) => onChange({ method: event.currentTarget.value })}
          />
          <TextInput
            label="URL"
            className="mono"
            value={form.url}
            placeholder="http://localhost:3000/webhooks"
            autoFocus={form.url === ''}
            error={fieldError(error, ['SEND_INVALID_URL'])}
            onChange={(event) => onChange({ url: event.currentTarget.value })}
          />
        </div>
        {props.extra}
        <div className="field-line">
          <ChoiceField label="Provider" value={form.provider} choices={props.providers} onChange={props.onProvider} />
          {props.samples.length > 0 && (
            <ChoiceField
              label="Sample"
              value={form.sample ?? ''}
              choices={props.samples.map((sample) => ({ value: sample, label: sample }))}
              onChange={props.onSample}
            />
          )}
          <TextInput
            label="Event"
            className="mono"
            value={form.event}
            onChange={(event) => onChange({ event: event.currentTarget.value })}
          />
        </div>
        <div className="field-line">
          <SecretField
            value={form.secret}
            names={props.secretNames}
            hint={props.secretHint}
            disabled={unsigned}
            error={fieldError(error, ['SECRET_MALFORMED', 'SECRET_UNAVAILABLE', 'SECRET_SEALED'])}
            onChange={(secret) => onChange({ secret })}
          />
          <TextInput
            label="Delivery id"
            className="mono"
            value={form.deliveryId}
            placeholder={form.signature === 'keep' ? 'as captured' : 'a new one'}
            disabled={form.signature === 'keep'}
            onChange={(event) => onChange({ deliveryId: event.currentTarget.value })}
          />
        </div>
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
        <div className="field-line">
          <ChoiceField
            label="Retry schedule"
            value={form.schedule}
            choices={props.schedules}
            onChange={(schedule) => onChange({ schedule })}
          />
          <NumberInput
            label="Speed"
            description="Divides every wait; 1 is real time"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            role="spinbutton"
            aria-valuenow={form.speed}
            value={form.speed}
            min={0.001}
            max={1_000_000}
            onChange={(speed) => onChange({ speed: typeof speed === 'number' && speed > 0 ? speed : 1 })}
          />
        </div>
      </div>
      <aside className="message-aside" id={asideId} aria-label="Preview and result">
        {props.aside}
      </aside>
    </form>
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
