// Catching up through a whole host: what a provider's API tells is compared with the history, what was missed is put
// there once, and neither a second look nor a restart adds anything.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Host } from '../../../src/main/host.ts';
import { sign } from '../../../src/main/signatures/sign.ts';
import type { Change } from '../../../src/shared/news.ts';
import type { PullSetup } from '../../../src/shared/pulls.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { startTarget } from '../../support/target-server.ts';
import { createWaiting } from '../../support/waiting.ts';
import { pageSize, startEventsApi } from './events-api.ts';
import type { EventsApi } from './events-api.ts';

const token = 'read-token-that-is-not-real';
const encoder = new TextEncoder();

let api: EventsApi;
let tested: TestHost;
let closers: (() => Promise<unknown>)[];

beforeEach(async () => {
  closers = [];
  api = await startEventsApi(token);
  closers.push(() => api.close());
  tested = await startTestHost();
  closers.push(() => tested.stop());
  await tested.host.handlers['secrets.set']({ name: 'api token', value: token, provider: null });
  await tested.host.handlers['endpoints.save']({
    ...defaultEndpoint,
    id: 'orders',
    name: 'Orders',
    path: '/in/orders',
    provider: 'generic',
  });
});

afterEach(async () => {
  for (const close of closers.toReversed()) await close();
});

const setup = (changes: Partial<PullSetup> = {}): PullSetup => ({
  id: 'shop',
  name: 'Shop events',
  provider: 'generic',
  config: {
    url: `${api.url}/events`,
    itemsPath: 'data',
    idPath: 'id',
    timePath: 'sent',
    timeUnit: 'iso',
    eventPath: 'type',
    bodyPath: 'body',
    failedPath: 'failed',
    page: { kind: 'page', param: 'page', start: 1 },
  },
  tokenName: 'api token',
  baseUrl: null,
  endpointId: 'orders',
  everyMinutes: null,
  ...changes,
});

/** Ten events of the last hours, the newest first; the fourth failed at the provider. */
function tenEvents(): EventsApi['events'] {
  const now = Date.now();
  return Array.from({ length: 10 }, (_, i) => ({
    id: `evt-${10 - i}`,
    at: now - (i + 1) * 600_000,
    type: i % 2 === 0 ? 'order.created' : 'order.paid',
    failed: i === 3,
  }));
}

async function arrive(id: string): Promise<void> {
  await fetch(`${tested.url()}/in/orders`, {
    method: 'POST',
    headers: { 'X-Webhook-Delivery': id, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id }),
  });
}

const rowsOf = async (host: Host) => (await host.handlers['requests.list']({ query: '', limit: 100 })).rows;
const statuses = (changes: readonly Change[]) =>
  changes.flatMap((change) => (change.type === 'pull' ? [change.status] : []));

