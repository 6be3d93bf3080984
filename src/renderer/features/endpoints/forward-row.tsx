// One forward: a line with its address and its app's health, and its fields when it is open.

import { ActionIcon, Checkbox, Switch, TextInput } from '@mantine/core';
import { ChevronRight, X } from 'lucide-react';
import { useState } from 'react';
import type { Forward } from '../../../shared/forwards.ts';
import { healthTone, healthWords, takesWords } from '../../lib/forward-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { duplicateWord, verdictTitles } from '../../lib/words.ts';
import { useApp } from '../../state/use-app.ts';
import { useScheduleChoices } from '../../state/use-schedules.ts';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import type { CardChoice } from '../../ui/choice-cards.tsx';
import { Fold } from '../../ui/fold.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { MessageAt } from './form-part.ts';

interface ForwardRowProps {
  readonly forward: Forward;
  readonly endpointId: string;
  readonly index: number;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onChange: (edit: Partial<Forward>) => void;
  readonly onRemove: () => void;
  readonly at: MessageAt;
}

const modes: readonly CardChoice<Forward['mode']>[] = [
  {
    value: 'answer',
    label: 'Answer',
    what: 'The app’s answer goes to the provider. If the app cannot be reached the provider gets 502 and tries again.',
  },
  {
    value: 'copy',
    label: 'Copy',
    what: 'The endpoint answers at once; the app gets a copy, tried again until it takes it.',
  },
];
const verdicts = [
  'valid',
  'invalid',
  'missing',
  'expired',
  'future',
  'malformed',
  'unsupported',
  'unverified',
] as const;
const kinds = ['first', 'retry', 'conflict', 'same-body'] as const;

/** A row of the list "Forwards". */
export function ForwardRow(props: ForwardRowProps) {
  const { forward, index, open, onOpen, onChange, onRemove } = props;
  const place = `forward ${index + 1}`;
  return (
    <li className="entry">
      <div className="entry-head">
        <button type="button" className="entry-open" aria-expanded={open} onClick={() => onOpen(!open)}>
          <ChevronRight size={14} className={open ? 'turned' : ''} aria-hidden="true" />
          <span className={forward.active ? 'mono cut' : 'mono cut muted'}>
            {forward.url === '' ? 'new forward' : visibleText(forward.url)}
          </span>
          <span className="muted cut grow">
            {forward.mode}, {visibleText(takesWords(forward))}
          </span>
          <Health endpointId={props.endpointId} forward={forward} />
        </button>
        <Switch
          aria-label={`Use ${place}`}
          title={forward.active ? 'In force' : 'Switched off'}
          checked={forward.active}
          onChange={(event) => onChange({ active: event.currentTarget.checked })}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${place}`} onClick={onRemove}>
          <X size={14} aria-hidden="true" />
        </ActionIcon>
      </div>
      {open && <ForwardFields {...props} />}
    </li>
  );
}

function Health({ endpointId, forward }: { readonly endpointId: string; readonly forward: Forward }) {
  const health = useApp((state) =>
    state.mirror.forwardHealth.find((entry) => entry.endpointId === endpointId && entry.forwardId === forward.id),
  );
  const [now] = useState(Date.now);
  if (!forward.active) return <span className="muted">off</span>;
  // What was seen at another address says nothing about this one.
  const known = health?.url === forward.url ? health : undefined;
  return (
    <span className="row-line health" title={known?.message}>
      <span className={`dot ${healthTone(known)}`} />
      {healthWords(known, now)}
    </span>
  );
}

function ForwardFields({ forward, index, onChange, at }: ForwardRowProps) {
  const schedules = useScheduleChoices();
  return (
    <div className="entry-body stack" role="group" aria-label={`Forward ${index + 1}`}>
      <TextInput
        label="Address of the app"
        className="mono-input"
        placeholder="http://localhost:3000/webhooks"
        value={forward.url}
        error={at('url')}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <ChoiceCards label="Forward mode" value={forward.mode} choices={modes} onChange={(mode) => onChange({ mode })} />
      <Fold
        inner
        title="Only some requests"
        aside={takesWords(forward)}
        needed={at('events') !== null || at('verdicts') !== null || at('duplicates') !== null}
      >
        <Filters forward={forward} onChange={onChange} at={at} />
      </Fold>
      <div className="form-grid">
        <NumberField
          label="Time limit"
          description="Milliseconds until the app must have answered"
          value={forward.timeoutMs}
          min={100}
          max={600_000}
          error={at('timeoutMs')}
          onChange={(timeoutMs) => timeoutMs !== null && onChange({ timeoutMs })}
        />
        {forward.mode === 'copy' && (
          <ChoiceField
            label="Retry schedule"
            value={forward.schedule}
            choices={schedules}
            error={at('schedule')}
            onChange={(schedule) => onChange({ schedule })}
          />
        )}
      </div>
      <Checkbox
        label="Append path"
        description="What follows the endpoint’s path is added to the address; the query always goes along"
        checked={forward.appendPath}
        onChange={(event) => onChange({ appendPath: event.currentTarget.checked })}
      />
      <Checkbox
        label="Keep Host"
        description="The app sees the Host header as it came; otherwise its own, and the original in X-Forwarded-Host"
        checked={forward.keepHost}
        onChange={(event) => onChange({ keepHost: event.currentTarget.checked })}
      />
    </div>
  );
}

type FiltersProps = Pick<ForwardRowProps, 'forward' | 'onChange' | 'at'>;

function Filters({ forward, onChange, at }: FiltersProps) {
  const [events, setEvents] = useState(() => forward.events.join(', '));
  return (
    <div className="card-body stack">
      <TextInput
        label="Events"
        className="mono-input"
        description="Names, order.* for a family, * for all; separated by commas"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={events}
        error={at('events')}
        onChange={(event) => {
          setEvents(event.currentTarget.value);
          onChange({ events: eventNames(event.currentTarget.value) });
        }}
      />
      <Checkbox.Group
        label="Verdicts"
        description="None ticked: all of them"
        value={forward.verdicts}
        error={at('verdicts')}
        onChange={(chosen) => onChange({ verdicts: verdicts.filter((verdict) => chosen.includes(verdict)) })}
      >
        <div className="tick-row">
          {verdicts.map((verdict) => (
            <Checkbox key={verdict} value={verdict} label={verdictTitles[verdict]} />
          ))}
        </div>
      </Checkbox.Group>
      <Checkbox.Group
        label="Duplicates"
        description="None ticked: all of them"
        value={forward.duplicates}
        error={at('duplicates')}
        onChange={(chosen) => onChange({ duplicates: kinds.filter((kind) => chosen.includes(kind)) })}
      >
        <div className="tick-row">
          {kinds.map((kind) => (
            <Checkbox key={kind} value={kind} label={duplicateWord(kind)} />
          ))}
        </div>
      </Checkbox.Group>
    </div>
  );
}

function eventNames(text: string): string[] {
  const names = text
    .split(/[,\s]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? ['*'] : names;
}
