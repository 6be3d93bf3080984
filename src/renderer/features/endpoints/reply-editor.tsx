// A reply: its own answer, other ones in turn, and other ones by chance.

import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Answer, Reply } from '../../../shared/replies.ts';
import { sequenceWords, sharesWords } from '../../lib/reply-words.ts';
import { failingAnswer } from '../../lib/rule-words.ts';
import { Fold } from '../../ui/fold.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { MoveButtons, MovedRow, useRowOrder } from '../../ui/row-order.tsx';
import { AnswerFields } from './answer-fields.tsx';
import { AnswerHeads, AnswerRow } from './answer-row.tsx';
import type { MessageAt } from './form-part.ts';

interface ReplyEditorProps {
  readonly reply: Reply;
  readonly onChange: (edit: Partial<Reply>) => void;
  /** Of a field of the reply. */
  readonly at: MessageAt;
}

/** All of a reply. */
export function ReplyEditor({ reply, onChange, at }: ReplyEditorProps) {
  return (
    <div className="stack">
      <AnswerFields answer={reply} onChange={onChange} at={at} />
      <Fold inner title="Answer in turn" aside={sequenceWords(reply.sequence)} needed={at('sequence') !== null}>
        <div className="card-body stack">
          <SequenceEditor
            sequence={reply.sequence}
            onChange={(sequence) => onChange({ sequence })}
            at={(field) => at(`sequence.${field}`)}
          />
        </div>
      </Fold>
      <Fold inner title="By chance" aside={sharesWords(reply.shares)} needed={at('shares') !== null}>
        <div className="card-body stack">
          <SharesEditor
            shares={reply.shares}
            onChange={(shares) => onChange({ shares })}
            at={(field) => at(`shares.${field}`)}
            // About all of them together, or about one of them: then it stands there.
            error={reply.shares.some((_, i) => at(`shares.${i}`) !== null) ? null : at('shares')}
          />
        </div>
      </Fold>
    </div>
  );
}

const endChoices = [
  { value: 'stay', label: 'The last one stays' },
  { value: 'repeat', label: 'The first one comes again' },
];
const perChoices = [
  { value: 'endpoint', label: 'Over all requests' },
  { value: 'delivery', label: 'For each delivery id apart' },
];
const noAnswers: readonly Answer[] = [];

interface SequenceEditorProps {
  readonly sequence: Reply['sequence'];
  readonly onChange: (sequence: Reply['sequence']) => void;
  readonly at: MessageAt;
}

function SequenceEditor({ sequence, onChange, at }: SequenceEditorProps) {
  const { atEnd = 'stay', per = 'endpoint' } = sequence ?? {};
  const answers = sequence?.answers ?? noAnswers;
  const put = (next: Answer[]): void => onChange(next.length === 0 ? null : { answers: next, atEnd, per });
  const order = useRowOrder(answers, put);
  return (
    <>
      {answers.length === 0 ? (
        <p className="muted">The first request gets the first answer, the next one the second: 500, 500, 200.</p>
      ) : (
        <div>
          <AnswerHeads start="" />
          <ol id={order.listId} aria-label="Answers in turn">
            {answers.map((answer, index) => (
              // Answers have no identity but their place.
              <li key={index} onKeyDown={order.onKeyDown(index)}>
                <AnswerRow
                  label={`Answer ${index + 1}`}
                  start={<span className="part-number">{index + 1}</span>}
                  answer={answer}
                  onChange={(edit) => put(answers.map((old, i) => (i === index ? { ...old, ...edit } : old)))}
                  onRemove={() => put(answers.filter((_, i) => i !== index))}
                  buttons={
                    <MoveButtons what={`answer ${index + 1}`} index={index} count={answers.length} order={order} />
                  }
                  at={(field) => at(`answers.${index}.${field}`)}
                />
              </li>
            ))}
          </ol>
          <MovedRow order={order} word="answer" />
        </div>
      )}
      <AddAnswer label="Add answer" onClick={() => put([...answers, answers.at(-1) ?? failingAnswer])} />
      {sequence !== null && (
        <div className="form-grid">
          <ChoiceField
            label="After the last"
            value={atEnd}
            choices={endChoices}
            onChange={(value) => onChange({ ...sequence, atEnd: value as typeof atEnd })}
          />
          <ChoiceField
            label="Counted"
            value={per}
            choices={perChoices}
            onChange={(value) => onChange({ ...sequence, per: value as typeof per })}
          />
        </div>
      )}
    </>
  );
}

interface SharesEditorProps {
  readonly shares: Reply['shares'];
  readonly onChange: (shares: Reply['shares']) => void;
  readonly at: MessageAt;
  readonly error: string | null;
}

function SharesEditor({ shares, onChange, at, error }: SharesEditorProps) {
  const replace = (index: number, edit: Partial<Reply['shares'][number]>): void =>
    onChange(shares.map((old, i) => (i === index ? { ...old, ...edit } : old)));
  const left = 100 - shares.reduce((sum, { percent }) => sum + percent, 0);
  return (
    <>
      {shares.length === 0 ? (
        <p className="muted">A share of the requests gets another answer, at random: 20 % get 503.</p>
      ) : (
        <div>
          <AnswerHeads start="Percent" />
          {shares.map(({ percent, answer }, index) => (
            // Shares have no identity but their place.
            <AnswerRow
              key={index}
              label={`Share ${index + 1}`}
              start={
                <NumberField
                  label="Percent"
                  hidden
                  value={percent}
                  min={0}
                  max={100}
                  error={at(`${index}.percent`)}
                  onChange={(next) => next !== null && replace(index, { percent: next })}
                />
              }
              answer={answer}
              onChange={(edit) => replace(index, { answer: { ...answer, ...edit } })}
              onRemove={() => onChange(shares.filter((_, i) => i !== index))}
              at={(field) => at(`${index}.answer.${field}`)}
            />
          ))}
        </div>
      )}
      {error !== null && (
        <div className="tone-bad" data-problem>
          The shares {error}
        </div>
      )}
      {shares.length > 0 && error === null && left >= 0 && (
        <div className="muted">The other {Number(left.toFixed(2))} % get the reply as set above.</div>
      )}
      <AddAnswer
        label="Add share"
        onClick={() => onChange([...shares, { percent: Math.min(20, Math.max(0, left)), answer: failingAnswer }])}
      />
    </>
  );
}

function AddAnswer({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button
      className="header-add"
      variant="subtle"
      leftSection={<Plus size={14} aria-hidden="true" />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
