// The rows of the Inbox with their groups of duplicates folded, and which of these the person unfolded.

import { createContext, useCallback, useMemo, useState } from 'react';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { foldRows, groupOf, groupWords, shownFor, unfoldedRows } from '../../lib/duplicate-groups.ts';
import type { GroupPlace } from '../../lib/duplicate-groups.ts';
import { rowName } from '../../lib/words.ts';
import { inboxRows } from '../../state/app-state.ts';
import { useApp } from '../../state/use-app.ts';

/** What a row needs to know of its group. */
export interface Groups {
  readonly places: ReadonlyMap<string, GroupPlace>;
  readonly toggle: (root: string) => void;
}

/** Rows are made by the grid, which knows nothing of groups. */
export const GroupsContext = createContext<Groups>({ places: new Map(), toggle: () => {} });

/** The list as it is shown; `selected` is the id of the open request. */
export function useGroups(selected: string | null) {
  const held = useApp(inboxRows);
  const leaving = useApp((state) => state.leaving);
  const isFolded = useApp((state) => state.mirror.settings.foldDuplicates === true);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const all = useMemo(() => (leaving.size === 0 ? held : held.filter(({ id }) => !leaving.has(id))), [held, leaving]);
  const folded = useMemo(() => (isFolded ? foldRows(all, open) : unfoldedRows(all)), [all, isFolded, open]);
  const { rows, places } = folded;
  const shown = useMemo(() => (selected === null ? null : shownFor(selected, all, folded)), [selected, all, folded]);
  const toggle = useCallback(
    (root: string) =>
      setOpen((before) => {
        const next = new Set(before);
        if (!next.delete(root)) next.add(root);
        return next;
      }),
    [],
  );
  const groups = useMemo<Groups>(() => ({ places, toggle }), [places, toggle]);
  /** A group keeps its place in the grid's eyes while members come in. */
  const keyOf = useCallback(
    (row: ExchangeSummary): string => {
      const place = places.get(row.id);
      return place?.isHead === true ? `group-${place.root}` : row.id;
    },
    [places],
  );
  const nameOf = useCallback((row: ExchangeSummary) => rowName(row) + groupWords(places.get(row.id)), [places]);
  const shownRow = shown === null ? undefined : rows.find(({ id }) => id === shown);

  /** The members that a folded row stands for are meant with it. */
  function withMembers(chosen: readonly ExchangeSummary[]): readonly ExchangeSummary[] {
    const roots = new Set<string>();
    for (const { id } of chosen) {
      const place = places.get(id);
      if (place?.isHead === true && !place.isOpen) roots.add(place.root);
    }
    if (roots.size === 0) return chosen;
    const ids = new Set(chosen.map(({ id }) => id));
    return all.filter((row) => ids.has(row.id) || roots.has(groupOf(row)));
  }

  /** Unfolds or folds the group of the row that is shown as open; says whether there was anything to do. */
  function setGroupOpen(wanted: boolean): boolean {
    const place = shown === null ? undefined : places.get(shown);
    if (place === undefined || place.isOpen === wanted) return false;
    toggle(place.root);
    return true;
  }

  return { all, rows, groups, keyOf, nameOf, shownRow, withMembers, setGroupOpen };
}
