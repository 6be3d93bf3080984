// The keys, on one page.

import { Modal } from '@mantine/core';
import { Fragment } from 'react';
import { useActions, useApp } from '../../state/use-app.ts';

const shortcuts: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Ctrl K'], 'Command palette'],
  [['?'], 'These shortcuts'],
  [['i'], 'Inbox'],
  [['c'], 'Compose'],
  [['d'], 'Deliveries'],
  [['j', '↓'], 'Next row'],
  [['k', '↑'], 'Previous row'],
  [['Enter'], 'Open the row'],
  [['/'], 'Filter requests'],
  [['r'], 'Replay the open request'],
  [['Ctrl ⏎'], 'Send, in Compose and Replay'],
  [['Ctrl F'], 'Search in a body'],
  [['Alt ↑', 'Alt ↓'], 'Move a rule, an answer or a signed part'],
];

/** The dialog "Keyboard shortcuts". */
export function ShortcutList() {
  const open = useApp((state) => state.view.shortcuts);
  const actions = useActions();
  return (
    <Modal
      opened={open}
      onClose={() => actions.showShortcuts(false)}
      title="Keyboard shortcuts"
      size="sm"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="shortcut-table">
        {shortcuts.map(([keys, what]) => (
          <Fragment key={what}>
            <span className="row-line">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </span>
            <span>{what}</span>
          </Fragment>
        ))}
      </div>
    </Modal>
  );
}
