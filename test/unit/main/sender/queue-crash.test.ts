// At least once, proven by cutting the power at every single durable event of a run: whatever was confirmed is
// delivered or a dead letter in the end, and no attempt that was recorded is ever forgotten.

import { describe, expect, it } from 'vitest';
import type { Queue } from '../../../../src/main/sender/queue.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import type { DeliveriesDocument } from '../../../../src/main/sender/queue.ts';
import type { Document } from '../../../../src/main/store/documents.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { createDisk, onDisk, openMemoryDocument } from '../../../support/memory-store.ts';
import type { MemoryDisk } from '../../../support/memory-store.ts';
import { createWorld, newDelivery } from '../../../support/queue-world.ts';
import type { Answer, Got } from '../../../support/queue-world.ts';

const hour = 3_600_000;
const fast = { schedule: 'classic', speed: 1_000 };
const messages = ['a', 'b', 'c'];
const urls = ['http://t/good', 'http://t/flaky', 'http://t/dead', 'http://t/gone'];

function answer(url: string, before: number): Answer {
  if (url.endsWith('good')) return 200;
  if (url.endsWith('gone')) return 410;
  return url.endsWith('flaky') && before >= 2 ? 200 : 500;
}

/** Saves only what it is told has changed, as the product's queue document does: what the queue forgets is not there. */
function withJournal(document: Document<DeliveriesDocument>): Document<DeliveriesDocument> {
  return {
    get data() {
      return document.data;
    },
    readOnly: false,
    recovered: [],
    update: document.update,
    flush: document.flush,
    put: (changed, gone) =>
      document.update((data) => {
        const entries = new Map(data.deliveries.map((delivery) => [delivery.id, delivery]));
        for (const id of gone) entries.delete(id);
        for (const delivery of changed) entries.set(delivery.id, delivery as Delivery);
        return { deliveries: [...entries.values()] };
      }),
  };
}

interface Run {
  readonly clock: FakeClock;
  readonly disk: MemoryDisk;
  readonly got: Got[];
  readonly confirmed: Delivery[];
  events: number;
  /** Attempt counts per delivery in each state that was on the disk, in order. */
  readonly seen: Map<string, number[]>;
  crashed: boolean;
}

/** One life of the queue: ends by draining, or at the durable event number `cutAt`. */
async function live(run: Run, cutAt: number, script: (queue: Queue, run: Run) => Promise<void>): Promise<void> {
  let cut = (): void => {};
  const power = new Promise<void>((resolve) => (cut = resolve));
  const gate = (event: string): Promise<void> => {
    if (run.crashed) return new Promise(() => {});
    run.events += 1;
    if (run.events === cutAt) {
      run.crashed = true;
      cut();
      return new Promise(() => {});
    }
    if (event === 'queue' || event === 'deadLetters') setImmediate(() => remember(run));
    return Promise.resolve();
  };
  const world = createWorld({ ...run, answer, gate });
  const drained = (async () => {
    const queue = await world.open({ queue: withJournal(openMemoryDocument(run.disk, 'queue', gate)) });
    queue.start();
    await script(queue, run);
    await queue.idle();
  })();
  const over = { yet: false };
  const ended = Promise.race([drained, power]).finally(() => (over.yet = true));
  while (!over.yet) await run.clock.advance(1_000);
  await ended;
}

function remember({ disk, seen }: Run): void {
  for (const { id, attempts } of [...onDisk(disk, 'queue'), ...onDisk(disk, 'deadLetters')]) {
    const counts = seen.get(id) ?? [];
    if (!onDisk(disk, 'deadLetters').some((letter) => letter.id === id) || counts.at(-1) !== attempts.length) {
      seen.set(id, [...counts, attempts.length]);
    }
  }
}

function newRun(): Run {
  return {
    clock: createFakeClock(),
    disk: createDisk(),
    got: [],
    confirmed: [],
    events: 0,
    seen: new Map(),
    crashed: false,
  };
}

async function enqueueAll(queue: Queue, run: Run): Promise<void> {
  if (run.confirmed.length > 0) return;
  for (const message of messages) {
    run.confirmed.push(...(await queue.enqueue(urls.map((url) => newDelivery(url, message, fast)))));
  }
}

/** Ends the story after a crash: a new process on the same disk, as often as needed. */
async function afterlife(run: Run): Promise<void> {
  run.crashed = false;
  await live(run, -1, async () => {});
}

function check(run: Run, where: string): void {
  const archive = [...run.disk.archive.values()].map((text) => JSON.parse(text) as Delivery);
  const dead = onDisk(run.disk, 'deadLetters');
  const queued = onDisk(run.disk, 'queue');
  for (const { id, url, message } of run.confirmed) {
    const places = [archive, dead, queued].flatMap((list) => list.filter((delivery) => delivery.id === id));
    expect(places, `${where}: ${message.messageId} to ${url} is in exactly one place`).toHaveLength(1);
    const place = places[0] as Delivery;
    const tries = run.got.filter((got) => got.url === url && got.messageId === message.messageId).length;
    expect(tries, `${where}: the target got it`).toBeGreaterThanOrEqual(1);
    const wanted = url.endsWith('dead') ? 'dead' : url.endsWith('gone') ? 'parked' : 'delivered';
    expect(place.state, `${where}: ${url}`).toBe(wanted);
    expect(place.attempts.map(({ n }) => n)).toEqual(place.attempts.map((_, i) => i + 1));
    if (wanted === 'dead') expect(place.attempts, `${where}: not given up early`).toHaveLength(5);
    // A crash may repeat the attempt that was under way, once per delivery.
    expect(tries, `${where}: repeats`).toBeLessThanOrEqual(place.attempts.length + 1);
  }
  for (const [id, counts] of run.seen) {
    expect(counts, `${where}: attempts of ${id} never fall`).toEqual(counts.toSorted((a, b) => a - b));
  }
}

