// A tampered body differs in a value and stays readable.

import { describe, expect, it } from 'vitest';
import { tamper } from '../../../../src/main/signatures/tamper.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('tamper', () => {
  it.each([
    ['{"n":0}', '{"n":1}'],
    ['{"n":9,"s":"x"}', '{"n":1,"s":"x"}'],
    ['{"n":-0.50e1}', '{"n":-0.50e2}'],
    ['{"s":"\\u00e9"}', '{"s":"\\u00e1"}'],
    ['{"s":"x"}', '{"s":"x"} '],
    ['a=%20b', 'a=%21b'],
    ['', ' '],
  ])('%j becomes %j', (before, after) => {
    expect(text(tamper(Buffer.from(before)))).toBe(after);
  });

  it.each(['{"n":0}', '{"n":-0.09e9}', '["\\u0000"]', '{"a":true}', '{"1":{}}'])('leaves %s JSON', (before) => {
    const after: unknown = JSON.parse(text(tamper(Buffer.from(before))));
    expect(after).toBeTypeOf('object');
  });

  it('touches one byte of bytes that are no text', () => {
    const before = Uint8Array.from([0xff, 0x35, 0x00, 0x80]);
    expect([...tamper(before)]).toEqual([0xff, 0x36, 0x00, 0x80]);
  });
});
