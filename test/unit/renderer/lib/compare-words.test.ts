import { describe, expect, it } from 'vitest';
import type { Difference } from '../../../../src/shared/compare.ts';
import { byPart, comparisonWords, shownValues } from '../../../../src/renderer/lib/compare-words.ts';

const difference = (part: Difference['part']): Difference => ({ part, kind: 'changed', path: '', a: '1', b: '2' });

describe('comparisonWords', () => {
  it.each([
    [0, 0, false, 'The same, byte for byte'],
    [0, 1, false, 'The same but for 1 ignored field'],
    [0, 3, false, 'The same but for 3 ignored fields'],
    [1, 0, false, '1 difference'],
    [2, 4, false, '2 differences, 4 ignored'],
    [1_000, 0, true, 'More than 1,000 differences'],
  ])('%i differing, %i ignored, cut %s: %s', (count, ignored, cut, words) => {
    const differences = Array.from({ length: count }, () => difference('body'));
    expect(comparisonWords({ differences, ignored, cut })).toBe(words);
  });
});

describe('byPart', () => {
  it('keeps the order of a request', () => {
    const parts = byPart([difference('method'), difference('header'), difference('header'), difference('body')]);
    expect(parts.map(({ title, differences }) => [title, differences.length])).toEqual([
      ['Method', 1],
      ['Headers', 2],
      ['Body', 1],
    ]);
  });
});

describe('shownValues', () => {
  const common = 'c'.repeat(100);

  it('shows what differs with a little of what does not', () => {
    const { a, b, short } = shownValues({ a: `${common}one${common}`, b: `${common}two${common}` }, false);
    expect(a).toEqual({ before: `…${'c'.repeat(40)}`, differs: 'one', after: `${'c'.repeat(40)}…` });
    expect([b?.differs, short]).toEqual(['two', true]);
  });

  it('cuts what is long, and shows it whole when asked', () => {
    const long = 'a'.repeat(500);
    expect(shownValues({ a: long, b: null }, false)).toEqual({
      a: { before: '', differs: `${'a'.repeat(200)}…`, after: '' },
      b: null,
      short: true,
    });
    expect(shownValues({ a: long, b: null }, true).a?.differs).toBe(long);
    expect(shownValues({ a: 'x', b: 'y' }, false).short).toBe(false);
  });
});