test('@sending 6: three pages are compared with the history, and what was missed is put there once', async () => {
  const { host, changes } = tested;
  api.events = tenEvents();
  for (const id of ['evt-10', 'evt-6', 'evt-1']) await arrive(id);
  await host.handlers['pulls.save'](setup());
  expect(changes.findLast((change) => change.type === 'workspace')).toMatchObject({ pulls: [{ id: 'shop' }] });

  const status = await host.handlers['pulls.run']({ id: 'shop', sinceAt: Date.now() - 86_400_000 });
  expect(status).toMatchObject({ id: 'shop', running: false, problem: null, missed: 7, nextAt: null });
  expect(status.events.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'evt-10 arrived',
    'evt-9 missed',
    'evt-8 missed',
    'evt-7 failed',
    'evt-6 arrived',
    'evt-5 missed',
    'evt-4 missed',
    'evt-3 missed',
    'evt-2 missed',
    'evt-1 arrived',
  ]);
  expect(statuses(changes).at(0)).toMatchObject({ running: true });
  expect(statuses(changes).at(-1)).toEqual(status);

  const rows = await rowsOf(host);
  expect(rows).toHaveLength(10);
  const missed = rows.find(({ deliveryId }) => deliveryId === 'evt-9');
  expect(missed).toMatchObject({
    pulled: true,
    method: 'POST',
    target: '/in/orders',
    endpoint: 'orders',
    provider: 'generic',
    event: 'order.paid',
    remoteAddress: '',
    receivedAt: api.events[1]?.at,
    verdict: { status: 'unverified', reason: 'pulled' },
    duplicate: { kind: 'first' },
    reply: { status: null, challenge: false },
  });
  expect(missed?.id).toBe(status.events[1]?.requestId);
  expect(rows.filter(({ pulled }) => pulled).map(({ deliveryId }) => deliveryId)).not.toContain('evt-6');
  expect(changes.filter((change) => change.type === 'request' && change.summary.pulled)).toHaveLength(7);
  const body = await host.handlers['requests.body']({ id: missed?.id ?? '', offset: 0, length: 1_000 });
  expect(JSON.parse(new TextDecoder().decode(body))).toEqual({ id: 'evt-9', type: 'order.paid', note: 'not real' });
  const detail = await host.handlers['requests.get']({ id: missed?.id ?? '' });
  expect(detail).toMatchObject({ pulled: true, headers: [['Content-Type', 'application/json']] });

  const again = await host.handlers['pulls.run']({ id: 'shop', sinceAt: Date.now() - 86_400_000 });
  expect(again).toMatchObject({ problem: null, missed: 7 });
  expect(again.events.every(({ state }) => state === 'arrived')).toBe(true);
  // Only three did arrive; the others were pulled by the look before.
  const apart = again.events.map((event) => [event.id, 'pulled' in event && event.pulled]);
  expect(apart.filter(([, mark]) => mark === true).map(([id]) => id)).toEqual(
    ['evt-9', 'evt-8', 'evt-7', 'evt-5', 'evt-4', 'evt-3', 'evt-2'], // prettier-ignore
  );
  expect(status.events.filter((event) => 'pulled' in event)).toEqual([]);
  expect(await rowsOf(host)).toHaveLength(10);
});

test('@sending 6: a look goes on where the last one ended, also after a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookbench-pulls-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startTestHost({ dataDir, newSecrets: 'to-file' });
  const now = Date.now();
  api.events = tenEvents();
  await first.host.handlers['secrets.set']({ name: 'api token', value: token, provider: null });
  await first.host.handlers['pulls.save'](setup({ endpointId: 'default' }));
  const before = await first.host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(before).toMatchObject({ missed: 10, problem: null });
  expect(before.lastAt).toBeGreaterThanOrEqual(now);
  await first.host.stop();
  expect(await readFile(join(dataDir, 'pulls.json'), 'utf8')).not.toContain(token);

  const second = await startTestHost({ dataDir, newSecrets: 'to-file' });
  closers.push(() => second.host.stop());
  const { handlers } = second.host;
  expect(await handlers['pulls.list'](undefined)).toMatchObject([{ id: 'shop', lastAt: before.lastAt, missed: 0 }]);
  const asked = api.asked.length;
  const after = await handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(after).toMatchObject({ missed: 0, problem: null });
  // Looks overlap by some minutes.
  expect(after.events.map(({ id, state }) => `${id} ${state}`)).toEqual(['evt-10 arrived']);
  // Only the first page: what follows is older than the kept place.
  expect(api.asked.length - asked).toBe(1);

  const whole = await handlers['pulls.run']({ id: 'shop', sinceAt: now - 86_400_000 });
  expect(whole.events).toHaveLength(10);
  expect(whole.missed).toBe(0);
  expect(await rowsOf(second.host)).toHaveLength(10);

  await handlers['pulls.remove']({ id: 'shop' });
  expect(await handlers['pulls.list'](undefined)).toEqual([]);
  expect(second.host.parts.pullState.data.pulls).toEqual([]);
});

