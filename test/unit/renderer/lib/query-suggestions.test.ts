import { describe, expect, it } from 'vitest';
import { suggestTerms, withSuggestion } from '../../../../src/renderer/lib/query-suggestions.ts';
import type { SuggestionSources } from '../../../../src/renderer/lib/query-suggestions.ts';
import { parseQuery } from '../../../../src/shared/query.ts';

const sources: SuggestionSources = {
  endpoints: [
    { value: 'stripe', about: 'Stripe, live' },
    { value: 'default', about: 'Everything else' },
  ],
  providers: [{ value: 'github', about: 'GitHub' }],
  events: ['invoice.paid', 'order made'],
  methods: ['POST', 'GET'],
};
const offers = (text: string, caret = text.length): string[] =>
  suggestTerms(text, caret, sources).items.map(({ insert }) => insert);

describe('suggestions of the filter box', () => {
  it.each([
    ['ver', ['verdict:']],
    ['-dup', ['-duplicate:']],
    ['P', ['provider:', 'path:', 'pinned:', 'pulled:']],
    ['head', ['header.']],
    ['stripe', []],
    ['"ver', []],
    ['status:200 ev', ['event:']],
  ])('%s is met with keys %j', (text, expected) => expect(offers(text)).toEqual(expected));

  it.each([
    ['verdict:inv', ['verdict:invalid']],
    ['verdict:val', ['verdict:valid', 'verdict:invalid']],
    ['-verdict:un', ['-verdict:unsupported', '-verdict:unverified']],
    ['provider:git', ['provider:github']],
    ['endpoint:else', ['endpoint:default']],
    ['event:ord', ['event:"order made"']],
    ['event:"order m', ['event:"order made"']],
    ['method:', ['method:POST', 'method:GET']],
    ['pinned:t', ['pinned:true']],
    // Complete, or free text.
    ['verdict:valid', []],
    ['path:/in', []],
    ['note:x', []],
    ['nonsense:', []],
  ])('%s is met with values %j', (text, expected) => expect(offers(text)).toEqual(expected));

  it('offers every key for an empty term, and what it offers is a query', () => {
    const keys = suggestTerms('', 0, sources).items;
    expect(keys).toHaveLength(18);
    for (const { insert, isKey, about } of keys) {
      expect(isKey).toBe(true);
      expect(about).not.toBe('');
      for (const value of offers(insert)) expect(() => parseQuery(value, 0)).not.toThrow();
    }
  });

  it('replaces the term at the caret and leaves the others', () => {
    const text = 'status:200 ver path:/in';
    const found = suggestTerms(text, 14, sources);
    expect(withSuggestion(text, found, found.items[0] as (typeof found.items)[number])).toEqual({
      text: 'status:200 verdict: path:/in',
      caret: 19,
    });
    const value = suggestTerms('verdict:inv path:/in', 11, sources);
    expect(withSuggestion('verdict:inv path:/in', value, value.items[0] as (typeof value.items)[number])).toEqual({
      text: 'verdict:invalid path:/in',
      caret: 16,
    });
  });

  it('keeps a quoted value together', () => {
    const text = 'event:"order m" x';
    const found = suggestTerms(text, 14, sources);
    expect(found).toMatchObject({ from: 0, to: 15 });
    expect(withSuggestion(text, found, found.items[0] as (typeof found.items)[number]).text).toBe(
      'event:"order made" x',
    );
  });
});
