// Every view, thing and action, and requests by event, path or id, from the keyboard: best match first.

import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { Search } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { rank } from '../../lib/fuzzy.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { useEntries, useRequestEntries } from './use-entries.ts';
import type { PaletteEntry } from './use-entries.ts';
import './palette.css';

/** Most lines for a query; without one everything can be scrolled through. */
const mostFound = 14;

const groups = ['Views', 'Requests', 'Actions', 'Saved filters', 'Settings'] as const;

/** The dialog "Command palette". */
export function Palette() {
  const open = useApp((state) => state.view.palette);
  return open ? <OpenPalette /> : null;
}

/** Exists only while it is open, so that arriving requests cost nothing otherwise. */
function OpenPalette() {
  const actions = useActions();
  const [query, setQuery] = useState('');
  const entries = useEntries();
  const requests = useRequestEntries(query);
  const shown = useMemo(() => arrange(query, entries, requests), [query, entries, requests]);
  const [[store, control]] = useState(createSpotlight);
  useEffect(() => {
    control.open();
    return control.close;
  }, [control]);
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      title="Command palette"
      query={query}
      onQueryChange={setQuery}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.45 }}
      onSpotlightClose={() => actions.showPalette(false)}
    >
      <Spotlight.Search
        leftSection={<Search size={16} aria-hidden="true" />}
        placeholder="View, action, saved filter, event, path or request id"
        aria-label="Search commands"
      />
      <Spotlight.ActionsList>
        {shown.map(({ title, lines }) =>
          title === null ? (
            lines.map((entry) => <Line key={entry.id} entry={entry} />)
          ) : (
            <Spotlight.ActionsGroup key={title} label={title}>
              {lines.map((entry) => (
                <Line key={entry.id} entry={entry} />
              ))}
            </Spotlight.ActionsGroup>
          ),
        )}
        {shown.length === 0 && (
          <Spotlight.Empty>
            <span role="status">Nothing is called “{query.trim()}”. Try a part of its name, or a request’s id.</span>
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

interface Group {
  /** Null: the lines stand in one list. */
  readonly title: string | null;
  readonly lines: readonly PaletteEntry[];
}

/** Everything by kind while nothing is asked for; else the best matches, and requests below them. */
function arrange(query: string, entries: readonly PaletteEntry[], requests: readonly PaletteEntry[]): readonly Group[] {
  const all = [...entries, ...requests];
  const found =
    query.trim() === ''
      ? groups.map((title) => ({ title, lines: all.filter(({ group }) => group === title) }))
      : [
          { title: null, lines: rank(query, entries, mostFound) },
          { title: 'Requests', lines: requests },
        ];
  return found.filter(({ lines }) => lines.length > 0);
}

function Line({ entry }: { readonly entry: PaletteEntry }) {
  const { label, description, shortcut, run } = entry;
  return (
    <Spotlight.Action onClick={run}>
      <span className="palette-line">
        <span className="grow cut">{label}</span>
        {description !== '' && <span className="palette-note cut">{description}</span>}
        {shortcut !== '' && <kbd aria-hidden="true">{shortcut}</kbd>}
      </span>
    </Spotlight.Action>
  );
}
