// What two requests do not have in common, part by part.

import { expect, test } from 'vitest';
import { compare, rowsOf } from './support.ts';

const rows = (...args: Parameters<typeof compare>) => rowsOf(compare(...args));

test('the same request has no difference', () => {
  const request = { target: '/a?b=1', headers: [['X-A', '1']], body: '{"a":1}' } as const;
  expect(compare(request, request)).toEqual({ differences: [], ignored: 0, cut: false });
});

test('method, path, version and each parameter of the query are told apart, undecoded', () => {
  expect(
    rows(
      { method: 'POST', target: '/in/a?x=1&y=%41&gone', httpVersion: '1.1' },
      { method: 'PUT', target: '/in/b?x=2&y=A&new=1', httpVersion: '1.0' },
    ),
  ).toEqual([
    ['method', 'changed', '', 'POST', 'PUT'],
    ['path', 'changed', '', '/in/a', '/in/b'],
    ['query', 'changed', 'x', '1', '2'],
    ['query', 'changed', 'y', '%41', 'A'],
    ['query', 'removed', 'gone', '', null],
    ['query', 'added', 'new', null, '1'],
    ['version', 'changed', '', '1.1', '1.0'],
  ]);
});

test('headers: value, case, repeats and order are differences of their own', () => {
  const a = [
    ['Host', 'h'],
    ['X-Id', '1'],
    ['Via', 'one'],
    ['Via', 'two'],
    ['X-Gone', 'g'],
    ['Accept', 'a'],
    ['Accept', 'b'],
  ] as const;
  const b = [
    ['x-id', '2'],
    ['Host', 'h'],
    ['Via', 'one'],
    ['Via', 'two'],
    ['Via', 'three'],
    ['Accept', 'b'],
    ['Accept', 'a'],
  ] as const;
  expect(rows({ headers: a }, { headers: b })).toEqual([
    ['header', 'case', 'X-Id', 'X-Id', 'x-id'],
    ['header', 'changed', 'X-Id', '1', '2'],
    ['header', 'added', 'Via#3', null, 'three'],
    ['header', 'removed', 'X-Gone', 'g', null],
    ['header', 'order', 'Accept', 'a, b', 'b, a'],
    ['header', 'order', '', 'Host, X-Id', 'X-Id, Host'],
  ]);
});

test('trailers are looked at as headers are', () => {
  expect(rows({ trailers: [['X-Sum', '1']] }, { trailers: [['X-Sum', '2']] })).toEqual([
    ['trailer', 'changed', 'X-Sum', '1', '2'],
  ]);
});

test('form bodies differ by field; another spelling of the same fields is told', () => {
  const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
  expect(rows({ headers, body: 'a=1&b=x+y&c=3' }, { headers, body: 'a=2&b=x%20y&d=4' })).toEqual([
    ['body', 'changed', 'a', '1', '2'],
    ['body', 'removed', 'c', '3', null],
    ['body', 'added', 'd', null, '4'],
  ]);
  expect(rows({ headers, body: 'b=x+y' }, { headers, body: 'b=x%20y' })).toEqual([
    ['body', 'layout', '', 'b=x+y', 'b=x%20y'],
  ]);
});

test('other text differs by lines, line ends included', () => {
  const a = '<a>\n  <b>1</b>\n  <c/>\n</a>\n';
  const b = '<a>\n  <b>2</b>\n  <new/>\n  <c/>\n</a>\r\n';
  expect(rows({ body: a }, { body: b })).toEqual([
    ['body', 'changed', 'line 2', '  <b>1</b>', '  <b>2</b>'],
    ['body', 'added', 'line 3', null, '  <new/>'],
    ['body', 'changed', 'line 4', '</a>', '</a>\r'],
  ]);
});

test('a body that is only on one side is there or not', () => {
  expect(rows({ body: '' }, { body: 'x' })).toEqual([['body', 'added', '', null, 'x']]);
  expect(rows({ body: 'x' }, { body: '' })).toEqual([['body', 'removed', '', 'x', null]]);
});

