// The list of requests with its filter: live, and still where the person left it.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { inboxTotal, inboxWindow } from '../../state/app-state.ts';
import { countBelow } from '../../state/row-window.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { RowBoxesContext, useRowChoice } from '../../ui/use-row-choice.ts';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import type { RestOfList } from '../../ui/virtual-grid.tsx';
import { ActivityLine } from './activity-line.tsx';
import { ChosenBar, useRemoveRequests } from './chosen-bar.tsx';
import { FileButtons } from './export-buttons.tsx';
import { FilterBox } from './filter-box.tsx';
import { FoldToggle } from './fold-toggle.tsx';
import { InboxFoot } from './inbox-foot.tsx';
import { RequestRow } from './request-row.tsx';
import { SavedFilters } from './saved-filters.tsx';
import { GroupsContext, useGroups } from './use-groups.ts';
import './inbox.css';

/** The left side of the Inbox. */
export function InboxList() {
  const selected = useApp((state) => (state.view.route.view === 'inbox' ? state.view.route.id : null));
  const { all, rows, groups, keyOf, nameOf, shownRow, withMembers, setGroupOpen } = useGroups(selected);
  const actions = useActions();
  const select = useCallback((row: ExchangeSummary) => actions.go({ view: 'inbox', id: row.id }), [actions]);
  const rest = useRest(all.length - rows.length);
  const openedByItself = useOpenFirst(rows, selected);
  const { chosen, boxes, clear, handlers } = useRowChoice(rows, shownRow?.id ?? null);
  const meant = withMembers(chosen);
  const remove = useRemoveRequests();
  const removeMeant = (): void => {
    remove(meant.length > 0 || shownRow === undefined ? meant : withMembers([shownRow]));
    clear();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
    const handled =
      plain &&
      ((event.key === 'ArrowRight' && setGroupOpen(true)) || (event.key === 'ArrowLeft' && setGroupOpen(false)));
    if (plain && event.key === 'Delete') removeMeant();
    else if (!handled) {
      handlers.onKeyDown(event);
      return;
    }
    event.preventDefault();
  };
  const shownKey = shownRow === undefined ? null : keyOf(shownRow);

  return (
    <section className="inbox-list" aria-label="Requests">
      <div className="inbox-tools">
        <FilterBox />
        <SavedFilters />
        <FoldToggle />
        <FileButtons />
      </div>
      <ActivityLine />
      {rows.length === 0 && <NoRows />}
      {/* The grid has the focus; its keys and clicks pass through here. */}
      <div
        className={rows.length === 0 ? 'inbox-grid hidden' : chosen.length > 0 ? 'inbox-grid choosing' : 'inbox-grid'}
        onClickCapture={handlers.onClickCapture}
        onKeyDown={onKeyDown}
      >
        <RowBoxesContext value={boxes}>
          <GroupsContext value={groups}>
            <VirtualGrid
              label="Requests"
              items={rows}
              keyOf={keyOf}
              nameOf={nameOf}
              rowHeight={54}
              rowClass="request-row"
              Row={RequestRow}
              selected={shownKey}
              // A member that arrives takes the row of its group over, and must not move the list.
              leaveBe={shownRow?.id === selected ? openedByItself : shownKey}
              onSelect={select}
              onOpen={focusDetails}
              rest={rest}
            />
          </GroupsContext>
        </RowBoxesContext>
      </div>
      {meant.length > 0 ? (
        <ChosenBar chosen={meant} onRemove={removeMeant} onNone={clear} />
      ) : (
        <InboxFoot held={all.length} />
      )}
    </section>
  );
}

function focusDetails(): void {
  document.querySelector<HTMLElement>('[aria-label="Request details"] [role="tab"][aria-selected="true"]')?.focus();
}

/** The very first request opens by itself: the person was waiting for it. Returns its id, once there is one. */
function useOpenFirst(rows: readonly ExchangeSummary[], selected: string | null): string | null {
  const actions = useActions();
  const ready = useApp((state) => state.mirror.status === 'ready');
  const wasEmpty = useRef(false);
  const first = rows[0];
  const [opened, setOpened] = useState<string | null>(null);
  useEffect(() => {
    if (first && wasEmpty.current && selected === null) {
      setOpened(first.id);
      actions.go({ view: 'inbox', id: first.id });
    }
    wasEmpty.current = ready && first === undefined;
  }, [first, ready, selected, actions]);
  return opened;
}

function NoRows() {
  const query = useApp((state) => state.inbox.query);
  const ready = useApp((state) => state.mirror.status === 'ready');
  const isSearching = useApp((state) => state.inbox.search !== null);
  if (!ready) return <div className="empty">Loading…</div>;
  if (isSearching) return <div className="empty">Nothing found so far</div>;
  return query === '' ? (
    <div className="empty">
      <h2>No requests yet</h2>
      <p>Whatever arrives shows up here at once.</p>
    </div>
  ) : (
    <div className="empty">
      <h2>No request matches</h2>
      <p>Newest requests are searched as they arrive.</p>
    </div>
  );
}

/** What lies above and below the rows that are held. `folded`: held rows that are not shown. */
function useRest(folded: number): RestOfList {
  const above = useApp((state) => inboxWindow(state).above);
  const below = useApp((state) => countBelow(inboxWindow(state), inboxTotal(state)));
  const actions = useActions();
  const onMissing = useCallback(
    (index: number) => void actions.showAt(index < above ? index : index + folded),
    [actions, above, folded],
  );
  const onEdge = useCallback(
    async (edge: 'start' | 'end') => {
      const id = await (edge === 'start' ? actions.goToStart() : actions.goToEnd());
      if (id !== null) actions.go({ view: 'inbox', id });
    },
    [actions],
  );
  return useMemo(() => ({ above, below, onMissing, onEdge }), [above, below, onMissing, onEdge]);
}
