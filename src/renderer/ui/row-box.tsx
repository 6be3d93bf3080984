// The boxes by which rows of a grid are chosen.

import { Checkbox } from '@mantine/core';
import { useContext } from 'react';
import type { ChangeEvent, MouseEvent } from 'react';
import { RowBoxesContext } from './use-row-choice.ts';
import './row-box.css';

/** The cell with the box of one row; `name` is the row's. */
export function RowBox({ id, name }: { readonly id: string; readonly name: string }) {
  const { ids, choose } = useContext(RowBoxesContext);
  return (
    <span role="gridcell" className="row-box" onClick={stop} onMouseDown={focusGrid}>
      <Checkbox
        size="xs"
        tabIndex={-1}
        aria-label={`Choose ${name}`}
        checked={ids.has(id)}
        onChange={(event) => choose(id, hasShift(event))}
      />
    </span>
  );
}

/** The heading over the boxes. */
export function RowBoxHeader() {
  const { all, chooseAll } = useContext(RowBoxesContext);
  return (
    <span role="columnheader" className="row-box">
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
