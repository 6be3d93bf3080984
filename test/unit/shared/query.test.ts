import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import { parseQuery, queryKeys, wildcardMatches } from '../../../src/shared/query.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const parse = (text: string) => parseQuery(text, now);

function refusal(text: string): AppError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error(`${text} was accepted`);
}

test('an empty query has no terms', () => {
  expect(parse('')).toEqual([]);
  expect(parse(' \t\n ')).toEqual([]);
});

test('words, quotes and negation', () => {
  expect(parse('Foo -bar "two Words" -"not this" -')).toEqual([
    { kind: 'word', text: 'foo', negated: false },
    { kind: 'word', text: 'bar', negated: true },
    { kind: 'word', text: 'two words', negated: false },
    { kind: 'word', text: 'not this', negated: true },
    { kind: 'word', text: '-', negated: false },
  ]);
});

test('a quoted colon, an address and a clock time are words', () => {
  expect(parse('"a:b" http://127.0.0.1/x 12:30 :x').map((term) => term.kind)).toEqual(['word', 'word', 'word', 'word']);
});

test('quotes group inside a value, and escapes hold', () => {
  expect(parse('event:"a b" "say \\"hi\\" \\\\"')).toEqual([
    { kind: 'text', field: 'event', pattern: 'a b', negated: false },
    { kind: 'word', text: 'say "hi" \\', negated: false },
  ]);
  expect(parse('"open end')).toEqual([{ kind: 'word', text: 'open end', negated: false }]);
});

test('every key', () => {
  expect(
    parse(
      'endpoint:default provider:stripe event:order.* verdict:valid duplicate:retry method:post path:/in status:404 id:req_1 ' +
        'header.X-Name:V body.data.0.id:7 pinned:true pulled:false note:later',
    ),
  ).toEqual([
    { kind: 'text', field: 'endpoint', pattern: 'default', negated: false },
    { kind: 'text', field: 'provider', pattern: 'stripe', negated: false },
    { kind: 'text', field: 'event', pattern: 'order.*', negated: false },
    { kind: 'oneOf', field: 'verdict', values: ['valid'], negated: false },
    { kind: 'oneOf', field: 'duplicate', values: ['retry'], negated: false },
    { kind: 'text', field: 'method', pattern: 'post', negated: false },
    { kind: 'path', text: '/in', negated: false },
    { kind: 'range', field: 'status', min: 404, max: 404, negated: false },
    { kind: 'text', field: 'id', pattern: 'req_1', negated: false },
    { kind: 'header', name: 'x-name', text: 'v', negated: false },
    { kind: 'body', path: ['data', '0', 'id'], pattern: '7', negated: false },
    { kind: 'pinned', value: true, negated: false },
    { kind: 'pulled', value: false, negated: false },
    { kind: 'note', text: 'later', negated: false },
  ]);
});

test.each([
  ['size:>10k', 10_241, Number.MAX_SAFE_INTEGER],
  ['size:>=1.5m', 1_572_864, Number.MAX_SAFE_INTEGER],
  ['size:<10', 0, 9],
  ['size:<=2KiB', 0, 2_048],
  ['size:7b', 7, 7],
  ['status:4xx', 400, 499],
  ['status:>=500', 500, Number.MAX_SAFE_INTEGER],
  ['status:>4xx', 500, Number.MAX_SAFE_INTEGER],
  ['since:10m', now - 600_000, Number.MAX_SAFE_INTEGER],
  ['since:2026-11-23T11:00:00Z', now - 3_600_000, Number.MAX_SAFE_INTEGER],
  ['before:2026-11-23', 0, Date.parse('2026-11-23T00:00:00Z') - 1],
  ['before:1h', 0, now - 3_600_000 - 1],
])('%s is the range %d to %d', (text, min, max) => {
  expect(parse(text)).toMatchObject([{ kind: 'range', min, max }]);
});

test('a half-typed verdict narrows to those that begin with it', () => {
  expect(parse('verdict:un')).toMatchObject([{ values: ['unsupported', 'unverified'] }]);
  expect(parse('verdict:VALID')).toMatchObject([{ values: ['valid'] }]);
});

test('an unknown key lists the known ones', () => {
  for (const text of ['colour:red', 'header:x', 'endpoint.x:y', '-foo:bar']) {
    const error = refusal(text);
    expect(error.code).toBe('CONFIG_QUERY');
    for (const key of queryKeys) expect(error.message).toContain(key);
  }
});

test.each([
  'size:big',
  'since:yesterday',
  'before:1e999',
  'status:abc',
  'status:999',
  'verdict:nope',
  'endpoint:',
  'pinned:maybe',
  'pulled:yes',
])('%s is refused and names its key', (text) => {
  const error = refusal(text);
  expect(error.code).toBe('CONFIG_QUERY');
  expect(error.message).toContain(`${text.split(':')[0]}:`);
});

test('at most 200 terms', () => {
  expect(parse('a '.repeat(200))).toHaveLength(200);
  expect(refusal('a '.repeat(201)).code).toBe('CONFIG_QUERY');
});

test('hostile searches become terms or a CONFIG_QUERY error, never anything else', () => {
  const corpus: unknown = JSON.parse(readFileSync('test/fixtures/hostile/search/search-syntax.json', 'utf8'));
  const { queries } = corpus as { queries: string[] };
  expect(queries.length).toBeGreaterThan(10);
  for (const query of queries) {
    try {
      for (const term of parse(query)) expect(term.kind).toBe('word');
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_QUERY' });
    }
  }
});

test.each([
  ['order.*', 'order.created', true],
  ['order.*', 'Order.', true],
  ['order.*', 'orders.created', false],
  ['*', '', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a--b--c', true],
  ['a*b*c', 'acb', false],
  ['plain', 'PLAIN', true],
])('%s against %s: %s', (pattern, value, expected) => {
  expect(wildcardMatches(pattern, value)).toBe(expected);
});

test('a pattern of many stars stays linear', () => {
  const started = performance.now();
  expect(wildcardMatches(`${'a*'.repeat(1_000)}b`, 'a'.repeat(100_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});
