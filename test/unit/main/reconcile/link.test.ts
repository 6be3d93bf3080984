// Link headers as servers really write them, and hostile ones.

import { describe, expect, it } from 'vitest';
import { nextLink, nextLinkParameter } from '../../../../src/main/reconcile/link.ts';

describe('nextLink', () => {
  it.each([
    ['<https://a.test/?p=2>; rel="next"', 'https://a.test/?p=2'],
    ['<https://a.test/1>; rel="prev", <https://a.test/3>; rel="next"', 'https://a.test/3'],
    ['<https://a.test/3>;rel=next,<https://a.test/9>;rel=last', 'https://a.test/3'],
    ['</x?a=1,2&b=3>; title="a, <b>; rel=prev"; rel="start NEXT"', '/x?a=1,2&b=3'],
    ['<https://a.test/1>; rel="previous"', null],
    ['<https://a.test/1>; rel="nextish"', null],
    ['<https://a.test/1>', null],
    ['https://a.test/1; rel="next"', null],
    ['', null],
  ])('%s', (value, expected) => {
    expect(nextLink([['link', value]])).toBe(expected);
  });

  it('looks into every Link header, and there may be none', () => {
    expect(nextLink([['Link', '<a>; rel=prev'], ['LINK', '<b>; rel=next']])).toBe('b'); // prettier-ignore
    expect(nextLink([])).toBeNull();
  });

  it('is quick with hostile headers', () => {
    const begin = performance.now();
    nextLink([['link', `<a>${'; ;"'.repeat(4_000)}`], ['link', '<'.repeat(16_000)]]); // prettier-ignore
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});

describe('nextLinkParameter', () => {
  it('reads one parameter of the next link, decoded', () => {
    const headers = [['Link', '<https://a.test/x?per_page=100&cursor=v1%3D%2B2>; rel="next"']] as const;
    expect(nextLinkParameter(headers, 'cursor')).toBe('v1=+2');
    expect(nextLinkParameter(headers, 'page')).toBeNull();
    expect(nextLinkParameter([['Link', '<https://a.test/x>; rel=next']], 'cursor')).toBeNull();
  });
});
