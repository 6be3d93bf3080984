// Asks before something that cannot be taken back by an undo: it names what may happen.

import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface ConfirmDialogProps {
  readonly opened: boolean;
  /** Accessible name, for example `Allow link-local addresses`. */
  readonly title: string;
  /** The button that does it. */
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog with a way out and a way on. */
export function ConfirmDialog({ opened, title, confirm, onConfirm, onClose, children }: ConfirmDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size="md"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="stack">
        <div>{children}</div>
        <div className="form-actions dialog-end">
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red"
            variant="light"
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {confirm}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
