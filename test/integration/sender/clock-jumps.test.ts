// F8 and F9 of the fault list on a clock that a test moves: clocks that jump, machines that sleep, processes that stand
// still. Fifty deliveries wait for one minute to ten hours; each must go once, never late, and never in a crowd.

import { describe, expect, it } from 'vitest';
import type { Queue } from '../../../src/main/sender/queue.ts';
import type { Delivery } from '../../../src/shared/delivery.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { createDisk } from '../../support/memory-store.ts';
import { createWorld, newDelivery } from '../../support/queue-world.ts';
import type { World } from '../../support/queue-world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const count = 50;
/** The longest time until the queue looks at the clock again. */
const notice = minute;

const waitOf = (index: number): number => minute + (index * (10 * hour - minute)) / (count - 1);
const urlOf = (index: number): string => `http://target-${index % 2}.example/in`;

/** How many are due within `ms` of the start. */
function dueAfter(ms: number): number {
  return Array.from({ length: count }, (_, index) => waitOf(index)).filter((wait) => wait <= ms).length;
}

interface Sent {
  readonly index: number;
  readonly url: string;
  /** Monotonic ms. */
  readonly at: number;
}

interface Waiting {
  readonly world: World;
  readonly clock: FakeClock;
  readonly sent: Sent[];
  start(): Promise<Queue>;
}

/** A disk with fifty deliveries that failed once, two targets, and a queue that is not open yet. */
function prepare(): Waiting {
  const clock = createFakeClock();
  const disk = createDisk();
  const now = clock.now();
  const deliveries = Array.from({ length: count }, (_, index): Delivery => {
    const nextAt = now + waitOf(index);
    const attempt = {
      n: 1,
      at: now - 5,
      outcome: 'http-status',
      status: 400,
      ms: 5,
      nextAt,
      message: 'HTTP 400',
    } as const;
    const state = { state: 'waiting', attempts: [attempt], nextAt, createdAt: now - 5 } as const;
    return { ...newDelivery(urlOf(index), `m${index}`), id: `dlv_${index}`, ...state };
  });
  disk.queue = JSON.stringify({ deliveries });
  const sent: Sent[] = [];
  const world = createWorld({
    clock,
    disk,
    answer: () => {
      const { url, messageId } = world.got.at(-1) as World['got'][number];
      sent.push({ index: Number(messageId.slice(1)), url, at: clock.monotonic() });
      return 200;
    },
  });
  const start = async (): Promise<Queue> => {
    const queue = await world.open();
    queue.start();
    return queue;
  };
  return { world, clock, sent, start };
}

/** Most that one target got within any second. */
function crowd(sent: readonly Sent[]): number {
  const within = ({ url, at }: Sent): number =>
    sent.filter((other) => other.url === url && other.at >= at && other.at < at + second).length;
  return Math.max(...sent.map(within));
}

/** Each once and, by the clock that never jumps, not later than it would have gone anyway. */
function expectOnceAndInTime(sent: readonly Sent[], since = 0): void {
  expect(sent.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  for (const { index, at } of sent) expect(at - since, `number ${index}`).toBeLessThanOrEqual(waitOf(index) + 2);
}

const to2106 = Date.UTC(2106, 1, 8) - Date.UTC(2026, 0, 1);
const ahead = [
  ['a day ahead', day],
  ['400 days ahead', 400 * day],
  ['beyond 2106, where 32 bits of seconds end', to2106],
  ['an hour ahead (summer time on a clock that counts local time)', hour],
] as const;
const back = [
  ['a day back', -day],
  ['400 days back', -400 * day],
  ['an hour back (winter time on a clock that counts local time)', -hour],
] as const;

describe('the wall clock, set while the queue runs', () => {
  it.each(ahead)('%s: what is due then goes once, spread @sending 2', async (_name, jump) => {
    const { clock, sent, start } = prepare();
    const queue = await start();
    await clock.advance(25 * minute);
    const before = sent.length;
    expect(before).toBeGreaterThan(0);
    clock.jump(jump);
    await clock.advance(notice + (count / 4) * second);
    expect(sent.length).toBeGreaterThanOrEqual(dueAfter(25 * minute + jump));
    await clock.advance(10 * hour);
    expectOnceAndInTime(sent);
    expect(crowd(sent)).toBeLessThanOrEqual(4);
    expect(queue.pending()).toEqual([]);
  });

  it.each(back)('%s: each goes at its own time, neither twice nor later @sending 2', async (_name, jump) => {
    const { clock, sent, start } = prepare();
    const queue = await start();
    await clock.advance(25 * minute);
    clock.jump(jump);
    await clock.advance(10 * hour);
    expectOnceAndInTime(sent);
    for (const { index, at } of sent) expect(at, `number ${index}`).toBeGreaterThanOrEqual(waitOf(index) - 2);
    expect(queue.pending()).toEqual([]);
  });

  it('to and fro: two jumps in a row make no crowd @sending 2', async () => {
    const { clock, sent, start } = prepare();
    await start();
    await clock.advance(25 * minute);
    clock.jump(4 * hour);
    await clock.advance(notice);
    clock.jump(6 * hour);
    await clock.advance(1_500);
    clock.jump(-day);
    await clock.advance(10 * hour);
    expectOnceAndInTime(sent);
    expect(crowd(sent)).toBeLessThanOrEqual(4);
  });

  it('set back in the middle of an attempt: the next one waits as long as it should @sending 2', async () => {
    const times: number[] = [];
    const world = createWorld({
      answer: () => {
        times.push(world.clock.monotonic());
        if (times.length === 1) world.clock.jump(-day);
        return times.length === 1 ? 500 : 200;
      },
    });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: 'linear' })]);
    await world.clock.advance(2 * minute);
    expect(times).toHaveLength(2);
    expect(times[1]).toBeGreaterThanOrEqual(54 * second);
    expect(times[1]).toBeLessThanOrEqual(66 * second + 2);
  });

  it('beyond 2106: a signature names that time', async () => {
    const { clock } = prepare();
    clock.jump(to2106);
    const secret = { name: 'key', value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    const stamps: string[] = [];
    const world = createWorld({ clock, answer: () => 200 });
    const queue = await world.open({
      secret: () => secret,
      attempt: async ({ method, url, headers }) => {
        stamps.push(headers.find(([name]) => name.toLowerCase() === 'webhook-timestamp')?.[1] ?? '');
        const base = { at: clock.now(), outcome: 'delivered', status: 200, ms: 0, message: 'HTTP 200' } as const;
        return { ...base, request: { method, url, headers }, response: null, timings: { total: 0 } };
      },
    });
    queue.start();
    const plain = newDelivery('http://t/x', 'a', { secretName: 'key' });
    const message = { ...plain.message, provider: 'standard-webhooks', signature: 'fresh' } as const;
    await queue.enqueue([{ ...plain, message }]);
    await clock.advance(second);
    expect(stamps).toEqual([String(Date.UTC(2106, 1, 8) / second)]);
    expect(Number(stamps[0])).toBeGreaterThan(2 ** 32);
  });
});

