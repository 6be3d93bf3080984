// Files that are dropped on the window. A page would open them; a message's body takes one where it is dropped, and
// anywhere else it is taken for a file of requests, shown before anything is stored.

import { useEffect } from 'react';
import { useActions } from '../../state/use-app.ts';

/** Listens for as long as the frame stands. */
export function useDrops(): void {
  const actions = useActions();
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      actions.go({ view: 'import' });
      void actions.readImport(file);
    };
    // Where a file is wanted the event is stopped before it comes here.
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [actions]);
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
