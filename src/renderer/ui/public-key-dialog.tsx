// The public half of a key pair, to copy into a handler's configuration. The private half never leaves the host.

import { Modal } from '@mantine/core';
import type { PublicKeyForm } from '../../shared/contract.ts';
import { visibleText } from '../lib/visible-text.ts';
import { CopyButton } from './copy-button.tsx';

interface PublicKeyDialogProps {
  /** Null while it is closed. */
  readonly shown: { readonly name: string; readonly form: PublicKeyForm } | null;
  readonly onClose: () => void;
}

/** The dialog "Public key". */
export function PublicKeyDialog({ shown, onClose }: PublicKeyDialogProps) {
  return (
    <Modal
      opened={shown !== null}
      onClose={onClose}
      title="Public key"
      size="lg"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {shown !== null && (
        <div className="stack">
          <p className="soft">
            Give this half to your handler. Hookbench keeps the other half as “{visibleText(shown.name)}”, and signs
            with it.
          </p>
          <div className="card">
            <div className="card-head">
              <h3>{shown.form.label}</h3>
              <CopyButton text={shown.form.text} label="Copy the public key" />
            </div>
            <div className="code-block" role="region" aria-label="Public key text" tabIndex={0}>
              {shown.form.text.trim()}
            </div>
          </div>
        </div>
      )}
    </Modal>
  );
}
