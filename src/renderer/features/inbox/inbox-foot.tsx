// What stands below the list: how many requests there are, how many the filter takes, and how far a search has come.

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatCount, plural } from '../../lib/format.ts';
import { inboxTotal } from '../../state/app-state.ts';
import type { RowSearch } from '../../state/app-state.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { RefusedList } from './refused-list.tsx';

/** A search that ends sooner is not spoken of, ms. */
const silentMs = 300;

/** The foot of the list; `held` rows are there. */
export function InboxFoot({ held }: { readonly held: number }) {
  const total = useApp((state) => state.mirror.requestCount);
  const query = useApp((state) => state.inbox.query);
  const matches = useApp(inboxTotal);
  const search = useApp((state) => state.inbox.search);
  const isLong = useIsLong(search !== null);
  const found = matches === null ? `${formatCount(held)}+` : formatCount(matches);
  const words = query === '' ? plural(total, 'request') : `${found} of ${plural(total, 'request')}`;
  return (
    <div className="inbox-foot">
      {search !== null && isLong ? (
        <SearchProgress search={search} held={held} />
      ) : (
        <span className="grow">{total === 0 ? '' : words}</span>
      )}
      <RefusedList />
    </div>
  );
}

function SearchProgress({ search, held }: { readonly search: RowSearch; readonly held: number }) {
  const newest = useApp((state) => state.mirror.rows[0]?.seq ?? 0);
  const total = useApp((state) => state.mirror.requestCount);
  const actions = useActions();
  const looked = Math.max(0, Math.min(total, newest - search.scannedTo));
  return (
    <>
      <span className="grow search-progress" role="status" aria-label="Search">
        {search.isStopped ? `${formatCount(held)} found so far, stopped` : `Searching, ${formatCount(held)} found`}
      </span>
      <div className="search-bar">
        <ProgressBar label="Looked through" value={looked} of={total} />
      </div>
      {search.isStopped ? (
        <Button size="compact-sm" onClick={() => void actions.resumeSearch()}>
          Go on
        </Button>
      ) : (
        <Button size="compact-sm" onClick={() => actions.stopSearch()}>
          Stop
        </Button>
      )}
    </>
  );
}

/** Whether something has been going on for longer than {@link silentMs}. */
function useIsLong(isGoingOn: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return undefined;
    const timer = setTimeout(() => setLong(true), silentMs);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isGoingOn]);
  return isLong;
}
