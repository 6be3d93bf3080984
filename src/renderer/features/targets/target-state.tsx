// What a person must know of a target before its fields: that nothing is sent to it, and that it is not checked.

import { Button } from '@mantine/core';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { Target } from '../../../shared/workspace.ts';
import { stateSentence } from '../../lib/target-rules.ts';
import { useServices } from '../../state/use-app.ts';
import { showDone, showError } from '../../ui/toast.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';

/** Banners for a paused or parked target and for one whose certificates are not checked; else nothing. */
export function TargetState({ target }: { readonly target: Target }) {
  const { bridge } = useServices();
  const [busy, setBusy] = useState(false);
  const sentence = stateSentence(target);
  const resume = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call('targets.save', { ...target, state: 'active', parkedReason: null });
    setBusy(false);
    if (!answer.ok) return showError(answer.error);
    return showDone('Target resumed', 'What was kept for it is on its way.');
  };
  return (
    <>
      {sentence !== null && (
        <div className="banner warn" role="status" aria-label="Target state">
          <ToneIcon tone="warn" />
          <b className="grow">{sentence}</b>
          <Button
            size="compact-sm"
            loading={busy}
            leftSection={<Play size={14} aria-hidden="true" />}
            onClick={() => void resume()}
          >
            Resume
          </Button>
        </div>
      )}
      {target.skipTlsCheck && (
        <div className="banner bad">
          <ToneIcon tone="bad" />
          <div className="grow">
            <b>Certificates are not checked.</b>
            <p>Whoever stands between here and the target can read and change what is sent.</p>
          </div>
        </div>
      )}
    </>
  );
}
