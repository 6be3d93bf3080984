// Asks the host what a draft would send, a moment after the last keystroke.

import { useEffect, useState } from 'react';
import { missingIn, toDraft } from '../lib/message-form.ts';
import type { MessageForm } from '../lib/message-form.ts';
import type { Preview } from '../lib/preview.ts';
import { useApp, useServices } from './use-app.ts';

const delayMs = 250;

/** The preview of a form; `replayOf` is the captured request's id. The last one stays until the next is there. */
export function usePreview(form: MessageForm, replayOf: string | null): Preview {
  const { bridge } = useServices();
  const secrets = useApp((state) => state.mirror.secrets);
  const [preview, setPreview] = useState<Preview>({ kind: 'waiting', why: 'One moment…' });
  const missing = missingIn(form);

  useEffect(() => {
    if (missing !== null) return undefined;
    let stale = false;
    const timer = setTimeout(() => {
      void bridge.call('compose.preview', toDraft(form, secrets, replayOf)).then((answer) => {
        if (stale) return;
        setPreview(answer.ok ? { kind: 'ready', value: answer.value } : { kind: 'failed', error: answer.error });
      });
    }, delayMs);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [bridge, form, secrets, replayOf, missing]);

  return missing === null ? preview : { kind: 'waiting', why: missing };
}
