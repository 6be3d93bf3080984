// Every preset through the real queue on a clock that a test moves: when attempts are made, and with which time they
// are signed. Only the network is replaced.

import { describe, expect, it } from 'vitest';
import type { WireOptions, WireOutcome } from '../../../src/main/sender/wire.ts';
import { verify } from '../../../src/main/signatures/verify.ts';
import type { NewDelivery, Queue } from '../../../src/main/sender/queue.ts';
import type { AttemptRecord, Delivery } from '../../../src/shared/delivery.ts';
import { headerValue } from '../../../src/shared/headers.ts';
import { schedules } from '../../../src/shared/schedules.ts';
import type { OwnSchedule, RetrySchedule } from '../../../src/shared/schedules.ts';
import { createWorld, newDelivery } from '../../support/queue-world.ts';
import type { Answer, World } from '../../support/queue-world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Due times are whole milliseconds. */
const rounding = 0.5;
/** What the places for 16 attempts and the rounds of the event loop may cost when all presets run at once, ms. */
const slack = 10;

/** The answer that this schedule repeats an attempt after. */
const failure = (schedule: RetrySchedule): Answer => (schedule.onlyUnconnected ? 'refused' : 500);
const urlOf = ({ id }: { readonly id: string }): string => `http://${id}.example/in`;

/** Times of the attempts by URL, on the monotonic clock and on the wall clock, from a queue that runs one delivery of each schedule. */
async function runAll(
  speed: number,
  drive: (world: World) => Promise<void>,
): Promise<{ times: Map<string, number[]>; wallTimes: Map<string, number[]>; queue: Queue }> {
  const times = new Map<string, number[]>();
  const wallTimes = new Map<string, number[]>();
  const byUrl = new Map(schedules.map((schedule) => [urlOf(schedule), schedule]));
  const world = createWorld({
    answer: (url) => {
      times.set(url, [...(times.get(url) ?? []), world.clock.monotonic()]);
      wallTimes.set(url, [...(wallTimes.get(url) ?? []), world.clock.now()]);
      return failure(byUrl.get(url) as RetrySchedule);
    },
  });
  const queue = await world.open();
  queue.start();
  await queue.enqueue(
    schedules.map((schedule) => newDelivery(urlOf(schedule), schedule.id, { schedule: schedule.id, speed })),
  );
  await drive(world);
  return { times, wallTimes, queue };
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - (times[i] ?? NaN));
}

