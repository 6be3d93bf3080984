// Deletes deliveries once the time for an undo has run out.

import type { Delivery } from '../../../shared/delivery.ts';
import { plural } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { useActions } from '../../state/use-app.ts';
import { showError, showUndo } from '../../ui/toast.tsx';

/** Gives the function that deletes; `word` is what one of them is called. */
export function useDelete(word: 'delivery' | 'dead letter'): (gone: readonly Delivery[]) => void {
  const actions = useActions();
  return (gone) => {
    const ids = gone.map(({ id }) => id);
    const [first] = gone;
    if (first === undefined) return;
    const one = `“${visibleText(first.message.event ?? first.message.messageId)}” deleted`;
    actions.hideDeliveries(ids);
    showUndo(
      gone.length === 1 ? one : `${plural(gone.length, word)} deleted`,
      () => actions.unhideDeliveries(ids),
      () => {
        void actions.deleteDeliveries(ids).then((error) => error !== null && showError(error));
      },
    );
  };
}
