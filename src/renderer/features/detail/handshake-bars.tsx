// Handshakes that need the person: an address that is fetched only on a click, and a secret that came along and may be
// kept.

import { Button } from '@mantine/core';
import { KeyRound, ShieldQuestion } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useServices } from '../../state/use-app.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { showError } from '../../ui/toast.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The bars that this request asks for; none for nearly every request. */
export function HandshakeBars({ request }: { readonly request: ExchangeDetail }) {
  const { needsConsent, bringsSecret, provider, id } = request;
  return (
    <>
      {needsConsent !== null && <ConsentBar id={id} address={needsConsent.fetch} provider={provider} />}
      {bringsSecret && <SecretBar id={id} />}
    </>
  );
}

interface ConsentBarProps {
  readonly id: string;
  readonly address: string;
  readonly provider: string | null;
}

/** The address is shown in full before anything is fetched: it came from whoever sent the request. */
function ConsentBar({ id, address, provider }: ConsentBarProps) {
  const { bridge } = useServices();
  const name = useProviderName(provider) ?? 'The sender';
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<{ readonly status: number; readonly message: string } | null>(null);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    const result = await bridge.call('requests.confirm', { id });
    setBusy(false);
    if (result.ok) setAnswer(result.value);
    else showError(result.error);
  };
  const tone = answer === null ? 'warn' : answer.status < 300 ? 'ok' : 'bad';
  return (
    <div className={`banner detail-banner ${tone}`} role="region" aria-label="Confirmation">
      <ShieldQuestion size={16} aria-hidden="true" />
      <div className="grow">
        <b>{visibleText(name)} waits for a confirmation</b>
        <p>Confirming fetches this address:</p>
        <div className="row-line consent-address">
          <span className="mono">
            <Visible text={address} />
          </span>
          <CopyButton text={address} label="Copy the address" />
        </div>
        {answer !== null && (
          <p role="status" aria-label="Answer to the confirmation">
            Answered {answer.status}: <Visible text={answer.message} />
          </p>
        )}
      </div>
      <Button size="compact-sm" variant="filled" loading={busy} onClick={() => void confirm()}>
        Confirm
      </Button>
    </div>
  );
}

/** Some providers tell the secret of all later requests in their handshake, once. */
function SecretBar({ id }: { readonly id: string }) {
  const { bridge } = useServices();
  const [busy, setBusy] = useState(false);
  const [kept, setKept] = useState<string | null>(null);
  const keep = async (): Promise<void> => {
    setBusy(true);
    const result = await bridge.call('requests.keepSecret', { id });
    setBusy(false);
    if (result.ok) setKept(result.value.secretName);
    else showError(result.error);
  };
  return (
    <div
      className={`banner detail-banner ${kept === null ? '' : 'ok'}`}
      role="region"
      aria-label="Secret of the handshake"
    >
      <KeyRound size={16} aria-hidden="true" />
      <div className="grow" role="status">
        {kept === null ? (
          <>
            <b>The handshake was answered and brought a secret.</b>
            <p>Keep it, and the signatures of the events that follow are checked.</p>
          </>
        ) : (
          <b>Kept as “{visibleText(kept)}”. The endpoint uses it from now on.</b>
        )}
      </div>
      {kept === null && (
        <Button size="compact-sm" loading={busy} onClick={() => void keep()}>
          Keep secret
        </Button>
      )}
    </div>
  );
}
