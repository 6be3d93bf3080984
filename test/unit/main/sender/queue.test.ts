import { describe, expect, it } from 'vitest';
import { findSchedule } from '../../../../src/shared/schedules.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { onDisk } from '../../../support/memory-store.ts';
import { createWorld, newDelivery, statesOf } from '../../../support/queue-world.ts';
import type { Got } from '../../../support/queue-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const many = (count: number, url: string) => Array.from({ length: count }, (_, i) => newDelivery(url, `m${i}`));
const archived = (disk: { archive: Map<string, string> }) =>
  [...disk.archive.values()].map((text) => JSON.parse(text) as Delivery);

describe('schedules', () => {
  it.each(['quick', 'classic', 'svix'])('%s: attempts at its waits ±10 %, then dead', async (id) => {
    const waits = findSchedule(id)?.waitsMs ?? [];
    const world = createWorld({ answer: () => 500 });
    const queue = await world.open();
    queue.start();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: id })]);
    const settled = queue.settled(made?.id ?? '');
    await world.clock.advance(40 * hour);
    expect((await settled).state).toBe('dead');
    expect(world.got).toHaveLength(waits.length + 1);
    for (const [i, wait] of waits.entries()) {
      const gap = (world.got[i + 1]?.at ?? 0) - (world.got[i]?.at ?? 0);
      expect(gap).toBeGreaterThanOrEqual(wait * 0.9);
      expect(gap).toBeLessThanOrEqual(wait * 1.1 + 2);
    }
    expect(queue.pending()).toEqual([]);
    expect(onDisk(world.disk, 'queue')).toEqual([]);
    const [letter] = onDisk(world.disk, 'deadLetters');
    expect(letter?.attempts.map(({ n }) => n)).toEqual(world.got.map((_, i) => i + 1));
    expect(world.disk.attempts).toHaveLength(waits.length + 1);
  });

  it('a speed given for the run replaces the stored one', async () => {
    const world = createWorld({ answer: () => 500 });
    const queue = await world.open({ speed: 1_000 });
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: 'svix', speed: 0.001 })]);
    await world.clock.advance(3 * minute);
    expect(queue.dead()).toHaveLength(1);
    expect(world.got).toHaveLength(8);
  });

  it('a delivery that recovers is archived with its attempts', async () => {
    const world = createWorld({ answer: (_url, before) => (before < 2 ? 'refused' : 204) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a')]);
    await world.clock.advance(minute);
    expect(archived(world.disk).map(({ state, attempts }) => [state, attempts.length])).toEqual([['delivered', 3]]);
    expect(onDisk(world.disk, 'queue')).toEqual([]);
    const states = world.news.map((line) => line.split(' ')[1]);
    expect(states).toEqual(['waiting', 'sending', 'waiting', 'sending', 'waiting', 'sending', 'delivered']);
  });

  it('410 parks and keeps; Retry-After moves the next attempt', async () => {
    const world = createWorld({
      answer: (url, before) => (url.endsWith('gone') ? 410 : before === 0 ? { status: 503, retryAfter: '600' } : 200),
    });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/gone', 'a'), newDelivery('http://t/busy', 'b')]);
    await world.clock.advance(599_000);
    expect(world.got).toHaveLength(2);
    await world.clock.advance(62_000);
    expect(world.got.map(({ messageId }) => messageId)).toEqual(['a', 'b', 'b']);
    await world.clock.advance(40 * hour);
    expect(queue.pending().map(({ state, parkedReason }) => [state, parkedReason])).toEqual([['parked', 'gone']]);
    await queue.idle();
  });
});

describe('state before action', () => {
  it('"sending" is on disk before the target gets anything', async () => {
    const seen: string[] = [];
    const world = createWorld({
      answer: (_url, _before, { disk }) => {
        seen.push(onDisk(disk, 'queue')[0]?.state ?? 'missing');
        return 200;
      },
    });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a')]);
    await world.clock.advance(1_000);
    expect(seen).toEqual(['sending']);
  });

  it('sends nothing while the disk refuses to save, and goes on by itself afterwards', async () => {
    let full = false;
    const world = createWorld({
      answer: () => 200,
      gate: async (event) => {
        if (full && event === 'queue') throw new AppError('STORE_FULL', 'disk full');
      },
    });
    const queue = await world.open();
    await queue.enqueue([newDelivery('http://t/x', 'a')]);
    full = true;
    queue.start();
    await world.clock.advance(minute);
    expect(world.got).toEqual([]);
    expect(queue.pending().map(({ attempts }) => attempts.length)).toEqual([0]);
    await expect(queue.enqueue([newDelivery('http://t/x', 'b')])).rejects.toThrow('disk full');
    full = false;
    await world.clock.advance(10_000);
    expect(world.got.map(({ messageId }) => messageId)).toEqual(['a']);
  });

  it('a delivered one that cannot be archived stays on disk and is archived later', async () => {
    let full = true;
    const world = createWorld({
      answer: () => 200,
      gate: async (event) => {
        if (full && event === 'archive') throw new AppError('STORE_FULL', 'disk full');
      },
    });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a')]);
    await world.clock.advance(5_000);
    expect(statesOf(onDisk(world.disk, 'queue'))).toEqual({ a: 'delivered' });
    full = false;
    await world.clock.advance(5_000);
    expect(onDisk(world.disk, 'queue')).toEqual([]);
    expect(world.disk.archive.size).toBe(1);
    expect(world.got).toHaveLength(1);
  });
});

