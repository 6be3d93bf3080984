// Says that the page crashed and came back by itself: what a person was typing may be gone, what was received is not.

import { Button } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { formatTime } from '../../lib/format.ts';
import { useActions, useApp } from '../../state/use-app.ts';

/** The bar; nothing while nothing happened. */
export function RestoredBar() {
  const restored = useApp((state) => state.view.restored);
  const actions = useActions();
  if (restored === null) return null;
  return (
    <div className="ask-bar" role="status" aria-label="Restored">
      <RotateCcw size={15} aria-hidden="true" />
      <span className="grow">
        <b>The window {restored.hung ? 'stopped answering' : 'crashed'} and was restored</b> at{' '}
        {formatTime(restored.at, restored.at)}; nothing was lost.{' '}
        <span className="soft">Requests were received all the while.</span>
      </span>
      <Button size="compact-sm" onClick={() => actions.showRestored(null)}>
        Good
      </Button>
    </div>
  );
}
