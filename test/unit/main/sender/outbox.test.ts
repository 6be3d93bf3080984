// What a person does to the outbox: delete, redrive by filter, edit and requeue; and the limits of the dead letters.

import { describe, expect, it } from 'vitest';
import { maxDeadLetters } from '../../../../src/main/sender/dead-letters.ts';
import type { QueueOptions } from '../../../../src/main/sender/queue.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { onDisk } from '../../../support/memory-store.ts';
import { createWorld, newDelivery, statesOf } from '../../../support/queue-world.ts';
import type { World } from '../../../support/queue-world.ts';

const day = 86_400_000;

/** A dead letter as an earlier run left it. */
function letter(id: string, more: Partial<Delivery> = {}, event: string | null = null, at = 0): Delivery {
  const made = newDelivery('http://t/x', id);
  return {
    ...made,
    message: { ...made.message, event },
    id,
    state: 'dead',
    attempts: [{ n: 1, at, outcome: 'http-status', status: 500, ms: 5, nextAt: null, message: 'HTTP 500' }],
    nextAt: null,
    createdAt: at,
    ...more,
  };
}

function withLetters(world: World, letters: readonly Delivery[]): void {
  world.disk.deadLetters = JSON.stringify({ deliveries: letters });
}

function listening() {
  const removed: string[] = [];
  const warnings: string[] = [];
  const options = (world: World): Partial<QueueOptions> => ({
    onRemoved: (ids) => removed.push(...ids),
    logger: { info: () => {}, warn: (text) => warnings.push(text), error: (text) => void world.errors.push(text) },
  });
  return { removed, warnings, options };
}

const four = (now: number) => [
  letter('a', { targetId: 't1' }, 'order.created', now - 3 * day),
  letter('b', { targetId: 't1' }, 'user.created', now - 2 * day),
  letter('c', { targetId: 't2' }, 'order.paid', now - 1 * day),
  letter('d', {}, null, now),
];

describe('which dead letters @sending 4', () => {
  const choices: [string, Parameters<Awaited<ReturnType<World['open']>>['redrive']>[0], string][] = [
    ['all', 'all', 'abcd'],
    ['ids', ['c', 'a', 'c'], 'ac'],
    ['a target', { targetId: 't1' }, 'ab'],
    ['an event', { event: 'order.paid' }, 'c'],
    ['a pattern of events', { event: 'order.*' }, 'ac'],
    ['those that died before', { diedBeforeAt: Date.UTC(2026, 0, 1) - 1.5 * day }, 'ab'],
    ['all at once', { targetId: 't1', event: 'order.*', diedBeforeAt: Date.UTC(2027, 0, 1) }, 'a'],
    ['nothing that fits', { targetId: 't9' }, ''],
    ['an empty filter', {}, 'abcd'],
  ];

  it.each(choices)('removes %s', async (_name, choice, expected) => {
    const world = createWorld({ answer: () => 200 });
    withLetters(world, four(world.clock.now()));
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    expect((await queue.remove(choice)).toSorted().join('')).toBe(expected);
    expect(removed.toSorted().join('')).toBe(expected);
    const kept = ['a', 'b', 'c', 'd'].filter((id) => !expected.includes(id));
    expect(onDisk(world.disk, 'deadLetters').map(({ id }) => id)).toEqual(kept);
    expect(queue.dead().map(({ id }) => id)).toEqual(kept);
  });

  it.each(choices)('redrives %s', async (_name, choice, expected) => {
    const world = createWorld({ answer: () => 200 });
    withLetters(world, four(world.clock.now()));
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    const made = await queue.redrive(choice);
    expect(
      made
        .map(({ redriveOf }) => redriveOf ?? '')
        .toSorted()
        .join(''),
    ).toBe(expected);
    expect(removed.toSorted().join('')).toBe(expected);
    expect(onDisk(world.disk, 'queue')).toHaveLength(expected.length);
    expect(onDisk(world.disk, 'deadLetters')).toHaveLength(4 - expected.length);
  });
});

