// Lays the open request beside another one: the one before of its group, or any.

import { Button, Menu } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { withShortcut } from '../../lib/shortcut.ts';
import { useActions } from '../../state/use-app.ts';

/** The button "Compare" and its menu. */
export function CompareMenu({ request }: { readonly request: ExchangeDetail }) {
  const { id, group } = request;
  const actions = useActions();
  const before = group[group.findIndex((entry) => entry.id === id) - 1];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          title={withShortcut('Compare', 'request.compare')}
          rightSection={<ChevronDown size={14} aria-hidden="true" />}
        >
          Compare
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {before !== undefined && (
          <Menu.Item onClick={() => actions.go({ view: 'compare', a: before.id, b: id })}>
            With the one before of its group
          </Menu.Item>
        )}
        <Menu.Item onClick={() => actions.go({ view: 'compare', a: id, b: null })}>With another request…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
