import { describe, expect, it } from 'vitest';
import { sameBytes } from '../../../../src/renderer/lib/body-text.ts';
import { followAddress } from '../../../../src/renderer/state/follow-address.ts';
import { saveSecret } from '../../../../src/renderer/state/save-secret.ts';
import { createAppStore } from '../../../../src/renderer/state/store.ts';
import type { AppStore } from '../../../../src/renderer/state/store.ts';
import type { CommandInput } from '../../../../src/shared/contract.ts';
import type { Result } from '../../../../src/shared/errors.ts';
import { createFakeBridge, good } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';
import { delivery, detail, finding, request, snapshot } from '../samples.ts';
import { applySnapshot } from '../../../../src/renderer/state/apply-changes.ts';
import { emptyMirror } from '../../../../src/renderer/state/mirror.ts';

const noPages = { rows: [], moreRows: false, deliveries: [], dead: [], refused: [], pullStatus: [] };

function createWorld(): FakeBridge & AppStore {
  const fake = createFakeBridge();
  const app = createAppStore({
    bridge: fake.bridge,
    newId: () => 'run-1',
    now: () => 42,
    route: { view: 'inbox', id: null },
  });
  app.store.setState({ mirror: applySnapshot(emptyMirror, snapshot(0), noPages) });
  return { ...fake, ...app };
}

