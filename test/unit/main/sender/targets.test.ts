// What stored targets say about sending, through the real queue: rate, places, order, pauses, and being parked.

import { describe, expect, it } from 'vitest';
import type { Queue, QueueOptions } from '../../../../src/main/sender/queue.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { targetSchema } from '../../../../src/shared/workspace.ts';
import type { Target } from '../../../../src/shared/workspace.ts';
import * as v from 'valibot';
import { onDisk } from '../../../support/memory-store.ts';
import { createWorld, newDelivery, statesOf } from '../../../support/queue-world.ts';
import type { World } from '../../../support/queue-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const target = (id: string, more: Partial<Target> = {}): Target =>
  v.parse(targetSchema, {
    id,
    name: id.toUpperCase(),
    url: `http://${id}/in`,
    provider: 'generic',
    secretName: null,
    events: ['*'],
    headers: [],
    schedule: 'svix',
    state: 'active',
    ...more,
  });

/** Targets that a test changes as a host does. */
function targetsOf(...list: Target[]) {
  const stored = new Map(list.map((one) => [one.id, one]));
  const parks: string[] = [];
  let queue: Queue | null = null;
  const options = {
    target: (id: string) => stored.get(id) ?? null,
    parkTarget: async (id: string, reason: 'gone' | 'failing') => {
      parks.push(`${id} ${reason}`);
      await Promise.resolve();
      stored.set(id, { ...(stored.get(id) as Target), state: 'parked', parkedReason: reason });
      queue?.targetsChanged();
    },
  } satisfies Partial<QueueOptions>;
  return {
    parks,
    options,
    async open(world: World, more: Partial<QueueOptions> = {}): Promise<Queue> {
      queue = await world.open({ ...options, ...more });
      return queue;
    },
    set(id: string, change: Partial<Target>): void {
      stored.set(id, { ...(stored.get(id) as Target), ...change });
      queue?.targetsChanged();
    },
    remove(id: string): void {
      stored.delete(id);
      queue?.targetsChanged();
    },
  };
}

const to = (id: string, messageId: string, more: Parameters<typeof newDelivery>[2] = {}) =>
  newDelivery(`http://${id}/in`, messageId, { targetId: id, schedule: 'svix', ...more });
const many = (id: string, count: number) => Array.from({ length: count }, (_, i) => to(id, `m${i}`));
const parkedOf = (deliveries: readonly Delivery[]) =>
  Object.fromEntries(deliveries.map(({ message, state, parkedReason }) => [message.messageId, parkedReason ?? state]));
const ids = (world: World) => world.got.map(({ messageId }) => messageId);

