// Going through a list that is longer than what the window holds: further down, further up, to its end, to any place.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import type { ExchangeSummary } from '../../shared/exchange.ts';
import type { AppState } from './app-state.ts';
import { inboxRows, inboxTotal, inboxWindow } from './app-state.ts';
import { maxRows } from './mirror.ts';
import { countBelow, extendDown, extendUp, seqAt } from './row-window.ts';
import type { RowWindow } from './row-window.ts';

/** Actions on the stretch of the list that is held. */
export interface WindowActions {
  /** Fetches the rows below the last one. */
  loadOlder(): Promise<void>;
  /** Fetches the rows above the first one. */
  loadNewer(): Promise<void>;
  /** Goes to the newest ones. Gives the id of the first. */
  goToStart(): Promise<string | null>;
  /** Goes to the oldest ones. Gives the id of the last. */
  goToEnd(): Promise<string | null>;
  /** Fetches what lies around this place of the list, 0 for the newest. */
  showAt(index: number): Promise<void>;
}

/** What they are given. */
export interface WindowContext {
  readonly store: StoreApi<AppState>;
  readonly bridge: Bridge;
  /** A number that changes with every query: answers for an older one are dropped. */
  readonly ticket: () => number;
  /** Puts a query in force, from its newest row on. */
  readonly applyQuery: (query: string) => Promise<void>;
}

const pageSize = 500;
/** Pages that are fetched at most until newer rows join those that are held. */
const mostJoins = 40;

/** Creates them. */
export function createWindowActions({ store, bridge, ticket, applyQuery }: WindowContext): WindowActions {
  const setInbox = (change: Partial<AppState['inbox']>): void =>
    store.setState(({ inbox }) => ({ inbox: { ...inbox, ...change } }));
  const newestSeq = (): number => store.getState().mirror.rows[0]?.seq ?? 0;
  const total = (): number | null => inboxTotal(store.getState());

  /** One move at a time: `find` gives what is to be shown, or null to leave what is. */
  async function move(find: (window: RowWindow, query: string) => Promise<RowWindow | null>): Promise<void> {
    const { inbox } = store.getState();
    if (inbox.isMoving) return;
    const asked = ticket();
    setInbox({ isMoving: true });
    const found = await find(inboxWindow(store.getState()), inbox.query);
    setInbox({ isMoving: false });
    if (found !== null && asked === ticket()) show(found);
  }

  /** The newest of all are the mirror's own rows; everything else is a stretch. */
  function show(window: RowWindow): void {
    const { inbox, mirror } = store.getState();
    if (inbox.query !== '' || window.above > 0) {
      setInbox({ stretch: window });
      return;
    }
    const { rows, more } = extendUp(window, mirror.rows, true, maxRows);
    store.setState({ mirror: { ...mirror, rows, moreRows: more }, inbox: { ...inbox, stretch: null } });
  }

  async function fetchPage(query: string, beforeSeq?: number) {
    const below = beforeSeq === undefined ? {} : { beforeSeq };
    const answer = await bridge.call('requests.list', { query, ...below, limit: pageSize });
    return answer.ok ? answer.value : null;
  }

  async function findOlder(window: RowWindow, query: string): Promise<RowWindow | null> {
    const last = window.rows.at(-1);
    if (!window.more || last === undefined) return null;
    const page = await fetchPage(query, last.seq);
    if (page === null) return null;
    // News may have come in meanwhile.
    return extendDown(inboxWindow(store.getState()), page.rows, page.more, maxRows);
  }

  async function findNewer(window: RowWindow, query: string): Promise<RowWindow | null> {
    const first = window.rows[0];
    if (window.above === 0 || first === undefined) return null;
    const { rows: newest } = store.getState().mirror;
    if (query === '' && (newest.at(-1)?.seq ?? Number.POSITIVE_INFINITY) <= first.seq) {
      return extendUp(window, newest, true, maxRows);
    }
    for (let distance = pageSize; ; distance *= 4) {
      const isTop = distance >= window.above;
      const newer = await rowsAbove(
        query,
        first.seq,
        isTop ? undefined : seqAt(window, window.above - distance, newestSeq()) + 1,
      );
      if (newer === null) return null;
      if (newer.length > 0 || isTop) return extendUp(window, newer, isTop, maxRows);
    }
  }

  /** All rows above `seq` and below `beforeSeq`. */
  async function rowsAbove(query: string, seq: number, beforeSeq?: number): Promise<ExchangeSummary[] | null> {
    const found: ExchangeSummary[] = [];
    let below = beforeSeq;
    for (let n = 0; n < mostJoins; n += 1) {
      const page = await fetchPage(query, below);
      if (page === null) return null;
      found.push(...page.rows.filter((row) => row.seq > seq));
      below = page.rows.at(-1)?.seq;
      if (below === undefined || below <= seq || !page.more) return found;
    }
    return null;
  }

  async function findEnd(window: RowWindow, query: string): Promise<RowWindow | null> {
    const last = window.rows.at(-1);
    if (!window.more || last === undefined) return null;
    const length = total();
    const left = countBelow(window, length);
    // Nothing matches below `empty`; something does below `reached`.
    let empty = 0;
    let reached = last.seq;
    let guess =
      left <= pageSize ? reached : seqAt(window, window.above + window.rows.length + left - pageSize, newestSeq());
    for (;;) {
      const page = await fetchPage(query, Math.max(1, guess));
      if (page === null) return null;
      const { rows } = page;
      if (guess === last.seq && !page.more) return extendDown(window, rows, false, maxRows);
      if (rows.length > 0 && !page.more) {
        return {
          rows,
          above: Math.max(1, (length ?? window.above + window.rows.length + rows.length) - rows.length),
          more: false,
        };
      }
      if (rows.length > 0) reached = rows.at(-1)?.seq ?? guess;
      else if (guess === reached) return null;
      else empty = guess;
      // A page from `reached` on holds all that is left once the gap is no wider than a page.
      guess = reached - empty <= pageSize ? reached : empty + Math.ceil((reached - empty) / 2);
    }
  }

  async function findAt(window: RowWindow, query: string, index: number): Promise<RowWindow | null> {
    const { rows, above } = window;
    if (index >= above && index < above + rows.length) return null;
    if (index < above && above - index <= pageSize) return findNewer(window, query);
    if (index >= above && index - above - rows.length < pageSize) return findOlder(window, query);
    const start = index - pageSize / 2;
    if (start <= 0) {
      const page = await fetchPage(query);
      return page && { rows: page.rows, above: 0, more: page.more };
    }
    const page = await fetchPage(query, seqAt(window, start, newestSeq()) + 1);
    if (page === null) return null;
    if (page.rows.length === 0) return findEnd(window, query);
    const length = total();
    const isEnd = !page.more && length !== null;
    return { rows: page.rows, above: Math.max(1, isEnd ? length - page.rows.length : start), more: page.more };
  }

  return {
    loadOlder: () => move(findOlder),
    loadNewer: () => move(findNewer),
    showAt: (index) => move((window, query) => findAt(window, query, index)),
    async goToStart() {
      const { inbox } = store.getState();
      if (inbox.query === '') setInbox({ stretch: null });
      else if (inboxWindow(store.getState()).above > 0) await applyQuery(inbox.query);
      return inboxRows(store.getState())[0]?.id ?? null;
    },
    async goToEnd() {
      await move(findEnd);
      return inboxRows(store.getState()).at(-1)?.id ?? null;
    },
  };
}
