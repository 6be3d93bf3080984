import { describe, expect, it } from 'vitest';
import {
  compacted,
  crlfAddition,
  markAddition,
  padding,
  spellingAddition,
  unicodeAddition,
  withAddition,
} from '../../../../src/main/handler-check/bodies.ts';
import type { CheckEvent } from '../../../../src/main/handler-check/bodies.ts';
import { addMembers, compactJson, setJson } from '../../../../src/main/handler-check/json-text.ts';

const json = (body: string): CheckEvent => ({
  messageId: 'msg_1',
  event: null,
  contentType: 'application/json',
  body: Buffer.from(body),
});
const form = (body: string): CheckEvent => ({ ...json(body), contentType: 'application/x-www-form-urlencoded' });
const textOf = (event: CheckEvent | null): string | null => event && Buffer.from(event.body).toString('utf8');
/** What a handler makes of a body that it parses and writes. */
const rewritten = (text: string | null): string => JSON.stringify(JSON.parse(text ?? 'null'));

describe('JSON text', () => {
  it.each([
    ['{ "a" : 1.0 ,\r\n\t"b c" : " x \\" y " }', '{"a":1.0,"b c":" x \\" y "}'],
    ['[ 12345678901234567890 , "\\\\" , "  " ]', '[12345678901234567890,"\\\\","  "]'],
    ['{}', '{}'],
    ['  "a b"  ', '"a b"'],
  ])('%j without blanks', (before, after) => {
    expect(compactJson(before)).toBe(after);
  });

  it('of megabytes is compacted soon', () => {
    const long = `{ "a": "${'\\"x '.repeat(500_000)}" }`;
    expect(compactJson(long)).toBe(long.replace('{ "a": ', '{"a":').replace(/ \}$/, '}'));
  });

  it.each([
    ['{"id":"a","n":1.0}', 'id', 'b', '{"id":"b","n":1.0}'],
    ['[{"id":7,"n":1e2}]', '0.id', 8, '[{"id":8,"n":1e2}]'],
    ['{"v":[{"m":{"k":"a"}}],"z":1.50}', 'v.0.m.k', 'é"', '{"v":[{"m":{"k":"é\\""}}],"z":1.50}'],
  ])('%s with another %s', (before, path, value, after) => {
    expect(setJson(before, path, value)).toBe(after);
  });

  it.each([
    ['{"b":2}', '{"a":1,"b":2}'],
    ['{}', '{"a":1}'],
    ['[{"b":2},{}]', '[{"a":1,"b":2},{}]'],
    ['[{}]', '[{"a":1}]'],
    ['[]', null],
    ['"text"', null],
    ['7', null],
  ])('%s with a member more', (before, after) => {
    expect(addMembers(before, '"a":1')).toBe(after);
  });
});

describe('bodies', () => {
  const plain = compacted(json('{\n  "id": "evt_1",\n  "data": { "n": 1, "name": "Ada" }\n}\n'));

  it('survive a rewrite when nothing was added, so that nothing else is blamed for it', () => {
    expect(rewritten(textOf(plain))).toBe(textOf(plain));
    for (const addition of [markAddition, padding(1_000)]) {
      const text = textOf(withAddition(plain, addition));
      expect(rewritten(text)).toBe(text);
      expect(text).not.toBe(textOf(plain));
    }
  });

  it.each([
    ['unicode', unicodeAddition],
    ['CRLF', crlfAddition],
    ['spelling', spellingAddition],
  ])('do not survive it with %s, and still say the same', (_name, addition) => {
    const text = textOf(withAddition(plain, addition));
    expect(rewritten(text)).not.toBe(text);
    expect(JSON.parse(text ?? '')).toMatchObject({ id: 'evt_1', data: { n: 1, name: 'Ada' } });
  });

  it('hold CRLF, letters beyond ASCII raw and as escapes, and numbers that no double can hold', () => {
    expect(textOf(withAddition(plain, crlfAddition))).toMatch(/^\{\r\n[^]*\r\n$/);
    const unicode = textOf(withAddition(plain, unicodeAddition)) ?? '';
    for (const part of ['東京', '😀', '\\u00e9', '\\ud83d\\ude00', 'e\u0301', '\\/']) expect(unicode).toContain(part);
    expect(textOf(withAddition(plain, spellingAddition))).toContain('12345678901234567890');
  });

  it('of a form get a field, and none where the case needs JSON', () => {
    expect(textOf(withAddition(form('a=1'), markAddition))).toBe('a=1&hookbench_check=other');
    expect(textOf(withAddition(form(''), markAddition))).toBe('hookbench_check=other');
    const unicode = new URLSearchParams(textOf(withAddition(form('a=1'), unicodeAddition)) ?? '');
    expect(unicode.get('hookbench_check')).toBe('Grüße 😀 … A-~'.replace('…', '\u2028'));
    expect(withAddition(form('a=1'), spellingAddition)).toBeNull();
    expect(textOf(compacted(form('a = 1')))).toBe('a = 1');
  });

  it.each([
    ['plain text', json('hello')],
    ['nothing', json('')],
    ['bytes that are not UTF-8', { ...json(''), body: Buffer.from([0x7b, 0xff, 0x7d]) }],
    ['a number', json('7')],
  ])('of %s stay, and nothing can be added', (_name, event) => {
    expect(compacted(event).body).toEqual(event.body);
    expect(withAddition(event, markAddition)).toBeNull();
  });
});
