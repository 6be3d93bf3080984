// The parts that are joined and signed, in order. Rows move by buttons, so that the keyboard can do all of it; the focus
// goes along with the row that moved.

import { ActionIcon, Button, TextInput, VisuallyHidden } from '@mantine/core';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { FieldError } from '../../lib/field-error.ts';
import { messageAt } from '../../lib/field-error.ts';
import { newPart } from '../../lib/scheme-form.ts';
import type { PartForm } from '../../lib/scheme-form.ts';
import { choicesOf, partNames } from '../../lib/scheme-words.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';

interface PartListProps {
  readonly parts: readonly PartForm[];
  readonly errors: readonly FieldError[];
  readonly onChange: (parts: PartForm[]) => void;
}

/** What was moved where, so that the focus can follow and the move be told. */
interface Move {
  readonly to: number;
  readonly direction: 'up' | 'down';
}

const kindChoices = choicesOf(partNames);
const hashChoices = choicesOf({ sha256: 'SHA-256', sha1: 'SHA-1', sha512: 'SHA-512', md5: 'MD5' });
const encodingChoices = choicesOf({ hex: 'hex', base64: 'base64', base64url: 'base64url' });
const most = 20;

/** The list "Signed parts" with its buttons. */
export function PartList({ parts, errors, onChange }: PartListProps) {
  const list = useRef<HTMLOListElement>(null);
  const [moved, setMoved] = useState<Move | null>(null);

  useEffect(() => {
    if (moved === null) return;
    const buttons = list.current?.children[moved.to]?.querySelectorAll<HTMLButtonElement>('[data-move]') ?? [];
    const same = [...buttons].find((button) => button.dataset['move'] === moved.direction);
    // At the end of the list the button that was pressed is off; the other one is beside it.
    (same?.disabled === true ? [...buttons].find((button) => !button.disabled) : same)?.focus();
  }, [moved]);

  const replace = (index: number, edit: Partial<PartForm>): void =>
    onChange(parts.map((part, i) => (i === index ? { ...part, ...edit } : part)));
  const move = (index: number, direction: Move['direction']): void => {
    const to = direction === 'up' ? index - 1 : index + 1;
    const next = [...parts];
    const [part] = next.splice(index, 1);
    if (part === undefined) return;
    next.splice(to, 0, part);
    onChange(next);
    setMoved({ to, direction });
  };

  return (
    <div className="stack part-list">
      <ol ref={list} aria-label="Signed parts">
        {parts.map((part, index) => (
          // Parts have no identity but their place.
          <li key={index} className="part-row">
            <span className="part-number" aria-hidden="true">
              {index + 1}
            </span>
            <PartFields part={part} index={index} errors={errors} onChange={(edit) => replace(index, edit)} />
            <span className="part-buttons">
              <ActionIcon
                variant="subtle"
                color="gray"
                data-move="up"
                aria-label={`Move part ${index + 1} up`}
                disabled={index === 0}
                onClick={() => move(index, 'up')}
              >
                <ArrowUp size={14} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                data-move="down"
                aria-label={`Move part ${index + 1} down`}
                disabled={index === parts.length - 1}
                onClick={() => move(index, 'down')}
              >
                <ArrowDown size={14} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove part ${index + 1}`}
                onClick={() => onChange(parts.filter((_, i) => i !== index))}
              >
                <X size={14} aria-hidden="true" />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ol>
      {messageAt(errors, 'parts') !== null && <div className="tone-bad">Parts: {messageAt(errors, 'parts')}</div>}
      <VisuallyHidden role="status" aria-label="Moved part">
        {moved === null ? '' : `Now part ${moved.to + 1}`}
      </VisuallyHidden>
      <Button
        className="header-add"
        variant="subtle"
        leftSection={<Plus size={14} aria-hidden="true" />}
        disabled={parts.length >= most}
        onClick={() => onChange([...parts, newPart])}
      >
        Add part
      </Button>
    </div>
  );
}

interface PartFieldsProps {
  readonly part: PartForm;
  readonly index: number;
  readonly errors: readonly FieldError[];
  readonly onChange: (edit: Partial<PartForm>) => void;
}

function PartFields({ part, index, errors, onChange }: PartFieldsProps) {
  const label = `Part ${index + 1}`;
  const at = (field: string): string | null => messageAt(errors, `parts.${index}.${field}`);
  return (
    <div className="part-fields">
      <ChoiceField
        label={label}
        hidden
        value={part.kind}
        choices={kindChoices}
        onChange={(kind) => onChange({ kind: kind as PartForm['kind'] })}
      />
      {part.kind === 'literal' && (
        <TextInput
          aria-label={`${label} text`}
          className="mono-input"
          placeholder="for example . or \n for a line feed"
          value={part.text}
          error={at('text')}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
        />
      )}
      {part.kind === 'header' && (
        <TextInput
          aria-label={`${label} header`}
          className="mono-input"
          placeholder="Header name"
          value={part.name}
          error={at('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      )}
      {part.kind === 'json' && (
        <TextInput
          aria-label={`${label} path`}
          className="mono-input"
          placeholder="data.id"
          value={part.path}
          error={at('path')}
          onChange={(event) => onChange({ path: event.currentTarget.value })}
        />
      )}
      {part.kind === 'body-hash' && (
        <>
          <ChoiceField
            label={`${label} hash`}
            hidden
            value={part.hash}
            choices={hashChoices}
            onChange={(hash) => onChange({ hash: hash as PartForm['hash'] })}
          />
          <ChoiceField
            label={`${label} encoding`}
            hidden
            value={part.encoding}
            choices={encodingChoices}
            onChange={(encoding) => onChange({ encoding: encoding as PartForm['encoding'] })}
          />
        </>
      )}
    </div>
  );
}
