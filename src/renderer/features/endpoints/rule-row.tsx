// One rule: a line that says what it does, and its fields when it is open.

import { ActionIcon, Switch, TextInput } from '@mantine/core';
import { ChevronRight, Copy, X } from 'lucide-react';
import type { ResponseRule } from '../../../shared/replies.ts';
import { replyWords } from '../../lib/reply-words.ts';
import { conditionsWords, failingReply } from '../../lib/rule-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { MoveButtons } from '../../ui/row-order.tsx';
import type { RowOrder } from '../../ui/row-order.tsx';
import { ConditionRows } from './condition-rows.tsx';
import type { MessageAt } from './form-part.ts';
import { ReplyEditor } from './reply-editor.tsx';

interface RuleRowProps {
  readonly rule: ResponseRule;
  readonly index: number;
  readonly count: number;
  readonly order: RowOrder;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onChange: (edit: Partial<ResponseRule>) => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
  readonly at: MessageAt;
}

const answerChoices = [
  { value: 'own', label: 'Gets a reply of its own' },
  { value: 'none', label: 'Goes on as if there were no rules' },
];

/** A row of the list "Rules". */
export function RuleRow(props: RuleRowProps) {
  const { rule, index, count, order, open, onOpen, onChange, onDuplicate, onRemove, at } = props;
  const place = `rule ${index + 1}`;
  return (
    <li className="entry" onKeyDown={order.onKeyDown(index)}>
      <div className="entry-head">
        <button type="button" className="entry-open" aria-expanded={open} onClick={() => onOpen(!open)}>
          <ChevronRight size={14} className={open ? 'turned' : ''} aria-hidden="true" />
          <span className="part-number">{index + 1}</span>
          <span className={rule.active ? 'grow cut' : 'grow cut muted'}>
            {rule.name !== '' && <b>{visibleText(rule.name)}: </b>}
            {visibleText(conditionsWords(rule.when))}
          </span>
          <span className="badge">{replyWords(rule.reply)}</span>
        </button>
        <Switch
          aria-label={`Use ${place}`}
          title={rule.active ? 'In force' : 'Switched off'}
          checked={rule.active}
          onChange={(event) => onChange({ active: event.currentTarget.checked })}
        />
        <span className="part-buttons">
          <MoveButtons what={place} index={index} count={count} order={order} />
          <ActionIcon variant="subtle" color="gray" aria-label={`Duplicate ${place}`} onClick={onDuplicate}>
            <Copy size={14} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${place}`} onClick={onRemove}>
            <X size={14} aria-hidden="true" />
          </ActionIcon>
        </span>
      </div>
      {open && (
        <div className="entry-body stack" role="group" aria-label={`Rule ${index + 1}`}>
          <div className="form-grid">
            <TextInput
              label="Rule name"
              placeholder="none"
              value={rule.name}
              error={at('name')}
              onChange={(event) => onChange({ name: event.currentTarget.value })}
            />
            <ChoiceField
              label="What fits"
              value={rule.reply === null ? 'none' : 'own'}
              choices={answerChoices}
              onChange={(value) => onChange({ reply: value === 'none' ? null : (rule.reply ?? failingReply) })}
            />
          </div>
          <ConditionRows when={rule.when} onChange={(when) => onChange({ when })} at={(field) => at(`when.${field}`)} />
          {rule.reply !== null && (
            <ReplyEditor
              reply={rule.reply}
              onChange={(edit) => onChange({ reply: { ...(rule.reply ?? failingReply), ...edit } })}
              at={(field) => at(`reply.${field}`)}
            />
          )}
        </div>
      )}
    </li>
  );
}
