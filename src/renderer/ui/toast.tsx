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

/**
 * Something was taken away at once; it can be had back for ten seconds. `onEnd` is called once, when the message goes
 * without an undo: by itself, or because the person closed it.
 */
export function showUndo(title: string, onUndo: () => void, onEnd?: () => void): void {
  let ended = false;
  const id = notifications.show({
    color: 'gray',
    title,
    message: (
      <button
        type="button"
        className="toast-undo"
        onClick={() => {
          if (ended) return;
          ended = true;
          notifications.hide(id);
          onUndo();
        }}
      >
        Undo
      </button>
    ),
    autoClose: undoMs,
    onClose: () => {
      if (ended) return;
      ended = true;
      onEnd?.();
    },
    withBorder: true,
    closeButtonProps,
  });
}