/** An answer that a test gives when it likes. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('the Inbox', () => {
  it('keeps the rows and says what is wrong with a query', async () => {
    const { store, actions, answers } = createWorld();
    answers['requests.list'] = () => good({ rows: [request(1)], more: false });
    await actions.applyQuery('verdict:valid');
    const error = { code: 'CONFIG_QUERY', message: 'no such key', hint: 'see the list' } as const;
    answers['requests.list'] = () => ({ ok: false, error });
    await actions.applyQuery('verdikt:valid');
    expect(store.getState().inbox).toMatchObject({ query: 'verdict:valid', queryError: error });
    expect(store.getState().inbox.stretch?.rows).toHaveLength(1);
  });

  it('removes requests: hidden at once, had back, gone in pieces that the host takes', async () => {
    const { store, actions, answers } = createWorld();
    actions.hideRequests(['req_1', 'req_2']);
    expect([...store.getState().leaving]).toEqual(['req_1', 'req_2']);
    actions.unhideRequests(['req_1']);
    expect([...store.getState().leaving]).toEqual(['req_2']);

    const pieces: number[] = [];
    answers['requests.remove'] = ({ ids }) => {
      pieces.push(ids.length);
      return good({ removed: ids.length });
    };
    const many = Array.from({ length: 10_001 }, (_, n) => `req_${n}`);
    actions.hideRequests(many);
    expect(await actions.removeRequests(many)).toBeNull();
    expect(pieces).toEqual([10_000, 1]);
    // An old page may still bring them.
    expect(store.getState().leaving.size).toBe(10_001);

    const error = { code: 'STORE_FAULT', message: 'disk', hint: '' } as const;
    answers['requests.remove'] = () => ({ ok: false, error });
    expect(await actions.removeRequests(['req_5'])).toBe(error);
    expect(store.getState().leaving.has('req_5')).toBe(false);
  });

  it('shows the answer to the last query, however late the first one is', async () => {
    const { store, actions, answers } = createWorld();
    const slow = deferred<Result<{ rows: ReturnType<typeof request>[]; more: boolean }>>();
    answers['requests.list'] = ({ query }) =>
      query === 'a' ? slow.promise : good({ rows: [request(2)], more: false });
    const first = actions.applyQuery('a');
    await actions.applyQuery('ab');
    slow.resolve(good({ rows: [request(1)], more: false }));
    await first;
    expect(store.getState().inbox.stretch?.rows.map(({ seq }) => seq)).toEqual([2]);
  });

  it('goes back to all rows when the filter is cleared', async () => {
    const { store, actions, answers } = createWorld();
    answers['requests.list'] = () => good({ rows: [request(1)], more: false });
    await actions.applyQuery('a');
    await actions.applyQuery('');
    expect(store.getState().inbox).toMatchObject({ query: '', stretch: null, queryError: null });
  });

  it('fetches older rows once, below the last one', async () => {
    const { store, actions, answers, calls } = createWorld();
    store.setState(({ mirror }) => ({ mirror: { ...mirror, rows: [request(9), request(8)], moreRows: true } }));
    const asked: CommandInput<'requests.list'>[] = [];
    answers['requests.list'] = (input) => {
      asked.push(input);
      return good({ rows: [request(7)], more: false });
    };
    await Promise.all([actions.loadOlder(), actions.loadOlder()]);
    expect(asked).toEqual([expect.objectContaining({ beforeSeq: 8, query: '' })]);
    expect(store.getState().mirror.rows.map(({ seq }) => seq)).toEqual([9, 8, 7]);
    await actions.loadOlder();
    expect(calls.filter((name) => name === 'requests.list')).toHaveLength(1);
  });

  it('shows the request that was opened last, however late the answer of another is', async () => {
    const { store, actions, answers } = createWorld();
    const slow = deferred<Result<ReturnType<typeof detail>>>();
    answers['requests.get'] = ({ id }) => (id === 'req_1' ? slow.promise : good(detail(2)));
    const first = actions.openDetail('req_1');
    await actions.openDetail('req_2');
    slow.resolve(good(detail(1)));
    await first;
    expect(store.getState().detail).toMatchObject({ id: 'req_2', value: { id: 'req_2' } });
  });
});

describe('the forms', () => {
  it('send the draft and follow its deliveries', async () => {
    const { store, actions, answers } = createWorld();
    let draft: CommandInput<'compose.send'> | null = null;
    answers['compose.send'] = (input) => {
      draft = input;
      return good({ messageId: 'msg_a', deliveries: [delivery('a')] });
    };
    actions.editCompose({ url: 'http://localhost:3000/x', secret: 'abc' });
    await actions.send('compose');
    expect(draft).toMatchObject({ urls: ['http://localhost:3000/x'], secret: { value: 'abc' }, signature: 'fresh' });
    expect(store.getState().forms.composeSent).toEqual({ at: 42, deliveryIds: ['a'] });
    expect(store.getState().mirror.deliveries.map(({ id }) => id)).toEqual(['a']);
  });

  it('do not replace news that overtook the answer', async () => {
    const { store, actions, answers } = createWorld();
    answers['compose.send'] = () => {
      const arrived = delivery('a', { state: 'delivered' });
      store.setState(({ mirror }) => ({ mirror: { ...mirror, deliveries: [arrived] } }));
      return good({ messageId: 'msg_a', deliveries: [delivery('a')] });
    };
    await actions.send('compose');
    expect(store.getState().mirror.deliveries).toEqual([delivery('a', { state: 'delivered' })]);
  });

  it('open a replay with the whole body, fetched in slices', async () => {
    const { store, actions, answers } = createWorld();
    const body = new Uint8Array(1_500_000).map((_, i) => 97 + (i % 26));
    answers['requests.get'] = () => good(detail(1, { storedSize: body.length }));
    answers['requests.body'] = ({ offset, length }) => good(body.slice(offset, offset + length));
    actions.go({ view: 'replay', id: 'req_1' });
    await actions.openReplay('req_1');
    const { replay } = store.getState().forms;
    expect(sameBytes(replay?.original ?? new Uint8Array(), body)).toBe(true);
    expect(replay?.form).toMatchObject({ url: 'http://127.0.0.1:4100/in/stripe?x=1', signature: 'keep' });
  });

  it('keep the edits of a replay that is opened again, and offer its URL to the next', async () => {
    const { store, actions, answers } = createWorld();
    answers['requests.get'] = ({ id }) => good(detail(id === 'req_1' ? 1 : 2, { storedSize: 0 }));
    answers['compose.send'] = () => good({ messageId: 'm', deliveries: [] });
    actions.go({ view: 'replay', id: 'req_1' });
    await actions.openReplay('req_1');
    actions.editReplay({ url: 'http://localhost:9/y' });
    await actions.openReplay('req_1');
    expect(store.getState().forms.replay?.form.url).toBe('http://localhost:9/y');
    await actions.send('replay');
    actions.go({ view: 'replay', id: 'req_2' });
    await actions.openReplay('req_2');
    expect(store.getState().forms.replay?.form.url).toBe('http://localhost:9/y');
  });
});

describe('diagnose', () => {
  it('puts the cause into the open request, and leaves another one that was opened meanwhile', async () => {
    const { store, actions, answers } = createWorld();
    answers['requests.get'] = ({ id }) => good(detail(id === 'req_1' ? 1 : 2));
    answers['requests.diagnose'] = () => good([finding()]);
    await actions.openDetail('req_1');
    expect(await actions.diagnose('req_1')).toBeNull();
    expect(store.getState().detail.value?.verdict.diagnosis).toEqual([finding()]);
    await actions.openDetail('req_2');
    await actions.diagnose('req_1');
    expect(store.getState().detail.value?.verdict.diagnosis).toEqual([]);
  });

  it('says what went wrong', async () => {
    const { actions, answers } = createWorld();
    const error = { code: 'STORE_NOT_FOUND', message: 'gone', hint: 'look again' } as const;
    answers['requests.diagnose'] = () => ({ ok: false, error });
    expect(await actions.diagnose('req_1')).toEqual(error);
  });
});

describe('going places', () => {
  it('comes back to the request that was open in the Inbox', () => {
    const { store, actions } = createWorld();
    actions.go({ view: 'inbox', id: 'req_1' });
    actions.go({ view: 'compose' });
    actions.go({ view: 'inbox', id: null });
    expect(store.getState().view.route).toEqual({ view: 'inbox', id: 'req_1' });
    actions.go({ view: 'inbox', id: null });
    expect(store.getState().view.route).toEqual({ view: 'inbox', id: null });
  });

  it('closes what lies over the views', () => {
    const { store, actions } = createWorld();
    actions.showShortcuts(true);
    actions.showPalette(true);
    expect(store.getState().view).toMatchObject({ palette: true, shortcuts: false });
    actions.go({ view: 'settings' });
    expect(store.getState().view).toMatchObject({ palette: false, shortcuts: false });
  });
});

describe('saveSecret', () => {
  const owner = { name: 'Stripe', provider: 'stripe' };
  const stored = [{ name: 'Stripe', provider: null, storage: 'session', sealed: false }] as const;

  it('stores nothing when nothing was typed', async () => {
    const { bridge, calls } = createFakeBridge();
    expect(await saveSecret(bridge, { name: ' ', value: '' }, owner, [])).toEqual(good(null));
    expect(calls).toEqual([]);
  });

  it('finds a free name after its owner', async () => {
    const { bridge, answers } = createFakeBridge();
    let given: CommandInput<'secrets.set'> | null = null;
    answers['secrets.set'] = (input) => {
      given = input;
      return good(null);
    };
    expect(await saveSecret(bridge, { name: '', value: 'x' }, owner, stored)).toEqual(good('Stripe 2'));
    expect(given).toEqual({ name: 'Stripe 2', value: 'x', provider: 'stripe' });
  });
});

describe('followAddress', () => {
  it('goes both ways, and leaves no trail inside a view', () => {
    const { store, actions } = createWorld();
    const written: string[] = [];
    let heard: () => void = () => undefined;
    const location = { hash: '#/inbox' };
    const write = (how: string) => (_data: null, _unused: string, url: string) => {
      location.hash = url;
      written.push(`${how} ${url}`);
    };
    followAddress(
      { store, actions },
      {
        location,
        history: { pushState: write('push'), replaceState: write('replace') },
        addEventListener: (_type, listener) => {
          heard = listener;
        },
      },
    );
    actions.go({ view: 'inbox', id: 'req_1' });
    actions.go({ view: 'compose' });
    expect(written).toEqual(['replace #/inbox/req_1', 'push #/compose']);
    location.hash = '#/deliveries/dlv_1';
    heard();
    expect(store.getState().view.route).toEqual({ view: 'deliveries', id: 'dlv_1' });
    expect(written).toHaveLength(2);
  });
});
