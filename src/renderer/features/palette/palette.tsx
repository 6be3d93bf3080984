// Every view and action, and recent requests by event or id, from the keyboard.

import { createSpotlight, Spotlight } from '@mantine/spotlight';
import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight';
import { Search } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { formatTime } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTitles } from '../../lib/words.ts';
import type { Route } from '../../state/route.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { showDone, valueOrTell } from '../../ui/toast.tsx';
import './palette.css';

const recentRequests = 60;

/** The dialog "Command palette". */
export function Palette() {
  const open = useApp((state) => state.view.palette);
  return open ? <OpenPalette /> : null;
}

/** Exists only while it is open, so that arriving requests cost nothing otherwise. */
function OpenPalette() {
  const actions = useActions();
  const entries = usePaletteEntries();
  const [[store, control]] = useState(createSpotlight);
  useEffect(() => {
    control.open();
    return control.close;
  }, [control]);
  return (
    <Spotlight
      store={store}
      shortcut={null}
      title="Command palette"
      actions={entries}
      limit={12}
      scrollable
      maxHeight={420}
      highlightQuery
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.45 }}
      nothingFound="Nothing found"
      searchProps={{
        leftSection: <Search size={16} aria-hidden="true" />,
        placeholder: 'View, action, event or request id',
        'aria-label': 'Search commands',
      }}
      onSpotlightClose={() => actions.showPalette(false)}
    />
  );
}

function usePaletteEntries(): (SpotlightActionData | SpotlightActionGroupData)[] {
  const rows = useApp((state) => state.mirror.rows);
  const endpoints = useApp((state) => state.mirror.endpoints);
  const targets = useApp((state) => state.mirror.targets);
  const pulls = useApp((state) => state.mirror.pulls);
  const tunnels = useApp((state) => state.mirror.tunnels);
  const schemes = useApp((state) => state.mirror.schemes);
  const receiver = useApp((state) => state.mirror.receiver);
  const lastRequest = useApp((state) => state.view.lastRequest);
  const actions = useActions();
  const { bridge } = useServices();

  return useMemo(() => {
    const to = (id: string, label: string, route: Route): SpotlightActionData => ({
      id,
      label,
      onClick: () => actions.go(route),
    });
    const views = [
      to('inbox', 'Inbox', { view: 'inbox', id: null }),
      to('compose', 'Compose', { view: 'compose' }),
      to('deliveries', 'Deliveries', { view: 'deliveries', id: null }),
      to('dead-letters', 'Dead letters', { view: 'dead-letters', id: null }),
      to('handler-check', 'Handler check', { view: 'handler-check' }),
      to('catch-up', 'Catch-up', { view: 'catch-up', id: null }),
      to('settings', 'Settings', { view: 'settings' }),
      to('schemes', 'Own schemes', { view: 'schemes' }),
      ...endpoints.map(({ id, name }) =>
        to(`endpoint-${id}`, `Endpoint ${visibleText(name)}`, { view: 'endpoint', id }),
      ),
      ...targets.map(({ id, name }) => to(`target-${id}`, `Target ${visibleText(name)}`, { view: 'target', id })),
      ...tunnels.map(({ id, name }) => to(`tunnel-${id}`, `Tunnel ${visibleText(name)}`, { view: 'tunnel', id })),
      ...pulls.map(({ id, name }) => to(`pull-${id}`, `Pull ${visibleText(name)}`, { view: 'catch-up', id })),
      ...schemes.map(({ id, name }) => to(`scheme-${id}`, `Scheme ${visibleText(name)}`, { view: 'scheme', id })),
    ];
    const theme = (value: 'system' | 'dark' | 'light', label: string): SpotlightActionData => ({
      id: `theme-${value}`,
      label,
      onClick: () => void bridge.call('settings.save', { theme: value }).then(valueOrTell),
    });
    const commands: SpotlightActionData[] = [
      {
        id: 'test-event',
        label: 'Send test event',
        onClick: () => {
          actions.go({ view: 'inbox', id: null });
          void bridge.call('testEvent.send', undefined).then(valueOrTell);
        },
      },
      ...(lastRequest === null
        ? []
        : [to('compare', 'Compare the open request', { view: 'compare', a: lastRequest, b: null })]),
      to('add-endpoint', 'Add endpoint', { view: 'endpoint', id: null }),
      to('add-target', 'Add target', { view: 'target', id: null }),
      to('add-tunnel', 'Add tunnel', { view: 'tunnel', id: null }),
      to('new-pull', 'New pull', { view: 'pull', id: null }),
      { id: 'schedules', label: 'Own schedules', onClick: () => actions.showSchedules(true) },
      to('new-scheme', 'New scheme', { view: 'scheme', id: null }),
      ...(receiver.status === 'listening'
        ? [
            {
              id: 'copy-url',
              label: 'Copy the receiver’s URL',
              description: receiver.url,
              onClick: () => void navigator.clipboard.writeText(receiver.url).then(() => showDone('URL copied')),
            },
          ]
        : []),
      { id: 'shortcuts', label: 'Keyboard shortcuts', onClick: () => actions.showShortcuts(true) },
      theme('system', 'Theme: as the system'),
      theme('dark', 'Theme: dark'),
      theme('light', 'Theme: light'),
    ];
    const requests = rows
      .slice(0, recentRequests)
      .map((row) => requestEntry(row, () => actions.go({ view: 'inbox', id: row.id })));
    return [
      { group: 'Views', actions: views },
      { group: 'Actions', actions: commands },
      { group: 'Recent requests', actions: requests },
    ];
  }, [rows, endpoints, targets, tunnels, pulls, schemes, receiver, lastRequest, actions, bridge]);
}

function requestEntry(row: ExchangeSummary, onClick: () => void): SpotlightActionData {
  const parts = [verdictTitles[row.verdict.status], formatTime(row.receivedAt, Date.now()), row.id];
  return {
    id: row.id,
    label: `${visibleText(row.method)} ${titleOf(row)}`,
    description: parts.join(' · '),
    keywords: [row.id, row.deliveryId ?? '', row.target],
    onClick,
  };
}
