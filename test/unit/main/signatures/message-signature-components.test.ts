// What RFC 9421 covers: the printed component values of its section 2, and the structured fields below them, with another
// parser as judge.

import * as reference from 'structured-headers';
import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { createComponentReader } from '../../../../src/main/signatures/message-signature-components.ts';
import {
  parseDictionary,
  parseItem,
  parseList,
  writeDictionary,
  writeList,
  writeMember,
} from '../../../../src/main/signatures/message-signature-fields.ts';
import { createMessage } from '../../../../src/main/signatures/message.ts';

describe('components', () => {
  const read = (text: string, message: { url?: string; headers?: readonly HeaderPair[]; method?: string }): unknown => {
    const item = parseItem(text);
    if (item === null) throw new Error(`${text} is no component`);
    const value = createComponentReader(
      createMessage({ method: 'POST', url: 'https://x.test/', headers: [], body: new Uint8Array(), ...message }),
    )(item);
    return typeof value === 'string' ? value : value.reason;
  };

  // The printed values of RFC 9421, section 2.1.
  const fields: readonly HeaderPair[] = [
    ['X-OWS-Header', '   Leading and trailing whitespace.   '],
    ['X-Obs-Fold-Header', 'Obsolete\r\n    line folding.'],
    ['Cache-Control', 'max-age=60'],
    ['Cache-Control', '   must-revalidate'],
    ['X-Empty-Header', ''],
    ['Example-Dict', ' a=1,    b=2;x=1;y=2,   c=(a   b    c), d'],
    ['Example-Header', 'value, with, lots'],
    ['Example-Header', 'of, commas'],
    ['X-Latin', '\u00a0caf\u00e9\u00a0'],
    ['X-Split', 'one\ntwo'],
  ];
  it.each([
    ['"x-ows-header"', 'Leading and trailing whitespace.'],
    ['"x-obs-fold-header"', 'Obsolete line folding.'],
    ['"cache-control"', 'max-age=60, must-revalidate'],
    ['"x-empty-header"', ''],
    ['"example-dict"', 'a=1,    b=2;x=1;y=2,   c=(a   b    c), d'],
    ['"example-dict";sf', 'a=1, b=2;x=1;y=2, c=(a b c), d'],
    ['"example-dict";key="a"', '1'],
    ['"example-dict";key="d"', '?1'],
    ['"example-dict";key="b"', '2;x=1;y=2'],
    ['"example-dict";key="c"', '(a b c)'],
    ['"example-dict";key="e"', 'component-missing'],
    ['"example-header"', 'value, with, lots, of, commas'],
    ['"example-header";bs', ':dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:'],
    ['"x-empty-header";bs', '::'],
    ['"x-latin"', '\u00a0caf\u00e9\u00a0'],
    ['"x-latin";bs', ':oGNhZumg:'],
    ['"x-latin";sf', 'component-malformed'],
    ['"x-split"', 'component-malformed'],
    ['"example-dict";bs;sf', 'component-malformed'],
    ['"example-dict";bs=1', 'component-malformed'],
    ['"example-dict";key=a', 'component-malformed'],
    ['"Example-Dict"', 'component-malformed'],
    ['"x-absent"', 'component-missing'],
    ['"x-empty-header";tr', 'unknown-component'],
    ['"x-empty-header";other', 'unknown-component'],
  ])('%s of fields', (text, value) => {
    expect(read(text, { headers: fields })).toBe(value);
  });

  // Those of section 2.2, and what RFC 9110, section 4.2.3, adds.
  const target = 'https://www.example.com/path?param=value';
  const form = 'https://www.example.com/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something&two=1&two=2&qux='; // prettier-ignore
  it.each([
    ['"@method"', target, 'POST'],
    ['"@target-uri"', target, target],
    ['"@target-uri"', 'HTTPS://WWW.Example.com:443?q#part', 'https://www.example.com/?q'],
    ['"@authority"', target, 'www.example.com'],
    ['"@authority"', 'http://[::1]:8080/', '[::1]:8080'],
    ['"@authority"', 'http://me@Example.com:80/', 'example.com'],
    ['"@authority"', 'https://example.com:80/', 'example.com:80'],
    ['"@scheme"', 'HTTP://www.example.com/', 'http'],
    ['"@request-target"', target, '/path?param=value'],
    ['"@path"', target, '/path'],
    ['"@path"', 'https://www.example.com?x', '/'],
    ['"@path"', 'https://www.example.com/a%2fb/../ä', '/a%2fb/../Ã¤'],
    ['"@query"', 'https://x.test/path?param=value&foo=bar&baz=bat%2Dman', '?param=value&foo=bar&baz=bat%2Dman'],
    ['"@query"', 'https://x.test/path?queryString', '?queryString'],
    ['"@query"', 'https://x.test/path', '?'],
    ['"@query-param";name="var"', form, 'this%20is%20a%20big%0Amultiline%20value'],
    ['"@query-param";name="bar"', form, 'with%20plus%20whitespace'],
    ['"@query-param";name="fa%C3%A7ade%22%3A%20"', form, 'something'],
    ['"@query-param";name="qux"', form, ''],
    ['"@query-param";name="a%7E"', "https://x.test/?a~=~'(*)!-._", '%7E%27%28*%29%21-._'],
    ['"@query-param";name="two"', form, 'component-repeated'],
    ['"@query-param";name="none"', form, 'component-missing'],
    ['"@query-param"', form, 'component-malformed'],
    ['"@method";req', target, 'unknown-component'],
    ['"@status"', target, 'unknown-component'],
    ['"@unheard-of"', target, 'unknown-component'],
  ])('%s of %s', (text, address, value) => {
    expect(read(text, { url: address })).toBe(value);
  });

  it('takes the authority from Host where only a path is known', () => {
    const message = { url: '/in?a', headers: [['Host', 'Hooks.Example.test:8443']] as const };
    expect(read('"@authority"', message)).toBe('hooks.example.test:8443');
    expect(read('"@request-target"', message)).toBe('/in?a');
    expect(read('"@target-uri"', message)).toBe('component-missing');
  });
});

