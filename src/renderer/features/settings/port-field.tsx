// The port of the receiver. A change takes effect at once: the receiver stops and listens again.

import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useApp, useServices } from '../../state/use-app.ts';
import { showDone, valueOrTell } from '../../ui/toast.tsx';

/** The field "Port" with its button; must be keyed by the saved port. */
export function PortField({ saved }: { readonly saved: number }) {
  const receiver = useApp((state) => state.mirror.receiver);
  const { bridge } = useServices();
  const [typed, setTyped] = useState<number | string>(saved);
  const current = receiver.status === 'listening' ? receiver.port : null;
  const changed = typeof typed === 'number' && typed !== saved;
  const apply = async (): Promise<void> => {
    if (typeof typed !== 'number') return;
    const answer = valueOrTell(await bridge.call('receiver.restart', { port: typed }));
    if (answer === null) return;
    showDone('Receiver restarted');
  };
  return (
    <NumberInput
      label="Port"
      description={current === null || current === saved ? '0 picks a free one' : `Listening on ${current} in this run`}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      role="spinbutton"
      aria-valuenow={saved}
      min={0}
      max={65_535}
      value={typed}
      onChange={setTyped}
      rightSectionWidth={changed ? 68 : undefined}
      rightSection={
        changed ? (
          <Button size="compact-xs" variant="filled" onClick={() => void apply()}>
            Apply
          </Button>
        ) : undefined
      }
    />
  );
}
