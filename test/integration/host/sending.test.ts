// The commands for sending through a whole host, each for real over loopback: the outbox, own schedules, targets that
// park themselves, handler checks and many deliveries at a rate.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandParsed } from '../../../src/shared/contract.ts';
import type { Change } from '../../../src/shared/news.ts';
import type { Delivery, Draft } from '../../../src/shared/delivery.ts';
import { targetSchema } from '../../../src/shared/workspace.ts';
import type { Target } from '../../../src/shared/workspace.ts';
import * as v from 'valibot';
import { startExpressHandler } from '../../fixtures/handlers/express.mjs';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';
import { createWaiting } from '../../support/waiting.ts';
import type { Waiting } from '../../support/waiting.ts';

const encoder = new TextEncoder();
const stripeSecret = 'whsec_test_example_not_real_0000';

let tested: TestHost;
let target: TargetServer;
let waiting: Waiting;
let folder: string;
let savedTo: string | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookbench-saved-'));
  savedTo = join(folder, 'check.xml');
  tested = await startTestHost({
    desktop: { chooseSaveFile: async () => savedTo, openExternal: async () => {}, factsChanged: () => {} },
  });
  waiting = createWaiting(() => JSON.stringify(tested.changes.slice(-5)));
  tested.host.onChange(() => waiting.notify());
  target = await startTarget();
});

afterEach(async () => {
  await tested.stop();
  await target.close();
  await rm(folder, { recursive: true, force: true });
});

const news = <T extends Change['type']>(type: T) =>
  tested.changes.filter((change): change is Extract<Change, { readonly type: T }> => change.type === type);

const stored = (changes: Partial<Target> = {}): Target => ({
  ...v.parse(targetSchema, {
    id: 'app',
    name: 'App',
    url: `${target.url}/hooks`,
    provider: 'generic',
    secretName: null,
    events: ['*'],
    headers: [],
    schedule: 'quick',
    state: 'active',
  }),
  ...changes,
});

const draft = (changes: Partial<Draft> = {}): CommandParsed<'compose.send'> => ({
  method: 'POST',
  urls: [`${target.url}/hooks`],
  targetIds: [],
  provider: 'generic',
  event: 'order.created',
  headers: [['Content-Type', 'application/json']],
  body: encoder.encode('{"id":"{{uuid}}"}'),
  variables: true,
  secret: null,
  signature: 'none',
  schedule: 'quick',
  speed: 1,
  ...(changes as object),
});

/** Makes dead letters: one for each event, by a schedule with a single attempt. */
async function killed(...events: readonly string[]): Promise<Delivery[]> {
  const { handlers, queue } = tested.host;
  await handlers['schedules.save']({ id: 'own-once', name: 'Once', waitsMs: [], deadlineMs: null });
  target.status = 500;
  const made: Delivery[] = [];
  for (const event of events) {
    const { deliveries } = await handlers['compose.send'](draft({ event, schedule: 'own-once' }));
    made.push(await queue.settled(deliveries[0]?.id ?? ''));
  }
  target.status = 200;
  return made;
}

test('@sending 2: own schedules are kept, told and used; one in use stays', async () => {
  const { handlers } = tested.host;
  const [dead] = await killed('order.created');
  expect(dead).toMatchObject({ state: 'dead', schedule: 'own-once' });
  expect(dead?.attempts).toHaveLength(1);
  expect(news('workspace').at(-1)?.schedules).toMatchObject([{ id: 'own-once' }]);
  expect((await handlers['state.get'](undefined)).schedules).toMatchObject([{ id: 'own-once' }]);

  await handlers['targets.save'](stored({ schedule: 'own-once' }));
  await expect(handlers['schedules.remove']({ id: 'own-once' })).rejects.toThrow('"App" uses this schedule');
  await handlers['targets.save'](stored());
  await handlers['schedules.remove']({ id: 'own-once' });
  expect(news('workspace').at(-1)?.schedules).toEqual([]);
  await expect(handlers['targets.save'](stored({ schedule: 'own-once' }))).rejects.toMatchObject({
    details: { field: 'schedule' },
  });
});

test('@sending 1: a target’s secrets must exist, the rotated ones too', async () => {
  const { handlers } = tested.host;
  await handlers['secrets.set']({ name: 'new', value: 'one-that-is-not-real', provider: null });
  const withSecrets = (alsoSecretNames: string[]) =>
    handlers['targets.save'](stored({ secretName: 'new', alsoSecretNames }));
  await expect(withSecrets(['old'])).rejects.toMatchObject({
    code: 'SECRET_UNAVAILABLE',
    details: { field: 'alsoSecretNames' },
  });
  await handlers['secrets.set']({ name: 'old', value: 'another-that-is-not-real', provider: null });
  await withSecrets(['old']);
});

