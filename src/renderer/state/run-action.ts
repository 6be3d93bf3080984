// What the actions of the one table do. Whoever starts one (a key, the palette, a menu) ends up here; messages, the
// clipboard and the focus come in from above, so that nothing here needs a window.

import type { Bridge, CommandInput } from '../../shared/contract.ts';
import { actionOf, isEnabled } from '../../shared/actions.ts';
import type { ActionId } from '../../shared/actions.ts';
import type { ErrorValue, Result } from '../../shared/errors.ts';
import { factsOf, openRequestId } from './facts.ts';
import type { Route } from './route.ts';
import type { AppStore } from './store.ts';

/** Places in the window that an action puts the focus on. */
export type FocusPlace = 'filter' | 'list';

/** What only the window can do. */
export interface ActionPorts {
  readonly bridge: Bridge;
  /** Rejects when the clipboard refuses. */
  copy(text: string): Promise<void>;
  showDone(title: string, message?: string): void;
  showError(error: ErrorValue): void;
  /** Something was taken away; `onEnd` is called once it is not wanted back. */
  showUndo(title: string, onUndo: () => void, onEnd: () => void): void;
  undoLatest(): void;
  focus(place: FocusPlace): void;
  /** Goes down (1) or up (-1) the list that the person looks at. */
  step(by: 1 | -1): void;
}

/** Runs an action, if what it needs is there. */
export type RunAction = (id: ActionId) => void;

const views: Partial<Record<ActionId, Route>> = {
  'go.inbox': { view: 'inbox', id: null },
  'go.compose': { view: 'compose' },
  'go.deliveries': { view: 'deliveries', id: null },
  'go.dead-letters': { view: 'dead-letters', id: null },
  'go.handler-check': { view: 'handler-check' },
  'go.catch-up': { view: 'catch-up', id: null },
  import: { view: 'import' },
  'go.settings': { view: 'settings' },
  'go.schemes': { view: 'schemes' },
  'new.endpoint': { view: 'endpoint', id: null },
  'new.target': { view: 'target', id: null },
  'new.tunnel': { view: 'tunnel', id: null },
  'new.pull': { view: 'pull', id: null },
  'new.scheme': { view: 'scheme', id: null },
};

type Run = () => void | Promise<void>;

/** Creates the runner. */
export function createRunAction({ store, actions }: AppStore, ports: ActionPorts): RunAction {
  const { bridge } = ports;

  /** The value, or null once the person was told why there is none. */
  function told<T>(result: Result<T>): T | null {
    if (result.ok) return result.value;
    ports.showError(result.error);
    return null;
  }
  async function copy(text: string, title: string, message?: string): Promise<void> {
    try {
      await ports.copy(text);
      ports.showDone(title, message);
    } catch {
      const message = 'The clipboard did not take the text.';
      ports.showError({ code: 'BUG', message, hint: 'Click into the window and try again.' });
    }
  }
  const withRequest = (run: (id: string) => void | Promise<void>): Run => {
    return () => {
      const id = openRequestId(store.getState());
      return id === null ? undefined : run(id);
    };
  };
  const save = (settings: CommandInput<'settings.save'>): Run => {
    return async () => void told(await bridge.call('settings.save', settings));
  };
  const pause = (paused: boolean): Run => {
    return async () => void told(await bridge.call('receiver.pause', { paused }));
  };
  const pin = (pinned: boolean): Run =>
    withRequest(async (id) => {
      const error = await actions.pinRequests([id], pinned);
      if (error !== null) ports.showError(error);
    });
  const copyAs = (format: CommandInput<'requests.copyAs'>['format'], label: string): Run =>
    withRequest(async (id) => {
      const text = told(await bridge.call('requests.copyAs', { id, format }));
      if (text !== null) await copy(text, `Copied as ${label}`, 'Secrets in it are masked.');
    });

  function remove(id: string): void {
    actions.hideRequests([id]);
    actions.go({ view: 'inbox', id: null });
    ports.showUndo(
      'Request deleted',
      () => actions.unhideRequests([id]),
      () => void actions.removeRequests([id]).then((error) => error !== null && ports.showError(error)),
    );
  }
  function back(): void {
    const { route } = store.getState().view;
    if (route.view === 'replay' || route.view === 'compare') actions.go({ view: 'inbox', id: null });
    else ports.focus('list');
  }

  const runs: Partial<Record<ActionId, Run>> = {
    async 'test-event'() {
      actions.go({ view: 'inbox', id: null });
      told(await bridge.call('testEvent.send', undefined));
    },
    'copy-url'() {
      const { receiver } = store.getState().mirror;
      return receiver.status === 'listening' ? copy(receiver.url, 'URL copied') : undefined;
    },
    'capture.pause': pause(true),
    'capture.resume': pause(false),
    export: () => actions.showExport({ ids: null }),
    undo: () => ports.undoLatest(),
    filter() {
      if (store.getState().view.route.view !== 'inbox') actions.go({ view: 'inbox', id: null });
      ports.focus('filter');
    },
    palette: () => actions.showPalette(!store.getState().view.palette),
    shortcuts: () => actions.showShortcuts(true),
    'theme.system': save({ theme: 'system' }),
    'theme.dark': save({ theme: 'dark' }),
    'theme.light': save({ theme: 'light' }),
    fold: () => save({ foldDuplicates: store.getState().mirror.settings.foldDuplicates !== true })(),
    'go.schedules': () => actions.showSchedules(true),
    'go.back': back,
    'request.replay': withRequest((id) => actions.go({ view: 'replay', id })),
    'request.compare': withRequest((id) => actions.go({ view: 'compare', a: id, b: null })),
    'request.pin': pin(true),
    'request.unpin': pin(false),
    'request.note': () => actions.showNote(true),
    'request.copy-curl': copyAs('curl', 'cURL'),
    'request.copy-har': copyAs('har', 'HAR entry'),
    'request.copy-jsonl': copyAs('jsonl', 'JSON line'),
    'request.copy-id': withRequest((id) => copy(id, 'Id copied')),
    'request.delete': withRequest(remove),
    'list.next': () => ports.step(1),
    'list.previous': () => ports.step(-1),
  };

  return (id) => {
    if (!isEnabled(actionOf(id), factsOf(store.getState()))) return;
    const route = views[id];
    // Who is in the Inbox already keeps the request that is open.
    const isThere = id === 'go.inbox' && store.getState().view.route.view === 'inbox';
    if (isThere) ports.focus('list');
    else if (route !== undefined) actions.go(route);
    else void runs[id]?.();
  };
}
