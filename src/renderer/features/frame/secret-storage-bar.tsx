// Where no keyring exists a person must say what happens to secrets. A bar in the page, never a dialog: until it is
// answered secrets last for this run only, and nothing is held up.

import { Button } from '@mantine/core';
import { useApp, useServices } from '../../state/use-app.ts';
import { valueOrTell } from '../../ui/toast.tsx';

/** The question; nothing once it is answered. */
export function SecretStorageBar() {
  const undecided = useApp((state) => state.mirror.secretStorage.undecided);
  const { bridge } = useServices();
  if (!undecided) return null;
  const decide = async (secretStorage: 'session' | 'file'): Promise<void> => {
    valueOrTell(await bridge.call('settings.save', { secretStorage }));
  };
  return (
    <div className="ask-bar" role="region" aria-label="Secret storage">
      <span className="grow">
        <b>No keyring was found.</b>{' '}
        <span className="soft">Secrets are kept for this run only, unless you say otherwise.</span>
      </span>
      <Button size="compact-sm" onClick={() => void decide('session')}>
        Keep for this run only
      </Button>
      <Button size="compact-sm" onClick={() => void decide('file')}>
        Keep in a file only you can read
      </Button>
    </div>
  );
}
