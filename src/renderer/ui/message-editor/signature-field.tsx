// How the message is signed: properly, or wrong in one of the ways that a handler must refuse.

import { Radio } from '@mantine/core';
import type { SignatureChoice } from '../../lib/message-form.ts';

interface SignatureFieldProps {
  readonly value: SignatureChoice;
  readonly choices: readonly { readonly value: SignatureChoice; readonly label: string }[];
  readonly onChange: (choice: SignatureChoice) => void;
}

/** The radiogroup "Signature". */
export function SignatureField({ value, choices, onChange }: SignatureFieldProps) {
  return (
    <Radio.Group label="Signature" value={value} onChange={onChange}>
      <div className="seg">
        {choices.map((choice) => (
          <Radio key={choice.value} className="seg-item" value={choice.value} label={choice.label} />
        ))}
      </div>
    </Radio.Group>
  );
}
