// Filtering the Inbox, fetching older rows, opening a request.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import type { ErrorValue } from '../../shared/errors.ts';
import type { AppState } from './app-state.ts';
import { inboxHasMore, inboxRows } from './app-state.ts';
import { withFindings } from './told.ts';
import { mergeRows, withoutRemoved } from './merge-rows.ts';
import { maxRows } from './mirror.ts';

/** Actions on the Inbox and the open request. */
export interface InboxActions {
  /** What is typed; a query only once it is applied. */
  typeQuery(text: string): void;
  /** Puts a query in force; the rows change when the answer is there, and stay when the query is wrong. */
  applyQuery(query: string): Promise<void>;
  /** Fetches matching news for the query in force; does nothing without one. */
  refreshFiltered(): Promise<void>;
  /** Fetches the page of rows below the last one. */
  loadOlder(): Promise<void>;
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

/** Most ids that one call takes. */
const mostIds = 10_000;

/** Creates them. */
export function createInboxActions(store: StoreApi<AppState>, bridge: Bridge): InboxActions {
  const setInbox = (change: Partial<AppState['inbox']>): void =>
    store.setState(({ inbox }) => ({ inbox: { ...inbox, ...change } }));
  let asked = 0;
  const unhide = (ids: readonly string[]): void => {
    const back = new Set(ids);
    store.setState(({ leaving }) => ({ leaving: new Set([...leaving].filter((id) => !back.has(id))) }));
  };

  return {
    typeQuery: (text) => setInbox({ text }),

    async applyQuery(text) {
      const query = text.trim();
      if (store.getState().inbox.text.trim() !== query) setInbox({ text });
      asked += 1;
      const ticket = asked;
      if (query === '') {
        setInbox({ query, filtered: null, queryError: null });
        return;
      }
      const answer = await bridge.call('requests.list', { query, limit: pageSize });
      if (ticket !== asked) return;
      if (answer.ok) setInbox({ query, filtered: answer.value, queryError: null });
      else setInbox({ queryError: answer.error });
    },

    async refreshFiltered() {
      const { query, filtered } = store.getState().inbox;
      if (filtered === null) return;
      const ticket = asked;
      const answer = await bridge.call('requests.list', { query, limit: pageSize });
      const current = store.getState().inbox.filtered;
      if (ticket !== asked || !answer.ok || current === null) return;
      const reaches = (answer.value.rows.at(-1)?.seq ?? 0) <= (current.rows[0]?.seq ?? 0);
      const rows = reaches ? mergeRows(current.rows, answer.value.rows, maxRows) : answer.value.rows;
      setInbox({ filtered: { rows, more: reaches ? current.more : answer.value.more } });
    },

    async loadOlder() {
      const state = store.getState();
      const rows = inboxRows(state);
      const last = rows.at(-1);
      if (state.inbox.loadingOlder || !inboxHasMore(state) || last === undefined || rows.length >= maxRows) return;
      setInbox({ loadingOlder: true });
      const ticket = asked;
      const query = state.inbox.filtered === null ? '' : state.inbox.query;
      const answer = await bridge.call('requests.list', { query, beforeSeq: last.seq, limit: pageSize });
      setInbox({ loadingOlder: false });
      if (ticket !== asked || !answer.ok) return;
      const { rows: older, more } = answer.value;
      const { inbox, mirror } = store.getState();
      if (inbox.filtered !== null) {
        setInbox({ filtered: { rows: mergeRows(inbox.filtered.rows, older, maxRows), more } });
      } else {
        store.setState({ mirror: { ...mirror, rows: mergeRows(mirror.rows, older, maxRows), moreRows: more } });
      }
    },

    async dropRemoved() {
      const ticket = asked;
      const query = store.getState().inbox.filtered === null ? '' : store.getState().inbox.query;
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
        if (inbox.filtered !== null) {
          setInbox({ filtered: { ...inbox.filtered, rows: withoutRemoved(inbox.filtered.rows, stretch, found) } });
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
