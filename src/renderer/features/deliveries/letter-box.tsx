// The boxes by which dead letters are chosen.

import { Checkbox } from '@mantine/core';
import { useContext } from 'react';
import type { ChangeEvent, MouseEvent } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { LetterBoxesContext } from './use-letter-choice.ts';

/** The cell with the box of one row; `name` is the row's. */
export function LetterBox({ letter, name }: { readonly letter: Delivery; readonly name: string }) {
  const { ids, choose } = useContext(LetterBoxesContext);
  return (
    <span role="gridcell" className="letter-box" onClick={stop} onMouseDown={focusGrid}>
      <Checkbox
        size="xs"
        tabIndex={-1}
        aria-label={`Choose ${name}`}
        checked={ids.has(letter.id)}
        onChange={(event) => choose(letter.id, hasShift(event))}
      />
    </span>
  );
}

/** The heading over the boxes. */
export function LetterBoxHeader() {
  const { all, chooseAll } = useContext(LetterBoxesContext);
  return (
    <span role="columnheader" className="letter-box">
      <Checkbox
        size="xs"
        aria-label="Choose all"
        checked={all === 'all'}
        indeterminate={all === 'some'}
        onChange={chooseAll}
      />
    </span>
  );
}

function hasShift({ nativeEvent }: ChangeEvent): boolean {
  return 'shiftKey' in nativeEvent && nativeEvent.shiftKey === true;
}

/** The row would open. */
function stop(event: MouseEvent): void {
  event.stopPropagation();
}

/** The keys stay with the grid: Space is about the row that is open, not about the box that was clicked last. */
function focusGrid(event: MouseEvent): void {
  event.preventDefault();
  const grid = event.currentTarget.closest('[role="grid"]');
  if (grid instanceof HTMLElement) grid.focus({ preventScroll: true });
}