describe('limits', () => {
  it('4 at once per target, 16 in all, every target served', async () => {
    let release = (): void => {};
    const open = new Promise<void>((resolve) => (release = resolve));
    const world = createWorld({ answer: () => open.then(() => 200) });
    const queue = await world.open();
    queue.start();
    const urls = [1, 2, 3, 4, 5, 6].map((n) => `http://t/${n}`);
    await queue.enqueue(urls.flatMap((url) => many(50, url)));
    await world.clock.advance(10);
    expect(queue.pending().filter(({ state }) => state === 'sending')).toHaveLength(16);
    release();
    await world.clock.advance(1_000);
    await queue.idle();
    expect(world.peak.get('all')).toBe(16);
    for (const url of urls) expect(world.peak.get(url)).toBeLessThanOrEqual(4);
    expect(world.disk.archive.size).toBe(300);
  });

  it('a target that hangs does not delay another one', async () => {
    const world = createWorld({ answer: (url) => (url.endsWith('hang') ? new Promise(() => {}) : 200) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([...many(20, 'http://t/hang'), ...many(20, 'http://t/good')]);
    await world.clock.advance(100);
    expect(world.got.filter(({ url }) => url.endsWith('good'))).toHaveLength(20);
    expect(world.got.filter(({ url }) => url.endsWith('hang'))).toHaveLength(4);
  });

  it('refuses more than 10,000 with a message that says so', async () => {
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open();
    await queue.enqueue(many(10_000, 'http://t/x'));
    await expect(queue.enqueue(many(1, 'http://t/x'))).rejects.toThrow(/holds 10000 deliveries and at most 10000/);
    expect(queue.pending()).toHaveLength(10_000);
  });
});

describe('breaker', () => {
  const dying = { schedule: 'classic', speed: 1_000 };

  it('a few deliveries that keep failing keep their own schedule', async () => {
    const world = createWorld({ answer: () => 'refused' });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(3, 'http://t/x').map((delivery) => ({ ...delivery, schedule: 'classic' })));
    await world.clock.advance(30_000 * 1.1 + 100);
    expect(queue.dead().map(({ attempts }) => attempts.length)).toEqual([5, 5, 5]);
  });

  it('many on a dead target get one probe per pause, and each still exactly its attempts', async () => {
    const world = createWorld({ answer: () => 'refused' });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(14, 'http://t/x').map((delivery) => ({ ...delivery, ...dying })));
    await world.clock.advance(25);
    const early = world.got.length;
    expect(early).toBeLessThan(20);
    await world.clock.advance(30);
    expect(world.got).toHaveLength(early + 1);
    await world.clock.advance(5_000);
    expect(queue.dead().map(({ attempts }) => attempts.length)).toEqual(Array.from({ length: 14 }, () => 5));
    expect(world.got).toHaveLength(70);
  });

  it('closes with the first success and lets the rest go', async () => {
    let down = true;
    const world = createWorld({ answer: () => (down ? 'refused' : 200) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(60, 'http://t/x'));
    await world.clock.advance(20_000);
    const before = world.got.length;
    expect(before).toBeLessThan(20);
    down = false;
    await world.clock.advance(40_000);
    expect(world.disk.archive.size).toBe(60);
    expect(queue.pending()).toEqual([]);
  });

  it('replies that judge the message do not open it', async () => {
    const world = createWorld({ answer: () => 401 });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(20, 'http://t/x'));
    await world.clock.advance(100);
    expect(world.got).toHaveLength(20);
  });
});

