// Names and encoding of the generic scheme, for home-made senders.

import { TextInput } from '@mantine/core';
import { genericDefaults } from '../../../shared/providers/generic.ts';
import type { GenericOptions } from '../../../shared/workspace.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';

interface GenericFieldsProps {
  /** Undefined: the documented defaults. */
  readonly options: GenericOptions | undefined;
  readonly onChange: (options: GenericOptions) => void;
}

const names = [
  ['signatureHeader', 'Signature header'],
  ['timestampHeader', 'Timestamp header'],
  ['eventHeader', 'Event header'],
  ['deliveryHeader', 'Delivery id header'],
  ['prefix', 'Signature prefix'],
] as const;

/** Fields for each of them. */
export function GenericFields({ options = genericDefaults, onChange }: GenericFieldsProps) {
  return (
    <div className="form-grid">
      {names.map(([key, label]) => (
        <TextInput
          key={key}
          label={label}
          className="mono-input"
          value={options[key]}
          onChange={(event) => onChange({ ...options, [key]: event.currentTarget.value })}
        />
      ))}
      <ChoiceField
        label="Hash"
        value={options.algorithm}
        choices={(['sha256', 'sha1', 'sha512'] as const).map((value) => ({ value, label: value.toUpperCase() }))}
        onChange={(algorithm) => onChange({ ...options, algorithm: algorithm as GenericOptions['algorithm'] })}
      />
      <ChoiceField
        label="Encoding"
        value={options.encoding}
        choices={(['hex', 'base64', 'base64url'] as const).map((value) => ({ value, label: value }))}
        onChange={(encoding) => onChange({ ...options, encoding: encoding as GenericOptions['encoding'] })}
      />
    </div>
  );
}
