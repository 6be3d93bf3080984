import { describe, expect, it } from 'vitest';
import { spliceJsonString } from '../../../../src/main/sender/json-splice.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const splice = (json: string, path: string, value = 'NEW') => {
  const result = spliceJsonString(bytes(json), path, value);
  return result && new TextDecoder().decode(result);
};

describe('spliceJsonString', () => {
  it.each([
    ['{"id":"old"}', 'id', '{"id":"NEW"}'],
    [' {\r\n  "a" : 1.10 ,\t"id" :\n"old" , "z":[ 1 ]}\n', 'id', ' {\r\n  "a" : 1.10 ,\t"id" :\n"NEW" , "z":[ 1 ]}\n'],
    ['{"n":1e400,"big":12345678901234567890,"id":"x"}', 'id', '{"n":1e400,"big":12345678901234567890,"id":"NEW"}'],
    ['{"data":{"id":"inner"},"id":"outer"}', 'id', '{"data":{"id":"inner"},"id":"NEW"}'],
    ['{"data":{"id":"inner"},"id":"outer"}', 'data.id', '{"data":{"id":"NEW"},"id":"outer"}'],
    ['{"a":"\\"id\\":\\"x\\"}","id":"old"}', 'id', '{"a":"\\"id\\":\\"x\\"}","id":"NEW"}'],
    ['{"a":"\\\\","id":"old"}', 'id', '{"a":"\\\\","id":"NEW"}'],
    ['{"id":"first","id":"last"}', 'id', '{"id":"first","id":"NEW"}'],
    ['{"\\u0069d":"escaped"}', 'id', '{"\\u0069d":"NEW"}'],
    ['{"é":"ü😀","id":"old","q":"€"}', 'id', '{"é":"ü😀","id":"NEW","q":"€"}'],
    [
      '{"a":[{"id":"no"},[["id"]]],"b":true,"c":null,"id":"old"}',
      'id',
      '{"a":[{"id":"no"},[["id"]]],"b":true,"c":null,"id":"NEW"}',
    ],
  ])('%s at %s', (json, path, expected) => {
    expect(splice(json, path)).toBe(expected);
  });

  it.each([
    ['{"id":5}', 'id'],
    ['{"id":{"id":"x"}}', 'id'],
    ['["id","x"]', 'id'],
    ['{"other":"x"}', 'id'],
    ['{"a":"x"}', 'a.b'],
    ['"id"', 'id'],
    ['{}', 'id'],
    ['', 'id'],
    ['{"id":"cut', 'other'],
  ])('%s has no string at %s', (json, path) => {
    expect(splice(json, path)).toBeNull();
  });

  it('writes the value as a JSON string', () => {
    expect(splice('{"id":"old"}', 'id', 'a"b\\c\né')).toBe('{"id":"a\\"b\\\\c\\né"}');
  });

  it('100,000 nested arrays do not overflow', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)},"id":"old"}`;
    expect(splice(deep, 'id')?.endsWith('"id":"NEW"}')).toBe(true);
  });
});