describe('limits of a target @sending 1', () => {
  it.each([1, 2, 7])('%d at once', async (concurrency) => {
    const targets = targetsOf(target('a', { concurrency }));
    const world = createWorld({ answer: () => new Promise(() => {}) });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue(many('a', 20));
    await world.clock.advance(100);
    expect(world.got).toHaveLength(concurrency);
  });

  it('a change of the number counts from the next decision on', async () => {
    const targets = targetsOf(target('a', { concurrency: 1 }));
    const waiting: (() => void)[] = [];
    const world = createWorld({ answer: () => new Promise((resolve) => waiting.push(() => resolve(200))) });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue(many('a', 20));
    await world.clock.advance(100);
    expect(world.got).toHaveLength(1);
    targets.set('a', { concurrency: 3 });
    await world.clock.advance(100);
    expect(world.got).toHaveLength(3);
  });

  it('rate: evenly spaced, whatever the wall clock does', async () => {
    const targets = targetsOf(target('a', { ratePerSecond: 5 }));
    const world = createWorld({ answer: () => 200 });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue(many('a', 20));
    const at: number[] = [];
    const from = world.clock.monotonic();
    for (let step = 0; step < 60; step += 1) {
      const before = world.got.length;
      await world.clock.advance(100);
      for (let i = before; i < world.got.length; i += 1) at.push(world.clock.monotonic() - from);
      if (step === 20) world.clock.jump(-day);
    }
    expect(world.got).toHaveLength(20);
    for (const [i, time] of at.entries()) expect(time).toBeLessThanOrEqual(i * 200 + 200);
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
    expect(at.at(-1)).toBeGreaterThanOrEqual(19 * 200);
  });

  it('rate: a high one is reached though timers are coarse, and never passed by more than a catch-up', async () => {
    const targets = targetsOf(target('a', { ratePerSecond: 500 }));
    const world = createWorld({ answer: () => 200 });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue(many('a', 600));
    await world.clock.advance(1_000);
    expect(world.got.length).toBeGreaterThan(480);
    expect(world.got.length).toBeLessThanOrEqual(507);
  });

  it('rate: is kept over a pause in the work, and a new one counts at once', async () => {
    const targets = targetsOf(target('a', { ratePerSecond: 0.1 }));
    const world = createWorld({ answer: () => 200 });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([to('a', 'one')]);
    await world.clock.advance(1_000);
    await queue.enqueue([to('a', 'two'), to('a', 'three')]);
    await world.clock.advance(8_500);
    expect(ids(world)).toEqual(['one']);
    await world.clock.advance(1_000);
    expect(ids(world)).toEqual(['one', 'two']);
    targets.set('a', { ratePerSecond: 1 });
    await world.clock.advance(1_000);
    expect(ids(world)).toEqual(['one', 'two', 'three']);
  });

  it('twenty targets that hang leave a place for one that answers', async () => {
    const world = createWorld({ answer: (url) => (url.includes('hang') ? new Promise(() => {}) : 200) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(
      Array.from({ length: 20 }, (_, i) =>
        many('x', 10).map((one) => ({ ...one, targetId: null, url: `http://hang/${i}` })),
      ).flat(),
    );
    await world.clock.advance(100);
    await queue.enqueue(Array.from({ length: 10 }, (_, i) => newDelivery('http://good/', `g${i}`)));
    await world.clock.advance(50);
    expect(world.got.filter(({ url }) => url === 'http://good/')).toHaveLength(10);
    expect(world.peak.get('all')).toBeLessThanOrEqual(21);
  });
});

describe('paused and parked targets @sending 1', () => {
  it('hold what waits and what comes, and let it go, spread, once they are active', async () => {
    const targets = targetsOf(target('a'), target('b'));
    let answer = 500;
    const world = createWorld({ answer: () => answer });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([to('a', 'early')]);
    await world.clock.advance(100);
    targets.set('a', { state: 'paused' });
    await world.clock.advance(10);
    expect(parkedOf(queue.pending())).toEqual({ early: 'target-paused' });
    answer = 200;
    const made = await queue.enqueue([...many('a', 12), to('b', 'other')]);
    expect(made[0]).toMatchObject({ state: 'parked', parkedReason: 'target-paused', nextAt: null });
    expect(onDisk(world.disk, 'queue').find(({ id }) => id === made[0]?.id)?.state).toBe('parked');
    await world.clock.advance(2 * day);
    expect(ids(world)).toEqual(['early', 'other']);
    await queue.idle();
    expect(await queue.settled(made[0]?.id ?? '')).toMatchObject({ state: 'parked' });

    targets.set('a', { state: 'active' });
    await world.clock.advance(999);
    expect(world.got.length).toBe(2 + 4);
    await world.clock.advance(3_000);
    expect(world.got.length).toBe(2 + 13);
    expect(world.news.filter((line) => line.startsWith(made[0]?.id ?? '?')).slice(0, 3)).toEqual([
      `${made[0]?.id} parked`,
      `${made[0]?.id} waiting`,
      `${made[0]?.id} sending`,
    ]);
  });

  it('one that is being sent ends its attempt, then is held', async () => {
    const targets = targetsOf(target('a'));
    let release = (): void => {};
    const open = new Promise<void>((resolve) => (release = resolve));
    const world = createWorld({ answer: () => open.then(() => 500) });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([to('a', 'm')]);
    await world.clock.advance(10);
    targets.set('a', { state: 'paused' });
    await world.clock.advance(10);
    expect(statesOf(queue.pending())).toEqual({ m: 'sending' });
    release();
    await world.clock.advance(100);
    expect(parkedOf(queue.pending())).toEqual({ m: 'target-paused' });
    expect(queue.pending()[0]?.attempts).toHaveLength(1);
    expect(parkedOf(onDisk(world.disk, 'queue'))).toEqual({ m: 'target-paused' });
  });

  it('are known again after a restart, and what changed meanwhile counts', async () => {
    const targets = targetsOf(target('a', { state: 'paused' }), target('b'));
    const world = createWorld({ answer: () => 200 });
    const first = await targets.open(world);
    await first.enqueue([to('a', 'one'), to('b', 'two')]);
    await first.stop();
    targets.set('a', { state: 'active' });
    targets.set('b', { state: 'parked' });
    const queue = await targets.open(world);
    queue.start();
    await world.clock.advance(1_000);
    expect(ids(world)).toEqual(['one']);
    expect(parkedOf(queue.pending())).toEqual({ two: 'target-parked' });
  });

  it('the deliveries of a deleted target go on with what they carry', async () => {
    const targets = targetsOf(target('a', { state: 'paused', concurrency: 1 }));
    const world = createWorld({ answer: () => 200 });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue(many('a', 3));
    targets.remove('a');
    await world.clock.advance(1_000);
    expect(ids(world)).toEqual(['m0', 'm1', 'm2']);
  });

  it('what a person paused stays paused; run now and attempt once know the difference', async () => {
    const targets = targetsOf(target('a'));
    const world = createWorld({ answer: () => 500 });
    const queue = await targets.open(world);
    queue.start();
    targets.set('a', { state: 'paused' });
    const [one, two, three] = await queue.enqueue([to('a', 'one'), to('a', 'two'), to('a', 'three')]);
    await queue.pause(one?.id ?? '');
    expect(parkedOf(queue.pending())).toEqual({ one: 'paused', two: 'target-paused', three: 'target-paused' });
    await queue.resume(one?.id ?? '');
    expect(queue.find(one?.id ?? '')?.parkedReason).toBe('target-paused');
    await queue.pause(one?.id ?? '');
    expect(await queue.attemptOnce(two?.id ?? '')).toMatchObject({ state: 'parked', attempts: [] });
    await queue.runNow(three?.id ?? '');
    await world.clock.advance(1_000);
    expect(ids(world)).toEqual(['three']);
    expect(queue.find(three?.id ?? '')).toMatchObject({ state: 'parked', parkedReason: 'target-paused' });
    targets.set('a', { state: 'active' });
    await world.clock.advance(1_000);
    expect(parkedOf(queue.pending())).toMatchObject({ one: 'paused', two: 'waiting', three: 'waiting' });
  });
});

it('opens with as many dead letters of one target as are kept, each with many attempts @sending 4', async () => {
  const targets = targetsOf(target('a'));
  const world = createWorld({ answer: () => 500 });
  const first = await targets.open(world);
  const [one] = await first.enqueue([to('a', 'm')]);
  await first.stop();
  const at = world.clock.now();
  const attempt = { at, outcome: 'http-status' as const, status: 500, ms: 1, message: 'HTTP 500', nextAt: null };
  const attempts = Array.from({ length: 13 }, (_, i) => ({ ...attempt, n: i + 1 }));
  const letters = Array.from({ length: 10_000 }, (_, i): Delivery => ({
    ...(one as Delivery),
    id: `dlv_${i}`,
    state: 'dead',
    nextAt: null,
    attempts,
  }));
  world.disk.deadLetters = JSON.stringify({ deliveries: letters });
  const again = await targets.open(world, {
    history: {
      messageBody: () => new Uint8Array(),
      appendAttempt: async () => {},
      archiveDeliveries: async () => {},
      archivedDelivery: () => null,
      listArchived: () => [],
    },
  });
  expect(again.dead()).toHaveLength(10_000);
});

describe('410 @sending 3', () => {
  it('parks the target at once with all its deliveries; active again, all go on', async () => {
    let gone = true;
    const targets = targetsOf(target('a', { concurrency: 1 }), target('b'));
    const world = createWorld({ answer: (url) => (gone && url.includes('//a') ? 410 : 200) });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([...many('a', 5), to('b', 'other')]);
    await world.clock.advance(day);
    expect(targets.parks).toEqual(['a gone']);
    expect(ids(world).toSorted()).toEqual(['m0', 'other']);
    expect(parkedOf(queue.pending())).toEqual({
      m0: 'gone',
      m1: 'target-parked',
      m2: 'target-parked',
      m3: 'target-parked',
      m4: 'target-parked',
    });
    gone = false;
    targets.set('a', { state: 'active', parkedReason: null });
    await world.clock.advance(5_000);
    expect(queue.pending()).toEqual([]);
    expect(world.disk.archive.size).toBe(6);
  });

  it('a target that cannot be saved as parked is held in this run all the same', async () => {
    const targets = targetsOf(target('a'));
    const world = createWorld({ answer: () => 410 });
    const queue = await targets.open(world, {
      parkTarget: () => Promise.reject(new Error('disk full')),
    });
    queue.start();
    await queue.enqueue([to('a', 'one')]);
    await world.clock.advance(1_000);
    await queue.enqueue([to('a', 'two')]);
    await world.clock.advance(day);
    expect(ids(world)).toEqual(['one']);
    expect(world.errors.join()).toContain('could not be saved as parked');
  });

  it('of an old address does not park the new one, and what was held goes there', async () => {
    const targets = targetsOf(target('a'));
    const world = createWorld({ answer: (url) => (url === 'http://a/in' ? 410 : 200) });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([to('a', 'one')]);
    await world.clock.advance(hour);
    expect(targets.parks).toEqual(['a gone']);
    targets.set('a', { url: 'http://new/in', state: 'active' });
    await world.clock.advance(hour);
    expect(targets.parks).toEqual(['a gone']);
    expect(queue.pending()).toEqual([]);
  });

  it('for an address given by hand parks the delivery only', async () => {
    const targets = targetsOf(target('a', { url: 'http://elsewhere/' }));
    const world = createWorld({ answer: (_url, before) => (before === 0 ? 410 : 200) });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([newDelivery('http://a/in', 'hand'), to('a', 'other', { url: 'http://elsewhere/' })]);
    await world.clock.advance(hour);
    expect(targets.parks).toEqual(['a gone']);
    targets.set('a', { state: 'active' });
    await world.clock.advance(hour);
    expect(parkedOf(queue.pending())).toEqual({ hand: 'gone' });
  });
});

describe('five days of failure @sending 3', () => {
  const keepFailing = async (world: World, queue: Queue, days: number) => {
    for (let i = 0; i < days; i += 1) {
      await queue.enqueue([to('a', `d${world.got.length}`, { schedule: 'classic' })]);
      await world.clock.advance(day);
    }
  };

  it('park a target; a success between starts the count again', { timeout: 60_000 }, async () => {
    let answer = 500;
    const targets = targetsOf(target('a'));
    const world = createWorld({ answer: () => answer });
    const queue = await targets.open(world);
    queue.start();
    await keepFailing(world, queue, 4);
    answer = 200;
    await keepFailing(world, queue, 1);
    answer = 500;
    await keepFailing(world, queue, 5);
    expect(targets.parks).toEqual([]);
    await keepFailing(world, queue, 1);
    expect(targets.parks).toEqual(['a failing']);
    targets.set('a', { state: 'active', parkedReason: null });
    await keepFailing(world, queue, 1);
    expect(targets.parks).toHaveLength(1);
  });

  it('speed, jumps of the wall clock and refusals of bad signatures make no days', async () => {
    const targets = targetsOf(target('a'));
    const world = createWorld({ answer: () => 500 });
    const queue = await targets.open(world);
    queue.start();
    await queue.enqueue([to('a', 'fast', { speed: 10_000 })]);
    await world.clock.advance(hour);
    world.clock.jump(400 * day);
    await queue.enqueue([to('a', 'late', { schedule: 'classic' })]);
    await world.clock.advance(hour);
    expect(targets.parks).toEqual([]);
    const bad = to('a', 'bad', { schedule: 'classic' });
    await queue.enqueue([{ ...bad, message: { ...bad.message, signature: 'tampered' } }]);
    await world.clock.advance(minute);
    expect(targets.parks).toEqual([]);
  });

  const dead = (at: number, id: string): Delivery => ({
    ...to('a', id),
    id,
    state: 'dead',
    attempts: [{ n: 1, at, outcome: 'http-status', status: 500, ms: 1, nextAt: null, message: '' }],
    nextAt: null,
    createdAt: at,
  });

  it.each([
    ['no success', [], ['a failing']],
    ['a success after the first failure', [-2 * day], []],
    ['a success before it', [-7 * day], ['a failing']],
  ])('are counted over a restart: %s', async (_name, successes, parks) => {
    const targets = targetsOf(target('a'));
    const world = createWorld({ answer: () => 500 });
    const now = world.clock.now();
    world.disk.deadLetters = JSON.stringify({ deliveries: [dead(now - 6 * day, 'one'), dead(now - 3 * day, 'two')] });
    const queue = await targets.open(world, {
      history: {
        messageBody: () => new Uint8Array(),
        appendAttempt: async () => {},
        archiveDeliveries: async () => {},
        archivedDelivery: () => null,
        listArchived: () => successes.map((offset) => ({ ...dead(now + offset, 'done'), state: 'delivered' as const })),
      },
    });
    queue.start();
    await queue.enqueue([to('a', 'next')]);
    await world.clock.advance(100);
    expect(targets.parks).toEqual(parks);
  });
});

describe('strict order @sending 3', () => {
  it('one at a time, oldest first; a failed one holds up the rest, which say so', async () => {
    let failing = 2;
    const targets = targetsOf(target('a', { strictOrder: true, concurrency: 9 }), target('b'));
    const world = createWorld({
      answer: (url, before) => (url.includes('//a') && before < failing ? 500 : 200),
    });
    const queue = await targets.open(world);
    queue.start();
    const made = await queue.enqueue([...many('a', 4), to('b', 'other')]);
    await world.clock.advance(1_000);
    const first = made[0]?.id;
    expect(ids(world).toSorted()).toEqual(['m0', 'other']);
    const held = `held-by-${first}`;
    expect(parkedOf(queue.pending())).toEqual({ m0: 'waiting', m1: held, m2: held, m3: held });
    expect(world.news).toContain(`${made[3]?.id} parked`);
    expect(parkedOf(onDisk(world.disk, 'queue'))).toEqual({ m0: 'waiting', m1: held, m2: held, m3: held });
    await expect(queue.runNow(made[2]?.id ?? '')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await queue.resume(made[2]?.id ?? '');
    expect(await queue.attemptOnce(made[2]?.id ?? '')).toMatchObject({ parkedReason: held, attempts: [] });

    let idleAfter = 0;
    void queue.idle().then(() => (idleAfter = world.got.length));
    await world.clock.advance(6_000);
    failing = 0;
    await world.clock.advance(hour);
    expect(ids(world).filter((id) => id !== 'other')).toEqual(['m0', 'm0', 'm0', 'm1', 'm2', 'm3']);
    expect(world.peak.get('http://a/in')).toBe(1);
    // Not when the first was through and the rest not yet let go.
    expect(idleAfter).toBe(7);
    expect(queue.pending()).toEqual([]);
  });

  it('a dead one, a removed one and a paused one: who goes next', async () => {
    const targets = targetsOf(target('a', { strictOrder: true }));
    const world = createWorld({ answer: () => 500 });
    const queue = await targets.open(world);
    queue.start();
    const made = await queue.enqueue(many('a', 3).map((one) => ({ ...one, schedule: 'classic' })));
    await queue.pause(made[1]?.id ?? '');
    let idle = false;
    void queue.idle().then(() => (idle = true));
    await world.clock.advance(40_000);
    expect(queue.dead().map(({ message }) => message.messageId)).toEqual(['m0']);
    // The paused one holds up what comes after it: nothing moves without a person.
    expect(parkedOf(queue.pending())).toEqual({ m1: 'paused', m2: `held-by-${made[1]?.id}` });
    expect(idle).toBe(true);
    await queue.remove([made[1]?.id ?? '']);
    await world.clock.advance(40_000);
    expect(queue.dead().map(({ message }) => message.messageId)).toEqual(['m0', 'm2']);
  });

  it('the queue is not idle between the death of one and the start of the next', async () => {
    const targets = targetsOf(target('a', { strictOrder: true }));
    const world = createWorld({ answer: () => 500 });
    const queue = await targets.open(world);
    const made = await queue.enqueue(many('a', 3).map((one) => ({ ...one, schedule: 'classic', speed: 1_000 })));
    let idleAfter = 0;
    void queue.idle().then(() => (idleAfter = world.got.length));
    queue.start();
    await world.clock.advance(minute);
    expect(queue.dead().map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    expect(idleAfter).toBe(15);
  });

  it('holds over a restart, and before a start only what was asked for is sent', async () => {
    const targets = targetsOf(target('a', { strictOrder: true }));
    const world = createWorld({ answer: () => 200 });
    const first = await targets.open(world);
    await first.enqueue([to('a', 'one')]);
    await first.stop();
    const queue = await targets.open(world);
    const [two, three] = await queue.enqueue([to('a', 'two'), to('a', 'three')]);
    expect(await queue.attemptOnce(two?.id ?? '')).toMatchObject({ state: 'waiting', attempts: [] });
    const all = Promise.all(queue.pending().map(({ id }) => queue.attemptOnce(id)));
    await world.clock.advance(1_000);
    expect((await all).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(ids(world)).toEqual(['one', 'two', 'three']);
    expect(three).toBeDefined();
  });

  it('an edited one keeps its place', async () => {
    const targets = targetsOf(target('a', { strictOrder: true }));
    const world = createWorld({ answer: (_url, _before, { got }) => (got.length <= 2 ? 400 : 200) });
    const queue = await targets.open(world);
    queue.start();
    const made = await queue.enqueue(many('a', 3));
    await world.clock.advance(1_000);
    const edited = await queue.edit(made[0]?.id ?? '', { headers: [['X-Id', 'better']] });
    expect(queue.pending()[0]?.id).toBe(edited.id);
    await world.clock.advance(1_000);
    expect(parkedOf(queue.pending())).toEqual({
      m0: 'waiting',
      m1: `held-by-${edited.id}`,
      m2: `held-by-${edited.id}`,
    });
    await world.clock.advance(minute);
    expect(ids(world)).toEqual(['m0', 'better', 'better', 'm1', 'm2']);
  });
});