describe('the waits of every preset', () => {
  it.each([1, 3_600])('are the published ones within a tenth at speed %d @sending 2', async (speed) => {
    const { times, queue } = await runAll(speed, ({ clock }) => clock.advance((4 * day) / speed));
    for (const schedule of schedules) {
      const gaps = gapsOf(times.get(urlOf(schedule)) ?? []);
      expect(gaps, schedule.id).toHaveLength(schedule.waitsMs.length);
      for (const [i, published] of schedule.waitsMs.entries()) {
        const wait = published / speed;
        expect(gaps[i], `${schedule.id}, wait ${i + 1}`).toBeGreaterThanOrEqual(wait * 0.9 - rounding);
        expect(gaps[i], `${schedule.id}, wait ${i + 1}`).toBeLessThanOrEqual(wait * 1.1 + slack);
      }
    }
    expect(queue.pending()).toEqual([]);
    const attempts = new Map(queue.dead().map((letter) => [letter.schedule, letter.attempts.length]));
    expect(attempts).toEqual(new Map(schedules.map(({ id, waitsMs }) => [id, waitsMs.length + 1])));
  });

  it('vary: no preset comes back at the same moment twice @sending 2', async () => {
    const seen = new Set<number>();
    for (let i = 0; i < 5; i += 1) {
      const { times } = await runAll(1, ({ clock }) => clock.advance(hour));
      seen.add(gapsOf(times.get('http://svix.example/in') ?? [])[2] ?? NaN);
    }
    expect(seen.size).toBe(5);
  });

  it('hold when the wall clock is set back again and again: nobody waits longer, nothing goes twice @sending 2', async () => {
    const { times } = await runAll(1, async ({ clock }) => {
      for (let i = 0; i < 32; i += 1) {
        await clock.advance(3 * hour);
        clock.jump(-day);
      }
    });
    for (const schedule of schedules) {
      const gaps = gapsOf(times.get(urlOf(schedule)) ?? []);
      expect(gaps, schedule.id).toHaveLength(schedule.waitsMs.length);
      for (const [i, wait] of schedule.waitsMs.entries()) {
        expect(gaps[i], `${schedule.id}, wait ${i + 1}`).toBeGreaterThanOrEqual(wait * 0.9 - rounding);
        expect(gaps[i], `${schedule.id}, wait ${i + 1}`).toBeLessThanOrEqual(wait * 1.1 + slack);
      }
    }
  });

  it('count time asleep: after each suspend what is due goes out, once @sending 2', async () => {
    const { wallTimes, times, queue } = await runAll(1, async ({ clock }) => {
      // The monotonic clock stands still in sleep: only the wall clock shows that two hours went by.
      for (let i = 0; i < 40; i += 1) {
        await clock.advance(12 * minute);
        clock.jump(2 * hour);
      }
    });
    for (const schedule of schedules) {
      const awake = gapsOf(times.get(urlOf(schedule)) ?? []);
      const gaps = gapsOf(wallTimes.get(urlOf(schedule)) ?? []);
      expect(gaps, schedule.id).toHaveLength(schedule.waitsMs.length);
      for (const [i, wait] of schedule.waitsMs.entries()) {
        expect(gaps[i], `${schedule.id}, wait ${i + 1}`).toBeGreaterThanOrEqual(wait * 0.9 - rounding);
        // A wake is noticed within a minute.
        expect(gaps[i], `${schedule.id}, wait ${i + 1}`).toBeLessThanOrEqual(wait * 1.1 + 2 * hour + minute);
        expect(awake[i], `${schedule.id}, wait ${i + 1}`).toBeLessThanOrEqual(wait * 1.1 + slack);
      }
    }
    expect(queue.pending()).toEqual([]);
  });

  it('go on with the longest when an own schedule is gone, and with the own one while it is there @sending 2', async () => {
    const own: OwnSchedule = { id: 'own-brief', name: 'Brief', waitsMs: [second, second], deadlineMs: null };
    let kept: readonly OwnSchedule[] = [own];
    const world = createWorld({ answer: () => 500 });
    const queue = await world.open({ ownSchedules: () => kept });
    queue.start();
    await queue.enqueue([newDelivery('http://t/x', 'a', { schedule: own.id })]);
    await world.clock.advance(minute);
    expect(queue.dead().map(({ attempts }) => attempts.length)).toEqual([3]);
    kept = [];
    await queue.enqueue([newDelivery('http://t/x', 'b', { schedule: own.id })]);
    await world.clock.advance(hour);
    expect(queue.dead()).toHaveLength(1);
    expect(queue.pending().map(({ state }) => state)).toEqual(['waiting']);
  });

  it('twilio repeats only what got no connection @sending 2', async () => {
    const world = createWorld({ answer: (url) => (url.endsWith('down') ? 'refused' : 500) });
    const queue = await world.open();
    queue.start();
    const more = { schedule: 'twilio' };
    await queue.enqueue([newDelivery('http://t/down', 'a', more), newDelivery('http://t/ill', 'b', more)]);
    await world.clock.advance(minute);
    expect(world.got.map(({ messageId }) => messageId).toSorted()).toEqual(['a', 'a', 'b']);
  });
});

