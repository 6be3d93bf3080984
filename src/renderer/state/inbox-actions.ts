// Filtering the Inbox, fetching older rows, opening a request.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import type { ExchangeSummary } from '../../shared/exchange.ts';
import type { AppState } from './app-state.ts';
import { inboxRows } from './app-state.ts';
import { withFindings } from './told.ts';
import { mergeRows, withoutRemoved } from './merge-rows.ts';
import { maxRows } from './mirror.ts';
import { extendUp } from './row-window.ts';
import { createWindowActions } from './window-actions.ts';
import type { WindowActions } from './window-actions.ts';

/** Actions on the Inbox and the open request. */
export interface InboxActions extends WindowActions {
  /** What is typed; a query only once it is applied. */
  typeQuery(text: string): void;
  /**
   * Puts a query in force; the rows change when the first of the answer are there, and stay when the query is wrong.
   * Resolves when a page is found, or nothing more is.
   */
  applyQuery(query: string): Promise<void>;
  /** Ends a search that takes too long; what it has found stays. */
  stopSearch(): void;
  /** Goes on with a search that was ended. */
  resumeSearch(): Promise<void>;
  /** Fetches matching news for the query in force; does nothing without one. */
  refreshFiltered(): Promise<void>;
  /** Old requests are gone from the host: takes those out of the rows. */
  dropRemoved(): Promise<void>;
  /** These are to be deleted: they are not shown any more. */
  hideRequests(ids: readonly string[]): void;
  /** They stay after all. */
  unhideRequests(ids: readonly string[]): void;
  /** Has them deleted. Gives what went wrong, and then shows them again, or null. */
  removeRequests(ids: readonly string[]): Promise<ErrorValue | null>;
  /** Pins or releases them. Gives what went wrong, or null. */
  pinRequests(ids: readonly string[], pinned: boolean): Promise<ErrorValue | null>;
  /** Fetches a request for the detail; null closes it. */
  openDetail(id: string | null): Promise<void>;
  /** Has the cause of the open request's failed check looked for. Gives what went wrong, or null. */
  diagnose(id: string): Promise<ErrorValue | null>;
}

const pageSize = 500;
/** Most rows that one call gives. */
const longestPage = 2_000;

/** A search answers at least this often with what it has, ms. */
const searchStretchMs = 250;
/** The number of matches is asked for this long after the first of them are there, ms. */
const countPauseMs = 300;
/** Later than any request, epoch ms (the year 2200). */
const endOfTime = 7_258_118_400_000;

/** Most ids that one call takes. */
const mostIds = 10_000;

