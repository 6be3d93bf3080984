// Pace, bounds and figures of a run, on a clock that the test moves. The queue is a list; what it does is told by hand.

import { beforeEach, expect, test } from 'vitest';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import type { VolumeRun } from '../../../../src/shared/trials.ts';
import { createVolume } from '../../../../src/main/volume/volume.ts';
import type { Volume, VolumeOrder } from '../../../../src/main/volume/volume.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';

let clock: FakeClock;
let volume: Volume;
let news: { readonly at: number; readonly run: VolumeRun }[];
let queued: string[];
let made: number;
let released: number;
let fails: unknown;

beforeEach(() => {
  clock = createFakeClock();
  news = [];
  queued = [];
  made = 0;
  released = 0;
  fails = null;
  volume = createVolume({
    clock,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    onRun: (run) => news.push({ at: clock.monotonic(), run }),
  });
});

const enqueue = async (messages: number): Promise<readonly Delivery[]> => {
  if (fails !== null) throw fails;
  const ids = Array.from({ length: messages }, () => `dlv_${(made += 1)}`);
  queued.push(...ids);
  return ids.map((id) => ({ id }) as unknown as Delivery);
};

const order = (changes: Partial<VolumeOrder> = {}): VolumeOrder => ({
  id: 'run',
  count: 100,
  ratePerSecond: 50,
  enqueue,
  onEnqueued: () => (released += 1),
  ...changes,
});

const attempt = (status: number | null, ms: number) => ({
  n: 1,
  at: 0,
  outcome: status === null ? ('refused' as const) : ('http-status' as const),
  status,
  ms,
  nextAt: null,
  message: '',
});

function answer(id: string, status: number | null = 200, ms = 5): void {
  volume.onAttempt({ id }, attempt(status, ms));
  volume.onDelivery({ id, state: status === 200 ? 'delivered' : 'dead' });
}

const answerAll = () => queued.splice(0).forEach((id) => answer(id));
const latest = () => news.at(-1)?.run;

test('the rate is kept, without a burst after a standstill', async () => {
  await volume.start(order({ count: 10_000, ratePerSecond: 100 }));
  await clock.advance(1_000);
  expect(made).toBeGreaterThanOrEqual(95);
  expect(made).toBeLessThanOrEqual(101);
  answerAll();
  clock.freeze(60_000);
  const before = made;
  await clock.advance(20);
  expect(made - before).toBeLessThanOrEqual(55);
});

test('a rate below one a second waits between messages', async () => {
  await volume.start(order({ count: 3, ratePerSecond: 0.5 }));
  await clock.advance(1_900);
  expect(made).toBe(1);
  await clock.advance(400);
  expect(made).toBe(2);
});

test('no more than 2,000 of its deliveries are in the queue', async () => {
  await volume.start(order({ count: 5_000, ratePerSecond: 2_000 }));
  await clock.advance(5_000);
  expect(queued).toHaveLength(2_000);
  queued.splice(0, 500).forEach((id) => answer(id));
  await clock.advance(1_000);
  expect(queued).toHaveLength(2_000);
});

test('every destination of a message counts', async () => {
  const two = async (messages: number) => [...(await enqueue(messages)), ...(await enqueue(messages))];
  const run = await volume.start(order({ count: 4_000, ratePerSecond: 2_000, enqueue: two }));
  expect(run.count).toBe(8_000);
  await clock.advance(5_000);
  expect(queued.length).toBeLessThanOrEqual(2_000);
  expect(queued.length).toBeGreaterThan(1_990);
});

test('figures add up, and the run is done when nothing moves any more', async () => {
  await volume.start(order({ count: 20, ratePerSecond: 2_000 }));
  await clock.advance(500);
  queued.splice(0, 10).forEach((id) => answer(id, 200, 10));
  queued.splice(0, 6).forEach((id) => answer(id, 500, 30));
  queued.splice(0, 3).forEach((id) => answer(id, null, 900));
  await clock.advance(400);
  expect(latest()).toMatchObject({ state: 'running', enqueued: 20, delivered: 10, dead: 9 });
  volume.onDelivery({ id: queued[0] ?? '', state: 'parked' });
  await clock.advance(400);
  expect(latest()).toMatchObject({
    id: 'run',
    count: 20,
    state: 'done',
    answers: { '200': 10, '500': 6, refused: 3 },
  });
  expect(latest()?.p50).toBeCloseTo(10, 0);
  expect(latest()?.p99).toBeCloseTo(30, 0);
  expect(released).toBe(1);
});

