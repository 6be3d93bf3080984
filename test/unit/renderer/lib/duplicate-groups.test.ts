import { describe, expect, it } from 'vitest';
import { foldRows, groupWords, shownFor, unfoldedRows } from '../../../../src/renderer/lib/duplicate-groups.ts';
import type { ExchangeSummary } from '../../../../src/shared/exchange.ts';
import { request } from '../samples.ts';

const first = (seq: number): ExchangeSummary => request(seq);
const again = (seq: number, of: number, n: number): ExchangeSummary =>
  request(seq, { duplicate: { kind: 'retry', of: `req_${of}`, n } });
const ids = ({ rows }: { readonly rows: readonly ExchangeSummary[] }): number[] => rows.map(({ seq }) => seq);

const rows = [first(7), again(6, 1, 3), first(5), again(4, 1, 2), again(3, 2, 2), first(2), first(1)];
const none = new Set<string>();

describe('groups of duplicates', () => {
  it('fold at the place of their newest member', () => {
    const folded = foldRows(rows, none);
    expect(ids(folded)).toEqual([7, 6, 5, 3]);
    expect(folded.places.get('req_6')).toEqual({ root: 'req_1', count: 3, isHead: true, isOpen: false });
    expect(folded.places.get('req_7')).toBeUndefined();
  });

  it('show all of theirs below the newest when they are open', () => {
    const folded = foldRows(rows, new Set(['req_1']));
    expect(ids(folded)).toEqual([7, 6, 4, 1, 5, 3]);
    expect(folded.places.get('req_4')).toMatchObject({ isHead: false, isOpen: true });
  });

  it('take in a member that arrives, and a first one that the filter leaves out', () => {
    expect(ids(foldRows([again(8, 2, 3), ...rows], none))).toEqual([8, 7, 6, 5]);
    expect(ids(foldRows([again(6, 1, 3), again(4, 1, 2)], none))).toEqual([6]);
    expect(foldRows([again(6, 1, 3)], none).places.size).toBe(0);
  });

  it('leave a list without duplicates as it is', () => {
    const plain = [first(2), first(1)];
    expect(foldRows(plain, none).rows).toBe(plain);
    expect(unfoldedRows(rows).rows).toBe(rows);
  });

  it('have a row that stands for a hidden member', () => {
    expect(shownFor('req_1', rows, foldRows(rows, none))).toBe('req_6');
    expect(shownFor('req_1', rows, foldRows(rows, new Set(['req_1'])))).toBe('req_1');
    expect(shownFor('req_5', rows, foldRows(rows, none))).toBe('req_5');
    expect(shownFor('req_9', rows, foldRows(rows, none))).toBeNull();
  });

  it('are told in the name of their row', () => {
    expect(groupWords(foldRows(rows, none).places.get('req_6'))).toBe(', group of 3, folded');
    expect(groupWords(foldRows(rows, new Set(['req_1'])).places.get('req_4'))).toBe('');
    expect(groupWords(undefined)).toBe('');
  });

  it('of 100,000 rows fold well within a frame or two', () => {
    const many = Array.from({ length: 100_000 }, (_, n) => {
      const seq = 100_000 - n;
      return seq % 3 === 0 ? again(seq, seq - 1, 2) : first(seq);
    });
    const before = performance.now();
    expect(foldRows(many, none).rows).toHaveLength(66_667);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
