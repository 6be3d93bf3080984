import { describe, expect, it } from 'vitest';
import {
  applyDiagnoses,
  applyReplies,
  mergeDeliveries,
  mergeRows,
  withDiagnosis,
} from '../../../../src/renderer/state/merge-rows.ts';
import type { Delivery } from '../../../../src/shared/delivery.ts';
import { attempt, delivery, finding, request } from '../samples.ts';

const seqs = (rows: readonly { readonly seq: number }[]): number[] => rows.map((row) => row.seq);
const byId = (...deliveries: Delivery[]): Map<string, Delivery> => new Map(deliveries.map((one) => [one.id, one]));

describe('mergeRows', () => {
  it('orders by falling seq, in whichever order they come', () => {
    const rows = mergeRows([request(9), request(5), request(1)], [request(3), request(11), request(7)], 100);
    expect(seqs(rows)).toEqual([11, 9, 7, 5, 3, 1]);
  });

  it('keeps one of each, also within one batch', () => {
    const rows = mergeRows([request(2), request(1)], [request(2), request(3), request(3)], 100);
    expect(seqs(rows)).toEqual([3, 2, 1]);
  });

  it('does not let late news of a request take its reply away', () => {
    const answered = request(1, { reply: { status: 200, challenge: false, ms: 4 } });
    const planned = request(1, { reply: { status: 200, challenge: false } });
    expect(mergeRows([answered], [planned], 10)[0]?.reply.ms).toBe(4);
    expect(mergeRows([planned], [answered], 10)[0]?.reply.ms).toBe(4);
  });

  it('does not let a page that was read before take a cause away', () => {
    const known = withDiagnosis(request(1), [finding()]);
    expect(mergeRows([known], [request(1)], 10)[0]?.verdict.diagnosis).toEqual([finding()]);
    expect(mergeRows([request(1)], [known], 10)[0]?.verdict.diagnosis).toEqual([finding()]);
  });

  it('drops the oldest beyond the limit', () => {
    expect(seqs(mergeRows([request(3), request(2), request(1)], [request(5), request(4)], 3))).toEqual([5, 4, 3]);
  });

  it('gives the same list when nothing comes', () => {
    const rows = [request(1)];
    expect(mergeRows(rows, [], 10)).toBe(rows);
  });

  it('takes 256 news into 100,000 rows quickly', () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => request(100_000 - i));
    const news = Array.from({ length: 256 }, (_, i) => request(100_001 + i));
    const before = performance.now();
    const merged = mergeRows(rows, news, 100_000);
    expect(performance.now() - before).toBeLessThan(200);
    expect([merged.length, merged[0]?.seq, merged.at(-1)?.seq]).toEqual([100_000, 100_256, 257]);
  });
});

describe('applyReplies', () => {
  it('fills replies in and leaves the other rows the very same', () => {
    const rows = [request(2, { reply: { status: null, challenge: true } }), request(1)];
    const after = applyReplies(rows, new Map([['req_2', { status: 202, ms: 7, by: 'forward' }]]));
    expect(after[0]?.reply).toEqual({ status: 202, challenge: true, ms: 7, by: 'forward' });
    expect(after[1]).toBe(rows[1]);
    expect(applyReplies(rows, new Map([['req_9', { status: null, ms: 7, by: 'rule' }]]))).toBe(rows);
  });
});

describe('applyDiagnoses', () => {
  it('fills causes in and leaves the other rows the very same', () => {
    const rows = [request(2), request(1)];
    const after = applyDiagnoses(rows, new Map([['req_2', [finding()]]]));
    expect(after[0]?.verdict).toMatchObject({ status: 'valid', diagnosis: [finding()] });
    expect(after[1]).toBe(rows[1]);
    expect(applyDiagnoses(rows, new Map())).toBe(rows);
  });
});

describe('mergeDeliveries', () => {
  it('puts new ones first and replaces known ones in place', () => {
    const old = delivery('a', { createdAt: 1 });
    const list = mergeDeliveries([old], byId(delivery('b', { createdAt: 2 })), 10);
    expect(list.map(({ id }) => id)).toEqual(['b', 'a']);
    const after = mergeDeliveries(list, byId({ ...old, state: 'delivered' }), 10);
    expect(after.map(({ id, state }) => `${id} ${state}`)).toEqual(['b waiting', 'a delivered']);
  });

  it('does not lose an attempt that overtook its delivery', () => {
    const known = delivery('a', { attempts: [attempt(1), attempt(2)] });
    const late = delivery('a', { attempts: [attempt(1)] });
    expect(mergeDeliveries([known], byId(late), 10)[0]?.attempts.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('drops the oldest beyond the limit', () => {
    const list = mergeDeliveries([delivery('a', { createdAt: 1 })], byId(delivery('b', { createdAt: 2 })), 1);
    expect(list.map(({ id }) => id)).toEqual(['b']);
  });
});
