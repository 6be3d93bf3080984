// Files that are dropped on the window. A page would open them; here only a message's body takes one, and everywhere else
// the person is told so.

import { useEffect } from 'react';
import { showNote } from '../../ui/toast.tsx';

/** Listens for as long as the frame stands. */
export function useDrops(): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      showNote('Nothing takes a file here', 'Drop it on the body in Compose or Replay, and it becomes what is sent.');
    };
    // Where a file is wanted the event is stopped before it comes here.
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
