// A person's own retry schedules. A dialog, so that the form in which one is wanted keeps what was typed.

import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { schedules as builtIn } from '../../../shared/schedules.ts';
import type { OwnSchedule } from '../../../shared/schedules.ts';
import { readDurations, writeDurations } from '../../lib/durations.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { formatDuration, plural } from '../../lib/format.ts';
import { freeId } from '../../lib/free-id.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { showDone, showError, showUndo, valueOrTell } from '../../ui/toast.tsx';
import './schedules.css';

/** The dialog "Own schedules". */
export function SchedulesDialog() {
  const opened = useApp((state) => state.view.schedules);
  const actions = useActions();
  return (
    <Modal
      opened={opened}
      onClose={() => actions.showSchedules(false)}
      title="Own schedules"
      size="lg"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && <Schedules />}
    </Modal>
  );
}

function Schedules() {
  const schedules = useApp((state) => state.mirror.schedules);
  /** Null while the list is shown; an empty id is a new one. */
  const [edited, setEdited] = useState<OwnSchedule | null>(null);
  if (edited !== null) return <ScheduleForm key={edited.id} stored={edited} onDone={() => setEdited(null)} />;
  return (
    <div className="stack">
      {schedules.length === 0 ? (
        <p className="soft">
          None yet. A schedule lists the waits after failed attempts; the first attempt is at once. The built-in ones
          follow what providers publish.
        </p>
      ) : (
        <ul className="schedule-list" aria-label="Own schedules">
          {schedules.map((schedule) => (
            <li key={schedule.id} className="row-line">
              <span className="grow cut">
                <b>{visibleText(schedule.name)}</b>{' '}
                <span className="muted">{inWords(schedule.waitsMs, schedule.deadlineMs)}</span>
              </span>
              <Button
                size="compact-xs"
                aria-label={`Edit ${visibleText(schedule.name)}`}
                onClick={() => setEdited(schedule)}
              >
                Edit
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="form-actions dialog-end">
        <Button variant="filled" onClick={() => setEdited(newSchedule)}>
          New schedule
        </Button>
      </div>
    </div>
  );
}

const newSchedule: OwnSchedule = { id: '', name: '', waitsMs: [5_000, 300_000, 7_200_000], deadlineMs: null };

interface ScheduleFormProps {
  readonly stored: OwnSchedule;
  readonly onDone: () => void;
}

function ScheduleForm({ stored, onDone }: ScheduleFormProps) {
  const schedules = useApp((state) => state.mirror.schedules);
  const { bridge } = useServices();
  const [name, setName] = useState(stored.name);
  const [waits, setWaits] = useState(writeDurations(stored.waitsMs));
  const [deadlineMs, setDeadlineMs] = useState(stored.deadlineMs);
  const [problem, setProblem] = useState<FieldError | null>(null);
  const [busy, setBusy] = useState(false);
  const read = readDurations(waits);

  const save = async (): Promise<void> => {
    if (!read.ok) return setProblem({ field: 'waitsMs', message: read.message });
    const taken = new Set([...schedules, ...builtIn].map(({ id }) => id));
    const id = stored.id === '' ? `own-${freeId(name.slice(0, 40), withoutPrefix(taken), 'schedule')}` : stored.id;
    setBusy(true);
    const answer = await bridge.call('schedules.save', { id, name: name.trim(), waitsMs: read.waitsMs, deadlineMs });
    setBusy(false);
    if (answer.ok) {
      showDone('Schedule saved', 'It can be chosen wherever a schedule is.');
      return onDone();
    }
    const field = fieldErrorOf(answer.error);
    setProblem(field);
    return field === null ? showError(answer.error) : undefined;
  };
  const remove = async (): Promise<void> => {
    const answer = await bridge.call('schedules.remove', { id: stored.id });
    if (!answer.ok) return showError(answer.error);
    showUndo(`Schedule “${visibleText(stored.name)}” removed`, () => {
      void bridge.call('schedules.save', stored).then(valueOrTell);
    });
    return onDone();
  };
  return (
    <form
      className="stack"
      aria-label="Schedule"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput
        data-autofocus
        label="Name"
        value={name}
        error={messageFor(problem, 'name')}
        onChange={(event) => {
          setProblem(null);
          setName(event.currentTarget.value);
        }}
      />
      <TextInput
        label="Waits"
        className="mono-input"
        placeholder="5s, 5m, 2h"
        description={read.ok ? inWords(read.waitsMs, null) : 'After each failed attempt, such as 5s, 5m, 2h'}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={waits}
        error={messageFor(problem, 'waitsMs')}
        onChange={(event) => {
          setProblem(null);
          setWaits(event.currentTarget.value);
        }}
      />
      <NumberField
        label="Deadline"
        description="Milliseconds that an answer is waited for; empty: 30000"
        placeholder="30000"
        value={deadlineMs}
        min={100}
        max={600_000}
        error={messageFor(problem, 'deadlineMs')}
        onChange={setDeadlineMs}
      />
      <div className="form-actions">
        {stored.id !== '' && <Button onClick={() => void remove()}>Delete</Button>}
        <span className="grow" />
        <Button onClick={onDone}>Back</Button>
        <Button type="submit" variant="filled" loading={busy}>
          Save
        </Button>
      </div>
    </form>
  );
}

/** Ids without `own-`, among which a free one is looked for. */
function withoutPrefix(ids: ReadonlySet<string>): Set<string> {
  return new Set([...ids].map((id) => id.replace(/^own-/, '')));
}

function inWords(waitsMs: readonly number[], deadlineMs: number | null): string {
  const total = waitsMs.reduce((sum, ms) => sum + ms, 0);
  const attempts = plural(waitsMs.length + 1, 'attempt');
  const deadline = deadlineMs === null ? '' : `, ${formatDuration(deadlineMs)} to answer`;
  return `${attempts}${total === 0 ? '' : ` over ${formatDuration(total)}`}${deadline}`;
}