describe('a person', () => {
  it('pauses, resumes, runs now', async () => {
    const world = createWorld({ answer: (_url, before) => (before < 2 ? 500 : 200) });
    const queue = await world.open();
    queue.start();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: 'svix' })]);
    const id = made?.id ?? '';
    await world.clock.advance(1_000);
    const paused = queue.settled(id);
    await queue.pause(id);
    expect(await paused).toMatchObject({ state: 'parked', parkedReason: 'paused', nextAt: null });
    expect(onDisk(world.disk, 'queue')[0]).toMatchObject({ state: 'parked', parkedReason: 'paused' });
    await world.clock.advance(2 * hour);
    expect(world.got).toHaveLength(1);
    await queue.resume(id);
    await world.clock.advance(1_000);
    expect(world.got).toHaveLength(2);
    expect(queue.find(id)).not.toHaveProperty('parkedReason');
    await queue.runNow(id);
    await world.clock.advance(1);
    expect(queue.find(id)?.state).toBe('delivered');
    await expect(queue.runNow(id)).rejects.toThrow(/is delivered/);
    await expect(queue.pause('dlv_nothing')).rejects.toThrow(/There is no delivery/);
  });

  it('pausing during an attempt parks after it failed', async () => {
    let release = (): void => {};
    const open = new Promise<void>((resolve) => (release = resolve));
    const world = createWorld({ answer: () => open.then(() => 500) });
    const queue = await world.open();
    queue.start();
    const [made] = await queue.enqueue([newDelivery('http://t/x', 'a')]);
    await world.clock.advance(10);
    await queue.pause(made?.id ?? '');
    release();
    await world.clock.advance(hour);
    expect(queue.pending().map(({ state, attempts }) => [state, attempts.length])).toEqual([['parked', 1]]);
  });

  it('attempts once without a start, within the limits', async () => {
    const world = createWorld({ answer: (url) => (url.endsWith('bad') ? 500 : 200) });
    const queue = await world.open();
    const made = await queue.enqueue([...many(30, 'http://t/x'), newDelivery('http://t/bad', 'z')]);
    const ended = Promise.all(made.map(({ id }) => queue.attemptOnce(id)));
    await world.clock.advance(100);
    const states = (await ended).map(({ state, attempts }) => [state, attempts.length]);
    expect(states.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => ['delivered', 1]));
    expect(states[30]).toEqual(['waiting', 1]);
    expect(world.peak.get('http://t/x')).toBe(4);
    await world.clock.advance(hour);
    expect(world.got).toHaveLength(31);
  });

  it('redrives: a new delivery of the same message that points to the dead one', async () => {
    const world = createWorld({ answer: (_url, before) => (before < 5 ? 500 : 200) });
    const queue = await world.open();
    queue.start();
    const [first] = await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: 'classic' })]);
    await world.clock.advance(hour);
    expect(statesOf(queue.dead())).toEqual({ a: 'dead' });
    const [again] = await queue.redrive('all');
    expect(again).toMatchObject({ redriveOf: first?.id, state: 'waiting', attempts: [], message: first?.message });
    expect(onDisk(world.disk, 'deadLetters')).toEqual([]);
    await expect(queue.redrive([first?.id ?? ''])).rejects.toThrow(/no dead letter/);
    await world.clock.advance(10);
    expect(queue.find(again?.id ?? '')?.state).toBe('delivered');
  });

  it('two redrives at once make one new delivery', async () => {
    const world = createWorld({ answer: () => 500 });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: 'classic' })]);
    await world.clock.advance(hour);
    const both = await Promise.all([queue.redrive('all'), queue.redrive('all')]);
    expect(both.map((made) => made.length)).toEqual([1, 0]);
  });
});

describe('what cannot be sent', () => {
  it('waits for its secret without using up an attempt', async () => {
    let secret: string | null = null;
    const options = {
      secret: (name: string) => (secret === null ? null : { name, value: secret }),
    };
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open(options);
    queue.start();
    const made = await queue.enqueue([
      newDelivery('http://t/x', 'a', { secretName: 'key' }),
      newDelivery('http://t/x', 'b', { secretName: 'key' }),
    ]);
    await world.clock.advance(hour);
    expect(queue.pending().map(({ state, parkedReason, attempts }) => [state, parkedReason, attempts.length])).toEqual([
      ['parked', 'secret-unavailable', 0],
      ['parked', 'secret-unavailable', 0],
    ]);
    secret = 'here again';
    await queue.resume(made[0]?.id ?? '');
    await world.clock.advance(10);
    expect(world.got.map(({ messageId }) => messageId)).toEqual(['a']);
    await queue.stop();

    const next = await world.open(options);
    next.start();
    await world.clock.advance(10);
    expect(world.got.map(({ messageId }) => messageId)).toEqual(['a', 'b']);
  });

  it.each([
    ['no body', { bodyHash: 'gone' }, 'body-missing'],
    ['an unknown provider', { provider: 'nobody', signature: 'fresh' as const }, 'cannot-send'],
  ])('%s parks it', async (_name, change, reason) => {
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open();
    queue.start();
    const delivery = newDelivery('http://t/x', 'a');
    await queue.enqueue([{ ...delivery, message: { ...delivery.message, ...change } }]);
    await world.clock.advance(hour);
    expect(queue.pending().map(({ state, parkedReason }) => [state, parkedReason])).toEqual([['parked', reason]]);
    expect(world.got).toEqual([]);
  });
});

