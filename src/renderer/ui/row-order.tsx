// Rows that a person puts in order. They move by buttons, so that the keyboard can do all of it; the focus goes along with
// the row that moved, and the move is told.

import { ActionIcon, VisuallyHidden } from '@mantine/core';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import './row-order.css';

type Direction = 'up' | 'down';

/** What was moved where. */
interface Move {
  readonly to: number;
  readonly direction: Direction;
}

/** Moving the rows of one list. */
export interface RowOrder {
  /** Id of the element whose children are the rows. */
  readonly listId: string;
  readonly move: (index: number, direction: Direction) => void;
  /** Alt with an arrow key moves the row that holds the focus. */
  readonly onKeyDown: (index: number) => (event: KeyboardEvent) => void;
  /** Place of the row that moved last, from 1; null before. */
  readonly movedTo: number | null;
}

/** Gives the means to move rows; each holds {@link MoveButtons}. */
export function useRowOrder<T>(rows: readonly T[], onChange: (rows: T[]) => void): RowOrder {
  const listId = useId();
  const [moved, setMoved] = useState<Move | null>(null);

  useEffect(() => {
    if (moved === null) return;
    const row = document.getElementById(listId)?.children[moved.to];
    const buttons = row?.querySelectorAll<HTMLButtonElement>('[data-move]') ?? [];
    const same = [...buttons].find((button) => button.dataset['move'] === moved.direction);
    // At the end of the list the button that was pressed is off; the other one is beside it.
    (same?.disabled === true ? [...buttons].find((button) => !button.disabled) : same)?.focus();
  }, [moved, listId]);

  const move = (index: number, direction: Direction): void => {
    const to = direction === 'up' ? index - 1 : index + 1;
    const next = [...rows];
    const [row] = next.splice(index, 1);
    if (row === undefined || to < 0 || to >= rows.length) return;
    next.splice(to, 0, row);
    onChange(next);
    setMoved({ to, direction });
  };
  const onKeyDown = (index: number) => (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    // There these keys have a meaning already.
    if (event.target instanceof Element && event.target.closest('select, [role="spinbutton"]') !== null) return;
    event.preventDefault();
    event.stopPropagation();
    move(index, event.key === 'ArrowUp' ? 'up' : 'down');
  };
  return { listId, move, onKeyDown, movedTo: moved === null ? null : moved.to + 1 };
}

interface MoveButtonsProps {
  /** What is moved, for example `part 2`. */
  readonly what: string;
  readonly index: number;
  readonly count: number;
  readonly order: RowOrder;
}

/** Two buttons, up and down. */
export function MoveButtons({ what, index, count, order }: MoveButtonsProps) {
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        data-move="up"
        aria-label={`Move ${what} up`}
        title="Move up (Alt ↑)"
        disabled={index === 0}
        onClick={() => order.move(index, 'up')}
      >
        <ArrowUp size={14} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        data-move="down"
        aria-label={`Move ${what} down`}
        title="Move down (Alt ↓)"
        disabled={index === count - 1}
        onClick={() => order.move(index, 'down')}
      >
        <ArrowDown size={14} aria-hidden="true" />
      </ActionIcon>
    </>
  );
}

/** Tells assistive technology where a row is now; `word` is what a row is called, for example `part`. */
export function MovedRow({ order, word }: { readonly order: RowOrder; readonly word: string }) {
  return (
    <VisuallyHidden role="status" aria-label={`Moved ${word}`}>
      {order.movedTo === null ? '' : `Now ${word} ${order.movedTo}`}
    </VisuallyHidden>
  );
}
