// Chooses stored secrets by name and takes a new one by name and value. Values go out and never come back.

import { ActionIcon, Button, PasswordInput, TextInput } from '@mantine/core';
import { KeyRound, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { visibleText } from '../lib/visible-text.ts';
import './secret-picker.css';

/** A secret that is stored when the form is saved. */
export interface NewSecret {
  readonly name: string;
  readonly value: string;
}

/** Nothing typed yet. */
export const noNewSecret: NewSecret = { name: '', value: '' };

interface SecretPickerProps {
  readonly chosen: readonly string[];
  /** Names of all stored secrets. */
  readonly stored: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  /** Another choice is added, or replaces the first. */
  readonly multiple: boolean;
  readonly fresh: NewSecret;
  readonly onFresh: (fresh: NewSecret) => void;
  readonly hint: string;
  readonly error: string | null;
  /** Below the chosen ones, such as buttons for key pairs. */
  readonly extra?: ReactNode;
}

/** Chosen secrets, the others to choose from, and a row for a new one. */
export function SecretPicker(props: SecretPickerProps) {
  const { chosen, stored, onChange, multiple, fresh, onFresh, hint, error, extra } = props;
  const others = stored.filter((name) => !chosen.includes(name));
  return (
    <div className="stack secret-picker">
      {chosen.length > 0 && (
        <ul className="secret-names" aria-label="Secrets in use">
          {chosen.map((name) => (
            <li key={name} className="row-line">
              <KeyRound size={13} aria-hidden="true" />
              <span className="cut">{visibleText(name)}</span>
              <ActionIcon
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={`Do not use ${visibleText(name)}`}
                onClick={() => onChange(chosen.filter((other) => other !== name))}
              >
                <X size={12} aria-hidden="true" />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <div className="row-line secret-others">
          <span className="muted">Stored:</span>
          {others.map((name) => (
            <Button key={name} size="compact-xs" onClick={() => onChange(multiple ? [...chosen, name] : [name])}>
              Use {visibleText(name)}
            </Button>
          ))}
        </div>
      )}
      {extra}
      <div className="form-grid">
        <TextInput
          label="New secret’s name"
          placeholder="chosen for you"
          value={fresh.name}
          onChange={(event) => onFresh({ ...fresh, name: event.currentTarget.value })}
        />
        <PasswordInput
          label="New secret’s value"
          description={hint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          value={fresh.value}
          error={error}
          onChange={(event) => onFresh({ ...fresh, value: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}