/** Creates them. */
export function createInboxActions(
  store: StoreApi<AppState>,
  bridge: Bridge,
  pause: (ms: number) => Promise<void>,
): InboxActions {
  const setInbox = (change: Partial<AppState['inbox']>): void =>
    store.setState(({ inbox }) => ({ inbox: { ...inbox, ...change } }));
  let asked = 0;
  /** Greatest seq that is known to match the query in force. */
  let newestMatch = 0;
  const unhide = (ids: readonly string[]): void => {
    const back = new Set(ids);
    store.setState(({ leaving }) => ({ leaving: new Set([...leaving].filter((id) => !back.has(id))) }));
  };

  async function applyQuery(text: string): Promise<void> {
    const query = text.trim();
    if (store.getState().inbox.text.trim() !== query) setInbox({ text });
    asked += 1;
    newestMatch = 0;
    if (query === '') setInbox({ query, stretch: null, matches: null, search: null, queryError: null });
    else await look(query, asked, [], null);
  }

  /** Searches in stretches of time, and shows what is found so far; `found` lies above `scannedTo`. */
  async function look(
    query: string,
    ticket: number,
    found: readonly ExchangeSummary[],
    scannedTo: number | null,
  ): Promise<void> {
    let rows = found;
    let below = scannedTo;
    const wanted = found.length + pageSize;
    for (;;) {
      const answer = await bridge.call('requests.list', {
        query,
        limit: Math.min(pageSize, wanted - rows.length),
        budgetMs: searchStretchMs,
        ...(below !== null && { beforeSeq: below }),
      });
      if (ticket !== asked) return;
      if (!answer.ok) {
        setInbox({ queryError: answer.error, search: null });
        return;
      }
      rows = mergeRows(rows, answer.value.rows, Number.POSITIVE_INFINITY);
      below = answer.value.scannedTo ?? null;
      const isDone = below === null || rows.length >= wanted;
      const { more } = answer.value;
      const search = isDone || below === null ? null : { scannedTo: below, isStopped: false };
      const matches = isDone && !more ? rows.length : null;
      setInbox({ query, queryError: null, search, matches, stretch: { rows, above: 0, more: isDone && more } });
      if (!isDone) continue;
      if (more) void countMatches(query, ticket);
      return;
    }
  }

  /** Once the person has stopped to look: a count may go through the whole history. */
  async function countMatches(query: string, ticket: number): Promise<void> {
    await pause(countPauseMs);
    if (ticket !== asked) return;
    const answer = await bridge.call('requests.activity', { query, fromAt: 0, toAt: endOfTime, buckets: 1 });
    if (ticket !== asked || !answer.ok) return;
    setInbox({ matches: answer.value.counts[0]?.total ?? null });
  }

  const windowActions = createWindowActions({ store, bridge, ticket: () => asked, applyQuery });
  return {
    ...windowActions,
    typeQuery: (text) => setInbox({ text }),

    applyQuery,

    stopSearch() {
      const { search } = store.getState().inbox;
      if (search === null) return;
      asked += 1;
      setInbox({ search: { ...search, isStopped: true } });
    },

    async resumeSearch() {
      const { query, search, stretch } = store.getState().inbox;
      if (search === null || stretch === null) return;
      asked += 1;
      await look(query, asked, stretch.rows, search.scannedTo);
    },

    async refreshFiltered() {
      const { query, stretch, search } = store.getState().inbox;
      if (stretch === null || query === '' || search !== null) return;
      const ticket = asked;
      const answer = await bridge.call('requests.list', { query, limit: pageSize });
      const { stretch: current, matches } = store.getState().inbox;
      if (ticket !== asked || !answer.ok || current === null) return;
      const page = answer.value;
      const top = Math.max(newestMatch, current.rows[0]?.seq ?? 0);
      const fresh = page.rows.filter(({ seq }) => seq > top).length;
      newestMatch = Math.max(top, page.rows[0]?.seq ?? 0);
      const reaches = !page.more || (page.rows.at(-1)?.seq ?? 0) <= top;
      if (matches !== null && reaches) setInbox({ matches: matches + fresh });
      else if (fresh > 0) void countMatches(query, ticket);
      if (current.above > 0) setInbox({ stretch: { ...current, above: current.above + fresh } });
      else if (reaches) setInbox({ stretch: extendUp(current, page.rows, true, maxRows) });
      else setInbox({ stretch: { rows: page.rows, above: 0, more: page.more } });
    },

    async dropRemoved() {
      const ticket = asked;
      const { query } = store.getState().inbox;
      // Old ones go first, so that the look starts at the end and stops at the first stretch of which all is there.
      let fromSeq = Number.NEGATIVE_INFINITY;
      for (;;) {
        const rows = inboxRows(store.getState());
        const stretch = rows.filter(({ seq }) => seq > fromSeq).slice(-longestPage);
        const first = stretch[0];
        if (first === undefined) return;
        fromSeq = first.seq;
        const answer = await bridge.call('requests.list', { query, beforeSeq: first.seq + 1, limit: stretch.length });
        if (ticket !== asked || !answer.ok) return;
        const found = answer.value.rows;
        const { inbox, mirror } = store.getState();
        if (inbox.stretch !== null) {
          setInbox({ stretch: { ...inbox.stretch, rows: withoutRemoved(inbox.stretch.rows, stretch, found) } });
        } else {
          store.setState({ mirror: { ...mirror, rows: withoutRemoved(mirror.rows, stretch, found) } });
        }
        // Newer ones are there as well, unless this one stays because it is pinned.
        if (found.some(({ id, pinned }) => id === first.id && pinned !== true)) return;
      }
    },

    hideRequests: (ids) => store.setState(({ leaving }) => ({ leaving: new Set([...leaving, ...ids]) })),
    unhideRequests: unhide,

    async removeRequests(ids) {
      for (let from = 0; from < ids.length; from += mostIds) {
        const answer = await bridge.call('requests.remove', { ids: ids.slice(from, from + mostIds) });
        // What is gone stays hidden: a page that was asked for before may still bring it.
        if (!answer.ok) {
          unhide(ids.slice(from));
          return answer.error;
        }
      }
      return null;
    },

    async pinRequests(ids, pinned) {
      for (let from = 0; from < ids.length; from += mostIds) {
        const answer = await bridge.call('requests.pin', { ids: ids.slice(from, from + mostIds), pinned });
        if (!answer.ok) return answer.error;
      }
      return null;
    },

    async openDetail(id) {
      const { detail } = store.getState();
      if (id === null) {
        store.setState({ detail: { id, value: null, error: null } });
        return;
      }
      // What is shown stays until the answer is there: going down the list must not flicker.
      store.setState({ detail: { id, value: detail.value, error: null } });
      const answer = await bridge.call('requests.get', { id });
      if (store.getState().detail.id !== id) return;
      store.setState({
        detail: answer.ok ? { id, value: answer.value, error: null } : { id, value: null, error: answer.error },
      });
    },

    async diagnose(id) {
      const answer = await bridge.call('requests.diagnose', { id });
      if (!answer.ok) return answer.error;
      // The list hears of it by a change, as for every other request.
      store.setState(({ detail }) => ({ detail: withFindings(detail, new Map([[id, answer.value]])) }));
      return null;
    },
  };
}
