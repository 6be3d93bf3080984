// One attempt with everything around it given: what it is signed with, what the wire is told, what a sleep means.

import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { runAttempt } from '../../../../src/main/sender/runner.ts';
import type { RunnerOptions, RunResult } from '../../../../src/main/sender/runner.ts';
import type { WireOptions, WireOutcome } from '../../../../src/main/sender/wire.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { Delivery, OutgoingMessage } from '../../../../src/shared/delivery.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { targetSchema } from '../../../../src/shared/workspace.ts';
import type { Target } from '../../../../src/shared/workspace.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const body = new TextEncoder().encode('{"ok":1}');
const secretValues: Record<string, string> = {
  first: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  second: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
};
const message: OutgoingMessage = {
  messageId: 'msg_1',
  provider: 'standard-webhooks',
  event: 'order.created',
  method: 'POST',
  headers: [['Content-Type', 'application/json']],
  bodyHash: 'hash',
  bodySize: body.byteLength,
  signature: 'fresh',
};

function makeDelivery(more: Partial<Delivery> = {}): Delivery {
  return {
    id: 'dlv_1',
    message,
    targetId: 'shop',
    url: 'http://127.0.0.1:9/in',
    state: 'sending',
    attempts: [],
    nextAt: null,
    secretName: 'first',
    schedule: 'quick',
    speed: 1,
    createdAt: Date.UTC(2026, 0, 1),
    ...more,
  };
}

function makeTarget(more: Partial<Target> = {}): Target {
  return v.parse(targetSchema, {
    id: 'shop',
    name: 'Shop',
    url: 'http://127.0.0.1:9/in',
    provider: 'standard-webhooks',
    secretName: 'first',
    events: ['*'],
    headers: [['X-Api-Key', 'not-a-key']],
    schedule: 'svix',
    state: 'active',
    ...more,
  });
}

interface Ran {
  readonly result: RunResult;
  readonly sent: WireOptions[];
}

/** Runs one attempt; `wire` may move the clock and say how it ended. */
async function run(
  delivery: Delivery,
  more: Partial<RunnerOptions> = {},
  wire: (clock: ReturnType<typeof createFakeClock>) => Partial<WireOutcome> = () => ({}),
): Promise<Ran> {
  const sent: WireOptions[] = [];
  const clock = createFakeClock();
  const result = await runAttempt(delivery, new AbortController().signal, {
    clock,
    history: { messageBody: (hash) => (hash === 'hash' ? body : null) },
    secret: (name) => {
      const value = secretValues[name];
      return value === undefined ? null : { name, value };
    },
    target: () => makeTarget(),
    sendTimeoutMs: 30_000,
    attempt: async (options) => {
      sent.push(options);
      const [at, before] = [clock.now(), clock.monotonic()];
      const ended = wire(clock);
      const ms = clock.monotonic() - before;
      const request = { method: options.method, url: options.url, headers: options.headers };
      const base = { at, ms, outcome: 'delivered', status: 200, message: 'HTTP 200' } as const;
      return { ...base, request, response: null, timings: { total: ms }, ...ended };
    },
    ...more,
  });
  return { result, sent };
}

const judge = (sent: WireOptions | undefined, secretName: string): string =>
  verify({
    provider: 'standard-webhooks',
    method: 'POST',
    url: 'http://127.0.0.1:9/in',
    headers: sent?.headers ?? [],
    body,
    secrets: [{ name: secretName, value: secretValues[secretName] ?? '' }],
    now: Date.UTC(2026, 0, 1),
  }).status;

describe('secrets', () => {
  it('all of a target’s secrets sign', async () => {
    const target = (): Target => makeTarget({ alsoSecretNames: ['second', 'first'] });
    const { sent } = await run(makeDelivery(), { target });
    expect(judge(sent[0], 'first')).toBe('valid');
    expect(judge(sent[0], 'second')).toBe('valid');
    const signature = sent[0]?.headers.find(([name]) => name.toLowerCase() === 'webhook-signature')?.[1];
    expect(signature?.split(' ')).toHaveLength(2);
  });

  it('one that is missing parks, and the message names it', async () => {
    const target = (): Target => makeTarget({ alsoSecretNames: ['second', 'rotated'] });
    const { result, sent } = await run(makeDelivery(), { target });
    expect(result).toMatchObject({ kind: 'parked', reason: 'secret-unavailable' });
    expect(result.kind === 'parked' && result.message).toContain('rotated');
    expect(sent).toEqual([]);
  });

  it('a sealed one parks too', async () => {
    const secret = (): never => {
      throw new AppError('SECRET_SEALED', 'the secret second is sealed');
    };
    const { result } = await run(makeDelivery(), { secret });
    expect(result).toMatchObject({ kind: 'parked', reason: 'secret-unavailable' });
  });

  it.each([
    ['brings another secret', { secretName: 'second' }, 'second', 'first'],
    ['goes to no stored target', { targetId: null }, 'first', 'second'],
  ])('a delivery that %s is signed with that one alone', async (_name, more, good, other) => {
    const target = (): Target => makeTarget({ alsoSecretNames: ['first', 'second'] });
    const { sent } = await run(makeDelivery(more), { target });
    expect(judge(sent[0], good)).toBe('valid');
    expect(judge(sent[0], other)).toBe('invalid');
  });
});

