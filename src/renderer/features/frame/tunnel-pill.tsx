// The way in from outside, in one line: the public URL, or what is wrong and where to mend it.

import { Button } from '@mantine/core';
import type { TunnelSetup, TunnelStatus } from '../../../shared/tunnels.ts';
import { shownTunnel, tunnelTone } from '../../lib/tunnel-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { valueOrTell } from '../../ui/toast.tsx';

/** The status "Tunnel"; nothing while none is set up. */
export function TunnelPill() {
  const setups = useApp((state) => state.mirror.tunnels);
  const states = useApp((state) => state.mirror.tunnelStates);
  const shown = shownTunnel(setups, states);
  if (shown === null) return null;
  const { setup, status } = shown;
  const tone = tunnelTone(status);
  return (
    <div
      role="status"
      aria-label="Tunnel"
      className={tone === 'bad' ? 'status-pill tunnel-pill bad' : 'status-pill tunnel-pill'}
      title={status.problem === null ? undefined : `${status.problem.message} ${status.problem.cure}`}
    >
      <span className={`dot ${tone}`} />
      <TunnelWords setup={setup} status={status} />
    </div>
  );
}

interface TunnelWordsProps {
  readonly setup: TunnelSetup;
  readonly status: TunnelStatus;
}

function TunnelWords({ setup, status }: TunnelWordsProps) {
  const { bridge } = useServices();
  const href = hashOf({ view: 'tunnel', id: setup.id });
  const name = visibleText(setup.name);
  switch (status.state) {
    case 'up':
      return status.publicUrl === null ? (
        <a className="plain-end" href={href}>
          Tunnel
        </a>
      ) : (
        <>
          <a href={href} title={probeTitle(status)}>
            {upWords(status)}
          </a>
          <span className="mono cut" title={visibleText(status.publicUrl)}>
            {visibleText(status.publicUrl)}
          </span>
          <CopyButton text={status.publicUrl} label="Copy the public URL" />
        </>
      );
    case 'starting':
      return (
        <a className="plain-end" href={href}>
          Tunnel starting…
        </a>
      );
    case 'down':
      return (
        <span className="plain-end">
          <a href={href}>Tunnel down</a>
          {status.retryAt !== null && (
            <>
              , next try <Countdown at={status.retryAt} />
            </>
          )}
        </span>
      );
    case 'failed':
      return (
        <span className="plain-end cut">
          <a href={href}>Tunnel failed</a>
          {status.problem !== null && `: ${visibleText(status.problem.message)}`}
        </span>
      );
    case 'stopped':
      return (
        <>
          <a href={href} title={name}>
            Tunnel stopped
          </a>
          <Button
            size="compact-xs"
            onClick={() => void bridge.call('tunnels.start', { id: setup.id }).then(valueOrTell)}
          >
            Start
          </Button>
        </>
      );
  }
}

function upWords({ probe, movedFrom }: TunnelStatus): string {
  if (probe?.ok === false) return 'Tunnel fails its probe';
  return movedFrom === null ? 'Tunnel' : 'Tunnel moved';
}

function probeTitle({ probe }: TunnelStatus): string {
  if (probe === null) return 'Not probed yet';
  return probe.cure === '' ? visibleText(probe.message) : `${visibleText(probe.message)} ${visibleText(probe.cure)}`;
}
