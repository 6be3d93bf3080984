// How a tunnel stands, in words: its state, what is wrong and the cure, whether its address really leads here, and under
// which address each endpoint is reached.

import { Button } from '@mantine/core';
import { Play, Radar, Square } from 'lucide-react';
import { useState } from 'react';
import type { Result } from '../../../shared/errors.ts';
import type { TunnelSetup, TunnelStatus } from '../../../shared/tunnels.ts';
import { formatDuration } from '../../lib/format.ts';
import { publicAddresses, stoppedTunnel, tunnelStateWords, tunnelTone } from '../../lib/tunnel-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { showError } from '../../ui/toast.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { Visible } from '../../ui/visible.tsx';
import './tunnels.css';

/** Everything about a tunnel that is not a field. */
export function TunnelState({ tunnel }: { readonly tunnel: TunnelSetup }) {
  const known = useApp((state) => state.mirror.tunnelStates.find(({ id }) => id === tunnel.id));
  const status = known ?? stoppedTunnel(tunnel.id);
  return (
    <>
      {status.movedFrom !== null && status.publicUrl !== null && (
        <Moved tunnel={tunnel} from={status.movedFrom} to={status.publicUrl} />
      )}
      <Card
        title="State"
        aside={status.since > 0 && status.state !== 'stopped' ? <Since status={status} /> : undefined}
      >
        <div className="card-body stack">
          <StateLine tunnel={tunnel} status={status} />
          {status.problem !== null && (
            <div className="banner bad" role="alert">
              <ToneIcon tone="bad" />
              <div className="grow">
                <b>
                  <Visible text={status.problem.message} />
                </b>
                <p>
                  <Visible text={status.problem.cure} />
                </p>
              </div>
            </div>
          )}
          {status.state === 'up' && <Probe status={status} />}
        </div>
      </Card>
      {status.publicUrl !== null && status.state === 'up' && <Addresses tunnel={tunnel} publicUrl={status.publicUrl} />}
    </>
  );
}

function Since({ status }: { readonly status: TunnelStatus }) {
  return (
    <span>
      since <Moment at={status.since} />
    </span>
  );
}

/** Runs one command after the other; the button waits for it. */
function useCommand(): readonly [busy: boolean, run: (call: () => Promise<Result<unknown>>) => void] {
  const [busy, setBusy] = useState(false);
  const run = (call: () => Promise<Result<unknown>>): void => {
    setBusy(true);
    void call().then((answer) => {
      setBusy(false);
      if (!answer.ok) showError(answer.error);
    });
  };
  return [busy, run];
}

function StateLine({ tunnel, status }: { readonly tunnel: TunnelSetup; readonly status: TunnelStatus }) {
  const { bridge } = useServices();
  const [busy, run] = useCommand();
  const isStopped = status.state === 'stopped' || status.state === 'failed';
  return (
    <div className="row-line">
      <span className={`dot ${tunnelTone(status)}`} />
      <span className="grow" role="status" aria-label="Tunnel state">
        <b>{tunnelStateWords[status.state]}</b>
        {status.state === 'up' && status.publicUrl !== null && (
          <span className="mono tunnel-url">{visibleText(status.publicUrl)}</span>
        )}
        {status.retryAt !== null && (
          <span className="muted">
            {' '}
            next try <Countdown at={status.retryAt} />
          </span>
        )}
      </span>
      {status.state === 'up' && status.publicUrl !== null && (
        <CopyButton text={status.publicUrl} label="Copy the public URL" />
      )}
      {isStopped ? (
        <Button
          variant="filled"
          loading={busy}
          leftSection={<Play size={14} aria-hidden="true" />}
          onClick={() => run(() => bridge.call('tunnels.start', { id: tunnel.id }))}
        >
          Start
        </Button>
      ) : (
        <Button
          loading={busy}
          leftSection={<Square size={13} aria-hidden="true" />}
          onClick={() => run(() => bridge.call('tunnels.stop', { id: tunnel.id }))}
        >
          Stop
        </Button>
      )}
    </div>
  );
}

/** A signed message that went out and came in again: proof, or what is wrong on the way. */
function Probe({ status: { id, probe } }: { readonly status: TunnelStatus }) {
  const { bridge } = useServices();
  const [busy, run] = useCommand();
  const tone = probe === null ? 'none' : probe.ok ? 'ok' : 'bad';
  return (
    <div className={`banner ${tone}`} role="status" aria-label="Probe">
      <ToneIcon tone={tone} />
      <div className="grow">
        {probe === null ? (
          <b>Not probed yet</b>
        ) : (
          <>
            <b>
              <Visible text={probe.message} />
            </b>
            {probe.cure !== '' && (
              <p>
                <Visible text={probe.cure} />
              </p>
            )}
            <p>
              Probed <Moment at={probe.at} />
              {probe.ok && `, ${formatDuration(probe.ms)} there and back`}
            </p>
          </>
        )}
      </div>
      <Button
        size="compact-sm"
        loading={busy}
        leftSection={<Radar size={14} aria-hidden="true" />}
        onClick={() => run(() => bridge.call('tunnels.probe', { id }))}
      >
        Probe now
      </Button>
    </div>
  );
}

interface MovedProps {
  readonly tunnel: TunnelSetup;
  readonly from: string;
  readonly to: string;
}

/** Providers still send to the old address: says which endpoints must be registered anew. */
function Moved({ tunnel, from, to }: MovedProps) {
  const endpoints = useApp((state) => state.mirror.endpoints);
  const { bridge } = useServices();
  const [busy, run] = useCommand();
  return (
    <div className="banner warn" role="region" aria-label="Moved address">
      <ToneIcon tone="warn" />
      <div className="grow stack moved">
        <div>
          <b>The public address changed.</b>
          <p>
            Providers that were given <span className="mono">{visibleText(from)}</span> do not reach you any more. Give
            them the new addresses:
          </p>
        </div>
        <ul aria-label="Register anew">
          {publicAddresses(tunnel.kind, to, endpoints).map(({ endpointId, name, url }) => (
            <li key={endpointId} className="row-line">
              <span>{visibleText(name)}</span>
              <span className="mono cut">{visibleText(url)}</span>
              <CopyButton text={url} label={`Copy the new address of ${visibleText(name)}`} />
            </li>
          ))}
        </ul>
      </div>
      <Button
        size="compact-sm"
        loading={busy}
        onClick={() => run(() => bridge.call('tunnels.registered', { id: tunnel.id }))}
      >
        Registered
      </Button>
    </div>
  );
}

function Addresses({ tunnel, publicUrl }: { readonly tunnel: TunnelSetup; readonly publicUrl: string }) {
  const endpoints = useApp((state) => state.mirror.endpoints);
  return (
    <Card title="Public addresses" aside="give these to the providers">
      <table className="plain-table address-table" aria-label="Public addresses">
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Address</th>
          </tr>
        </thead>
        <tbody>
          {publicAddresses(tunnel.kind, publicUrl, endpoints).map(({ endpointId, name, url }) => (
            <tr key={endpointId}>
              <td>
                <a href={hashOf({ view: 'endpoint', id: endpointId })}>{visibleText(name)}</a>
              </td>
              <td>
                <div className="row-line">
                  <span className="mono address-text">{visibleText(url)}</span>
                  <CopyButton text={url} label={`Copy the public address of ${visibleText(name)}`} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
