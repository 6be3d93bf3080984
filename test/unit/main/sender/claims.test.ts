// Entries that leave next are saved ahead of their turn. Nobody sees that but the disk, and whatever happens to one of
// them before it leaves happens to a delivery that waits.

import { describe, expect, it } from 'vitest';
import type { Queue } from '../../../../src/main/sender/queue.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import type { Target } from '../../../../src/shared/workspace.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { createDisk, onDisk } from '../../../support/memory-store.ts';
import { createWorld, newDelivery, statesOf } from '../../../support/queue-world.ts';
import type { World } from '../../../support/queue-world.ts';

const hour = 3_600_000;
const url = 'http://t/x';

interface Held {
  readonly world: World;
  readonly queue: Queue;
  readonly made: readonly Delivery[];
  /** Lets the attempt of a message end with 200. */
  readonly answer: (id: string) => void;
  /** Events that wait until their name leaves the set; `fail` ones are refused. */
  readonly stuck: Set<string>;
  readonly failing: Set<string>;
  readonly targets: Map<string, Target>;
}

const target = (more: Partial<Target>): Target =>
  ({ id: 't', name: 'T', url, state: 'active', secretName: null, alsoSecretNames: [], headers: [], concurrency: 4, ratePerSecond: null, strictOrder: false, followRedirects: false, allowLinkLocal: false, skipTlsCheck: false, ...more }) as unknown as Target; // prettier-ignore

/** Ten deliveries m0 to m9 to one target, four of them in flight until they are answered. */
async function tenWaiting(more: Partial<Target> = {}): Promise<Held> {
  const answers = new Map<string, () => void>();
  const stuck = new Set<string>();
  const failing = new Set<string>();
  const targets = new Map([['t', target(more)]]);
  const world = createWorld({
    answer: (_url, _before, { got }) =>
      new Promise((resolve) => answers.set(got.at(-1)?.messageId ?? '', () => resolve(200))),
    gate: async (event) => {
      if (failing.has(event)) throw new AppError('STORE_FULL', 'disk full');
      while (stuck.has(event)) await new Promise<void>((resolve) => setImmediate(resolve));
    },
  });
  const queue = await world.open({ target: (id) => targets.get(id) ?? null });
  const ten = Array.from({ length: 10 }, (_, i) => newDelivery(url, `m${i}`, { targetId: 't' }));
  const made = await queue.enqueue(ten);
  queue.start();
  await world.clock.advance(hour);
  return { world, queue, made, answer: (id) => answers.get(id)?.(), stuck, failing, targets };
}

/** Messages whose stored form says that they leave next. */
const claimed = ({ world }: Held): string[] =>
  onDisk(world.disk, 'queue')
    .filter(({ state, nextAt }) => state === 'waiting' && nextAt === null)
    .map(({ message }) => message.messageId);
const sent = ({ world }: Held): string[] => world.got.map(({ messageId }) => messageId);
const idOf = ({ made }: Held, messageId: string): string =>
  made.find(({ message }) => message.messageId === messageId)?.id ?? '';

async function answerAll(held: Held): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    for (const id of sent(held)) held.answer(id);
    await held.world.clock.advance(1_000);
  }
}

