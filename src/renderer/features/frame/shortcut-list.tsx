// The keys, on one page, drawn from the table of actions.

import { Modal } from '@mantine/core';
import { actionTable, keyLabel, placeKeys } from '../../../shared/actions.ts';
import type { ActionInfo } from '../../../shared/actions.ts';
import { isMac } from '../../lib/shortcut.ts';
import { useActions, useApp } from '../../state/use-app.ts';

const table: readonly ActionInfo[] = actionTable;
const withKeys = (menus: readonly (string | null)[]) =>
  table.filter(({ menu, keys, id }) => keys.length > 0 && menus.includes(menu) && id !== 'request.unpin');

const groups = [
  ['Go', withKeys(['go'])],
  ['The open request', withKeys(['request'])],
  ['Lists and fields', [...withKeys([null]), ...placeKeys]],
  ['Everywhere', withKeys(['file', 'edit', 'view', 'help'])],
] as const;

/** The dialog "Keyboard shortcuts". */
export function ShortcutList() {
  const open = useApp((state) => state.view.shortcuts);
  const actions = useActions();
  return (
    <Modal
      opened={open}
      onClose={() => actions.showShortcuts(false)}
      title="Keyboard shortcuts"
      size={640}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="shortcut-groups">
        {groups.map(([title, lines]) => (
          <section key={title} className="shortcut-group" aria-label={title}>
            <h3>{title}</h3>
            <dl className="shortcut-table">
              {lines.map(({ label, keys }) => (
                <div key={label} className="shortcut-line">
                  <dt>{label}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key}>{keyLabel(key, isMac)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
