// What can be done with requests that were chosen by hand. It takes the place of the foot, so that no row moves.

import { Button } from '@mantine/core';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { titleOf } from '../../lib/words.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { showError, showUndo } from '../../ui/toast.tsx';
import { ExportChosen } from './export-buttons.tsx';

interface ChosenBarProps {
  readonly chosen: readonly ExchangeSummary[];
  readonly onRemove: () => void;
  readonly onNone: () => void;
}

/** The bar; its count is told to assistive technology. */
export function ChosenBar({ chosen, onRemove, onNone }: ChosenBarProps) {
  const actions = useActions();
  const allPinned = chosen.every(({ pinned }) => pinned === true);
  const pin = async (): Promise<void> => {
    const error = await actions.pinRequests(
      chosen.map(({ id }) => id),
      !allPinned,
    );
    if (error !== null) showError(error);
  };
  return (
    <div className="inbox-foot chosen-foot" role="group" aria-label="Chosen requests">
      <span role="status" aria-label="Chosen" className="grow">
        {formatCount(chosen.length)} chosen
      </span>
      <ExportChosen ids={chosen.map(({ id }) => id).toReversed()} />
      <Button size="compact-sm" onClick={() => void pin()}>
        {allPinned ? 'Unpin' : 'Pin'}
      </Button>
      <Button size="compact-sm" onClick={onRemove}>
        Delete
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={onNone}>
        Choose none
      </Button>
    </div>
  );
}

/** Gives the function that deletes requests once the time for an undo has run out. */
export function useRemoveRequests(): (gone: readonly ExchangeSummary[]) => void {
  const actions = useActions();
  const selected = useApp((state) => (state.view.route.view === 'inbox' ? state.view.route.id : null));
  return (gone) => {
    const ids = gone.map(({ id }) => id);
    const [first] = gone;
    if (first === undefined) return;
    actions.hideRequests(ids);
    if (selected !== null && ids.includes(selected)) actions.go({ view: 'inbox', id: null });
    showUndo(
      gone.length === 1 ? `“${titleOf(first)}” deleted` : `${plural(gone.length, 'request')} deleted`,
      () => actions.unhideRequests(ids),
      () => {
        void actions.removeRequests(ids).then((error) => error !== null && showError(error));
      },
    );
  };
}
