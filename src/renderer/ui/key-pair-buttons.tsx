// Buttons for providers that sign with a key pair: Hookbench makes one to test with, keeps the private half, and shows
// the public half, which the handler is given.

import { Button } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { PublicKeyForm } from '../../shared/contract.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { KeyPairSource } from '../lib/key-pairs.ts';
import { signsWithPair } from '../lib/known-providers.ts';
import { visibleText } from '../lib/visible-text.ts';
import { PublicKeyDialog } from './public-key-dialog.tsx';
import { showDone, showError } from './toast.tsx';

interface KeyPairButtonsProps {
  readonly provider: ProviderDefinition | undefined;
  /** Names of stored secrets whose public halves can be shown. */
  readonly names: readonly string[];
  readonly pairs: KeyPairSource;
  /** A pair was made and is stored under this name. */
  readonly onMade: (name: string) => void;
}

/** `Make test key pair` and `Show public key`; nothing for a provider with shared secrets. */
export function KeyPairButtons({ provider, names, pairs, onMade }: KeyPairButtonsProps) {
  const [shown, setShown] = useState<{ readonly name: string; readonly form: PublicKeyForm } | null>(null);
  const [busy, setBusy] = useState(false);
  if (provider === undefined || !signsWithPair(provider)) return null;

  const make = async (): Promise<void> => {
    setBusy(true);
    const answer = await pairs.make(provider);
    setBusy(false);
    if (!answer.ok) return showError(answer.error);
    onMade(answer.value.name);
    setShown(answer.value);
    return undefined;
  };
  return (
    <div className="row-line key-pair-buttons">
      <Button size="compact-xs" loading={busy} onClick={() => void make()}>
        Make test key pair
      </Button>
      {names.map((name) => (
        <ShowPublicKeyButton key={name} name={name} provider={provider} pairs={pairs} alone={names.length === 1} />
      ))}
      <PublicKeyDialog shown={shown} onClose={() => setShown(null)} />
    </div>
  );
}

interface ShowPublicKeyButtonProps {
  readonly name: string;
  readonly provider: ProviderDefinition;
  readonly pairs: KeyPairSource;
  /** No other secret stands beside it, so that its name need not be on the button. */
  readonly alone: boolean;
  /** Accessible name, where it must say more than the button. */
  readonly label?: string;
}

/** `Show public key` of one stored secret. */
export function ShowPublicKeyButton({ name, provider, pairs, alone, label }: ShowPublicKeyButtonProps) {
  const [form, setForm] = useState<PublicKeyForm | null>(null);
  const show = async (): Promise<void> => {
    const answer = await pairs.show(name, provider);
    if (!answer.ok) return showError(answer.error);
    if (answer.value !== null) return setForm(answer.value);
    return showDone(`“${visibleText(name)}” is no key pair`, 'It holds only what was typed in, which is not shown.');
  };
  return (
    <>
      <Button
        size="compact-xs"
        leftSection={<KeyRound size={12} aria-hidden="true" />}
        aria-label={label}
        onClick={() => void show()}
      >
        Show public key{alone ? '' : ` of ${visibleText(name)}`}
      </Button>
      <PublicKeyDialog shown={form === null ? null : { name, form }} onClose={() => setForm(null)} />
    </>
  );
}