test('@sending 3: a target that says 410 is parked, told, and goes on when it is saved active', async () => {
  const { handlers } = tested.host;
  await handlers['targets.save'](stored());
  target.status = 410;
  const send = draft({ urls: [], targetIds: ['app'] });
  const { deliveries } = await handlers['compose.send'](send);
  const id = deliveries[0]?.id;
  await waiting.until(() => news('workspace').at(-1)?.targets[0]?.state === 'parked');
  expect(news('workspace').at(-1)?.targets[0]).toMatchObject({ id: 'app', state: 'parked', parkedReason: 'gone' });
  await waiting.until(() => news('delivery').some(({ delivery }) => delivery.state === 'parked'));

  const second = (await handlers['compose.send'](send)).deliveries[0]?.id;
  await waiting.until(() =>
    news('delivery').some(({ delivery }) => delivery.id === second && delivery.parkedReason === 'target-parked'),
  );
  target.status = 200;
  // One that goes by makes sure that the queue has come to rest, and looks again only when it is told to.
  const passing = (await handlers['compose.send'](draft())).deliveries[0]?.id ?? '';
  await tested.host.queue.settled(passing);
  await handlers['targets.save'](stored({ state: 'active', parkedReason: 'gone' }));
  expect(news('workspace').at(-1)?.targets[0]).toMatchObject({ state: 'active', parkedReason: null });
  const isDelivered = (wanted: string | undefined) =>
    news('delivery').some(({ delivery }) => delivery.id === wanted && delivery.state === 'delivered');
  await waiting.until(() => isDelivered(id) && isDelivered(second), 15_000);
});

test('@sending 4: dead letters are deleted and redriven by a filter, by id, or all', async () => {
  const { handlers, queue } = tested.host;
  const [a, b, c, d] = await killed('order.created', 'order.paid', 'order.created', 'order.paid');
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).toSorted();
  expect(await handlers['deliveries.remove']({ ids: [a?.id ?? ''] })).toEqual({ removed: 1 });
  expect(news('deliveries-removed').at(-1)?.ids).toEqual([a?.id]);

  const redriven = await handlers['deliveries.redrive']({ ids: { event: 'order.created' } });
  expect(redriven.map(({ redriveOf }) => redriveOf)).toEqual([c?.id]);
  await queue.settled(redriven[0]?.id ?? '');
  expect(ids(await handlers['deliveries.list']({ dead: true }))).toEqual(ids([b as Delivery, d as Delivery]));

  expect(await handlers['deliveries.remove']({ ids: { event: 'order.paid' } })).toEqual({ removed: 2 });
  expect(await handlers['deliveries.list']({ dead: true })).toEqual([]);
  await expect(handlers['deliveries.remove']({ ids: ['dlv_none'] })).rejects.toMatchObject({ code: 'SEND_NOT_FOUND' });
});

test('@sending 4: a dead letter is edited and sent anew', async () => {
  const { handlers, queue } = tested.host;
  const [dead] = await killed('order.created');
  const id = dead?.id ?? '';
  const bytes = await handlers['deliveries.body']({ id });
  expect(new TextDecoder().decode(bytes ?? undefined)).toMatch(/^\{"id":"[0-9a-f-]{36}"\}$/);

  await expect(handlers['deliveries.edit']({ id, secretName: 'nobody' })).rejects.toMatchObject({
    details: { field: 'secretName' },
  });
  const edited = await handlers['deliveries.edit']({
    id,
    url: `${target.url}/mended`,
    headers: [['X-Mended', 'yes']],
    body: encoder.encode('{"mended":true}'),
    schedule: 'quick',
  });
  expect(edited).toMatchObject({ redriveOf: id, url: `${target.url}/mended`, schedule: 'quick' });
  expect(news('deliveries-removed').flatMap((change) => change.ids)).toContain(id);
  await queue.settled(edited.id);
  const last = target.received.at(-1);
  expect(last).toMatchObject({ target: '/mended' });
  expect(last?.body.toString()).toBe('{"mended":true}');
  expect(last?.headers).toContainEqual(['X-Mended', 'yes']);
  expect(await handlers['deliveries.list']({ dead: true })).toEqual([]);
  await expect(handlers['deliveries.edit']({ id: 'dlv_none' })).rejects.toMatchObject({ code: 'SEND_NOT_FOUND' });
});

