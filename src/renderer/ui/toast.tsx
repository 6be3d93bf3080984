// Short messages about the result of what the person just did.

import { notifications } from '@mantine/notifications';
import type { ErrorValue, Result } from '../../shared/errors.ts';

const closeButtonProps = { 'aria-label': 'Dismiss' };

/** An operation failed: what happened and what to do about it. */
export function showError(error: ErrorValue): void {
  notifications.show({
    color: 'red',
    title: error.message,
    message: error.hint,
    autoClose: 9_000,
    withBorder: true,
    closeButtonProps,
  });
}

/** An operation of the person's has a result that shows nowhere else. */
export function showDone(title: string, message = ''): void {
  notifications.show({ color: 'teal', title, message, autoClose: 4_000, withBorder: true, closeButtonProps });
}

/** The value of a result, or null after telling the person what went wrong. */
export function valueOrTell<T>(result: Result<T>): T | null {
  if (result.ok) return result.value;
  showError(result.error);
  return null;
}

const undoMs = 10_000;

/** What can still be undone, oldest first. The messages themselves live outside of any component as well. */
const undos: (() => void)[] = [];
let undosChanged: (count: number) => void = () => {};

/** Tells `listener` how many deletions can be undone, whenever that changes. */
export function onUndosChange(listener: (count: number) => void): void {
  undosChanged = listener;
}

/** Undoes the deletion that was made last, if its time has not run out. */
export function undoLatest(): void {
  undos.at(-1)?.();
}

/**
 * Something was taken away at once; it can be had back for ten seconds, and for as long as the pointer or the focus is on
 * the message. `onEnd` is called once, when the message goes without an undo: by itself, or because the person closed it.
 */
export function showUndo(title: string, onUndo: () => void, onEnd?: () => void): void {
  let ended = false;
  const end = (): boolean => {
    if (ended) return false;
    ended = true;
    undos.splice(undos.indexOf(undo), 1);
    undosChanged(undos.length);
    return true;
  };
  const undo = (): void => {
    if (!end()) return;
    notifications.hide(id);
    onUndo();
  };
  const message = (
    <button type="button" className="toast-undo" onClick={undo}>
      Undo
    </button>
  );
  const id = notifications.show({
    color: 'gray',
    title,
    message,
    autoClose: undoMs,
    onClose: () => {
      if (end()) onEnd?.();
    },
    // The library waits for the pointer by itself, but not for the focus.
    onFocus: () => void notifications.update({ id, message, autoClose: false }),
    onBlur: () => void notifications.update({ id, message, autoClose: undoMs }),
    withBorder: true,
    closeButtonProps,
  });
  undos.push(undo);
  undosChanged(undos.length);
}
