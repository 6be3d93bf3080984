// What the palette offers: the table of actions, every thing that has a view, saved filters, settings, and requests.

import { useEffect, useMemo, useState } from 'react';
import { actionTable, isEnabled } from '../../../shared/actions.ts';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { formatTime } from '../../lib/format.ts';
import type { Findable } from '../../lib/fuzzy.ts';
import { shortcutOf } from '../../lib/shortcut.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf, verdictTitles } from '../../lib/words.ts';
import { factsOf } from '../../state/facts.ts';
import type { Route } from '../../state/route.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';

/** One line of the palette. */
export interface PaletteEntry extends Findable {
  readonly id: string;
  readonly group: 'Actions' | 'Views' | 'Saved filters' | 'Settings' | 'Requests';
  readonly description: string;
  readonly shortcut: string;
  readonly run: () => void;
}

/** Loaded rows that are looked through; older ones are found by the host. */
const mostLooked = 5_000;
const mostRequests = 8;
/** Wait for another key before the host is asked, ms. */
const typingPauseMs = 150;

const settings = ['Notifications', 'Port', 'Duplicate window', 'How long requests are kept', 'Secrets', 'Data folder'];

/** Everything but requests; for as long as the palette is open. */
export function useEntries(): readonly PaletteEntry[] {
  const endpoints = useApp((state) => state.mirror.endpoints);
  const targets = useApp((state) => state.mirror.targets);
  const pulls = useApp((state) => state.mirror.pulls);
  const tunnels = useApp((state) => state.mirror.tunnels);
  const schemes = useApp((state) => state.mirror.schemes);
  const filters = useApp((state) => state.mirror.settings.filters);
  const actions = useActions();
  const { app, run } = useServices();

  return useMemo(() => {
    const facts = factsOf(app.store.getState());
    const table = actionTable
      .filter((action) => action.id !== 'palette' && action.menu !== null && isEnabled(action, facts))
      .map((action): PaletteEntry => {
        const isView = action.menu === 'go' && action.id !== 'go.back';
        return {
          id: action.id,
          group: isView ? 'Views' : 'Actions',
          label: action.label,
          also: action.also,
          description: '',
          shortcut: shortcutOf(action.id),
          run: () => run(action.id),
        };
      });
    const place = (kind: string, id: string, name: string, route: Route): PaletteEntry => ({
      id: `${kind}-${id}`,
      group: 'Views',
      label: `${kind} ${visibleText(name)}`,
      also: id,
      description: '',
      shortcut: '',
      run: () => actions.go(route),
    });
    return [
      ...table,
      ...endpoints.map(({ id, name }) => place('Endpoint', id, name, { view: 'endpoint', id })),
      ...targets.map(({ id, name }) => place('Target', id, name, { view: 'target', id })),
      ...tunnels.map(({ id, name }) => place('Tunnel', id, name, { view: 'tunnel', id })),
      ...pulls.map(({ id, name }) => place('Pull', id, name, { view: 'catch-up', id })),
      ...schemes.map(({ id, name }) => place('Scheme', id, name, { view: 'scheme', id })),
      ...(filters ?? []).map(({ name, query }): PaletteEntry => ({
        id: `filter-${name}`,
        group: 'Saved filters',
        label: `Filter ${visibleText(name)}`,
        also: query,
        description: visibleText(query),
        shortcut: '',
        run() {
          actions.go({ view: 'inbox', id: null });
          void actions.applyQuery(query);
        },
      })),
      ...settings.map((label): PaletteEntry => ({
        id: `setting-${label}`,
        group: 'Settings',
        label: `Settings: ${label}`,
        also: 'preferences options',
        description: '',
        shortcut: '',
        run: () => actions.go({ view: 'settings' }),
      })),
    ];
  }, [app, actions, run, endpoints, targets, tunnels, pulls, schemes, filters]);
}

/** Requests for what is typed: the newest, those of the loaded rows that match, or one that the host knows by its id. */
export function useRequestEntries(query: string): readonly PaletteEntry[] {
  const rows = useApp((state) => state.mirror.rows);
  const found = useFoundById(query);
  const [openedAt] = useState(() => Date.now());
  const actions = useActions();
  return useMemo(() => {
    const wanted = query.trim().toLowerCase();
    const matching: ExchangeSummary[] = [];
    for (const row of rows.slice(0, mostLooked)) {
      if (matching.length >= mostRequests) break;
      if (wanted === '' || matches(row, wanted)) matching.push(row);
    }
    const all = matching.length === 0 ? found : matching;
    return all.map((row): PaletteEntry => ({
      id: row.id,
      group: 'Requests',
      label: `${visibleText(row.method)} ${titleOf(row)}`,
      also: '',
      description: [verdictTitles[row.verdict.status], formatTime(row.receivedAt, openedAt), row.id].join(' · '),
      shortcut: '',
      run: () => actions.go({ view: 'inbox', id: row.id }),
    }));
  }, [rows, query, found, openedAt, actions]);
}

function matches({ id, event, target, deliveryId }: ExchangeSummary, wanted: string): boolean {
  const isIn = (text: string | null): boolean => text?.toLowerCase().includes(wanted) ?? false;
  return isIn(event) || isIn(target) || isIn(id) || isIn(deliveryId);
}

const none: readonly ExchangeSummary[] = [];

/** The request that the host knows by an id like this one. */
function useFoundById(query: string): readonly ExchangeSummary[] {
  const { bridge } = useServices();
  const [found, setFound] = useState(none);
  const id = query.trim();
  const isId = /^[A-Za-z0-9_-]{8,100}$/.test(id);
  useEffect(() => {
    if (!isId) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void bridge.call('requests.list', { query: `id:${id}`, limit: mostRequests }).then((answer) => {
        if (current && answer.ok) setFound(answer.value.rows);
      });
    }, typingPauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [bridge, id, isId]);
  return isId ? found : none;
}
