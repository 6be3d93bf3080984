// One of several answers on one line; headers and body are opened when they are wanted.

import { ActionIcon } from '@mantine/core';
import { ChevronRight, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Answer } from '../../../shared/replies.ts';
import { faultChoices, isSilent } from '../../lib/reply-words.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { AnswerContent } from './answer-fields.tsx';
import type { MessageAt } from './form-part.ts';

interface AnswerRowProps {
  /** Names the row, for example `Answer 2`. */
  readonly label: string;
  /** What stands at the beginning: a place, or a share. */
  readonly start: ReactNode;
  readonly answer: Answer;
  readonly onChange: (edit: Partial<Answer>) => void;
  readonly onRemove: () => void;
  /** Buttons before the one that removes. */
  readonly buttons?: ReactNode;
  readonly at: MessageAt;
}

/** The fields of one answer. */
export function AnswerRow({ label, start, answer, onChange, onRemove, buttons, at }: AnswerRowProps) {
  const [opened, setOpened] = useState(false);
  const hasError = at('headers') !== null || at('body') !== null;
  const open = opened || hasError;
  return (
    <div role="group" aria-label={label}>
      <div className="answer-row">
        <span className="answer-start">{start}</span>
        <NumberField
          label="Status"
          hidden
          value={answer.status}
          min={200}
          max={599}
          error={at('status')}
          onChange={(status) => status !== null && onChange({ status })}
        />
        <NumberField
          label="Delay"
          hidden
          value={answer.delayMs}
          min={0}
          max={600_000}
          error={at('delayMs')}
          onChange={(delayMs) => delayMs !== null && onChange({ delayMs })}
        />
        <ChoiceField
          label="Fault"
          hidden
          value={answer.fault ?? ''}
          choices={faultChoices}
          error={at('fault')}
          onChange={(fault) => onChange({ fault: fault === '' ? null : (fault as Answer['fault']) })}
        />
        <span className="part-buttons">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Headers and body of ${label.toLowerCase()}`}
            title="Headers and body"
            aria-expanded={open}
            disabled={isSilent(answer.fault)}
            onClick={() => setOpened(!open)}
          >
            <ChevronRight size={14} className={open ? 'turned' : ''} aria-hidden="true" />
          </ActionIcon>
          {buttons}
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${label.toLowerCase()}`} onClick={onRemove}>
            <X size={14} aria-hidden="true" />
          </ActionIcon>
        </span>
      </div>
      {open && !isSilent(answer.fault) && (
        <div className="stack answer-content">
          <AnswerContent answer={answer} onChange={onChange} at={at} />
        </div>
      )}
    </div>
  );
}

/** Heads of the columns. */
export function AnswerHeads({ start }: { readonly start: string }) {
  return (
    <div className="answer-row answer-heads" aria-hidden="true">
      <span>{start}</span>
      <span>Status</span>
      <span>Delay, ms</span>
      <span>Fault</span>
      <span />
    </div>
  );
}
