// The list of requests with its filter: live, and still where the person left it.

import { useHotkeys } from '@mantine/hooks';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { rowName } from '../../lib/words.ts';
import { inboxHasMore, inboxRows } from '../../state/app-state.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FilterBox } from './filter-box.tsx';
import { RefusedList } from './refused-list.tsx';
import { RequestRow } from './request-row.tsx';
import './inbox.css';

const keyOf = (row: ExchangeSummary): string => row.id;

/** The left side of the Inbox. */
export function InboxList() {
  const rows = useApp(inboxRows);
  const selected = useApp((state) => (state.view.route.view === 'inbox' ? state.view.route.id : null));
  const actions = useActions();
  const select = useCallback((row: ExchangeSummary) => actions.go({ view: 'inbox', id: row.id }), [actions]);
  const loadOlder = useCallback(() => void actions.loadOlder(), [actions]);
  const openedByItself = useOpenFirst(rows, selected);

  const step = (by: number): void => {
    const index = rows.findIndex((row) => row.id === selected);
    const next = rows[index < 0 ? 0 : index + by];
    if (next) select(next);
  };
  useHotkeys([
    ['j', () => step(1)],
    ['k', () => step(-1)],
    ['r', () => selected !== null && actions.go({ view: 'replay', id: selected })],
  ]);

  return (
    <section className="inbox-list" aria-label="Requests">
      <div className="inbox-tools">
        <FilterBox />
        <ExportMenu />
      </div>
      {rows.length === 0 && <NoRows />}
      <div className={rows.length === 0 ? 'inbox-grid hidden' : 'inbox-grid'}>
        <VirtualGrid
          label="Requests"
          items={rows}
          keyOf={keyOf}
          nameOf={rowName}
          rowHeight={54}
          rowClass="request-row"
          Row={RequestRow}
          selected={selected}
          leaveBe={openedByItself}
          onSelect={select}
          onOpen={focusDetails}
          onEnd={loadOlder}
        />
      </div>
      <InboxFoot shown={rows.length} />
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
  if (!ready) return <div className="empty">Loading…</div>;
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

function InboxFoot({ shown }: { readonly shown: number }) {
  const total = useApp((state) => state.mirror.requestCount);
  const more = useApp(inboxHasMore);
  const filtered = useApp((state) => state.inbox.filtered !== null);
  const words = filtered
    ? `${formatCount(shown)}${more ? '+' : ''} of ${plural(total, 'request')}`
    : plural(total, 'request');
  return (
    <div className="inbox-foot">
      <span className="grow">{total === 0 ? '' : words}</span>
      <RefusedList />
    </div>
  );
}