describe('claims', () => {
  it('as many as are in flight are saved ahead; every view shows them waiting', async () => {
    const held = await tenWaiting();
    expect(sent(held)).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(claimed(held)).toEqual(['m4', 'm5', 'm6', 'm7']);
    const waiting = held.queue.pending().slice(4);
    expect(waiting.map(({ state, nextAt }) => [state, nextAt !== null])).toEqual(Array(6).fill(['waiting', true]));
    expect(held.queue.find(idOf(held, 'm4'))?.nextAt).not.toBeNull();
    expect(held.world.news.filter((line) => line.endsWith('sending'))).toHaveLength(4);
    await answerAll(held);
    expect(sent(held)).toHaveLength(10);
    expect(onDisk(held.world.disk, 'queue')).toEqual([]);
  });

  it('a claimed one leaves while the disk is busy, one without a claim does not', async () => {
    const held = await tenWaiting();
    held.stuck.add('queue');
    for (const id of ['m0', 'm1', 'm2', 'm3']) held.answer(id);
    await held.world.clock.advance(100);
    // The history took the successes; the next four leave on the word that was given ahead.
    expect(sent(held).slice(4)).toEqual(['m4', 'm5', 'm6', 'm7']);
    for (const id of ['m4', 'm5', 'm6', 'm7']) held.answer(id);
    await held.world.clock.advance(100);
    expect(sent(held)).toHaveLength(8);
    held.stuck.clear();
    await answerAll(held);
    expect(sent(held)).toHaveLength(10);
  });

  it('a success keeps its place until it is on disk, in the queue or in the history', async () => {
    for (const free of ['queue', 'archive']) {
      const held = await tenWaiting();
      held.stuck.add('queue').add('archive');
      held.answer('m0');
      await held.world.clock.advance(5_000);
      expect(sent(held)).toHaveLength(4);
      held.stuck.delete(free);
      await held.world.clock.advance(100);
      expect(sent(held), free).toHaveLength(5);
      held.stuck.clear();
      await answerAll(held);
      expect(sent(held).toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `m${i}`));
    }
  });

  it('after a crash it is sent, once', async () => {
    const held = await tenWaiting();
    const disk = { ...createDisk(), queue: held.world.disk.queue };
    const world = createWorld({ answer: () => 200, disk });
    const queue = await world.open();
    expect(statesOf(queue.pending())['m4']).toBe('waiting');
    expect(queue.pending().every(({ nextAt }) => nextAt !== null)).toBe(true);
    queue.start();
    await world.clock.advance(hour);
    expect(world.got.map(({ messageId }) => messageId).toSorted()).toEqual(sentAll);
  });

  const sentAll = Array.from({ length: 10 }, (_, i) => `m${i}`);

  it('pause, edit and removal find one that waits', async () => {
    const held = await tenWaiting();
    await held.queue.pause(idOf(held, 'm4'));
    const [edited] = [await held.queue.edit(idOf(held, 'm5'), { url: 'http://t/other' })];
    await held.queue.pause(idOf(held, 'm6'));
    await held.queue.remove([idOf(held, 'm6')]);
    expect(claimed(held)).not.toContain('m4');
    expect(onDisk(held.world.disk, 'queue').find(({ id }) => id === idOf(held, 'm4'))?.state).toBe('parked');
    await answerAll(held);
    const urls = held.world.got.map(({ url: to, messageId }) => `${messageId} ${to}`);
    expect(urls.filter((line) => /^m[456] /.test(line))).toEqual([`m5 ${edited?.url}`]);
    expect(statesOf(held.queue.pending())).toEqual({ m4: 'parked' });
  });

  it('a target that is paused, parked or made to keep its order holds them', async () => {
    for (const more of [{ state: 'paused' }, { state: 'parked' }] as const) {
      const held = await tenWaiting();
      held.targets.set('t', target(more));
      held.queue.targetsChanged();
      await answerAll(held);
      expect(sent(held)).toHaveLength(4);
      expect(new Set(Object.values(statesOf(held.queue.pending())))).toEqual(new Set(['parked']));
      expect(claimed(held)).toEqual([]);
    }
    const held = await tenWaiting();
    held.targets.set('t', target({ strictOrder: true }));
    held.queue.targetsChanged();
    for (const id of ['m1', 'm2', 'm3']) held.answer(id);
    await held.world.clock.advance(1_000);
    expect(sent(held)).toHaveLength(4);
    await answerAll(held);
    expect(sent(held)).toEqual(sentAll);
  });

  it.each([{ strictOrder: true }, { ratePerSecond: 5 }])(
    'none where the target decides the moment: %o',
    async (more) => {
      const held = await tenWaiting(more);
      expect(claimed(held)).toEqual([]);
    },
  );

  it('run now goes first, a secret that is gone parks', async () => {
    const held = await tenWaiting();
    await held.queue.runNow(idOf(held, 'm9'));
    held.answer('m0');
    await held.world.clock.advance(100);
    expect(sent(held)[4]).toBe('m9');
    await answerAll(held);
    expect(sent(held)).toHaveLength(10);
  });

  it('a claim that could not be saved is none', async () => {
    const held = await tenWaiting();
    held.failing.add('queue');
    held.answer('m0');
    await held.world.clock.advance(100);
    expect(sent(held)[4]).toBe('m4');
    held.answer('m4');
    for (const id of ['m1', 'm2', 'm3']) held.answer(id);
    await held.world.clock.advance(100);
    // m5 to m7 had theirs; m8 and m9 asked when the disk was full.
    expect(sent(held).slice(5).toSorted()).toEqual(['m5', 'm6', 'm7']);
    for (const id of ['m5', 'm6', 'm7']) held.answer(id);
    await held.world.clock.advance(100);
    expect(sent(held)).toHaveLength(8);
    held.failing.clear();
    await answerAll(held);
    expect(sent(held).toSorted()).toEqual(sentAll);
  });

  it('a stop takes them back', async () => {
    const held = await tenWaiting();
    expect(claimed(held)).toHaveLength(4);
    const stopped = held.queue.stop();
    for (const id of sent(held)) held.answer(id);
    await held.world.clock.advance(10_000);
    await stopped;
    expect(sent(held)).toHaveLength(4);
    expect(claimed(held)).toEqual([]);
    expect(onDisk(held.world.disk, 'queue')).toHaveLength(6);
  });
});