test('@sending 6: GitHub’s deliveries come with their signature, which is checked', async () => {
  const { host } = tested;
  const secret = 'github-secret-that-is-not-real';
  await host.handlers['secrets.set']({ name: 'hook', value: secret, provider: 'github' });
  await host.handlers['endpoints.save']({
    ...defaultEndpoint,
    id: 'gh',
    name: 'GitHub',
    path: '/in/github',
    provider: 'github',
    secretNames: ['hook'],
  });
  const payload = { action: 'opened', number: 7 };
  const guids = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002'] as const;
  const signed = sign({
    provider: 'github',
    method: 'POST',
    url: 'http://127.0.0.1/in/github',
    headers: [['Content-Type', 'application/json']],
    body: encoder.encode(JSON.stringify(payload)),
    secrets: [{ name: 'hook', value: secret }],
    messageId: guids[0],
    event: 'issues',
    now: Date.now(),
    mode: 'fresh',
  });
  api.answer = (request, response) => {
    const path = new URL(request.url ?? '', 'http://api').pathname;
    const listed = guids.map((guid, i) => ({
      id: i + 1,
      guid,
      event: 'issues',
      action: 'opened',
      status_code: 502,
      delivered_at: new Date(Date.now() - 3_600_000).toISOString(),
    }));
    const one = listed.find(({ id }) => path.endsWith(`/deliveries/${id}`));
    // The second one's payload is not what was signed.
    const answer = one && {
      ...one,
      url: 'https://tunnel.example/in/github',
      request: {
        headers: { ...Object.fromEntries(signed.headers), 'X-GitHub-Delivery': one.guid },
        payload: one.id === 1 ? payload : { ...payload, number: 8 },
      },
    };
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? listed));
  };
  const config = { owner: 'octo', repo: 'hello', hookId: 7 };
  await host.handlers['pulls.save'](
    setup({ id: 'gh', provider: 'github', config, baseUrl: api.url, endpointId: 'gh' }),
  );
  const status = await host.handlers['pulls.run']({ id: 'gh', sinceAt: null });
  expect(status).toMatchObject({ problem: null, missed: 2 });
  expect(status.events.map(({ state }) => state)).toEqual(['failed', 'failed']);
  const rows = await rowsOf(host);
  expect(Object.fromEntries(rows.map((row) => [row.deliveryId, row.verdict.status]))).toEqual({
    [guids[0]]: 'valid',
    [guids[1]]: 'invalid',
  });
  const valid = rows.find(({ deliveryId }) => deliveryId === guids[0]);
  expect(valid).toMatchObject({ target: '/in/github', event: 'issues.opened', provider: 'github', pulled: true });
  expect(valid?.verdict.warnings.at(-1)).toContain('fetched from the provider’s API');
});

test('@sending 6: Shopify’s events are recognised by the bodies of what arrived', async () => {
  const { host } = tested;
  const created = new Date(Date.now() - 7_200_000).toISOString();
  const orders = [1_001, 1_002, 1_003].map((id) => ({ id, created_at: created, total_price: '10.00' }));
  api.answer = (_request, response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ orders }));
  const deliver = (id: number, topic: string) =>
    fetch(`${tested.url()}/shop`, {
      method: 'POST',
      headers: { 'X-Shopify-Topic': topic, 'X-Shopify-Webhook-Id': `webhook-${id}`, 'X-Shopify-Hmac-Sha256': 'AAAA' },
      body: JSON.stringify({ id, created_at: created }),
    });
  await deliver(1_002, 'orders/create');
  await deliver(1_003, 'orders/paid');
  await host.handlers['pulls.save'](
    setup({
      id: 'shopify',
      provider: 'shopify',
      config: { shop: 'not-real.myshopify.com' },
      baseUrl: api.url,
      endpointId: 'default',
    }),
  );
  const states = (events: readonly { readonly id: string; readonly state: string }[]) =>
    Object.fromEntries(events.map(({ id, state }) => [id.slice(-4), state]));
  const status = await host.handlers['pulls.run']({ id: 'shopify', sinceAt: null });
  expect(status.problem).toBeNull();
  expect(states(status.events)).toEqual({ '1001': 'missed', '1002': 'arrived', '1003': 'missed' });

  orders.push({ id: 1_004, created_at: created, total_price: '10.00' });
  await deliver(1_004, 'orders/create');
  const again = await host.handlers['pulls.run']({ id: 'shopify', sinceAt: Date.now() - 86_400_000 });
  expect(states(again.events)).toEqual({ '1001': 'arrived', '1002': 'arrived', '1003': 'arrived', '1004': 'arrived' });
  expect(again.missed).toBe(2);
});

