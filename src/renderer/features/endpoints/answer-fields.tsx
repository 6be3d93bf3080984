// One answer: status, headers and body, how late it comes, and how it is broken on purpose.

import { Textarea } from '@mantine/core';
import { useId, useRef } from 'react';
import type { Answer } from '../../../shared/replies.ts';
import { faultChoices, faultSentence, isSilent, lookUps } from '../../lib/reply-words.ts';
import { HeaderListEditor } from '../../ui/header-list-editor.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { MessageAt } from './form-part.ts';

interface AnswerFieldsProps {
  readonly answer: Answer;
  readonly onChange: (edit: Partial<Answer>) => void;
  readonly at: MessageAt;
}

/** Every field of an answer. */
export function AnswerFields({ answer, onChange, at }: AnswerFieldsProps) {
  return (
    <div className="stack">
      <div className="form-grid">
        <NumberField
          label="Status"
          value={answer.status}
          min={200}
          max={599}
          error={at('status')}
          onChange={(status) => status !== null && onChange({ status })}
        />
        <NumberField
          label="Delay"
          description="Milliseconds before the answer"
          value={answer.delayMs}
          min={0}
          max={600_000}
          error={at('delayMs')}
          onChange={(delayMs) => delayMs !== null && onChange({ delayMs })}
        />
        <ChoiceField
          label="Fault"
          description={answer.fault === null ? 'Breaks the answer on purpose' : faultSentence(answer.fault)}
          value={answer.fault ?? ''}
          choices={faultChoices}
          error={at('fault')}
          onChange={(fault) => onChange({ fault: fault === '' ? null : (fault as Answer['fault']) })}
        />
      </div>
      {!isSilent(answer.fault) && <AnswerContent answer={answer} onChange={onChange} at={at} />}
    </div>
  );
}

/** Headers and body, with the look-ups that may stand in them. */
export function AnswerContent({ answer, onChange, at }: AnswerFieldsProps) {
  const body = useRef<HTMLTextAreaElement>(null);
  const lookUpsId = useId();
  const insert = (text: string): void => {
    const field = body.current;
    const [from, to] = [field?.selectionStart ?? answer.body.length, field?.selectionEnd ?? answer.body.length];
    onChange({ body: `${answer.body.slice(0, from)}${text}${answer.body.slice(to)}` });
    field?.focus();
  };
  return (
    <>
      <HeaderListEditor headers={answer.headers} error={at('headers')} onChange={(headers) => onChange({ headers })} />
      <Textarea
        ref={body}
        label="Reply body"
        className="mono-input"
        autosize
        minRows={3}
        maxRows={14}
        value={answer.body}
        error={at('body')}
        aria-describedby={lookUpsId}
        onChange={(event) => onChange({ body: event.currentTarget.value })}
      />
      <div className="look-ups">
        <span id={lookUpsId} className="muted">
          Replaced in body and header values:
        </span>
        {lookUps.map(([text, what]) => (
          <button key={text} type="button" title={`Inserts ${what}`} onClick={() => insert(text)}>
            {text}
          </button>
        ))}
      </div>
    </>
  );
}