test('@sending 5: a right handler passes its check, case by case, and the report is saved as JUnit', async () => {
  const { handlers } = tested.host;
  const handler = await startExpressHandler({ scheme: 'stripe', secret: stripeSecret });
  try {
    await handlers['secrets.set']({ name: 'stripe key', value: stripeSecret, provider: 'stripe' });
    await handlers['targets.save'](stored({ url: handler.url, provider: 'stripe', secretName: 'stripe key' }));
    const run = await handlers['check.run']({
      runId: 'check-1',
      targetId: 'app',
      idempotency: { url: handler.countUrl },
    });
    expect(run).toMatchObject({ id: 'check-1', url: handler.url, provider: 'stripe', done: true });
    expect(run.cases).toHaveLength(run.total);
    expect(run.cases.filter(({ pass, skipped }) => !pass && skipped === undefined)).toEqual([]);
    expect(run.cases.filter(({ pass }) => pass).length).toBeGreaterThan(15);
    const told = news('check').map((change) => change.run);
    expect(told.map(({ cases }) => cases.length)).toEqual([...run.cases.map((_case, i) => i + 1), run.cases.length]);
    expect(told.at(-1)).toEqual(run);
    expect(JSON.stringify(told)).not.toContain(stripeSecret);

    expect(await handlers['check.save']({ runId: 'check-1' })).toEqual({ path: savedTo });
    const xml = await readFile(savedTo ?? '', 'utf8');
    expect(xml).toContain(`tests="${run.total}" failures="0"`);
    savedTo = null;
    expect(await handlers['check.save']({ runId: 'check-1' })).toBeNull();
    await expect(handlers['check.save']({ runId: 'check-2' })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  } finally {
    await handler.close();
  }
}, 60_000);

test('@sending 5: a check by address names the fault, and can be stopped', async () => {
  const { handlers } = tested.host;
  const handler = await startExpressHandler({ scheme: 'stripe', secret: stripeSecret, faults: ['no-time-check'] });
  try {
    const input = {
      runId: 'check-1',
      url: handler.url,
      provider: 'stripe',
      secret: { value: stripeSecret },
      idempotency: null,
    };
    const running = handlers['check.run'](input);
    await waiting.until(
      () =>
        news('check')
          .at(-1)
          ?.run.cases.some(({ fault }) => fault === 'no-time-check') ?? false,
    );
    await expect(handlers['check.run'](input)).rejects.toThrow('going on');
    await handlers['check.stop']({ runId: 'check-1' });
    const run = await running;
    expect(run).toMatchObject({ done: true });
    expect(run.cases.at(-1)?.skipped).toContain('stopped');
    await expect(handlers['check.run']({ ...input, secret: null })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(handlers['check.run']({ runId: 'x' })).rejects.toMatchObject({ code: 'SEND_NO_TARGET' });
    await expect(handlers['check.run']({ runId: 'x', targetId: 'none' })).rejects.toThrow('no target none');
  } finally {
    await handler.close();
  }
}, 60_000);

test('@sending 7: 300 deliveries at 200 a second arrive, the figures add up, and news are few', async () => {
  const { handlers } = tested.host;
  const started = performance.now();
  const first = await handlers['volume.start']({
    runId: 'volume-1',
    draft: draft({ signature: 'fresh', secret: { value: 'volume-key-that-is-not-real' } }),
    count: 300,
    ratePerSecond: 200,
    confirmed: false,
  });
  expect(first).toMatchObject({ id: 'volume-1', count: 300, ratePerSecond: 200, state: 'running', enqueued: 1 });
  const latest = () => news('volume').at(-1)?.run;
  await waiting.until(() => latest()?.state === 'done', 18_000);
  const seconds = (performance.now() - started) / 1_000;
  expect(latest()).toMatchObject({ enqueued: 300, delivered: 300, dead: 0, answers: { '200': 300 } });
  expect(latest()?.p50).toBeGreaterThan(0);
  expect(latest()?.p99).toBeGreaterThanOrEqual(latest()?.p50 ?? Infinity);
  expect(target.received).toHaveLength(300);
  expect(new Set(target.received.map(({ body }) => body.toString())).size).toBe(300);
  const ids = target.received.map(({ headers }) => headers.find(([name]) => name === 'X-Webhook-Delivery')?.[1]);
  expect(new Set(ids).size).toBe(300);
  expect(seconds).toBeGreaterThan(1.4);
  expect(news('volume').length).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 1);

  // The key that was given for this run is gone once nothing needs it.
  await expect.poll(() => tested.host.parts.secretList()).toEqual([]);
});

test('@sending 7: a stop leaves what is queued; outside addresses need a confirmation', async () => {
  const { handlers } = tested.host;
  const run = { runId: 'volume-1', count: 10_000, ratePerSecond: 50, confirmed: false };
  await expect(handlers['volume.start']({ ...run, draft: draft({ urls: ['http://203.0.113.7/'] }) })).rejects.toThrow(
    '203.0.113.7 lies outside',
  );
  await expect(handlers['volume.start']({ ...run, draft: draft({ provider: 'nobody' }) })).rejects.toMatchObject({
    code: 'CONFIG_UNKNOWN_PROVIDER',
  });
  await handlers['volume.start']({ ...run, draft: draft() });
  await expect(handlers['volume.start']({ ...run, runId: 'volume-2', draft: draft() })).rejects.toThrow('going on');
  const latest = () => news('volume').at(-1)?.run;
  await waiting.until(() => (latest()?.delivered ?? 0) > 5);
  await handlers['volume.stop']({ runId: 'volume-1' });
  await waiting.until(() => latest()?.state === 'stopped');
  await tested.host.queue.idle();
  await waiting.until(() => latest()?.delivered === latest()?.enqueued);
  expect(target.received).toHaveLength(latest()?.enqueued ?? -1);
  expect(target.received.length).toBeLessThan(1_000);
});
