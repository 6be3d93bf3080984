// What an empty Inbox holds: how to get a first request, with the real address filled in.

import { Button } from '@mantine/core';
import { Send, Waypoints } from 'lucide-react';
import { useState } from 'react';
import { setupSteps } from '../../../shared/snippets/setup-steps.ts';
import { openTunnels, stateOf, tunnelStateWords } from '../../lib/tunnel-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { useLocalUrl, useSetup } from '../../state/use-setup.ts';
import { CopyLine } from '../../ui/copy-line.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { SetupList } from '../../ui/setup-list.tsx';
import { valueOrTell } from '../../ui/toast.tsx';
import './inbox.css';

/** The steps of the first run. */
export function FirstRun() {
  const receiver = useApp((state) => state.mirror.receiver);
  const { bridge } = useServices();
  const [sending, setSending] = useState(false);
  const listening = receiver.status === 'listening';
  const url = useLocalUrl();
  const sendTest = async (): Promise<void> => {
    setSending(true);
    valueOrTell(await bridge.call('testEvent.send', undefined));
    setSending(false);
  };
  return (
    <section className="page-scroll" aria-label="First steps">
      <div className="first-run">
        <h1>Waiting for the first request</h1>
        <p className="soft">Everything sent to this address is kept, verified and shown here, whatever its path.</p>
        <ol>
          <li>
            <span className="step-number" aria-hidden="true">
              1
            </span>
            <h2>Send yourself a signed test event</h2>
            <div className="step-body">
              <p>It goes through the queue, over HTTP and through signature verification like any other.</p>
              <Button
                variant="filled"
                leftSection={<Send size={14} aria-hidden="true" />}
                loading={sending}
                disabled={!listening}
                onClick={() => void sendTest()}
              >
                Send test event
              </Button>
            </div>
          </li>
          <li>
            <span className="step-number" aria-hidden="true">
              2
            </span>
            <h2>Point a provider here</h2>
            <div className="step-body">
              <ProviderStep />
            </div>
          </li>
          <li>
            <span className="step-number" aria-hidden="true">
              3
            </span>
            <h2>Open a tunnel</h2>
            <div className="step-body">
              <TunnelStep localUrl={url} />
            </div>
          </li>
        </ol>
      </div>
    </section>
  );
}

/** The provider's own steps, with the address that reaches this machine. */
function ProviderStep() {
  const [id, setId] = useState('stripe');
  const provider = useProvider(id);
  const choices = useProviderChoices();
  const setup = useSetup(id);
  return (
    <>
      <ChoiceField label="Provider" hidden value={id} choices={choices} onChange={setId} />
      {provider !== undefined && <SetupList steps={setupSteps(provider)} {...setup} />}
      <p>
        <a href={hashOf({ view: 'help', id })}>The handler that verifies it properly</a>
      </p>
    </>
  );
}

/** The public address where there is one; else the way to get one, and what does without. */
function TunnelStep({ localUrl }: { readonly localUrl: string }) {
  const setups = useApp((state) => state.mirror.tunnels);
  const states = useApp((state) => state.mirror.tunnelStates);
  const open = openTunnels(setups, states)[0];
  if (open !== undefined) {
    return (
      <>
        <p>The tunnel “{visibleText(open.setup.name)}” is up. The address in step 2 goes through it:</p>
        <CopyLine text={open.publicUrl} label="Copy the public address" />
      </>
    );
  }
  const known = setups[0];
  return (
    <>
      <p>
        A tunnel gives this machine an address that providers on the internet can reach. A local forwarder such as the
        Stripe CLI does without.
      </p>
      {known !== undefined && (
        <p>
          “{visibleText(known.name)}”: {tunnelStateWords[stateOf(states, known.id)]}
        </p>
      )}
      <Button
        component="a"
        href={hashOf({ view: 'tunnel', id: known?.id ?? null })}
        leftSection={<Waypoints size={14} aria-hidden="true" />}
      >
        Open a tunnel
      </Button>
      <p className="muted">Or send any request from a terminal:</p>
      <CopyLine text={command(localUrl)} label="Copy the command" />
    </>
  );
}

function command(url: string): string {
  return `curl -X POST ${url}/in/hello -H 'Content-Type: application/json' -d '{"event":"hello","n":1}'`;
}
