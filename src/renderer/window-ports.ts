// What actions need of the window itself: messages, the clipboard, and the focus.

import type { Bridge } from '../shared/contract.ts';
import type { ActionPorts, FocusPlace } from './state/run-action.ts';
import { showDone, showError, showUndo, undoLatest } from './ui/toast.tsx';

/** The real ones. */
export function createWindowPorts(bridge: Bridge): ActionPorts {
  return {
    bridge,
    copy: (text) => navigator.clipboard.writeText(text),
    showDone,
    showError,
    showUndo,
    undoLatest,
    // The view that holds the place may only now be drawn.
    focus: (place) => void requestAnimationFrame(() => findPlace(place)?.focus()),
    step(by) {
      const grid = currentGrid();
      if (grid === null) return;
      grid.focus();
      // Lists know the arrows; letters mean the same in all of them.
      const key = by === 1 ? 'ArrowDown' : 'ArrowUp';
      grid.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    },
  };
}

function findPlace(place: FocusPlace): HTMLElement | null {
  return place === 'list' ? currentGrid() : document.querySelector<HTMLElement>('[aria-label="Filter requests"]');
}

/** The list that has the focus, or the first that can be seen. */
function currentGrid(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>('[role="grid"]') ?? null;
  const all = document.querySelectorAll<HTMLElement>('main [role="grid"]');
  return focused ?? [...all].find((grid) => grid.checkVisibility()) ?? null;
}
