// Values keep the text they were written with.

import { describe, expect, it } from 'vitest';
import {
  BrokenPage,
  compactText,
  exactText,
  itemsOf,
  needItems,
  needText,
  needTime,
  readJson,
  readTime,
  scalarText,
  valueAt,
} from '../../../../src/main/reconcile/json-text.ts';
import type { JsonText } from '../../../../src/main/reconcile/json-text.ts';

function json(text: string): JsonText {
  return readJson(new TextEncoder().encode(text));
}

function textAt(text: string, path: string): string | undefined {
  const found = valueAt(json(text), path);
  return found && exactText(found);
}

describe('readJson', () => {
  it.each(['', '{', '[1', '{"a":1}x', '{"a":"\n"}', 'nul'])('refuses what is not whole JSON: %j', (text) => {
    expect(() => json(text)).toThrow(BrokenPage);
  });

  it('refuses bytes that are not UTF-8, and quotes nothing of them', () => {
    expect(() => readJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow('it is not whole JSON');
    expect(() => json('{"token":"abc')).toThrow(/^it is not whole JSON$/);
  });

  it('passes over a byte order mark', () => {
    expect(exactText(readJson(new Uint8Array([0xef, 0xbb, 0xbf, 0x31])))).toBe('1');
  });

  it('survives any depth', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    let found: JsonText | undefined;
    try {
      found = json(deep);
    } catch (error) {
      expect(error).toBeInstanceOf(BrokenPage);
    }
    expect(found === undefined || exactText(found) === deep).toBe(true);
  });
});

describe('valueAt', () => {
  it.each([
    ['{"a":1.50}', 'a', '1.50'],
    ['{ "a" : { "b" : [ 1 , {"c": "x\\"}]" } ] } }', 'a.b.1.c', '"x\\"}]"'],
    ['{"a":[{"b":1}, {"b": 12345678901234567890}]}', 'a.1.b', '12345678901234567890'],
    ['{"a":1,"a":{"b":2}}', 'a.b', '2'],
    ['{"\\u0061":true}', 'a', 'true'],
    ['[[],{}, "}" ,null]', '3', 'null'],
    ['{"__proto__":{"x":1}}', '__proto__.x', '1'],
    ['{"a":"\\\\"}', 'a', '"\\\\"'],
    [' \n7 ', '', '7'],
  ])('%s at %s', (text, path, expected) => {
    expect(textAt(text, path)).toBe(expected);
    expect(valueAt(json(text), path)?.value).toEqual(JSON.parse(expected));
  });

  it.each([
    ['{"a":1}', 'b'],
    ['{"a":1}', 'a.b'],
    ['{"a":"text"}', 'a.0'],
    ['{}', 'toString'],
    ['{}', '__proto__'],
    ['[1]', '1'],
    ['[1]', 'length'],
    ['null', 'a'],
  ])('%s has nothing at %s', (text, path) => {
    expect(valueAt(json(text), path)).toBeUndefined();
  });
});

describe('compactText', () => {
  it('takes out blanks between parts only, and changes no number or escape', () => {
    const text = '{ "a b" : [ 1.0 ,\t"x \\" y" ] ,\r\n "\\u00e9" : { } }';
    expect(compactText(json(text))).toBe('{"a b":[1.0,"x \\" y"],"\\u00e9":{}}');
    expect(compactText(json('{"a":[1,2]}'))).toBe('{"a":[1,2]}');
  });
});

describe('items and scalars', () => {
  it('gives each item its own text', () => {
    expect(itemsOf(json('[ {"a": 1} ,2,"x,y" ]'))?.map(exactText)).toEqual(['{"a": 1}', '2', '"x,y"']);
    expect(itemsOf(json('[]'))).toEqual([]);
    expect(itemsOf(json('{}'))).toBeNull();
  });

  it('reads numbers as they are written', () => {
    expect(scalarText(json('90071992547409931'))).toBe('90071992547409931');
    expect(scalarText(json('"a"'))).toBe('a');
    expect(scalarText(json('true'))).toBeNull();
    expect(scalarText(undefined)).toBeNull();
  });

  it('says what is missing', () => {
    expect(() => needItems(json('{"data":{}}'), 'data')).toThrow('"data" is not a list');
    expect(() => needItems(json('{}'), '')).toThrow('it is not a list');
    expect(() => needText(json('{"id":""}'), 'id')).toThrow('an item has no "id"');
    expect(() => needTime(json('{"at":"soon"}'), 'at', 'iso')).toThrow('"at" of an item is not a time');
  });
});

describe('readTime', () => {
  it.each([
    ['2026-03-01T12:00:00Z', 'iso', Date.UTC(2026, 2, 1, 12)],
    ['2026-03-01T12:00:00.123+02:00', 'iso', Date.UTC(2026, 2, 1, 10, 0, 0, 123)],
    ['1772366400', 'seconds', 1_772_366_400_000],
    ['1772366400.5', 'seconds', 1_772_366_400_500],
    ['1772366400123', 'milliseconds', 1_772_366_400_123],
    ['5', 'iso', null],
    ['2026', 'iso', null],
    ['2026-13-01T12:00:00Z', 'iso', null],
    ['-1', 'seconds', null],
    ['1e9', 'seconds', null],
    ['999999999999999', 'seconds', null],
  ] as const)('%s in %s', (text, unit, expected) => {
    expect(readTime(text, unit)).toBe(expected);
  });
});
