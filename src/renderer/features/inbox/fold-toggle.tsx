// Folds groups of duplicates into one row each, or shows every request. The choice is kept in the settings.

import { Button } from '@mantine/core';
import { Layers } from 'lucide-react';
import { useApp, useServices } from '../../state/use-app.ts';
import { showError } from '../../ui/toast.tsx';

/** The button "Fold duplicates". */
export function FoldToggle() {
  const isFolded = useApp((state) => state.mirror.settings.foldDuplicates === true);
  const { bridge } = useServices();
  const change = async (): Promise<void> => {
    const answer = await bridge.call('settings.save', { foldDuplicates: !isFolded });
    if (!answer.ok) showError(answer.error);
  };
  return (
    <Button
      aria-label="Fold duplicates"
      aria-pressed={isFolded}
      title={isFolded ? 'Show every request' : 'Fold duplicates: one row for a group'}
      px={8}
      className={isFolded ? 'fold-toggle on' : 'fold-toggle'}
      onClick={() => void change()}
    >
      <Layers size={14} aria-hidden="true" />
    </Button>
  );
}