describe('after a start', () => {
  const perSecond = (got: readonly Got[], from: number) => {
    const counts = new Map<number, number>();
    for (const { at } of got) {
      const second = Math.floor((at - from) / 1_000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    return [...counts.values()];
  };

  it('overdue ones go at 4 per second and target, times their speed', async () => {
    const world = createWorld({ answer: () => 200 });
    const before = await world.open();
    await before.enqueue([...many(40, 'http://t/x'), ...many(40, 'http://t/y')]);
    await before.enqueue(many(40, 'http://t/fast').map((delivery) => ({ ...delivery, speed: 10 })));
    await before.stop();
    await world.clock.advance(hour);
    const queue = await world.open();
    const from = world.clock.now();
    queue.start();
    await world.clock.advance(20_000);
    expect(
      perSecond(
        world.got.filter(({ url }) => url.endsWith('x')),
        from,
      ),
    ).toEqual(Array(10).fill(4));
    expect(
      perSecond(
        world.got.filter(({ url }) => url.endsWith('y')),
        from,
      ),
    ).toEqual(Array(10).fill(4));
    expect(
      perSecond(
        world.got.filter(({ url }) => url.endsWith('fast')),
        from,
      ),
    ).toEqual([40]);
  });

  it('new ones are not held back', async () => {
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(100, 'http://t/x'));
    await world.clock.advance(500);
    expect(world.got).toHaveLength(100);
  });

  it('attempts in flight at a stop get 5 s, then wait for the next start without using up an attempt', async () => {
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open({
      attempt: (options) =>
        new Promise((resolve) => {
          options.signal?.addEventListener('abort', () =>
            resolve({
              at: 0,
              outcome: 'interrupted',
              status: null,
              ms: 0,
              message: '',
              request: { method: '', url: '', headers: [] },
              response: null,
              timings: { total: 0 },
            }),
          );
        }),
    });
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a')]);
    await world.clock.advance(10);
    const stopped = queue.stop();
    await world.clock.advance(4_000);
    expect(statesOf(onDisk(world.disk, 'queue'))).toEqual({ a: 'sending' });
    await world.clock.advance(2_000);
    await stopped;
    expect(onDisk(world.disk, 'queue')).toMatchObject([{ state: 'waiting', attempts: [] }]);
  });
});

describe('clocks', () => {
  it('a wall clock that is set back does not stall a delivery', async () => {
    const world = createWorld({ answer: (_url, before) => (before === 0 ? 500 : 200) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: 'classic' })]);
    await world.clock.advance(100);
    world.clock.jump(-24 * hour);
    await world.clock.advance(2_300);
    expect(world.got).toHaveLength(2);
  });

  it('nor does one that was set back while nothing ran', async () => {
    const world = createWorld({ answer: (_url, before) => (before === 0 ? 500 : 200) });
    const before = await world.open();
    before.start();
    await before.enqueue([newDelivery('http://t/x', 'a', { schedule: 'classic' })]);
    await world.clock.advance(100);
    await before.stop();
    world.clock.jump(-400 * 24 * hour);
    const queue = await world.open();
    queue.start();
    await world.clock.advance(2_300);
    expect(world.got).toHaveLength(2);
  });

  it('a jump ahead sends due ones once, spread', async () => {
    const world = createWorld({ answer: (_url, before) => (before === 0 ? 400 : 200) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(40, 'http://t/x').map((delivery) => ({ ...delivery, schedule: 'svix' })));
    await world.clock.advance(1_000);
    expect(world.got).toHaveLength(40);
    world.clock.jump(24 * hour);
    await world.clock.advance(1_000);
    expect(world.got.length).toBeLessThanOrEqual(40 + 8);
    await world.clock.advance(2 * minute);
    expect(world.got).toHaveLength(80);
    const times = world.got.slice(40).map(({ at }) => at);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(9_000);
  });

  it('after the process stood still, overdue ones are spread too', async () => {
    const world = createWorld({ answer: (_url, before) => (before === 0 ? 400 : 200) });
    const queue = await world.open();
    queue.start();
    await queue.enqueue(many(40, 'http://t/x').map((delivery) => ({ ...delivery, schedule: 'svix' })));
    await world.clock.advance(1_000);
    world.clock.freeze(90_000);
    await world.clock.advance(1_000);
    expect(world.got.length).toBeGreaterThan(40);
    expect(world.got.length).toBeLessThanOrEqual(40 + 8);
    await world.clock.advance(10_000);
    expect(world.got).toHaveLength(80);
  });
});