describe('structured fields', () => {
  it.each([
    ['999999999999999', '999999999999999'],
    ['1000000000000000', null],
    ['123456789012.125', '123456789012.125'],
    ['1234567890123.1', null],
    ['1.1234', null],
    ['1.', null],
    ['-0', '0'],
    ['-0.0', '0.0'],
    ['-007.500', '-7.5'],
    ['--1', null],
  ])('number %s', (text, written) => {
    const item = parseItem(text);
    expect(item && writeMember(item)).toBe(written);
  });

  it('keep decimals, and write everything else in canonical form', () => {
    const text = ' a=1.0;q=-0.50, b=01 ,\tc="\\"\\\\"; x=?1;y=:YWI:, d=?1, a=2.0, e=?0, f=(a "b" );z';
    const parsed = parseDictionary(text);
    expect(parsed && writeDictionary(parsed)).toBe('a=2.0, b=1, c="\\"\\\\";x;y=:YWI=:, d, e=?0, f=(a "b");z');
  });

  it('are read and written as the package structured-headers does, decimals apart', () => {
    const pieces = ['a', 'b', '=', '=', ';', ',', ' ', '(', ')', '"', '\\', '1', '-', '?1', '?0', ':', 'YWI=', '*', '.5', 'É', '"x"', ', a=', ';k=']; // prettier-ignore
    let state = 7;
    const next = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
    const attempt = (run: () => string): string | null => {
      try {
        return run();
      } catch {
        return null;
      }
    };
    let good = 0;
    const differences: string[] = [];
    for (let n = 0; n < 60_000; n++) {
      const text = Array.from({ length: 1 + next(9) }, () => pieces[next(pieces.length)]).join('');
      const dictionary = parseDictionary(text);
      const list = parseList(text);
      const item = parseItem(text);
      const given = [dictionary && writeDictionary(dictionary), list && writeList(list), item && writeMember(item)];
      const wanted = [
        attempt(() => reference.serializeDictionary(reference.parseDictionary(text))),
        attempt(() => reference.serializeList(reference.parseList(text))),
        attempt(() => reference.serializeItem(reference.parseItem(text))),
      ];
      if (given.some((one, i) => one !== wanted[i])) differences.push(text);
      if (dictionary !== null || list !== null) good += 1;
    }
    expect(differences).toEqual([]);
    expect(good).toBeGreaterThan(3_000);
  });
});
