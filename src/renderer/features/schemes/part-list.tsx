// The parts that are joined and signed, in order.

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { FieldError } from '../../lib/field-error.ts';
import { messageAt } from '../../lib/field-error.ts';
import { newPart } from '../../lib/scheme-form.ts';
import type { PartForm } from '../../lib/scheme-form.ts';
import { choicesOf, partNames } from '../../lib/scheme-words.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { MoveButtons, MovedRow, useRowOrder } from '../../ui/row-order.tsx';

interface PartListProps {
  readonly parts: readonly PartForm[];
  readonly errors: readonly FieldError[];
  readonly onChange: (parts: PartForm[]) => void;
}

const kindChoices = choicesOf(partNames);
const hashChoices = choicesOf({ sha256: 'SHA-256', sha1: 'SHA-1', sha512: 'SHA-512', md5: 'MD5' });
const encodingChoices = choicesOf({ hex: 'hex', base64: 'base64', base64url: 'base64url' });
const most = 20;

/** The list "Signed parts" with its buttons. */
export function PartList({ parts, errors, onChange }: PartListProps) {
  const order = useRowOrder(parts, onChange);
  const replace = (index: number, edit: Partial<PartForm>): void =>
    onChange(parts.map((part, i) => (i === index ? { ...part, ...edit } : part)));

  return (
    <div className="stack part-list">
      <ol id={order.listId} aria-label="Signed parts">
        {parts.map((part, index) => (
          // Parts have no identity but their place.
          <li key={index} className="part-row" onKeyDown={order.onKeyDown(index)}>
            <span className="part-number" aria-hidden="true">
              {index + 1}
            </span>
            <PartFields part={part} index={index} errors={errors} onChange={(edit) => replace(index, edit)} />
            <span className="part-buttons">
              <MoveButtons what={`part ${index + 1}`} index={index} count={parts.length} order={order} />
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
      <MovedRow order={order} word="part" />
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