describe('delete @sending 4', () => {
  it('takes parked ones by id, and says why others cannot go, without removing anything', async () => {
    const world = createWorld({ answer: () => new Promise(() => {}) });
    withLetters(world, [letter('dead')]);
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    queue.start();
    const made = await queue.enqueue([newDelivery('http://t/x', 'parked'), newDelivery('http://t/y', 'flying')]);
    const [parked, flying] = made.map(({ id }) => id) as [string, string];
    await queue.pause(parked);
    await world.clock.advance(10);
    await expect(queue.remove(['dead', parked, flying])).rejects.toThrow(`${flying} is sending, not parked or dead`);
    await expect(queue.remove(['dead', parked, 'nobody'])).rejects.toMatchObject({ code: 'SEND_NOT_FOUND' });
    expect([queue.dead().length, queue.pending().length, removed.length]).toEqual([1, 2, 0]);
    expect(await queue.remove([parked, 'dead'])).toEqual([parked, 'dead']);
    expect(removed).toEqual([parked, 'dead']);
    expect(statesOf(onDisk(world.disk, 'queue'))).toEqual({ flying: 'sending' });
    expect(queue.find(parked)).toBeNull();
    expect(onDisk(world.disk, 'deadLetters')).toEqual([]);
  });

  it('"all" means dead letters, not what waits or is parked', async () => {
    const world = createWorld({ answer: () => 200 });
    withLetters(world, [letter('dead')]);
    const queue = await world.open();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'parked')]);
    await queue.pause(made?.id ?? '');
    expect(await queue.remove('all')).toEqual(['dead']);
    expect(queue.pending()).toHaveLength(1);
  });

  it('a disk that refuses is said; nobody is told that they are gone', async () => {
    const world = createWorld({
      answer: () => 200,
      gate: async (event) => {
        if (event === 'deadLetters') throw new AppError('STORE_FULL', 'disk full');
      },
    });
    withLetters(world, [letter('dead')]);
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    await expect(queue.remove('all')).rejects.toThrow('disk full');
    expect(removed).toEqual([]);
  });
});

describe('edit and requeue @sending 4', () => {
  it('a waiting one: the old goes, the new keeps the message id and starts anew', async () => {
    const world = createWorld({ answer: (url) => (url.endsWith('x') ? 500 : 200) });
    world.disk.bodies.set('other', new TextEncoder().encode('{"b":2}'));
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    queue.start();
    const [made] = await queue.enqueue([
      newDelivery('http://t/x', 'm', { schedule: 'svix', targetId: null, replayOf: 'req' }),
    ]);
    const id = made?.id ?? '';
    await world.clock.advance(1_000);
    const settled = queue.settled(id);
    const edited = await queue.edit(id, {
      url: ' http://T/y ',
      body: { hash: 'other', size: 7 },
      schedule: 'classic',
      speed: 5,
      headers: [
        ['X-Id', 'm'],
        ['X-New', '1'],
      ],
    });
    expect(edited).toMatchObject({
      redriveOf: id,
      url: 'http://t/y',
      state: 'waiting',
      attempts: [],
      schedule: 'classic',
      speed: 5,
      replayOf: 'req',
      message: {
        messageId: 'm',
        bodyHash: 'other',
        bodySize: 7,
        headers: [
          ['X-Id', 'm'],
          ['X-New', '1'],
        ],
      },
    });
    expect(removed).toEqual([id]);
    expect(queue.find(id)).toBeNull();
    expect((await settled).state).toBe('parked');
    expect(onDisk(world.disk, 'queue').map((one) => one.id)).toEqual([edited.id]);
    await world.clock.advance(100);
    expect(world.got.map(({ url }) => url)).toEqual(['http://t/x', 'http://t/y']);
    await world.clock.advance(day);
    expect(world.got).toHaveLength(2);
    expect(queue.find(edited.id)?.state).toBe('delivered');
  });

  it('a dead one and a parked one', async () => {
    const world = createWorld({ answer: () => 200 });
    withLetters(world, [letter('dead', { secretName: 'old' })]);
    const queue = await world.open();
    const again = await queue.edit('dead', { secretName: null });
    expect(again).toMatchObject({ redriveOf: 'dead', secretName: null, state: 'waiting' });
    expect(onDisk(world.disk, 'deadLetters')).toEqual([]);
    await queue.pause(again.id);
    expect(await queue.edit(again.id, {})).toMatchObject({ redriveOf: again.id, state: 'waiting' });
    expect(queue.pending()).toHaveLength(1);
    await expect(queue.edit('dead', {})).rejects.toMatchObject({ code: 'SEND_NOT_FOUND' });
  });

  it('another address is no longer the target’s; the same one is', async () => {
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'm', { targetId: 't1' })]);
    const same = await queue.edit(made?.id ?? '', { url: 'http://t/x' });
    expect(same.targetId).toBe('t1');
    expect((await queue.edit(same.id, { url: 'http://t/z' })).targetId).toBeNull();
  });

  it('refuses one that is being sent, and what could not be sent', async () => {
    const world = createWorld({ answer: () => new Promise(() => {}) });
    const queue = await world.open();
    queue.start();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'm')]);
    const id = made?.id ?? '';
    await world.clock.advance(10);
    await expect(queue.edit(id, {})).rejects.toThrow(/is being sent/);
    await expect(queue.edit(id, { url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'SEND_INVALID_URL' });
    await expect(queue.edit(id, { headers: [['A', 'b\n']] })).rejects.toMatchObject({ code: 'SEND_INVALID_HEADER' });
    await expect(queue.edit(id, { schedule: 'own-x' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('a disk that refuses leaves the old one in its place', async () => {
    let full = false;
    const world = createWorld({
      answer: () => 200,
      gate: async (event) => {
        if (full && event === 'queue') throw new AppError('STORE_FULL', 'disk full');
      },
    });
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    const made = await queue.enqueue([newDelivery('http://t/x', 'one'), newDelivery('http://t/x', 'two')]);
    full = true;
    await expect(queue.edit(made[0]?.id ?? '', { url: 'http://t/y' })).rejects.toThrow('disk full');
    full = false;
    expect(queue.pending().map(({ id, state }) => [id, state])).toEqual(made.map(({ id }) => [id, 'waiting']));
    expect(removed).toEqual([]);
    queue.start();
    await world.clock.advance(1_000);
    expect(world.got.map(({ messageId, url }) => `${messageId} ${url}`)).toEqual(['one http://t/x', 'two http://t/x']);
  });

  it('waits for the record of an attempt that has just failed', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const world = createWorld({
      answer: (url) => (url.endsWith('x') ? 500 : 200),
      gate: (event) => (event === 'attempt' ? gate : Promise.resolve()),
    });
    const queue = await world.open();
    queue.start();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'm', { schedule: 'svix' })]);
    await world.clock.advance(100);
    const edited = queue.edit(made?.id ?? '', { url: 'http://t/y' });
    await world.clock.settle();
    expect(world.got).toHaveLength(1);
    open();
    await world.clock.advance(100);
    const { id } = await edited;
    await world.clock.advance(100);
    expect(queue.find(id)?.state).toBe('delivered');
    // The last news of the old one is older than its end.
    expect(world.news.at(-1)).toBe(`${id} delivered`);
  });
});

