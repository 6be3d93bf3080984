// Queries that a person keeps under a name. They lie in the settings, so that they survive the window.

import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { Bookmark, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Settings } from '../../../shared/workspace.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { showError } from '../../ui/toast.tsx';

type SavedFilter = NonNullable<Settings['filters']>[number];

const none: readonly SavedFilter[] = [];

/** The button "Saved filters" and what it opens. */
export function SavedFilters() {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const filters = useApp((state) => state.mirror.settings.filters ?? none);
  const query = useApp((state) => state.inbox.query);
  const actions = useActions();
  const { bridge } = useServices();
  const keep = async (next: readonly SavedFilter[]): Promise<boolean> => {
    const answer = await bridge.call('settings.save', { filters: next });
    if (!answer.ok) showError(answer.error);
    return answer.ok;
  };
  const save = async (): Promise<void> => {
    const wanted = name.trim();
    if (wanted === '' || query === '') return;
    if (await keep([...filters.filter((one) => one.name !== wanted), { name: wanted, query }])) setName('');
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={300} trapFocus withinPortal>
      <Popover.Target>
        <Button aria-label="Saved filters" title="Saved filters" px={8} onClick={() => setOpen(!isOpen)}>
          <Bookmark size={14} aria-hidden="true" />
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Saved filters">
        {filters.length === 0 ? (
          <p className="muted">No filter is saved yet. Type one, and save it here under a name.</p>
        ) : (
          <ul className="saved-filters">
            {filters.map((one) => (
              <li key={one.name}>
                <button
                  type="button"
                  className="saved-filter grow"
                  onClick={() => {
                    setOpen(false);
                    void actions.applyQuery(one.query);
                  }}
                >
                  <b className="cut">{one.name}</b>
                  <code className="cut">{one.query}</code>
                </button>
                <ActionIcon
                  variant="subtle"
                  aria-label={`Remove the filter ${one.name}`}
                  onClick={() => void keep(filters.filter((other) => other !== one))}
                >
                  <Trash2 size={14} aria-hidden="true" />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
        {query !== '' && (
          <form
            className="save-filter"
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <TextInput
              className="grow"
              label="Save the present filter as"
              value={name}
              maxLength={100}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" disabled={name.trim() === ''}>
              Save
            </Button>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
