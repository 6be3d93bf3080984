// The same event many times at a rate, with a live figure of what is answered. Only addresses of this machine and its
// network are loaded unless the person says otherwise.

import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { VolumeRun } from '../../../shared/trials.ts';
import { eventMatches } from '../../../shared/workspace.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { outsideHosts } from '../../lib/outside.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { answerRows } from '../../lib/volume-words.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { Fold } from '../../ui/fold.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { showError } from '../../ui/toast.tsx';
import './send-many.css';

/** The card "Send many"; `missing` tells why the form cannot be sent yet. */
export function SendMany({ missing }: { readonly missing: string | null }) {
  const { volume, volumeId, volumeError } = useApp((state) => state.trials);
  const run = useApp((state) => (state.mirror.volume?.id === state.trials.volumeId ? state.mirror.volume : null));
  const hosts = useOutsideHosts();
  const actions = useActions();
  const [starting, setStarting] = useState(false);
  const running = volumeId !== null && (run === null || run.state === 'running');
  const refused = volumeError !== null && missing === null;
  const confirmed = hosts.length > 0 && volume.confirmedFor === hosts.join();

  const start = async (): Promise<void> => {
    setStarting(true);
    await actions.startVolume(confirmed);
    setStarting(false);
  };
  const startByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (missing === null && !running && !starting) void start();
  };
  const stop = async (): Promise<void> => {
    const error = await actions.stopVolume();
    if (error !== null) showError(error);
  };
  return (
    <Fold
      title="Send many"
      aside={running ? 'running' : 'the same event at a rate, with live figures'}
      needed={volumeId !== null}
    >
      {/* Enter starts what is edited here, and does not send the form once. */}
      <div className="card-body stack" onKeyDown={startByKey}>
        <div className="form-grid">
          <NumberField
            label="Count"
            value={volume.count}
            min={1}
            max={100_000}
            onChange={(count) => count !== null && actions.editVolume({ count: Math.round(count) })}
          />
          <NumberField
            label="Rate"
            description="Per second"
            value={volume.ratePerSecond}
            min={0.1}
            max={2_000}
            onChange={(ratePerSecond) => ratePerSecond !== null && actions.editVolume({ ratePerSecond })}
          />
        </div>
        {hosts.length > 0 && (
          <Checkbox
            label={`I may load ${hosts.map(visibleText).join(', ')}`}
            description="Not plainly on this machine or its network; without your word it is only loaded if it turns out to be"
            checked={confirmed}
            onChange={(event) => actions.editVolume({ confirmedFor: event.currentTarget.checked ? hosts.join() : '' })}
          />
        )}
        {refused && (
          <div role="alert">
            <span className="tone-bad">{volumeError.message}</span> <span className="muted">{volumeError.hint}</span>
          </div>
        )}
        <div className="form-actions">
          {running ? (
            <Button onClick={() => void stop()}>Stop</Button>
          ) : (
            <Button
              loading={starting}
              disabled={missing !== null}
              title={missing ?? undefined}
              onClick={() => void start()}
            >
              Start
            </Button>
          )}
          <span className="muted">
            {missing ?? `about ${formatDuration((volume.count / volume.ratePerSecond) * 1_000)}`}
          </span>
        </div>
      </div>
      {run !== null && <Figures run={run} />}
    </Fold>
  );
}

function useOutsideHosts(): readonly string[] {
  const compose = useApp((state) => state.forms.compose);
  const targets = useApp((state) => state.mirror.targets);
  const event = compose.event.trim() === '' ? null : compose.event.trim();
  const meant = targets.filter(({ id, state, events }) =>
    compose.toMatching ? state === 'active' && eventMatches(events, event) : compose.targetIds.includes(id),
  );
  return outsideHosts([...(compose.toMatching ? [] : [compose.url.trim()]), ...meant.map(({ url }) => url)]);
}

const stateTitles: Readonly<Record<VolumeRun['state'], string>> = {
  running: 'Sending',
  done: 'Done',
  stopped: 'Stopped',
};

function Figures({ run }: { readonly run: VolumeRun }) {
  const answered = run.delivered + run.dead;
  return (
    <div className="volume" role="status" aria-label="Send many">
      <div className="row-line">
        <b className="grow">
          {stateTitles[run.state]}: {formatCount(run.enqueued)} of {formatCount(run.count)} sent,{' '}
          {formatCount(run.delivered)} delivered
          {run.dead > 0 && <span className="tone-bad">, {formatCount(run.dead)} given up</span>}
        </b>
        <span className="mono">{formatCount(Math.round(run.perSecond))} per second</span>
      </div>
      <ProgressBar label="Answered" value={answered} of={run.count} />
      <dl className="volume-figures">
        {percentiles(run).map(([name, ms]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{ms === null ? '–' : formatDuration(ms)}</dd>
          </div>
        ))}
      </dl>
      <ul className="row-line wrap" aria-label="Answers">
        {answerRows(run.answers).map(({ name, count, tone }) => (
          <li key={name} className={`badge ${tone}`}>
            {name} × {formatCount(count)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function percentiles({ p50, p95, p99 }: VolumeRun): readonly (readonly [name: string, ms: number | null])[] {
  return [
    ['p50', p50],
    ['p95', p95],
    ['p99', p99],
  ];
}
