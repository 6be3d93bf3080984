// Choosing dead letters by hand: boxes, Ctrl and Shift with a click, and in the grid Space, Shift+Space, Ctrl+A, Escape.

import { createContext, useMemo, useState } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { chooseEvery, chooseUpTo, chosenLetters, noLetter, toggleLetter } from './letter-choice.ts';

/** What the boxes of the rows show and do. */
export interface LetterBoxes {
  readonly ids: ReadonlySet<string>;
  /** How many of the shown ones are chosen. */
  readonly all: 'all' | 'some' | 'none';
  /** `range`: everything from the last one on. */
  readonly choose: (id: string, range: boolean) => void;
  /** All of them, or none where all are chosen. */
  readonly chooseAll: () => void;
}

/** Rows are made by the grid, which knows nothing of boxes. */
export const LetterBoxesContext = createContext<LetterBoxes>({
  ids: noLetter.ids,
  all: 'none',
  choose: () => {},
  chooseAll: () => {},
});

/** The choice among `shown`; `open` is the row that the keys are about. */
export function useLetterChoice(shown: readonly Delivery[], open: Delivery | null) {
  const [choice, setChoice] = useState(noLetter);
  const chosen = useMemo(() => chosenLetters(choice, shown), [choice, shown]);
  const boxes = useMemo<LetterBoxes>(() => {
    const all = chosen.length === 0 ? 'none' : chosen.length === shown.length ? 'all' : 'some';
    return {
      ids: choice.ids,
      all,
      choose: (id, range) => setChoice((before) => (range ? chooseUpTo(before, id, shown) : toggleLetter(before, id))),
      chooseAll: () => setChoice(all === 'all' ? noLetter : chooseEvery(shown)),
    };
  }, [choice, chosen, shown]);

  function onKeyDown(event: KeyboardEvent): void {
    // A box that has the focus knows its own keys.
    if (event.target instanceof HTMLInputElement || event.altKey) return;
    const withControl = event.ctrlKey || event.metaKey;
    if (event.key === ' ' && !withControl && open !== null) boxes.choose(open.id, event.shiftKey);
    else if (event.key === 'a' && withControl && !event.shiftKey) setChoice(chooseEvery(shown));
    else if (event.key === 'Escape' && chosen.length > 0) setChoice(noLetter);
    else return;
    event.preventDefault();
  }

  function onClickCapture(event: MouseEvent): void {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    if (!(event.target instanceof Element) || event.target instanceof HTMLInputElement) return;
    const row = event.target.closest('[role="row"]')?.getAttribute('aria-rowindex');
    // Row 1 is the header.
    const letter = row == null ? undefined : shown[Number(row) - 2];
    if (letter === undefined) return;
    event.stopPropagation();
    boxes.choose(letter.id, event.shiftKey);
  }

  return { chosen, boxes, clear: () => setChoice(noLetter), handlers: { onKeyDown, onClickCapture } };
}