test('bytes that are no text differ by size, hash and first byte', () => {
  const found = rows({ body: new Uint8Array([1, 0, 255, 7]) }, { body: new Uint8Array([1, 0, 254]) });
  expect(found.map(([, , path]) => path)).toEqual(['size', 'sha256', 'offset 2']);
  expect(found[0]?.slice(3)).toEqual(['4 bytes', '3 bytes']);
  expect(found[2]?.slice(3)).toEqual(['ff 07', 'fe']);
});

test('bodies over 1 MiB are not looked into, and the first difference is found behind many pieces', () => {
  const large = 'a'.repeat(1_500_000);
  const found = rows({ body: large }, { body: `${large}b` });
  expect(found.map(([, , path]) => path)).toEqual(['size', 'sha256', 'offset 1500000']);
  expect(found[2]?.slice(3)).toEqual(['end', '62']);
});

test('values are cut at 2,000 characters, without half of a pair', () => {
  const [only] = compare({ body: '' }, { body: `${'x'.repeat(1_998)}🎉${'y'.repeat(50)}` }).differences;
  expect(only?.b).toBe(`${'x'.repeat(1_998)}…`);
});

test('long values are cut around the first character that differs', () => {
  const [only] = compare(
    { body: `["${'x'.repeat(9_000)}1"]` },
    { body: `["${'x'.repeat(9_000)}2${'y'.repeat(9_000)}"]` },
  ).differences;
  expect(only?.a).toBe(`…${'x'.repeat(500)}1"`);
  expect(only?.b).toMatch(/^…x{500}2y+…$/);
  expect(only?.b?.length).toBe(2_000);
});

test('at most 1,000 differences are listed', () => {
  const list = (from: number) => JSON.stringify(Array.from({ length: 1_500 }, (_, i) => i + from));
  const found = compare({ body: list(0) }, { body: list(1) });
  expect([found.differences.length, found.cut]).toEqual([1_000, true]);
  const exact = compare({ body: JSON.stringify(Array(1_000).fill(1)) }, { body: JSON.stringify(Array(1_000).fill(2)) });
  expect([exact.differences.length, exact.cut]).toEqual([1_000, false]);
});

const mib = 1_048_576;
const bracketed = (text: string) => `[${text}]`;
test.each([
  ['many numbers', bracketed('1,'.repeat(mib / 2 - 2) + '1'), bracketed('1,'.repeat(mib / 2 - 2) + '2')],
  ['many members', `{${'"a":1,'.repeat(170_000)}"a":1}`, `{${'"b":1,'.repeat(170_000)}"a":1}`],
  ['depth', '['.repeat(500_000) + ']'.repeat(500_000), `${'['.repeat(500_000)}1${']'.repeat(500_000)}`],
  ['open brackets', '['.repeat(mib), '['.repeat(mib - 1)],
  ['one long text', JSON.stringify('x'.repeat(mib - 2)), JSON.stringify(`${'x'.repeat(mib - 3)}y`)],
  ['blanks', `${' '.repeat(mib - 1)}1`, `${' '.repeat(mib - 2)}12`],
  ['line feeds', '\n'.repeat(mib), `a${'\n'.repeat(mib - 2)}b`],
  ['lines that all differ', 'a\n'.repeat(mib / 2), 'b\n'.repeat(mib / 2)],
])('%s in 1 MiB: no step holds others up', (name, a, b) => {
  let longest = 0;
  let steps = 0;
  let last = performance.now();
  const found = compare({ body: a }, { body: b }, null, () => {
    steps += 1;
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  });
  longest = Math.max(longest, performance.now() - last);
  expect(found.differences.length).toBeGreaterThan(0);
  // A step takes at most 25 ms on a quiet machine; a loop that grows with the square would take minutes.
  expect(longest).toBeLessThan(2_000);
  expect(steps).toBeGreaterThanOrEqual(name.includes('many') ? 300 : 2);
});
