import { describe, expect, it } from 'vitest';
import { activityRange, activityWords, bucketRange, withTimes } from '../../../../src/renderer/lib/activity.ts';
import { parseQuery } from '../../../../src/shared/query.ts';
import { request } from '../samples.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const minute = 60_000;
const at = (...ages: readonly number[]) => ages.map((age, n) => request(9 - n, { receivedAt: now - age * minute }));

describe('the stretch of the activity line', () => {
  it('is the last 15 minutes where something came in them, and where nothing ever came', () => {
    const usual = { fromAt: now - 15 * minute, toAt: now };
    expect(activityRange('', at(1, 500), now)).toEqual(usual);
    expect(activityRange('', [], now)).toEqual(usual);
  });

  it('is that of the rows where nothing came lately', () => {
    expect(activityRange('', at(60, 90), now)).toEqual({ fromAt: now - 90 * minute, toAt: now - 60 * minute + 1 });
    // One row has no length of its own.
    const one = activityRange('', at(60), now);
    expect(one.toAt - one.fromAt).toBeGreaterThanOrEqual(60);
  });

  it('is what the query says', () => {
    expect(activityRange('since:1h', at(1), now)).toEqual({ fromAt: now - 60 * minute, toAt: now });
    expect(activityRange('x since:1h before:30m', at(90), now)).toEqual({
      fromAt: now - 60 * minute,
      toAt: now - 30 * minute,
    });
    const before = activityRange('before:30m', at(1), now);
    expect(before).toEqual({ fromAt: now - 45 * minute, toAt: now - 30 * minute });
    expect(activityRange('nonsense:1', at(1), now).toAt).toBe(now);
    // The end before the start takes nothing, and is no reason to fail.
    const wrong = activityRange('since:1h before:2h', at(1), now);
    expect(wrong.toAt).toBeGreaterThan(wrong.fromAt);
  });
});

describe('a click on the line', () => {
  it('puts its times into the query in place of others', () => {
    const range = { fromAt: now - minute, toAt: now - minute / 2 };
    const query = withTimes('verdict:invalid since:2h note:"since:1h ago" before:1m', range);
    expect(query).toBe('verdict:invalid note:"since:1h ago" since:2026-11-23T11:59:00Z before:2026-11-23T11:59:30Z');
    expect(activityRange(query, [], now)).toEqual(range);
    expect(() => parseQuery(withTimes('', { fromAt: now - 0.5, toAt: now + 0.25 }), now)).not.toThrow();
  });

  it('takes whole bars, in any direction', () => {
    const range = { fromAt: 0, toAt: 6_000 };
    expect(bucketRange(range, 3, 3)).toEqual({ fromAt: 300, toAt: 400 });
    expect(bucketRange(range, 5, 2)).toEqual({ fromAt: 200, toAt: 600 });
  });
});

it('the line says in words what it shows', () => {
  const counts = [
    { total: 1_200, failed: 0 },
    { total: 4, failed: 3 },
  ];
  const usual = { fromAt: now - 15 * minute, toAt: now };
  expect(activityWords(usual, counts, now)).toBe('Last 15 min: 1,204 requests, 3 failed');
  expect(activityWords({ fromAt: now - 90 * minute, toAt: now - 60 * minute }, [], now)).toMatch(
    /^\d\d:\d\d:\d\d to \d\d:\d\d:\d\d: 0 requests, 0 failed$/,
  );
});
