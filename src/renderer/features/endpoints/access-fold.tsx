// Who may reach the endpoint, how often, and how much of it is kept.

import { Checkbox, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ClipboardEvent } from 'react';
import type { Access } from '../../../shared/access.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { accessWords, fromMegabytes, networkLines, pasteNetworks, toMegabytes } from '../../lib/access-form.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { Fold } from '../../ui/fold.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { FormPart } from './form-part.ts';
import { RateField } from './rate-field.tsx';

interface AccessFoldProps extends FormPart {
  readonly problem: FieldError | null;
}

const quotaChoices = [
  { value: 'auto', label: 'Automatic' },
  { value: 'off', label: 'Off' },
  { value: 'own', label: 'Own figure' },
];

/** The card "Access". */
export function AccessFold({ endpoint, onChange, at, problem }: AccessFoldProps) {
  const { access } = endpoint;
  const edit = (change: Partial<Access>): void => onChange((now) => ({ access: { ...now.access, ...change } }));
  return (
    <Fold title="Access" aside={accessWords(access)} needed={at('access') !== null}>
      <div className="card-body stack">
        <AllowList allow={access.allow} problem={problem} onChange={(allow) => edit({ allow })} />
        <p className="muted">
          Automatic limits hold only for what comes through a tunnel: 50 requests a second with bursts of 500, and 2 GB
          of bodies. What comes from this machine is never limited by them.
        </p>
        <RateField
          label="Rate of one sender"
          rate={access.senderRate}
          onChange={(senderRate) => edit({ senderRate })}
          at={(field) => at(`access.senderRate${field}`)}
        />
        <RateField
          label="Rate of all senders"
          rate={access.endpointRate}
          onChange={(endpointRate) => edit({ endpointRate })}
          at={(field) => at(`access.endpointRate${field}`)}
        />
        <Quota
          quota={access.quotaBytes}
          error={at('access.quotaBytes')}
          onChange={(quotaBytes) => edit({ quotaBytes })}
        />
        <Checkbox
          label="Refuse stale timestamps"
          description="Answers 400 to a signed timestamp that is too old or too far ahead, in mode Capture too"
          checked={access.refuseStale}
          onChange={(event) => edit({ refuseStale: event.currentTarget.checked })}
        />
      </div>
    </Fold>
  );
}

interface AllowListProps {
  readonly allow: Access['allow'];
  readonly problem: FieldError | null;
  readonly onChange: (allow: Access['allow']) => void;
}

/** One network a line. A pasted list or a provider's JSON is taken apart. */
function AllowList({ allow, problem, onChange }: AllowListProps) {
  const [text, setText] = useState(() => allow.join('\n'));
  const put = (next: string): void => {
    setText(next);
    onChange(networkLines(next));
  };
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const next = pasteNetworks(text, selectionStart, selectionEnd, event.clipboardData.getData('text'));
    if (next === null) return;
    event.preventDefault();
    put(next);
  };
  const count = allow.length;
  return (
    <Textarea
      label="Networks that may send"
      description={
        count === 0
          ? 'One a line; empty: everybody may. Paste a provider’s published ranges, its JSON too.'
          : `${count === 1 ? 'One network' : `${count} networks`}; others get 403. Paste a provider’s published ranges, its JSON too.`
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      className="mono-input"
      placeholder={'203.0.113.0/24\n2001:db8::/32'}
      autosize
      minRows={3}
      maxRows={12}
      spellCheck={false}
      value={text}
      error={allowError(problem, allow)}
      onChange={(event) => put(event.currentTarget.value)}
      onPaste={paste}
    />
  );
}

/** Names the line that is wrong. */
function allowError(problem: FieldError | null, allow: readonly string[]): string | null {
  const match = /^access\.allow(?:\.(\d+))?/.exec(problem?.field ?? '');
  if (match === null || problem === null) return null;
  const line = match[1] === undefined ? undefined : allow[Number(match[1])];
  return line === undefined ? `The list ${problem.message}` : `“${visibleText(line)}” ${problem.message}`;
}

interface QuotaProps {
  readonly quota: Access['quotaBytes'];
  readonly error: string | null;
  readonly onChange: (quota: Access['quotaBytes']) => void;
}

function Quota({ quota, error, onChange }: QuotaProps) {
  return (
    <div className="limit-grid">
      <ChoiceField
        label="Storage"
        description="Bodies of this endpoint that are kept; over it: 507"
        value={typeof quota === 'number' ? 'own' : quota}
        choices={quotaChoices}
        onChange={(value) => onChange(value === 'own' ? 1_000_000_000 : (value as 'auto' | 'off'))}
      />
      {typeof quota === 'number' && (
        <NumberField
          label="Megabytes"
          value={toMegabytes(quota)}
          min={0.000_001}
          error={error}
          onChange={(megabytes) => megabytes !== null && onChange(fromMegabytes(megabytes))}
        />
      )}
    </div>
  );
}