describe('power cuts', () => {
  it('a run without one', async () => {
    const run = newRun();
    await live(run, -1, enqueueAll);
    check(run, 'no cut');
    expect(run.got).toHaveLength(messages.length * (1 + 3 + 5 + 1));
  });

  it('at every durable event: nothing confirmed is lost', async () => {
    const whole = newRun();
    await live(whole, -1, enqueueAll);
    expect(whole.events).toBeGreaterThan(50);
    for (let cutAt = 1; cutAt <= whole.events; cutAt += 1) {
      const run = newRun();
      await live(run, cutAt, enqueueAll);
      const triesOfDone = (): number => {
        const done = [...before].map((text) => JSON.parse(text) as Delivery);
        const keys = new Set(done.map(({ url, message }) => `${url} ${message.messageId}`));
        return run.got.filter(({ url, messageId }) => keys.has(`${url} ${messageId}`)).length;
      };
      const before = [...run.disk.archive.values()];
      const tries = triesOfDone();
      await afterlife(run);
      expect(triesOfDone(), `cut at ${cutAt}: what was archived is not sent again`).toBe(tries);
      check(run, `cut at ${cutAt} of ${whole.events}`);
    }
  }, 120_000);

  it('a single delivery: sent again only while its success is not on disk', async () => {
    const one = async (queue: Queue, run: Run): Promise<void> => {
      if (run.confirmed.length === 0) run.confirmed.push(...(await queue.enqueue([newDelivery(urls[0] ?? '', 'a')])));
    };
    const whole = newRun();
    await live(whole, -1, one);
    const repeats: boolean[] = [];
    for (let cutAt = 1; cutAt <= whole.events; cutAt += 1) {
      const run = newRun();
      await live(run, cutAt, one);
      const [before, kept] = [run.got.length, run.disk.archive.size];
      await afterlife(run);
      check(run, `cut at ${cutAt}`);
      if (kept === 1) expect(run.got.length, `cut at ${cutAt}`).toBe(before);
      repeats.push(run.got.length > 1);
    }
    // The window in which a success is repeated exists, and ends with the archive.
    expect(repeats).toContain(true);
    expect(repeats.at(-1)).toBe(false);
  });

  it('twice in a row at every distance', async () => {
    for (let gap = 1; gap <= 40; gap += 1) {
      const run = newRun();
      await live(run, 20 + gap, enqueueAll);
      run.crashed = false;
      await live(run, 20 + 2 * gap, async () => {});
      await afterlife(run);
      const tries = new Map(run.got.map(({ url, messageId }) => [`${url} ${messageId}`, 0]));
      for (const { url, messageId } of run.got) {
        tries.set(`${url} ${messageId}`, (tries.get(`${url} ${messageId}`) ?? 0) + 1);
      }
      const archive = [...run.disk.archive.keys()];
      const dead = onDisk(run.disk, 'deadLetters').map(({ id }) => id);
      const queued = onDisk(run.disk, 'queue').map(({ id }) => id);
      for (const { id } of run.confirmed) {
        expect([...archive, ...dead, ...queued].filter((one) => one === id)).toHaveLength(1);
      }
      expect(Math.max(...tries.values())).toBeLessThanOrEqual(5 + 2);
    }
  }, 120_000);

  it('during a redrive: the message is dead or queued again, never neither', async () => {
    const prepared = newRun();
    await live(prepared, -1, async (queue, run) => {
      run.confirmed.push(...(await queue.enqueue(messages.map((id) => newDelivery('http://t/dead', id, fast)))));
    });
    const start = prepared.events;
    for (let cutAt = start + 1; cutAt < start + 40; cutAt += 1) {
      const disk = createDisk();
      disk.deadLetters = prepared.disk.deadLetters;
      const run = { ...newRun(), disk, events: start, confirmed: prepared.confirmed };
      let promised: readonly Delivery[] = [];
      await live(run, cutAt, async (queue) => {
        promised = await queue.redrive('all');
      });
      const alive = [...onDisk(disk, 'queue'), ...onDisk(disk, 'deadLetters')];
      for (const message of messages) {
        expect(alive.filter((one) => one.message.messageId === message).length, `cut at ${cutAt}`).toBeGreaterThan(0);
      }
      await afterlife(run);
      const dead = onDisk(disk, 'deadLetters');
      expect(dead.map(({ message }) => message.messageId).toSorted(), `cut at ${cutAt}`).toEqual(messages);
      for (const { id } of promised) expect(dead.map((letter) => letter.id)).toContain(id);
    }
  }, 120_000);

  it('with the clock months later, what was due goes out', async () => {
    const run = newRun();
    await live(run, 25, enqueueAll);
    run.clock.jump(3_000 * hour);
    await afterlife(run);
    check(run, 'months later');
  });
});