describe('limits of the dead letters @sending 4', () => {
  it('by count: the oldest go, with a warning and news', async () => {
    const world = createWorld({ answer: () => 500 });
    const now = world.clock.now();
    withLetters(
      world,
      Array.from({ length: maxDeadLetters + 3 }, (_, i) => letter(`d${i}`, {}, null, now - 1_000)),
    );
    const { removed, warnings, options } = listening();
    const queue = await world.open(options(world));
    queue.start();
    await world.clock.advance(10);
    expect(removed).toEqual(['d0', 'd1', 'd2']);
    expect(warnings).toEqual(['At most 10000 dead letters are kept; oldest ones that were removed: 3']);
    await queue.enqueue([newDelivery('http://t/x', 'new', { schedule: 'classic' })]);
    await world.clock.advance(60_000);
    expect(removed).toEqual(['d0', 'd1', 'd2', 'd3']);
    expect(queue.dead()).toHaveLength(maxDeadLetters);
    expect(onDisk(world.disk, 'deadLetters')).toHaveLength(maxDeadLetters);
    expect(queue.dead().at(-1)?.message.messageId).toBe('new');
  });

  it('by age: over 90 days, also while it runs', async () => {
    const world = createWorld({ answer: () => 500 });
    const now = world.clock.now();
    withLetters(world, [
      letter('old', {}, null, now - 91 * day),
      letter('soon', {}, null, now - 90 * day + 3_600_000),
      letter('young', {}, null, now - 1_000),
    ]);
    const { removed, warnings, options } = listening();
    const queue = await world.open(options(world));
    queue.start();
    await world.clock.advance(10);
    expect(removed).toEqual(['old']);
    expect(warnings).toEqual(['Dead letters older than 90 days were removed: 1']);
    await world.clock.advance(3 * 3_600_000);
    expect(removed).toEqual(['old', 'soon']);
    expect(queue.dead().map(({ id }) => id)).toEqual(['young']);
    await queue.stop();
  });

  it('a wall clock that is years ahead removes nothing', async () => {
    const world = createWorld({ answer: () => 500 });
    withLetters(world, [letter('one', {}, null, world.clock.now() - day)]);
    world.clock.jump(400 * day);
    const { removed, options } = listening();
    const queue = await world.open(options(world));
    queue.start();
    world.clock.jump(400 * day);
    await world.clock.advance(5 * 3_600_000);
    expect(removed).toEqual([]);
  });
});