test('a parked delivery that goes on is counted still', async () => {
  await volume.start(order({ count: 1 }));
  const [id] = queued as [string];
  volume.onDelivery({ id, state: 'parked' });
  await clock.advance(300);
  expect(latest()?.state).toBe('done');
  volume.onDelivery({ id, state: 'waiting' });
  answer(id);
  await clock.advance(300);
  expect(latest()).toMatchObject({ state: 'done', delivered: 1 });
});

test('an attempt that ends before its enqueuing is known counts', async () => {
  const eager = async (messages: number) => {
    const deliveries = await enqueue(messages);
    answerAll();
    return deliveries;
  };
  await volume.start(order({ count: 30, ratePerSecond: 1_000, enqueue: eager }));
  await clock.advance(1_000);
  expect(latest()).toMatchObject({ state: 'done', enqueued: 30, delivered: 30, answers: { '200': 30 } });
});

test('removed deliveries are waited for no longer, and others are not counted', async () => {
  await volume.start(order({ count: 2, ratePerSecond: 1_000 }));
  await clock.advance(100);
  answer('dlv_of_somebody_else');
  answer(queued[0] ?? '');
  volume.onRemoved([queued[1] ?? '', 'dlv_of_somebody_else']);
  await clock.advance(300);
  expect(latest()).toMatchObject({ state: 'done', delivered: 1, dead: 0, answers: { '200': 1 } });
});

test('news come five times a second at most, the last state included', async () => {
  await volume.start(order({ count: 1_000, ratePerSecond: 500 }));
  for (let i = 0; i < 120; i += 1) {
    await clock.advance(20);
    answerAll();
  }
  await clock.advance(300);
  const gaps = news.slice(1).map(({ at }, i) => at - (news[i]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  expect(news.length).toBeGreaterThan(5);
  expect(latest()?.state).toBe('done');
});

test('answers per second are those of the last whole second', async () => {
  await volume.start(order({ count: 1_000, ratePerSecond: 10 }));
  for (let i = 0; i < 20; i += 1) {
    await clock.advance(100);
    answerAll();
  }
  await clock.advance(500);
  expect(latest()?.perSecond).toBeGreaterThanOrEqual(9);
  expect(latest()?.perSecond).toBeLessThanOrEqual(11);
});

test('a stop ends enqueuing, leaves the rest and lets another run begin', async () => {
  await volume.start(order());
  await clock.advance(500);
  await expect(volume.start(order({ id: 'other' }))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  volume.stop('another');
  volume.stop('run');
  await clock.advance(1_000);
  const before = made;
  expect(latest()?.state).toBe('stopped');
  expect(released).toBe(1);
  answerAll();
  await clock.advance(1_000);
  expect(made).toBe(before);
  expect(latest()).toMatchObject({ state: 'stopped', delivered: before, enqueued: before });
  await volume.start(order({ id: 'other' }));
  await clock.advance(300);
  expect(latest()).toMatchObject({ id: 'other', state: 'running' });
});

test('a full queue is waited for; any other error ends the run', async () => {
  await volume.start(order({ count: 10, ratePerSecond: 1_000 }));
  fails = new AppError('SEND_QUEUE_FULL', 'full');
  await clock.advance(2_000);
  expect(latest()?.state).toBe('running');
  fails = null;
  await clock.advance(1_000);
  expect(made).toBe(10);

  volume.stop('run');
  await volume.start(order({ id: 'second' }));
  fails = new Error('the disk is full');
  await clock.advance(1_000);
  expect(latest()).toMatchObject({ id: 'second', state: 'stopped', enqueued: 1 });
  expect(released).toBe(2);
});

test('an error of the first message is the caller’s', async () => {
  fails = new AppError('SECRET_MALFORMED', 'no key');
  await expect(volume.start(order())).rejects.toThrow('no key');
  fails = null;
  await volume.start(order());
});

test('after closing nothing is enqueued or told', async () => {
  await volume.start(order());
  await volume.close();
  await clock.advance(2_000);
  expect(made).toBe(1);
  expect(news).toEqual([]);
});
