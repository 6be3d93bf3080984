import { describe, expect, it } from 'vitest';
import { classify, duplicateKeys, duplicatesSince } from '../../../../src/main/pipeline/duplicate.ts';
import type { DuplicateSubject } from '../../../../src/main/pipeline/duplicate.ts';
import type { DuplicateVerdict } from '../../../../src/shared/exchange.ts';

const hour = 3_600_000;

interface Sent {
  readonly at?: number;
  readonly id?: string | null;
  readonly body?: string;
  readonly method?: string;
  readonly target?: string;
  readonly endpoint?: string;
  readonly provider?: string;
}

/** Judges the requests one after the other against a history that keeps them all. */
function judgeAll(sent: readonly Sent[], windowHours = 24): string[] {
  const kept: {
    id: string;
    at: number;
    sha256: string;
    keys: ReturnType<typeof duplicateKeys>;
    verdict: DuplicateVerdict;
  }[] = [];
  const match = (fits: (one: (typeof kept)[number]) => boolean, sinceAt: number) => {
    const found = kept.findLast((one) => fits(one) && one.at >= sinceAt);
    return found ? { firstId: found.verdict.of ?? found.id, sha256: found.sha256, n: found.verdict.n } : null;
  };
  return sent.map((one, index) => {
    const body = one.body ?? 'body';
    const sha256 = `hash of ${body}`;
    const subject: DuplicateSubject = {
      request: {
        method: one.method ?? 'POST',
        target: one.target ?? '/in',
        body: new TextEncoder().encode(body),
        size: body.length,
        sha256,
        receivedAt: one.at ?? 0,
      },
      endpoint: one.endpoint ?? 'default',
      provider: one.provider ?? 'stripe',
      deliveryId: one.id ?? null,
    };
    const keys = duplicateKeys(subject);
    const verdict = classify(
      subject,
      keys,
      duplicatesSince({ windowHours }, { duplicateWindowHours: 0 }, one.at ?? 0),
      {
        findById: (key, hash, sinceAt) =>
          match((other) => other.keys.idKey === key && other.sha256 === hash, sinceAt) ??
          match((other) => other.keys.idKey === key, sinceAt),
        findByBody: (key, sinceAt) => match((other) => other.keys.bodyKey === key, sinceAt),
      },
    );
    kept.push({ id: `r${index}`, at: one.at ?? 0, sha256, keys, verdict });
    return verdict.of === null ? verdict.kind : `${verdict.kind} ${verdict.of} #${verdict.n}`;
  });
}

describe('with a delivery id', () => {
  it('the same id and bytes are a retry, counted', () => {
    expect(judgeAll([{ id: 'a' }, { id: 'a' }, { id: 'a' }])).toEqual(['first', 'retry r0 #2', 'retry r0 #3']);
  });

  it('the same id and other bytes are a conflict, even when another request had these bytes', () => {
    expect(judgeAll([{ id: 'a' }, { id: 'b', body: 'other' }, { id: 'a', body: 'other' }])).toEqual([
      'first',
      'first',
      'conflict r0 #2',
    ]);
  });

  it('a retry is one although a conflict lies between', () => {
    expect(judgeAll([{ id: 'a' }, { id: 'a', body: 'other' }, { id: 'a' }])).toEqual([
      'first',
      'conflict r0 #2',
      'retry r0 #2',
    ]);
  });

  it('the same bytes under another id or none are the same body', () => {
    expect(judgeAll([{ id: 'a' }, { id: 'b' }, { id: null }])).toEqual(['first', 'same-body r0 #2', 'same-body r0 #3']);
  });

  it('an empty body still counts by its id', () => {
    expect(
      judgeAll([
        { id: 'a', body: '' },
        { id: 'a', body: '' },
        { id: 'b', body: '' },
      ]),
    ).toEqual(['first', 'retry r0 #2', 'first']);
  });

  it('the id counts within its endpoint and provider only', () => {
    expect(
      judgeAll([{ id: 'a' }, { id: 'a', body: 'x', endpoint: 'other' }, { id: 'a', body: 'y', provider: 'github' }]),
    ).toEqual(['first', 'first', 'first']);
  });
});

describe('without a delivery id', () => {
  it('the same body is the same body; an empty one says nothing', () => {
    expect(judgeAll([{}, {}, { body: '' }, { body: '' }])).toEqual(['first', 'same-body r0 #2', 'first', 'first']);
  });

  it.each([{ method: 'PUT' }, { target: '/in?x' }, { endpoint: 'other' }, { body: 'bodY' }])(
    '%o makes another request',
    (change) => {
      expect(judgeAll([{}, change])).toEqual(['first', 'first']);
    },
  );
});

describe('the window', () => {
  it('ends after its hours', () => {
    expect(
      judgeAll(
        [
          { id: 'a', at: 0 },
          { id: 'a', at: 2 * hour },
          { id: 'a', at: 4 * hour + 1 },
        ],
        2,
      ),
    ).toEqual(['first', 'retry r0 #2', 'first']);
  });

  it('is the endpoint’s own, else that of the settings', () => {
    expect(duplicatesSince({ windowHours: 2 }, { duplicateWindowHours: 24 }, 3 * hour)).toBe(hour);
    expect(duplicatesSince({ windowHours: null }, { duplicateWindowHours: 1 }, 3 * hour)).toBe(2 * hour);
    expect(duplicatesSince({ windowHours: 0 }, { duplicateWindowHours: 24 }, 3 * hour)).toBeNull();
  });

  it('of 0 hours is off, but keys are made for later', () => {
    expect(judgeAll([{ id: 'a' }, { id: 'a' }], 0)).toEqual(['first', 'first']);
  });
});

describe('duplicateKeys', () => {
  it('tells cut bodies of different length apart', () => {
    const request = { method: 'POST', target: '/', body: new Uint8Array(3), size: 9, sha256: 'h', receivedAt: 0 };
    const keys = (size: number) =>
      duplicateKeys({ request: { ...request, size }, endpoint: 'e', provider: null, deliveryId: null }).bodyKey;
    expect(keys(9)).not.toBe(keys(10));
  });
});