describe('the wall clock, set while nothing ran', () => {
  it.each(ahead)('%s: what is due goes out after the start, spread @sending 2', async (_name, jump) => {
    const { clock, sent, start } = prepare();
    clock.jump(jump);
    await start();
    await clock.advance(10 * hour);
    expectOnceAndInTime(sent);
    expect(crowd(sent)).toBeLessThanOrEqual(4);
  });

  it.each(back)('%s: nobody waits longer than its own wait @sending 2', async (_name, jump) => {
    const { clock, sent, start } = prepare();
    clock.jump(jump);
    await start();
    await clock.advance(10 * hour);
    expectOnceAndInTime(sent);
  });
});

describe('a machine that sleeps', () => {
  it('for eight hours: what came due meanwhile goes out within a minute, spread @sending 2', async () => {
    const { clock, sent, start } = prepare();
    await start();
    await clock.advance(10 * minute);
    // In sleep the monotonic clock stands still.
    clock.jump(8 * hour);
    await clock.advance(notice + 10 * second + second);
    expect(sent.length).toBeGreaterThanOrEqual(dueAfter(8 * hour));
    await clock.advance(10 * hour);
    expectOnceAndInTime(sent);
    expect(crowd(sent)).toBeLessThanOrEqual(4);
  });

  it('or a process that stands still: what came due meanwhile goes out at once, spread @sending 2', async () => {
    const { clock, sent, start } = prepare();
    await start();
    await clock.advance(10 * minute);
    clock.freeze(5 * hour);
    const woken = clock.monotonic();
    await clock.advance(10 * second);
    expect(sent.length).toBe(dueAfter(woken + 10 * second));
    await clock.advance(10 * hour);
    expect(new Set(sent.map(({ index }) => index)).size).toBe(count);
    expect(sent).toHaveLength(count);
    for (const { index, at } of sent) {
      expect(at, `number ${index}`).toBeLessThanOrEqual(Math.max(woken + 10 * second, waitOf(index) + 2));
    }
    expect(crowd(sent)).toBeLessThanOrEqual(4);
  });

  it('with attempts in flight: they are made again and use up nothing @sending 2', async () => {
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const world = createWorld({
      answer: (_url, before) => (before === 0 ? asleep.then(() => 'timeout-response' as const) : 200),
    });
    const queue = await world.open();
    queue.start();
    const urls = [1, 2, 3].map((n) => `http://t/${n}`);
    await queue.enqueue(Array.from({ length: 10 }, (_, i) => newDelivery(urls[i % 3] ?? '', `m${i}`)));
    await world.clock.advance(second);
    expect(queue.pending().filter(({ state }) => state === 'sending')).toHaveLength(10);
    world.clock.freeze(90 * second);
    wake();
    await world.clock.advance(10 * second);
    expect(queue.pending()).toEqual([]);
    expect(world.got).toHaveLength(20);
    const archived = [...world.disk.archive.values()].map((text) => JSON.parse(text) as Delivery);
    expect(archived.map(({ state, attempts }) => [state, attempts.length])).toEqual(
      Array.from({ length: 10 }, () => ['delivered', 1]),
    );
    for (const url of urls) expect(world.peak.get(url)).toBeLessThanOrEqual(4);
  });
});
