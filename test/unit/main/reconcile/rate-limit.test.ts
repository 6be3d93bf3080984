// Every spelling of "ask me later".

import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { readRateLimit } from '../../../../src/main/reconcile/rate-limit.ts';

const now = Date.UTC(2026, 2, 1, 12);
const day = 86_400_000;

function read(status: number, headers: readonly HeaderPair[], body = ''): ReturnType<typeof readRateLimit> {
  return readRateLimit(status, headers, body, now);
}

describe('an answer that is refused for its frequency', () => {
  it.each([
    ['seconds', [['Retry-After', '7']], 7_000],
    ['fractions', [['Retry-After', '2.0']], 2_000],
    ['a date', [['Retry-After', 'Sun, 01 Mar 2026 12:01:30 GMT']], 90_000],
    ['a date in the past', [['Retry-After', 'Sun, 01 Mar 2026 11:00:00 GMT']], 1_000],
    ['zero', [['Retry-After', '0']], 1_000],
    [
      'epoch seconds',
      [
        ['X-RateLimit-Remaining', '0'],
        ['X-RateLimit-Reset', String(now / 1_000 + 30)],
      ],
      30_000,
    ],
    [
      'epoch milliseconds',
      [
        ['X-RateLimit-Remaining', '0'],
        ['X-RateLimit-Reset', String(now + 4_500)],
      ],
      4_500,
    ],
    [
      'seconds from now',
      [
        ['RateLimit-Remaining', '0'],
        ['RateLimit-Reset', '12'],
      ],
      12_000,
    ],
    ['the old field', [['RateLimit', 'limit=10, remaining=0, reset=5']], 5_000],
    ['the new field', [['RateLimit', '"burst";r=0;t=3, "day";r=0;t=40, "year";r=5;t=900']], 40_000],
    [
      'Retry-After before others',
      [
        ['X-RateLimit-Remaining', '0'],
        ['X-RateLimit-Reset', '99'],
        ['Retry-After', '3'],
      ],
      3_000,
    ],
    ['nothing', [], 60_000],
    ['nonsense', [['Retry-After', 'soon 5']], 60_000],
    ['for ever', [['Retry-After', '999999999999']], 7 * day],
  ] as const)('tells %s', (_name, headers, waitMs) => {
    expect(read(429, headers)).toEqual({ limited: true, waitMs });
  });

  it('is 403 only where something says so', () => {
    expect(read(403, []).limited).toBe(false);
    expect(read(403, [['X-RateLimit-Remaining', '5']]).limited).toBe(false);
    expect(read(403, [['X-RateLimit-Remaining', '0']]).limited).toBe(true);
    expect(read(403, [['Retry-After', '1']]).limited).toBe(true);
    expect(read(403, [], '{"message":"You have exceeded a secondary rate limit."}')).toEqual({
      limited: true,
      waitMs: 60_000,
    });
  });

  it('is 503 only with a Retry-After', () => {
    expect(read(503, []).limited).toBe(false);
    expect(read(503, [['Retry-After', '9']])).toEqual({ limited: true, waitMs: 9_000 });
  });
});

describe('any other answer', () => {
  it('asks for a pause when nothing remains', () => {
    expect(read(200, [['X-RateLimit-Remaining', '0'], ['X-RateLimit-Reset', '20']])).toEqual({ limited: false, waitMs: 20_000 }); // prettier-ignore
    expect(read(200, [['X-RateLimit-Remaining', '1'], ['X-RateLimit-Reset', '20']])).toEqual({ limited: false, waitMs: 0 }); // prettier-ignore
    expect(read(200, [])).toEqual({ limited: false, waitMs: 0 });
    expect(read(500, [])).toEqual({ limited: false, waitMs: 0 });
  });
});
