// The fields of an own scheme, each with its error beside it.

import { TextInput } from '@mantine/core';
import { messageAt } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import type { SchemeForm, TimestampPlace } from '../../lib/scheme-form.ts';
import { algorithmNames, choicesOf, isPairScheme } from '../../lib/scheme-words.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { PartList } from './part-list.tsx';

interface SchemeFieldsProps {
  readonly form: SchemeForm;
  /** Provider id under which it is or will be known. */
  readonly id: string;
  readonly errors: readonly FieldError[];
  readonly onChange: (edit: Partial<SchemeForm>) => void;
}

const algorithmChoices = choicesOf(algorithmNames);
const encodingChoices = choicesOf({ hex: 'hex', base64: 'base64', base64url: 'base64url' });
const secretChoices = choicesOf({
  utf8: 'Text, used as it is',
  hex: 'Hexadecimal digits',
  base64: 'Base64',
  whsec: 'whsec_ and base64',
});
const formatChoices = choicesOf({
  value: 'The signature alone',
  pairs: 'Pairs: t=…,v1=…',
});
const unitChoices = choicesOf({ seconds: 'Unix seconds', milliseconds: 'Unix milliseconds', iso: 'ISO 8601 date' });
const optional = 'none';

/** Cards with the fields. */
export function SchemeFields(props: SchemeFieldsProps) {
  const { form, errors, onChange } = props;
  return (
    <>
      <KeyCard {...props} />
      <Card title="Signed parts" aside="joined in this order">
        <div className="card-body">
          <PartList parts={form.parts} errors={errors} onChange={(parts) => onChange({ parts })} />
        </div>
      </Card>
      <HeaderCard {...props} />
      <TimestampCard {...props} />
      <IdentityCard {...props} />
    </>
  );
}

function KeyCard({ form, id, errors, onChange }: SchemeFieldsProps) {
  const pair = isPairScheme(form);
  return (
    <Card title="Scheme" aside={<span className="mono cut">{id}</span>}>
      <div className="card-body form-grid">
        <TextInput
          label="Name"
          value={form.name}
          error={messageAt(errors, 'name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <ChoiceField
          label="Algorithm"
          value={form.algorithm}
          choices={algorithmChoices}
          onChange={(algorithm) => onChange({ algorithm: algorithm as SchemeForm['algorithm'] })}
        />
        {pair ? (
          <TextInput
            label="Key"
            value="Key pair in PEM"
            readOnly
            description="Checking needs the public half only"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        ) : (
          <ChoiceField
            label="Secret is given as"
            value={form.secretType}
            choices={secretChoices}
            onChange={(secretType) => onChange({ secretType: secretType as SchemeForm['secretType'] })}
          />
        )}
      </div>
    </Card>
  );
}

function HeaderCard({ form, errors, onChange }: SchemeFieldsProps) {
  return (
    <Card title="Signature header">
      <div className="card-body form-grid">
        <TextInput
          label="Signature header"
          className="mono-input"
          value={form.signatureHeader}
          error={messageAt(errors, 'signatureHeader')}
          onChange={(event) => onChange({ signatureHeader: event.currentTarget.value })}
        />
        <ChoiceField
          label="Encoding"
          value={form.encoding}
          choices={encodingChoices}
          onChange={(encoding) => onChange({ encoding: encoding as SchemeForm['encoding'] })}
        />
        <ChoiceField
          label="Header holds"
          value={form.format}
          choices={formatChoices}
          onChange={(format) => onChange(withFormat(form, format as SchemeForm['format']))}
        />
        {form.format === 'value' ? (
          <TextInput
            label="Prefix"
            className="mono-input"
            placeholder={optional}
            description="Before the signature, such as sha256="
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={form.prefix}
            error={messageAt(errors, 'format.prefix')}
            onChange={(event) => onChange({ prefix: event.currentTarget.value })}
          />
        ) : (
          <PairFields form={form} errors={errors} onChange={onChange} />
        )}
      </div>
    </Card>
  );
}

type PairFieldsProps = Omit<SchemeFieldsProps, 'id'>;

function PairFields({ form, errors, onChange }: PairFieldsProps) {
  return (
    <>
      <TextInput
        label="Timestamp key"
        className="mono-input"
        value={form.timestampKey}
        error={messageAt(errors, 'format.timestampKey')}
        onChange={(event) => onChange({ timestampKey: event.currentTarget.value })}
      />
      <TextInput
        label="Signature key"
        className="mono-input"
        value={form.signatureKey}
        error={messageAt(errors, 'format.signatureKey')}
        onChange={(event) => onChange({ signatureKey: event.currentTarget.value })}
      />
      <TextInput
        label="Separator"
        className="mono-input"
        value={form.separator}
        error={messageAt(errors, 'format.separator')}
        onChange={(event) => onChange({ separator: event.currentTarget.value })}
      />
    </>
  );
}

/** Pairs carry the time; a bare value cannot. */
function withFormat(form: SchemeForm, format: SchemeForm['format']): Partial<SchemeForm> {
  if (format === 'pairs') return { format, timestampPlace: 'pairs' };
  return form.timestampPlace === 'pairs' ? { format, timestampPlace: 'none' } : { format };
}

function TimestampCard({ form, errors, onChange }: SchemeFieldsProps) {
  const places: Readonly<Record<string, string>> =
    form.format === 'pairs'
      ? { pairs: 'In the signature header', header: 'In a header of its own' }
      : { none: 'Not sent', header: 'In a header of its own' };
  const sent = form.timestampPlace !== 'none';
  return (
    <Card title="Timestamp">
      <div className="card-body form-grid">
        <ChoiceField
          label="Timestamp"
          value={form.timestampPlace}
          choices={choicesOf(places)}
          error={messageAt(errors, 'timestamp')}
          onChange={(place) => onChange({ timestampPlace: place as TimestampPlace })}
        />
        {form.timestampPlace === 'header' && (
          <TextInput
            label="Timestamp header"
            className="mono-input"
            value={form.timestampHeader}
            error={messageAt(errors, 'timestamp.header')}
            onChange={(event) => onChange({ timestampHeader: event.currentTarget.value })}
          />
        )}
        {sent && (
          <>
            <ChoiceField
              label="Timestamp unit"
              value={form.timestampUnit}
              choices={unitChoices}
              onChange={(unit) => onChange({ timestampUnit: unit as SchemeForm['timestampUnit'] })}
            />
            <NumberField
              label="Tolerance"
              description="Seconds between signing and arrival"
              placeholder="no limit"
              value={form.toleranceSeconds}
              min={0}
              max={31_536_000}
              error={messageAt(errors, 'timestamp.toleranceSeconds')}
              onChange={(toleranceSeconds) => onChange({ toleranceSeconds })}
            />
          </>
        )}
      </div>
    </Card>
  );
}

const identityFields = [
  ['idHeader', 'Message id header'],
  ['idPath', 'Message id in the body'],
  ['eventHeader', 'Event header'],
  ['eventPath', 'Event in the body'],
] as const;

function IdentityCard({ form, errors, onChange }: SchemeFieldsProps) {
  return (
    <Card title="Message id and event" aside="to tell retries and name rows; all optional">
      <div className="card-body form-grid wide">
        {identityFields.map(([field, label]) => (
          <TextInput
            key={field}
            label={label}
            className="mono-input"
            placeholder={field.endsWith('Path') ? 'such as data.id' : optional}
            value={form[field]}
            error={messageAt(errors, field)}
            onChange={(event) => onChange({ [field]: event.currentTarget.value })}
          />
        ))}
      </div>
    </Card>
  );
}