test('@sending 6: intervals begin with the host and a new token, and a look that is asked for takes their turn', async () => {
  const { host } = tested;
  api.events = tenEvents();
  await host.handlers['secrets.set']({ name: 'api token', value: 'another', provider: null });
  const waiting = createWaiting(() => JSON.stringify(statuses(tested.changes).at(-1)));
  host.onChange(() => waiting.notify());
  const latest = () => statuses(tested.changes).at(-1);

  await host.handlers['pulls.save'](setup({ everyMinutes: 5 }));
  await waiting.until(() => latest()?.problem != null);
  expect(latest()).toMatchObject({ running: false, nextAt: null, missed: 0 });
  expect(latest()?.problem).toContain('token');
  expect(JSON.stringify([tested.changes, tested.logged])).not.toContain('another"');

  await host.handlers['secrets.set']({ name: 'api token', value: token, provider: null });
  await waiting.until(() => latest()?.missed === 10 && latest()?.running === false);
  expect(latest()).toMatchObject({ problem: null });
  const due = (latest()?.nextAt ?? 0) - Date.now();
  expect(due).toBeGreaterThan(290_000);
  expect(due).toBeLessThanOrEqual(300_000);

  api.events = [{ id: 'evt-11', at: Date.now() - 1_000, type: 'order.paid' }, ...api.events];
  const asked = await host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(asked).toMatchObject({ missed: 11, problem: null });
  expect(asked.events[0]).toMatchObject({ id: 'evt-11', state: 'missed' });
  expect(asked.nextAt).toBeGreaterThan(Date.now() + 290_000);
  expect(JSON.stringify([tested.changes, tested.logged])).not.toContain(token);
});

test('@sending 6: what is wrong is a sentence, and what was read before stays', async () => {
  const { host } = tested;
  api.events = tenEvents();
  await host.handlers['pulls.save'](setup());
  const list = api.events;
  api.answer = (request, response) => {
    if (!request.url?.includes('page=3')) {
      const page = Number(new URL(request.url ?? '', 'http://api').searchParams.get('page'));
      const data = list
        .slice((page - 1) * pageSize, page * pageSize)
        .map(({ id, at }) => ({ id, sent: new Date(at).toISOString(), body: {} }));
      return void response.writeHead(200).end(JSON.stringify({ data }));
    }
    response.writeHead(400).end('{}');
  };
  const status = await host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(status).toMatchObject({ running: false, missed: 8, lastAt: null });
  expect(status.problem).toContain('8 events');
  api.answer = null;
  expect(await host.handlers['pulls.run']({ id: 'shop', sinceAt: null })).toMatchObject({ missed: 10, problem: null });
  expect(await rowsOf(host)).toHaveLength(10);

  await host.handlers['secrets.remove']({ name: 'api token' });
  const without = await host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(without.problem).toContain('The token "api token" is not stored');

  await expect(host.handlers['pulls.run']({ id: 'none', sinceAt: null })).rejects.toThrow('There is no pull none');
});

test('@sending 6: a setup that cannot work is refused, naming the field', async () => {
  const { handlers } = tested.host;
  const refused = (changes: Partial<PullSetup>) => handlers['pulls.save'](setup(changes));
  await expect(refused({ tokenName: 'nobody' })).rejects.toMatchObject({ details: { field: 'tokenName' } });
  await expect(refused({ endpointId: 'nowhere' })).rejects.toMatchObject({ details: { field: 'endpointId' } });
  await expect(refused({ baseUrl: 'http://api.example' })).rejects.toMatchObject({ details: { field: 'baseUrl' } });
  await expect(refused({ config: { url: api.url } })).rejects.toMatchObject({ details: { field: 'itemsPath' } });
  await expect(
    refused({ provider: 'github', config: { org: 'octo', hookId: 1 }, tokenName: null }),
  ).rejects.toMatchObject({ details: { field: 'tokenName' } });
  await handlers['pulls.save'](setup());
  await expect(handlers['endpoints.remove']({ id: 'orders' })).rejects.toThrow('Shop events');
});

test('@sending 6: a pulled event is forwarded like any other request', async () => {
  const { host } = tested;
  const target = await startTarget();
  closers.push(() => target.close());
  api.events = tenEvents().slice(0, 1);
  await host.handlers['pulls.save'](setup());
  const { events } = await host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  const { deliveries } = await host.handlers['compose.send']({
    method: 'POST',
    urls: [target.url],
    targetIds: [],
    provider: 'generic',
    event: 'order.created',
    headers: [['Content-Type', 'application/json']],
    body: encoder.encode('{"id":"evt-10"}'),
    variables: false,
    secret: null,
    signature: 'keep',
    schedule: 'quick',
    speed: 1,
    replayOf: events[0]?.requestId ?? '',
  });
  await host.queue.settled(deliveries[0]?.id ?? '');
  expect(target.received).toHaveLength(1);
  const detail = await host.handlers['requests.get']({ id: events[0]?.requestId ?? '' });
  expect(detail.replays).toEqual([deliveries[0]?.id]);
});

