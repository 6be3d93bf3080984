// JSON bodies member by member, as they are written.

import { expect, test } from 'vitest';
import { compare, rowsOf } from './support.ts';

const rows = (a: string, b: string) =>
  rowsOf(compare({ body: a }, { body: b })).map(([part, ...rest]) => {
    expect(part).toBe('body');
    return rest;
  });

test('members and list items by their path', () => {
  expect(
    rows(
      '{"data":{"object":{"id":"a","n":1}},"items":[1,2,3],"x":null}',
      '{"data":{"object":{"id":"b","n":1}},"items":[1,9],"y":{"z":[]}}',
    ),
  ).toEqual([
    ['changed', 'data.object.id', '"a"', '"b"'],
    ['changed', 'items.1', '2', '9'],
    ['removed', 'items.2', '3', null],
    ['removed', 'x', 'null', null],
    ['added', 'y', null, '{"z":[]}'],
  ]);
});

test('digits stay as they were sent: no number is rounded', () => {
  expect(rows('{"id":12345678901234567890,"n":1.0}', '{"id":12345678901234567891,"n":1}')).toEqual([
    ['changed', 'id', '12345678901234567890', '12345678901234567891'],
    ['changed', 'n', '1.0', '1'],
  ]);
});

test('a name that stands twice is two members', () => {
  expect(rows('{"a":1,"a":2}', '{"a":1,"a":3}')).toEqual([['changed', 'a#2', '2', '3']]);
  expect(rows('{"a":1,"a":2}', '{"a":1}')).toEqual([['removed', 'a#2', '2', null]]);
});

test('names that could be read as a path stand in quotes', () => {
  expect(rows('{"a.b":{"":1},"c#2":1}', '{"a.b":{"":2},"c#2":2}')).toEqual([
    ['changed', '"a.b".""', '1', '2'],
    ['changed', '"c#2"', '1', '2'],
  ]);
});

test('__proto__ is a name like any other', () => {
  expect(rows('{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}')).toEqual([['changed', '__proto__.a', '1', '2']]);
});

test('the order of members and white space are differences of their own', () => {
  expect(rows('{"a":1,"b":2,"c":3}', '{"b":2,"a":1,"c":3}')).toEqual([['order', '', 'a, b', 'b, a']]);
  expect(rows('{"a":1}', '{ "a": 1 }')).toEqual([['layout', '', '{"a":1}', '{ "a": 1 }']]);
  expect(rows('{"a":1}', '{"a": 2}').map(([kind]) => kind)).toEqual(['changed', 'layout']);
  expect(rows('{"\\u0061":1}', '{"a":1}').map(([kind]) => kind)).toEqual(['layout']);
});

test('another kind of value is one change', () => {
  expect(rows('{"a":[1,2]}', '{"a":{"0":1}}')).toEqual([['changed', 'a', '[1,2]', '{"0":1}']]);
});

test('in great depth the text is compared as a whole', () => {
  const deep = (value: string) => `${'['.repeat(300)}${value}${']'.repeat(300)}`;
  const [only, ...more] = rows(deep('1'), deep('2'));
  expect(more).toEqual([]);
  expect(only?.[1]?.split('.').length).toBe(200);
  expect(only?.[2]).toContain('[1]');
});

test.each(['{"a":1', '{"a":1}}', '[1,]', '{"a" 1}', '[01]', '{"a":1,}', '["\\x"]', 'tru', '[1 2]', '{]', '"\t"', ''])(
  'what is no JSON is compared as text: %j',
  (bad) => {
    expect(() => JSON.parse(bad) as unknown).toThrow(SyntaxError);
    const [[kind, path] = []] = rows(`${bad}\nx`, `${bad}\ny`);
    expect([kind, path]).toEqual(['changed', 'line 2']);
  },
);

test.each(['-0.5e+10', '"\\ud83c\\"\\\\"', '[[],{}]', '{"a":{"b":[true,false,null]}}', ' [ 1 , 2 ] '])(
  'what is JSON is read as such: %j',
  (good) => {
    JSON.parse(good);
    expect(rows(`[${good},1]`, `[${good},2]`)).toEqual([['changed', '1', '1', '2']]);
  },
);