describe('the time of a signature', () => {
  const secret = { name: 'key', value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

  interface Seen {
    /** Real ms since the delivery was made. */
    readonly elapsed: number;
    readonly now: number;
    readonly sent: WireOptions;
  }

  async function send(
    time: 'real' | 'simulated' | undefined,
    speed: number,
  ): Promise<{ seen: Seen[]; world: World; made: Delivery }> {
    const seen: Seen[] = [];
    const world = createWorld({ answer: () => 500 });
    const start = world.clock.now();
    const attempt = async (sent: WireOptions): Promise<WireOutcome> => {
      const now = world.clock.now();
      seen.push({ elapsed: now - start, now, sent });
      const request = { method: sent.method, url: sent.url, headers: sent.headers };
      const response = { status: 500, headers: [], body: new Uint8Array(), bodyCut: false };
      return {
        at: now,
        outcome: 'http-status',
        status: 500,
        ms: 0,
        message: 'HTTP 500',
        request,
        response,
        timings: { total: 0 },
      };
    };
    const queue = await world.open({ attempt, secret: (name) => (name === 'key' ? secret : null) });
    queue.start();
    const plain = newDelivery('http://t/x', 'msg_1', { schedule: 'svix', speed, secretName: 'key' });
    const message = { ...plain.message, provider: 'standard-webhooks', signature: 'fresh' } as const;
    const delivery: NewDelivery = { ...plain, message, ...(time === undefined ? {} : { time }) };
    const [made] = await queue.enqueue([delivery]);
    await world.clock.advance((40 * hour) / speed);
    return { seen, world, made: made as Delivery };
  }

  const judge = ({ sent: { headers, body } }: Seen, now: number): string =>
    verify({ provider: 'standard-webhooks', method: 'POST', url: 'http://t/x', headers, body, secrets: [secret], now })
      .status;
  const stampOf = ({ sent }: Seen): number => Number(headerValue(sent.headers, 'webhook-timestamp')) * 1_000;

  it('simulated: a verifier whose clock runs as fast accepts every attempt, 28 hours in 28 seconds @sending 2', async () => {
    const speed = 3_600;
    const { seen, world, made } = await send('simulated', speed);
    expect(seen).toHaveLength(8);
    expect(seen.at(-1)?.elapsed).toBeLessThan(32 * second);
    for (const one of seen) expect(judge(one, made.createdAt + one.elapsed * speed)).toBe('valid');
    // A verifier with a real clock finds the last one a day ahead.
    expect(judge(seen.at(-1) as Seen, seen.at(-1)?.now ?? 0)).toBe('future');
    const gaps = gapsOf(seen.map(stampOf));
    for (const [i, wait] of [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour].entries()) {
      // Each millisecond that timers and event loop take is 3.6 s here.
      expect(Math.abs((gaps[i] ?? 0) - wait)).toBeLessThanOrEqual(wait * 0.1 + 20 * second);
    }
    const records = world.disk.attempts.map((text) => JSON.parse(text) as AttemptRecord);
    expect(records.map(({ signedAt }) => Math.floor((signedAt ?? 0) / second) * second)).toEqual(seen.map(stampOf));
    expect(records.map(({ at }) => at)).toEqual(seen.map(({ now }) => now));
  });

  it.each(['real', undefined] as const)('%s: every attempt is signed with its own now @sending 2', async (time) => {
    const { seen, world } = await send(time, 3_600);
    expect(seen).toHaveLength(8);
    for (const one of seen) {
      expect(judge(one, one.now)).toBe('valid');
      expect(one.now - stampOf(one)).toBeLessThan(second);
    }
    for (const text of world.disk.attempts) expect(JSON.parse(text)).not.toHaveProperty('signedAt');
  });

  it('all attempts have one id, and each a signature of its own @sending 2', async () => {
    for (const [time, speed] of [
      ['real', 1],
      ['simulated', 3_600],
    ] as const) {
      const { seen } = await send(time, speed);
      expect(new Set(seen.map(({ sent }) => headerValue(sent.headers, 'webhook-id')))).toEqual(new Set(['msg_1']));
      expect(new Set(seen.map(({ sent }) => headerValue(sent.headers, 'webhook-signature'))).size).toBe(8);
    }
  });
});
