// What an empty Inbox holds: how to get a first request, with the real address filled in.

import { Button } from '@mantine/core';
import { Send, Waypoints } from 'lucide-react';
import { useState } from 'react';
import { addressOf, openTunnels } from '../../lib/tunnel-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { valueOrTell } from '../../ui/toast.tsx';
import './inbox.css';

/** The steps of the first run. */
export function FirstRun() {
  const receiver = useApp((state) => state.mirror.receiver);
  const { bridge } = useServices();
  const [sending, setSending] = useState(false);
  const listening = receiver.status === 'listening';
  const url = listening ? receiver.url : `http://127.0.0.1:${receiver.status === 'failed' ? receiver.port : 4100}`;
  const curl = `curl -X POST ${url}/in/hello -H 'Content-Type: application/json' -d '{"event":"hello","n":1}'`;
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
            <h2>Or send any request from a terminal</h2>
            <div className="step-body">
              <CopyLine text={curl} label="Copy the command" />
            </div>
          </li>
          <li>
            <span className="step-number" aria-hidden="true">
              3
            </span>
            <h2>Open a tunnel and point a provider here</h2>
            <div className="step-body">
              <PublicStep localUrl={url} />
              <p>
                Add an <a href={hashOf({ view: 'endpoint', id: null })}>endpoint</a> with the signing secret, and every
                signature is checked.
              </p>
            </div>
          </li>
        </ol>
      </div>
    </section>
  );
}

/** The public address where there is one; else the way to get one, and what does without. */
function PublicStep({ localUrl }: { readonly localUrl: string }) {
  const setups = useApp((state) => state.mirror.tunnels);
  const states = useApp((state) => state.mirror.tunnelStates);
  const open = openTunnels(setups, states)[0];
  if (open !== undefined) {
    return (
      <>
        <p>The tunnel “{visibleText(open.setup.name)}” is up. Give your provider this address:</p>
        <CopyLine text={addressOf(open.setup.kind, open.publicUrl, '/in/stripe')} label="Copy the public address" />
      </>
    );
  }
  const known = setups[0];
  return (
    <>
      <p>
        A tunnel gives this machine an address that providers on the internet can reach. A local forwarder such as the
        Stripe CLI does without: give it <code>{localUrl}/in/stripe</code>.
      </p>
      <Button
        component="a"
        href={hashOf({ view: 'tunnel', id: known?.id ?? null })}
        leftSection={<Waypoints size={14} aria-hidden="true" />}
      >
        Open a tunnel
      </Button>
    </>
  );
}

function CopyLine({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="copy-line">
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
