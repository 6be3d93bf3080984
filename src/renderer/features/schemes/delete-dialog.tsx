// Asks before a scheme goes: somebody else may have its only copy, and whoever uses it could no longer check anything.

import { Button, Modal } from '@mantine/core';
import type { CustomScheme } from '../../../shared/custom-scheme.ts';
import type { SchemeUser } from '../../lib/scheme-users.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';

interface DeleteDialogProps {
  readonly opened: boolean;
  readonly scheme: CustomScheme;
  readonly users: readonly SchemeUser[];
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

/** The dialog "Delete scheme". While somebody uses the scheme it only says who. */
export function DeleteDialog({ opened, scheme, users, onClose, onDelete }: DeleteDialogProps) {
  const name = visibleText(scheme.name);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Delete scheme"
      size="md"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="stack">
        {users.length === 0 ? (
          <p>“{name}” is used by no endpoint and no target. Copy it as JSON first if you may want it back.</p>
        ) : (
          <>
            <p>“{name}” is still used. Choose another provider there first:</p>
            <ul className="scheme-users" aria-label="Used by">
              {users.map((user) => (
                <li key={`${user.view} ${user.id}`}>
                  <span className="muted">{user.view === 'endpoint' ? 'Endpoint' : 'Target'}</span>{' '}
                  <a href={hashOf({ view: user.view, id: user.id })}>{visibleText(user.name)}</a>
                </li>
              ))}
            </ul>
          </>
        )}
        <div className="form-actions scheme-end">
          <Button onClick={onClose}>{users.length === 0 ? 'Keep it' : 'Close'}</Button>
          {users.length === 0 && (
            <Button color="red" variant="light" onClick={onDelete}>
              Delete for good
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}