/** Answers the first page from the list and holds every other request; gives how many are held. */
function holdSecondPage(): { readonly held: () => number; readonly waiting: ReturnType<typeof createWaiting> } {
  let held = 0;
  const waiting = createWaiting(() => `${held} requests are held; ${api.asked.join(' ')}`);
  const first = api.events.slice(0, pageSize);
  api.answer = (request, response) => {
    if (!request.url?.includes('page=1')) {
      held += 1;
      return waiting.notify();
    }
    const data = first.map(({ id, at }) => ({ id, sent: new Date(at).toISOString(), body: {} }));
    response.writeHead(200).end(JSON.stringify({ data }));
  };
  return { held: () => held, waiting };
}

test('@sending 6: what an interrupted look had pulled stays missed when the look is gone on with', async () => {
  const { host } = tested;
  api.events = tenEvents().map((event) => ({ ...event, failed: false }));
  const { held, waiting } = holdSecondPage();
  await host.handlers['pulls.save'](setup({ everyMinutes: 5 }));
  await waiting.until(() => held() === 1);
  api.answer = null;
  // The end of the old look is read first, then its newest minutes once more.
  const status = await host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(status.events.map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => 'missed'));
  expect(status).toMatchObject({ missed: 10, problem: null });
  expect(await rowsOf(host)).toHaveLength(10);
});

test('@sending 6: a pull that is changed while it looks goes on with nothing of the old look', async () => {
  const { host, changes } = tested;
  api.events = tenEvents();
  await host.handlers['pulls.save'](setup());
  const { held, waiting } = holdSecondPage();
  const look = host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  await waiting.until(() => held() === 1);
  expect(host.parts.pullState.data.pulls).toMatchObject([{ id: 'shop', cursor: { page: '2' } }]);

  const other = { ...setup().config, url: `${api.url}/other` };
  const before = changes.length;
  await host.handlers['pulls.save'](setup({ config: other }));
  await look;
  // What the old look still had to say is not said of the new one.
  expect(statuses(changes.slice(before))).toEqual([]);
  expect(await host.handlers['pulls.list'](undefined)).toEqual([
    { id: 'shop', running: false, lastAt: null, nextAt: null, events: [], missed: 0, problem: null },
  ]);
  api.answer = null;
  const asked = api.asked.length;
  const status = await host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  expect(status.problem).toBeNull();
  // From its own first page, not from where the other one was.
  expect(api.asked[asked]).toContain('/other?page=1');
  expect(status.events).toHaveLength(10);
  expect(host.parts.pullState.data.pulls).toHaveLength(1);
  expect(await rowsOf(host)).toHaveLength(10);
});

test('@sending 6: a pull that is removed while it looks leaves neither its place nor a status behind', async () => {
  const { host, changes } = tested;
  api.events = tenEvents();
  await host.handlers['pulls.save'](setup());
  const { held, waiting } = holdSecondPage();
  const look = host.handlers['pulls.run']({ id: 'shop', sinceAt: null });
  await waiting.until(() => held() === 1);
  const before = changes.length;
  await host.handlers['pulls.remove']({ id: 'shop' });
  await look;
  expect(host.parts.pullState.data.pulls).toEqual([]);
  expect(statuses(changes.slice(before))).toEqual([]);
  expect(await host.handlers['pulls.list'](undefined)).toEqual([]);
});

test('@sending 6: a look that is asked for while its pull is being removed leaves nothing behind', async () => {
  const { host } = tested;
  api.events = tenEvents();
  // The moment at which the look writes is not known: each time it has come a little further.
  for (let turns = 0; turns < 12; turns += 1) {
    const id = `shop-${turns}`;
    await host.handlers['pulls.save'](setup({ id }));
    const look = Promise.resolve(host.handlers['pulls.run']({ id, sinceAt: null }));
    for (let turn = 0; turn < turns * 4; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    const removing = Promise.resolve(host.handlers['pulls.remove']({ id }));
    const again = Promise.resolve()
      .then(() => host.handlers['pulls.run']({ id, sinceAt: null }))
      .catch(() => null);
    await Promise.all([look, removing, again]);
    expect(host.parts.pullState.data.pulls).toEqual([]);
  }
});
