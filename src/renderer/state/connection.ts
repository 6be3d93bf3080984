// Keeps the mirror true: a snapshot first, then batch after batch; after a gap a new snapshot. News that arrives while a
// snapshot is on its way is held and applied after it.

import type { Bridge } from '../../shared/contract.ts';
import type { Change, ChangeBatch, Show } from '../../shared/news.ts';
import { applyBatch, applyFailure, applyRowNews, applySnapshot } from './apply-changes.ts';
import type { AppState } from './app-state.ts';
import type { AppStore } from './store.ts';
import { withTold } from './told.ts';

/** What a connection is given. */
export interface ConnectionOptions {
  readonly bridge: Bridge;
  readonly app: AppStore;
  /** Calls `run` once after `ms`. */
  readonly after: (ms: number, run: () => void) => void;
  /** Menu, tray, links and notifications ask for something; it is no news of the host and never waits. */
  readonly onShow?: (show: Show) => void;
}

/** The link between host and store. */
export interface Connection {
  /** Fetches a snapshot, again or for the first time. Resolves when it is applied or has failed. */
  sync(): Promise<void>;
  /** Ends the subscription. */
  stop(): void;
}

const firstPage = 500;
/** Held batches beyond this many are dropped: the gap then asks for another snapshot. */
const maxHeld = 5_000;
const refreshDelayMs = 250;

/** Subscribes at once; call `sync` to fill the store. */
export function createConnection({ bridge, app, after, onShow }: ConnectionOptions): Connection {
  const { store, actions } = app;
  let held: ChangeBatch[] | null = [];
  let running: Promise<void> | null = null;
  /** A gap was found while a snapshot was being applied: that one does not fill it. */
  let again = false;
  let refreshPlanned = false;
  let checkPlanned = false;

  function arrive(batch: ChangeBatch): void {
    for (const change of batch.changes) if (change.type === 'show') onShow?.(change.show);
    receive(batch);
  }

  function receive(batch: ChangeBatch): void {
    if (held !== null) {
      if (held.length < maxHeld) held.push(batch);
      return;
    }
    const applied = applyBatch(store.getState().mirror, batch);
    if (applied.kind === 'gap') {
      again = running !== null;
      void sync();
      return;
    }
    if (applied.kind === 'old') return;
    store.setState((state) => ({
      mirror: applied.mirror,
      inbox: withRowNews(state.inbox, batch.changes),
      detail: withTold(state.detail, batch.changes),
    }));
    follow(batch.changes);
  }

  /** Fetches again what the news concerns but does not carry. */
  function follow(changes: readonly Change[]): void {
    const state = store.getState();
    const { id, value } = state.detail;
    if (id !== null && value?.id === id && changes.some((change) => concerns(change, id, value.duplicate.of ?? id))) {
      void actions.openDetail(id);
    }
    if (!checkPlanned && changes.some((change) => change.type === 'requests-removed' && change.ids === undefined)) {
      checkPlanned = true;
      // Retention goes in small batches: one look for many of them.
      after(refreshDelayMs, () => {
        checkPlanned = false;
        void actions.dropRemoved();
      });
    }
    if (state.inbox.stretch === null || refreshPlanned || !changes.some(({ type }) => type === 'request')) return;
    refreshPlanned = true;
    after(refreshDelayMs, () => {
      refreshPlanned = false;
      void actions.refreshFiltered();
    });
  }

  async function fetchAll(): Promise<void> {
    held ??= [];
    const snapshot = await bridge.call('state.get', undefined);
    const rows = await bridge.call('requests.list', { limit: firstPage });
    const deliveries = await bridge.call('deliveries.list', { dead: false });
    const dead = await bridge.call('deliveries.list', { dead: true });
    const refused = await bridge.call('refused.list', undefined);
    const pullStatus = await bridge.call('pulls.list', undefined);
    if (!snapshot.ok) {
      store.setState((state) => ({ mirror: applyFailure(state.mirror, snapshot.error) }));
      return;
    }
    const pages = {
      rows: rows.ok ? rows.value.rows : [],
      moreRows: rows.ok && rows.value.more,
      deliveries: deliveries.ok ? deliveries.value : [],
      dead: dead.ok ? dead.value : [],
      refused: refused.ok ? refused.value : [],
      pullStatus: pullStatus.ok ? pullStatus.value : [],
    };
    store.setState((state) => ({ mirror: applySnapshot(state.mirror, snapshot.value, pages) }));
    const waiting = held;
    held = null;
    for (const batch of waiting) receive(batch);
    void actions.refreshFiltered();
  }

  function sync(): Promise<void> {
    running ??= fetchAll().finally(() => {
      running = null;
      if (again) {
        again = false;
        void sync();
      }
    });
    return running;
  }

  const unsubscribe = bridge.onChanges(arrive);
  return { sync, stop: unsubscribe };
}

function withRowNews(inbox: AppState['inbox'], changes: readonly Change[]): AppState['inbox'] {
  if (inbox.stretch === null) return inbox;
  const rows = applyRowNews(inbox.stretch.rows, changes);
  // Of those that a query takes only a look at the host can tell.
  const fresh = inbox.query === '' ? changes.filter(({ type }) => type === 'request').length : 0;
  if (rows === inbox.stretch.rows && fresh === 0) return inbox;
  return { ...inbox, stretch: { ...inbox.stretch, rows, above: inbox.stretch.above + fresh } };
}

function concerns(change: Change, id: string, root: string): boolean {
  if (change.type === 'reply') return change.id === id;
  if (change.type === 'delivery') return change.delivery.replayOf === id && change.delivery.attempts.length === 0;
  return change.type === 'request' && (change.summary.duplicate.of === root || change.summary.id === id);
}
