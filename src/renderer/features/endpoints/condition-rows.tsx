// The conditions of a rule: all of them must hold.

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { Condition } from '../../../shared/replies.ts';
import { fieldChoices, needsName, needsValue, newCondition, opChoices, valueHints } from '../../lib/rule-words.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import type { MessageAt } from './form-part.ts';

interface ConditionRowsProps {
  readonly when: readonly Condition[];
  readonly onChange: (when: Condition[]) => void;
  readonly at: MessageAt;
}

/** Rows of field, name, comparison and value. */
export function ConditionRows({ when, onChange, at }: ConditionRowsProps) {
  return (
    <div className="condition-list" role="group" aria-label="Conditions">
      {when.length === 0 && <p className="muted">Without conditions the rule takes every request.</p>}
      {when.map((condition, index) => (
        // Conditions have no identity but their place.
        <ConditionRow
          key={index}
          condition={condition}
          label={`Condition ${index + 1}`}
          first={index === 0}
          error={at(String(index))}
          onChange={(edit) => onChange(when.map((old, i) => (i === index ? { ...old, ...edit } : old)))}
          onRemove={() => onChange(when.filter((_, i) => i !== index))}
        />
      ))}
      <Button
        className="header-add"
        variant="subtle"
        leftSection={<Plus size={14} aria-hidden="true" />}
        disabled={when.length >= 20}
        onClick={() => onChange([...when, newCondition])}
      >
        Add condition
      </Button>
    </div>
  );
}

interface ConditionRowProps {
  readonly condition: Condition;
  readonly label: string;
  readonly first: boolean;
  readonly error: string | null;
  readonly onChange: (edit: Partial<Condition>) => void;
  readonly onRemove: () => void;
}

function ConditionRow({ condition, label, first, error, onChange, onRemove }: ConditionRowProps) {
  const { field, name, op, value } = condition;
  return (
    <div>
      <div className="condition-row">
        <span className="muted">{first ? 'If' : 'and'}</span>
        <ChoiceField
          label={`${label} field`}
          hidden
          value={field}
          choices={fieldChoices}
          onChange={(next) => onChange({ field: next as Condition['field'] })}
        />
        {needsName(field) ? (
          <TextInput
            aria-label={`${label} name`}
            className="mono-input"
            placeholder={field === 'json' ? 'data.object.id' : 'Name'}
            value={name}
            error={error !== null}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
        ) : (
          <span />
        )}
        <ChoiceField
          label={`${label} comparison`}
          hidden
          value={op}
          choices={opChoices}
          onChange={(next) => onChange({ op: next as Condition['op'] })}
        />
        {needsValue(op) ? (
          <TextInput
            aria-label={`${label} value`}
            className="mono-input"
            placeholder={valueHints[field]}
            value={value}
            onChange={(event) => onChange({ value: event.currentTarget.value })}
          />
        ) : (
          <span />
        )}
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${label.toLowerCase()}`} onClick={onRemove}>
          <X size={14} aria-hidden="true" />
        </ActionIcon>
      </div>
      {error !== null && (
        <div className="tone-bad condition-error" data-problem>
          {label} {error}
        </div>
      )}
    </div>
  );
}
