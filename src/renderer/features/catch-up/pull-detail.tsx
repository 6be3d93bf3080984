// One pull: when it looked, from when it looks now, and what it found.

import { Button, TextInput } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { PullSetup, PullStatus } from '../../../shared/pulls.ts';
import { plural } from '../../lib/format.ts';
import { eventCounts, eventName, pullTones, shownEvents } from '../../lib/pull-words.ts';
import type { ShownEvent } from '../../lib/pull-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { Moment } from '../../ui/moment.tsx';
import { showDone, valueOrTell } from '../../ui/toast.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import type { RowProps } from '../../ui/virtual-grid.tsx';
import { Visible } from '../../ui/visible.tsx';

const keyOf = (event: ShownEvent): string => event.id;
const none: readonly ShownEvent[] = [];

/** The lower part of "Catch-up"; must be keyed by the pull's id. */
export function PullDetail({ pull }: { readonly pull: PullSetup }) {
  const status = useApp((state) => state.mirror.pullStatus.find(({ id }) => id === pull.id));
  const actions = useActions();
  const [chosen, setChosen] = useState<string | null>(null);
  const found = status?.events;
  const events = useMemo(() => (found === undefined ? none : shownEvents(found)), [found]);
  const open = useCallback(
    (event: ShownEvent) => event.requestId !== null && actions.go({ view: 'inbox', id: event.requestId }),
    [actions],
  );
  return (
    <>
      <LookBar pull={pull} running={status?.running === true} />
      {status !== undefined && status.problem !== null && (
        <div className="banner bad pull-problem" role="alert">
          <ToneIcon tone="bad" />
          <b className="grow">
            <Visible text={status.problem} />
          </b>
        </div>
      )}
      <div className="pull-summary muted" role="status" aria-label="Last look">
        {summary(events, status)}
      </div>
      {events.length > 0 && (
        <VirtualGrid
          label="Events"
          items={events}
          keyOf={keyOf}
          nameOf={eventName}
          rowHeight={38}
          rowClass="event-row"
          Row={EventRow}
          header={<EventHeader />}
          selected={chosen}
          onSelect={(event) => setChosen(event.id)}
          onOpen={open}
        />
      )}
    </>
  );
}

function summary(events: readonly ShownEvent[], status: PullStatus | undefined): string {
  if (status?.running === true) return 'Looking…';
  if (events.length === 0 && status !== undefined && status.problem !== null) return 'Nothing was found out.';
  if (status?.lastAt == null) return 'It has not looked yet.';
  if (events.length === 0) return 'Nothing was sent in the time of the last look.';
  const { arrived, pulled, missed, failed } = eventCounts(events);
  const before = pulled === 0 ? '' : `, ${pulled} pulled before`;
  return `Last look: ${plural(events.length, 'event')}, ${arrived} arrived${before}, ${missed} missed, ${failed} failed at the provider`;
}

interface LookBarProps {
  readonly pull: PullSetup;
  readonly running: boolean;
}

function LookBar({ pull, running }: LookBarProps) {
  const { bridge } = useServices();
  const [since, setSince] = useState('');
  const [busy, setBusy] = useState(false);
  const sinceAt = since === '' ? null : new Date(since).getTime();
  const unreadable = sinceAt !== null && Number.isNaN(sinceAt);
  const look = async (): Promise<void> => {
    if (unreadable) return;
    setBusy(true);
    const status = valueOrTell(await bridge.call('pulls.run', { id: pull.id, sinceAt }));
    setBusy(false);
    if (status === null || status.running || status.problem !== null) return;
    const { missed, failed } = eventCounts(status.events);
    if (missed + failed === 0) showDone('Nothing was missed');
    else showDone(`${plural(missed + failed, 'event')} put into the Inbox`, 'They are marked as pulled.');
  };
  return (
    <form
      className="look-bar"
      aria-label="Look"
      onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}
    >
      <TextInput
        type="datetime-local"
        step={1}
        label="Since"
        description="Empty: where the last look ended"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={since}
        error={unreadable ? 'Not a date and time' : null}
        onChange={(event) => setSince(event.currentTarget.value)}
      />
      <Button
        type="submit"
        className="look-button"
        loading={busy || running}
        leftSection={<RefreshCw size={14} aria-hidden="true" />}
      >
        Look now
      </Button>
      <span className="grow" />
      <Button component="a" className="look-button" href={hashOf({ view: 'pull', id: pull.id })}>
        Edit
      </Button>
    </form>
  );
}

function EventHeader() {
  return (
    <>
      <span role="columnheader">State</span>
      <span role="columnheader">Event</span>
      <span role="columnheader">Id</span>
      <span role="columnheader">Sent</span>
      <span role="columnheader">Request</span>
    </>
  );
}

function EventRow({ item }: RowProps<ShownEvent>) {
  const tone = pullTones[item.state];
  return (
    <>
      <span role="gridcell" className={`row-line tone-${tone}`}>
        <ToneIcon tone={tone} />
        {item.state}
      </span>
      <span role="gridcell" className="cut">
        {item.event === null ? <span className="muted">–</span> : visibleText(item.event)}
      </span>
      <span role="gridcell" className="cut mono muted">
        <Visible text={item.id} />
      </span>
      <span role="gridcell" className="cut">
        <Moment at={item.at} />
      </span>
      <span role="gridcell" className="cut">
        {item.requestId === null ? (
          <span className="muted">none</span>
        ) : (
          <a href={hashOf({ view: 'inbox', id: item.requestId })} aria-label={`Open ${visibleText(item.id)}`}>
            Open
          </a>
        )}
      </span>
    </>
  );
}
