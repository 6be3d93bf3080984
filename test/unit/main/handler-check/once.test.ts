// What is seen of a handler's work through a count or a header.

import { describe, expect, it } from 'vitest';
import { createWorkView } from '../../../../src/main/handler-check/once.ts';
import type { WireOutcome } from '../../../../src/main/sender/wire.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

function answer(status: number | null, body = '', headers: readonly HeaderPair[] = []): WireOutcome {
  return {
    at: 0,
    outcome: status === null ? 'refused' : status < 300 ? 'delivered' : 'http-status',
    status,
    ms: 1,
    message: status === null ? 'connection refused' : `HTTP ${status}`,
    request: { method: 'GET', url: '', headers: [] },
    response: status === null ? null : { status, headers, body: Buffer.from(body), bodyCut: false },
    timings: { total: 1 },
  };
}

/** A view of counts that change as time passes: `[ms, count]`. */
function countView(changes: readonly (readonly [number, number])[]) {
  const clock = createFakeClock();
  const get = (): Promise<WireOutcome> => {
    const count = changes.filter(([at]) => at <= clock.monotonic()).at(-1)?.[1] ?? 0;
    return Promise.resolve(answer(200, `${count}\n`));
  };
  return { clock, view: createWorkView({ clock, idempotency: { url: 'http://x.test/' } }, get) };
}

async function seen(changes: readonly (readonly [number, number])[], what: 'seeOnce' | 'seeNone') {
  const { clock, view } = countView(changes);
  const watch = await view.watch();
  const looking = what === 'seeOnce' ? watch.seeOnce([answer(200)]) : watch.seeNone();
  await clock.advance(4_000);
  return looking;
}

describe('a count', () => {
  it.each([
    ['at once', [[0, 7]], [[0, 8]]],
    ['from a queue, a second later', [[0, 7]], [[1_000, 8]]],
  ] as const)('that rises by one %s', async (_name, before, after) => {
    // The first look sees the state before the request, so the rise begins a moment later.
    const rise = after.map(([at, count]) => [at + 1, count] as const);
    expect(await seen([...before, ...rise], 'seeOnce')).toMatchObject({ kind: 'once' });
  });

  it.each([
    ['not at all', [[0, 7]], 'answers-before-work'],
    [
      'too late',
      [
        [0, 7],
        [3_000, 8],
      ],
      'answers-before-work',
    ],
    [
      'by two',
      [
        [0, 7],
        [1, 9],
      ],
      'not-idempotent',
    ],
    [
      'by one, and by one more soon after',
      [
        [0, 7],
        [1, 8],
        [150, 9],
      ],
      'not-idempotent',
    ],
  ] as const)('that rises %s', async (_name, changes, fault) => {
    expect(await seen(changes, 'seeOnce')).toMatchObject({ kind: 'wrong', fault });
  });

  it('that falls cannot be used', async () => {
    const result = await seen([[0, 7], [1, 3]], 'seeOnce'); // prettier-ignore
    expect(result).toMatchObject({ kind: 'wrong', message: expect.stringContaining('went down') });
    expect(result).not.toHaveProperty('fault');
  });

  it('must stay for an event that nobody knows', async () => {
    expect(await seen([[0, 7]], 'seeNone')).toMatchObject({ kind: 'once' });
    expect(await seen([[0, 7], [100, 8]], 'seeNone')).toMatchObject({ kind: 'wrong', fault: 'trusts-event-type' }); // prettier-ignore
  });

  it.each(['12', ' 12\n', '{"count":12}', '{"processed":12,"other":"x"}'])('is read from %j', async (body) => {
    const clock = createFakeClock();
    const view = createWorkView({ clock, idempotency: { url: 'http://x.test/' } }, () => Promise.resolve(answer(200, body))); // prettier-ignore
    const looking = (await view.watch()).seeNone();
    await clock.advance(1_000);
    expect(await looking).toMatchObject({ kind: 'once' });
  });

  it.each([
    [answer(null), 'connection refused'],
    [answer(500, '12'), 'HTTP 500'],
    [answer(200, 'twelve'), 'holds no number'],
    [answer(200, '1.5'), 'holds no number'],
    [answer(200, '-1'), 'holds no number'],
    [answer(200, '{"count":"12"}'), 'holds no number'],
    [answer(200, '{"__proto__":{"count":12}}'), 'holds no number'],
  ])('that cannot be read is said to be so', async (got, why) => {
    const view = createWorkView({ clock: createFakeClock(), idempotency: { url: 'http://x.test/' } }, () => Promise.resolve(got)); // prettier-ignore
    const watch = await view.watch();
    for (const result of [await watch.seeOnce([answer(200)]), await watch.seeNone()]) {
      expect(result).toMatchObject({ kind: 'wrong', message: expect.stringContaining(why) });
      expect(result).not.toHaveProperty('fault');
    }
  });
});

describe('a header', () => {
  const judge = async (...values: (string | undefined | 409)[]) => {
    const view = createWorkView({ clock: createFakeClock(), idempotency: { header: 'X-Replay' } }, () => Promise.reject(new Error('nothing is asked'))); // prettier-ignore
    const watch = await view.watch();
    return watch.seeOnce(
      values.map((value) => {
        if (value === 409) return answer(409);
        return answer(200, '', value === undefined ? [] : [['x-replay', value]]);
      }),
    );
  };

  it.each([
    [[undefined, 'true']],
    [['false', 'TRUE']],
    [['0', '1']],
    [['0', '1', '2', '3']],
    [['no', 'yes', 'yes']],
    [['true', undefined, 'hit']],
    [['1', '1']],
    [['7', '7', '7']],
    [[undefined, 409, 409]],
    [['1', 409]],
  ])('%j: once', async (values) => {
    expect(await judge(...(values as string[]))).toMatchObject({ kind: 'once' });
  });

  it.each([
    [[undefined, undefined]],
    [['false', 'false']],
    [['1', '2']],
    [['4', '5', '5']],
    [[undefined, 'true', undefined]],
  ])('%j: more than once', async (values) => {
    expect(await judge(...(values as string[]))).toMatchObject({ kind: 'wrong', fault: 'not-idempotent' });
  });

  it('that marks the first answer too says nothing about repeats', async () => {
    expect(await judge('true', 'true')).toMatchObject({ kind: 'wrong', message: expect.stringContaining('every') });
  });
});

it('without either, nothing is seen and the sentence says how', async () => {
  const view = createWorkView({ clock: createFakeClock() }, () => Promise.reject(new Error('nothing is asked')));
  expect(view.counts).toBe(false);
  expect(await (await view.watch()).seeOnce([])).toMatchObject({ kind: 'unseen', message: expect.stringMatching(/URL.*header/) }); // prettier-ignore
});