describe('what the wire is told', () => {
  it('nothing is allowed and the deadline is the general one without a target', async () => {
    const { sent } = await run(makeDelivery({ targetId: null }));
    expect(sent[0]).toMatchObject({
      totalMs: 30_000,
      connectMs: 10_000,
      followRedirects: false,
      allowLinkLocal: false,
      skipTlsCheck: false,
    });
  });

  it('a target’s own rules, as they are now', async () => {
    const rules = { followRedirects: true, allowLinkLocal: true, skipTlsCheck: true };
    const target = (): Target => makeTarget({ ...rules, connectTimeoutMs: 2_000, totalTimeoutMs: 7_000 });
    const { sent } = await run(makeDelivery({ schedule: 'slack' }), { target });
    expect(sent[0]).toMatchObject({ ...rules, connectMs: 2_000, totalMs: 7_000 });
  });

  it.each([
    ['slack', 3_000, 3_000],
    ['github', 10_000, 10_000],
    ['own-slow', 60_000, 10_000],
    ['own-plain', 30_000, 10_000],
    ['classic', 30_000, 10_000],
    ['own-gone', 30_000, 10_000],
  ])('the deadline of the schedule %s @sending 2', async (schedule, totalMs, connectMs) => {
    const { sent } = await run(makeDelivery({ schedule }), {
      ownSchedules: () => [
        { id: 'own-slow', name: 'Slow', waitsMs: [], deadlineMs: 60_000 },
        { id: 'own-plain', name: 'Plain', waitsMs: [], deadlineMs: null },
      ],
    });
    expect(sent[0]).toMatchObject({ totalMs, connectMs });
  });

  it('which fields another origin must not see', async () => {
    const fresh = await run(makeDelivery());
    expect(fresh.sent[0]?.secretHeaders).toEqual(expect.arrayContaining(['webhook-signature', 'x-api-key']));
    expect(fresh.sent[0]?.secretHeaders).not.toContain('content-type');
    // A replay holds captured signatures that this attempt did not write.
    const kept = await run(makeDelivery({ message: { ...message, signature: 'keep' } }));
    expect(kept.sent[0]?.secretHeaders).toContain('webhook-signature');
  });
});

describe('a sleep', () => {
  const failed = { outcome: 'timeout-response', status: null, message: 'no reply within 30 s' } as const;

  it('makes a time-out interrupted when the process stood still', async () => {
    const { result } = await run(makeDelivery(), {}, (clock) => {
      clock.freeze(90_000);
      return failed;
    });
    expect(result).toMatchObject({ kind: 'attempted', wire: { outcome: 'interrupted' } });
  });

  it('makes a lost connection interrupted when only the wall clock counted on', async () => {
    const { result } = await run(makeDelivery(), {}, (clock) => {
      clock.freeze(1_000);
      clock.jump(8 * 3_600_000);
      return { ...failed, outcome: 'reset' };
    });
    expect(result).toMatchObject({ kind: 'attempted', wire: { outcome: 'interrupted' } });
  });

  it('of less than the deadline of the connection counts against that one', async () => {
    const ended = { ...failed, outcome: 'timeout-connect' } as const;
    const ran = (ms: number) =>
      run(makeDelivery(), {}, (clock) => {
        clock.freeze(ms);
        return ended;
      });
    expect((await ran(10_000)).result).toMatchObject({ wire: { outcome: 'timeout-connect' } });
    expect((await ran(20_000)).result).toMatchObject({ wire: { outcome: 'interrupted' } });
  });

  it('does not undo an answer', async () => {
    for (const status of [200, 500]) {
      const { result } = await run(makeDelivery(), {}, (clock) => {
        clock.freeze(90_000);
        return { outcome: status === 200 ? 'delivered' : 'http-status', status };
      });
      expect(result).toMatchObject({ wire: { status, outcome: status === 200 ? 'delivered' : 'http-status' } });
    }
  });

  it('did not happen: a time-out is a failure', async () => {
    const { result } = await run(makeDelivery(), {}, (clock) => {
      clock.freeze(30_050);
      return failed;
    });
    expect(result).toMatchObject({ wire: { outcome: 'timeout-response' } });
  });

  it('a wall clock set back during the attempt moves its start, so that start and end are on one clock', async () => {
    const { result } = await run(makeDelivery(), {}, (clock) => {
      clock.freeze(500);
      clock.jump(-86_400_000);
      return { outcome: 'http-status', status: 500 };
    });
    expect(result).toMatchObject({ wire: { at: Date.UTC(2025, 11, 31), ms: 500, outcome: 'http-status' } });
  });
});
