// A tunnel: how it stands and what its addresses are first, then what it is started with.

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { TunnelSetup } from '../../../shared/tunnels.ts';
import { fieldErrorOf } from '../../lib/field-error.ts';
import { freeId } from '../../lib/free-id.ts';
import { newTunnel, withSecret } from '../../lib/tunnel-form.ts';
import { tunnelKinds } from '../../lib/tunnel-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { saveSecret } from '../../state/save-secret.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { Page } from '../../ui/page.tsx';
import { noNewSecret } from '../../ui/secret-picker.tsx';
import { showDone, showError, showUndo, valueOrTell } from '../../ui/toast.tsx';
import { useShowProblem } from '../../ui/use-show-problem.ts';
import { TunnelFields } from './tunnel-fields.tsx';
import { TunnelLog } from './tunnel-log.tsx';
import { TunnelState } from './tunnel-state.tsx';

const blank = newTunnel('cloudflared', { id: '', name: '', autoStart: false });

/** The view of a tunnel; a null id makes a new one. */
export function TunnelPage({ id }: { readonly id: string | null }) {
  const stored = useApp((state) => state.mirror.tunnels.find((tunnel) => tunnel.id === id));
  const ready = useApp((state) => state.mirror.status === 'ready');
  if (id !== null && stored === undefined) {
    return <div className="empty">{ready ? 'There is no such tunnel.' : 'Loading…'}</div>;
  }
  return <TunnelEditor stored={stored ?? null} />;
}

function TunnelEditor({ stored }: { readonly stored: TunnelSetup | null }) {
  const [tunnel, setTunnel] = useState(stored ?? blank);
  const [fresh, setFresh] = useState(noNewSecret);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useShowProblem(error);
  const tunnels = useApp((state) => state.mirror.tunnels);
  const secrets = useApp((state) => state.mirror.secrets);
  const { bridge } = useServices();
  const actions = useActions();

  const fail = (problem: ErrorValue): void => {
    setBusy(false);
    setError(problem);
    if (fieldErrorOf(problem) === null) showError(problem);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    const name = tunnel.name.trim() === '' ? tunnelKinds[tunnel.kind].name : tunnel.name.trim();
    const secret = await saveSecret(bridge, fresh, { name: `${name} token`, provider: null }, secrets);
    if (!secret.ok) return fail(secret.error);
    const id = stored?.id ?? freeId(name, new Set(tunnels.map((other) => other.id)), 'tunnel');
    const complete = secret.value === null ? tunnel : withSecret(tunnel, secret.value);
    // The secret is stored by now: it must not be asked for again if something else is wrong.
    setFresh(noNewSecret);
    setTunnel(complete);
    const answer = await bridge.call('tunnels.save', { ...complete, id, name });
    if (!answer.ok) return fail(answer.error);
    if (stored === null) {
      // Somebody who adds a tunnel wants it open; what is in the way stands on its page.
      valueOrTell(await bridge.call('tunnels.start', { id }));
      setBusy(false);
      return actions.go({ view: 'tunnel', id });
    }
    setBusy(false);
    return showDone('Tunnel saved');
  };
  const remove = async (gone: TunnelSetup): Promise<void> => {
    const answer = await bridge.call('tunnels.remove', { id: gone.id });
    if (!answer.ok) return showError(answer.error);
    actions.go({ view: 'inbox', id: null });
    return showUndo(`Tunnel “${visibleText(gone.name)}” removed`, () => {
      void bridge.call('tunnels.save', gone).then(valueOrTell);
    });
  };
  return (
    <form
      ref={form}
      className="page"
      aria-label="Tunnel"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Page
        title={stored === null ? 'New tunnel' : visibleText(stored.name)}
        meta={
          stored === null
            ? 'Lets providers on the internet reach this machine. Whoever runs the tunnel can read what goes through it.'
            : `${tunnelKinds[stored.kind].name}: leads from the internet to this machine`
        }
        narrow
        actions={
          <>
            {stored !== null && <Button onClick={() => void remove(stored)}>Remove</Button>}
            <Button type="submit" variant={stored === null ? 'filled' : 'default'} loading={busy}>
              {stored === null ? 'Save and start' : 'Save'}
            </Button>
          </>
        }
      >
        {stored !== null && <TunnelState tunnel={stored} />}
        <TunnelFields
          tunnel={tunnel}
          isNew={stored === null}
          fresh={fresh}
          error={error}
          onChange={(next) => {
            setError(null);
            setTunnel(next);
          }}
          onFresh={(typed) => {
            setError(null);
            setFresh(typed);
          }}
        />
        {stored !== null && <TunnelLog id={stored.id} />}
      </Page>
    </form>
  );
}
