// Choosing rows of a grid by hand: boxes, Ctrl and Shift with a click, and in the grid Space, Shift+Space, Ctrl+A, Escape.

import { createContext, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';
import { chooseEvery, chooseUpTo, chosenRows, noRow, toggleRow } from '../lib/row-choice.ts';

/** What the boxes of the rows show and do. */
export interface RowBoxes {
  readonly ids: ReadonlySet<string>;
  /** How many of the shown ones are chosen. */
  readonly all: 'all' | 'some' | 'none';
  /** `range`: everything from the last one on. */
  readonly choose: (id: string, range: boolean) => void;
  /** All of them, or none where all are chosen. */
  readonly chooseAll: () => void;
}

/** Rows are made by the grid, which knows nothing of boxes. */
export const RowBoxesContext = createContext<RowBoxes>({
  ids: noRow.ids,
  all: 'none',
  choose: () => {},
  chooseAll: () => {},
});

/** The choice among `shown`; `openId` is the row that the keys are about. */
export function useRowChoice<T extends { readonly id: string }>(shown: readonly T[], openId: string | null) {
  const [choice, setChoice] = useState(noRow);
  const chosen = useMemo(() => chosenRows(choice, shown), [choice, shown]);
  const { ids } = choice;
  const all = chosen.length === 0 ? 'none' : chosen.length === shown.length ? 'all' : 'some';
  // Rows that arrive must not draw every box again.
  const latest = useRef(shown);
  useLayoutEffect(() => {
    latest.current = shown;
  }, [shown]);
  const boxes = useMemo<RowBoxes>(
    () => ({
      ids,
      all,
      choose: (id, range) =>
        setChoice((before) => (range ? chooseUpTo(before, id, latest.current) : toggleRow(before, id))),
      chooseAll: () => setChoice(all === 'all' ? noRow : chooseEvery(latest.current)),
    }),
    [ids, all],
  );

  function onKeyDown(event: KeyboardEvent): void {
    // A box that has the focus knows its own keys.
    if (event.target instanceof HTMLInputElement || event.altKey) return;
    const withControl = event.ctrlKey || event.metaKey;
    if (event.key === ' ' && !withControl && openId !== null) boxes.choose(openId, event.shiftKey);
    else if (event.key === 'a' && withControl && !event.shiftKey) setChoice(chooseEvery(shown));
    else if (event.key === 'Escape' && chosen.length > 0) setChoice(noRow);
    else return;
    event.preventDefault();
  }

  function onClickCapture(event: MouseEvent): void {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    if (!(event.target instanceof Element) || event.target instanceof HTMLInputElement) return;
    const row = event.target.closest('[role="row"]')?.getAttribute('data-place');
    const chosenRow = row == null ? undefined : shown[Number(row)];
    if (chosenRow === undefined) return;
    event.stopPropagation();
    boxes.choose(chosenRow.id, event.shiftKey);
  }

  return { chosen, boxes, clear: () => setChoice(noRow), handlers: { onKeyDown, onClickCapture } };
}
