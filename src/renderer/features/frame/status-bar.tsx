// Whether requests can arrive, at which address, and if not why and what to do about it.

import { ActionIcon, Button } from '@mantine/core';
import { Pause } from 'lucide-react';
import type { ReceiverState } from '../../../shared/news.ts';
import { shortcutOf } from '../../lib/shortcut.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { valueOrTell } from '../../ui/toast.tsx';
import { TunnelPill } from './tunnel-pill.tsx';

/** The bar at the top. */
export function StatusBar() {
  const receiver = useApp((state) => state.mirror.receiver);
  const actions = useActions();
  return (
    <header className="status-bar">
      <span className="brand">Hookbench</span>
      <div role="status" aria-label="Receiver" className={isBad(receiver) ? 'status-pill bad' : 'status-pill'}>
        <ReceiverWords receiver={receiver} />
      </div>
      <TunnelPill />
      <button
        type="button"
        className="search-button"
        title="Search or run a command"
        onClick={() => actions.showPalette(true)}
      >
        <span className="search-words">
          <span>Search</span>
          <span>or run a command</span>
        </span>
        <kbd>{shortcutOf('palette')}</kbd>
      </button>
    </header>
  );
}

function isBad(receiver: ReceiverState): boolean {
  return receiver.status === 'failed' || (receiver.status === 'listening' && receiver.storeFault !== null);
}

function ReceiverWords({ receiver }: { readonly receiver: ReceiverState }) {
  switch (receiver.status) {
    case 'starting':
      return (
        <>
          <span className="dot" />
          <span className="plain-end">Starting…</span>
        </>
      );
    case 'stopped':
      return (
        <>
          <span className="dot" />
          <span className="grow">
            Capture is paused <span className="soft">and requests are refused</span>
          </span>
          <PauseButton paused />
        </>
      );
    case 'failed':
      return <FailedReceiver receiver={receiver} />;
    case 'listening':
      return (
        <>
          <span className={receiver.storeFault === null ? 'dot ok' : 'dot bad'} />
          <span>{receiver.storeFault === null ? 'Listening' : 'Refusing'}</span>
          <span className="mono">{receiver.url}</span>
          {receiver.storeFault !== null && (
            <span className="grow tone-bad">Nothing can be stored, requests get 503: {receiver.storeFault}</span>
          )}
          <CopyButton text={receiver.url} label="Copy URL" />
          <PauseButton paused={false} />
        </>
      );
  }
}

/** Paused, nothing listens at the port, and senders try again later. */
function PauseButton({ paused }: { readonly paused: boolean }) {
  const { run } = useServices();
  return paused ? (
    <Button size="compact-xs" onClick={() => run('capture.resume')}>
      Resume capture
    </Button>
  ) : (
    <ActionIcon
      variant="subtle"
      size={22}
      aria-label="Pause capture"
      title="Pause capture"
      onClick={() => run('capture.pause')}
    >
      <Pause size={13} aria-hidden="true" />
    </ActionIcon>
  );
}

function FailedReceiver({ receiver }: { readonly receiver: ReceiverState & { readonly status: 'failed' } }) {
  const { bridge } = useServices();
  const restart = async (port: number): Promise<void> => {
    valueOrTell(await bridge.call('receiver.restart', { port }));
  };
  return (
    <>
      <span className="dot bad" />
      <span className="grow">
        Not listening: {receiver.error.message} <span className="soft">{receiver.error.hint}</span>
      </span>
      <Button size="compact-xs" onClick={() => void restart(receiver.port)}>
        Try again
      </Button>
      <Button size="compact-xs" variant="filled" onClick={() => void restart(0)}>
        Use a free port
      </Button>
    </>
  );
}
