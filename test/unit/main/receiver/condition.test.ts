// Each field and operator of a condition.

import { describe, expect, it } from 'vitest';
import { createRuleFinder, lookLimit } from '../../../../src/main/receiver/condition.ts';
import { conditionFields } from '../../../../src/shared/replies.ts';
import type { Condition } from '../../../../src/shared/replies.ts';
import { factsOf, ruleOf } from './reply-facts.ts';

type Row = readonly [field: Condition['field'], name: string, op: Condition['op'], value: string];

const body = JSON.stringify({
  type: 'Order.Paid',
  amount: 12.5,
  live: false,
  none: null,
  list: ['a', { id: 'deep' }],
  customer: { name: 'Ada', 'x*y': 1 },
  text: 'a.b*c',
});

const true_: readonly Row[] = [
  ['method', '', 'is', 'post'],
  ['method', '', 'is', 'P*T'],
  ['method', '', 'is-not', 'GET'],
  ['method', '', 'has', 'os'],
  ['method', '', 'exists', ''],
  ['path', '', 'is', '/in/shop'],
  ['path', '', 'is', '/IN/*'],
  ['path', '', 'is-not', '/in/shop?*'],
  ['path', '', 'has', 'shop'],
  ['query', 'mode', 'is', 'live'],
  ['query', 'q', 'is', 'A B'],
  ['query', 'empty', 'exists', ''],
  ['query', 'empty', 'is', ''],
  ['query', 'nope', 'absent', ''],
  ['query', 'nope', 'is-not', 'x'],
  ['query', 'MODE', 'absent', ''],
  ['header', 'x-KIND', 'is', 'alpha'],
  ['header', 'X-Kind', 'is', 'beta'],
  ['header', 'X-Kind', 'has', 'ET'],
  ['header', 'X-Kind', 'is-not', 'gamma'],
  ['header', 'X-Nope', 'absent', ''],
  ['json', 'type', 'is', 'Order.Paid'],
  ['json', 'type', 'is', 'Order.*'],
  ['json', 'type', 'is-not', 'order.paid'],
  ['json', 'type', 'has', 'Paid'],
  ['json', 'amount', 'is', '12.5'],
  ['json', 'live', 'is', 'false'],
  ['json', 'none', 'is', 'null'],
  ['json', 'none', 'exists', ''],
  ['json', 'customer.name', 'is', 'A*a'],
  ['json', 'list.1.id', 'is', 'deep'],
  ['json', 'customer', 'exists', ''],
  ['json', 'customer', 'is-not', '*'],
  ['json', 'nope.deeper', 'absent', ''],
  ['json', 'constructor', 'absent', ''],
  ['json', 'text', 'is', 'a.b*c'],
  ['body', '', 'has', '"Ada"'],
  ['body', '', 'is', '{*}'],
  ['body', '', 'exists', ''],
  ['body', '', 'is-not', '*ADA*'],
  ['provider', '', 'is', 'Stripe'],
  ['event', '', 'is', 'invoice.*'],
  ['verdict', '', 'is', 'valid'],
  ['duplicate', '', 'is', 'first'],
];

const false_: readonly Row[] = [
  ['method', '', 'is', 'PO'],
  ['method', '', 'absent', ''],
  ['path', '', 'is', '/in/sho.'],
  ['path', '', 'has', 'mode'],
  ['query', 'nope', 'is', '*'],
  ['query', 'nope', 'has', ''],
  ['query', 'mode', 'absent', ''],
  ['header', 'X-Kind', 'is-not', 'beta'],
  ['header', 'X-Kind', 'is', 'alpha, beta'],
  ['header', 'X-Nope', 'exists', ''],
  ['json', 'type', 'is', 'order.paid'],
  ['json', 'type', 'has', 'paid'],
  ['json', 'customer', 'is', '*'],
  ['json', 'customer', 'has', 'Ada'],
  ['json', 'none', 'absent', ''],
  ['json', 'text', 'is', 'a.b*d'],
  ['body', '', 'has', '"ada"'],
  ['body', '', 'absent', ''],
  ['provider', '', 'is-not', 'stripe'],
  ['event', '', 'is', 'invoice'],
  ['verdict', '', 'is', 'invalid'],
  ['duplicate', '', 'is', 'retry'],
];

const holds = ([field, name, op, value]: Row, facts = factsOf({}, { body })) =>
  createRuleFinder([ruleOf('r', { when: [{ field, name, op, value }] })])(facts) !== null;

describe('a condition', () => {
  it.each(true_)('holds: %s %s %s %s', (...row) => {
    expect(holds(row)).toBe(true);
  });

  it.each(false_)('does not hold: %s %s %s %s', (...row) => {
    expect(holds(row)).toBe(false);
  });

  it('was tried for every field', () => {
    expect(new Set(true_.map(([field]) => field))).toEqual(new Set(conditionFields));
  });

  it.each([
    ['a b', 'a b', true],
    ['a*b', 'ab', true],
    ['a*a', 'a', false],
    ['*b*b*', 'abab', true],
    ['*b*b*', 'ab', false],
    ['*b*b', 'ab', false],
    ['**', '', true],
    ['', '', true],
    ['', 'x', false],
    ['ab*bc', 'abc', false],
    ['.*', 'x', false],
  ])('whose pattern is "%s" and whose JSON value is "%s": %s', (value, text, expected) => {
    expect(holds(['json', 'v', 'is', value], factsOf({}, { body: JSON.stringify({ v: text }) }))).toBe(expected);
  });

  it('finds nothing in a body that is no JSON, cut, or over 1 MiB; text in the beginning of any', () => {
    for (const broken of ['', 'plain', '{"type":', `{"type":"x"}${' '.repeat(lookLimit)}`]) {
      expect(holds(['json', 'type', 'absent', ''], factsOf({}, { body: broken }))).toBe(true);
    }
    expect(holds(['json', 'type', 'exists', ''], factsOf({}, { body: `{"type":"x"}`.padEnd(lookLimit) }))).toBe(true);
    expect(holds(['body', '', 'has', 'start'], factsOf({}, { body: `start${' '.repeat(lookLimit)}end` }))).toBe(true);
    expect(holds(['body', '', 'has', 'end'], factsOf({}, { body: `start${' '.repeat(lookLimit)}end` }))).toBe(false);
    expect(holds(['body', '', 'absent', ''], factsOf())).toBe(true);
  });

  it('finds nothing where nothing is known of the sender', () => {
    const facts = factsOf({ provider: null, event: null });
    expect(holds(['provider', '', 'absent', ''], facts)).toBe(true);
    expect(holds(['event', '', 'is', '*'], facts)).toBe(false);
    expect(holds(['event', '', 'is-not', 'x'], facts)).toBe(true);
  });

  it.each([
    ['http://other.example:80/abs/path?x', '/abs/path'],
    ['/a%2Fb/../c#d', '/a%2Fb/../c'],
    ['//double/x', '//double/x'],
    ['*', '/'],
    ['http://other.example', '/'],
    ['http://other.example?x=/no', '/'],
    ['/a?b/c', '/a'],
  ])('sees the path of %s as %s', (target, path) => {
    expect(holds(['path', '', 'is', path], factsOf({}, { target }))).toBe(true);
  });

  it('takes no longer for hostile input', () => {
    const facts = factsOf({}, { body: 'a'.repeat(lookLimit) });
    const when = [{ field: 'body', name: '', op: 'is', value: `${'*a'.repeat(900)}b` }] as const;
    const find = createRuleFinder(Array.from({ length: 50 }, () => ruleOf('r', { when: [...when] })));
    const started = performance.now();
    expect(find(facts)).toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
