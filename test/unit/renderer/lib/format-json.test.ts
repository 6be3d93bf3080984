import { describe, expect, it } from 'vitest';
import { formatJson } from '../../../../src/renderer/lib/format-json.ts';

function formatted(source: string): string {
  const result = formatJson(source);
  if (!result.ok) throw new Error(`${result.reason} at ${result.at}`);
  return result.text;
}

describe('formatJson', () => {
  it('lays values out as JSON.stringify would', () => {
    const value = { a: [1, { b: 'x', c: [] }, {}], d: null, e: '"\\', f: [[], [true]] };
    expect(formatted(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  it('keeps digits, escapes, order and repeated keys', () => {
    expect(formatted('{"n":12345678901234567890,"n":1.0,"s":"\\u00e9\\/"}')).toBe(
      '{\n  "n": 12345678901234567890,\n  "n": 1.0,\n  "s": "\\u00e9\\/"\n}',
    );
  });

  it.each(['1', '"x"', 'null', ' [ ] ', '{ }'])('takes any value at the top: %s', (source) => {
    expect(formatted(source)).toBe(source.replaceAll(' ', ''));
  });

  it.each([
    ['', 0],
    ['{"a":}', 5],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['{,}', 1],
    ['{"a":1,}', 7],
    ['[1}', 2],
    ['1 2', 2],
    ['{"a":1', 6],
    ['{1:2}', 1],
    ["{'a':1}", 1],
  ])('refuses %s at %i', (source, at) => {
    expect(formatJson(source)).toEqual({ ok: false, reason: 'not-json', at });
  });

  it('stops at depths that nobody reads', () => {
    expect(formatJson('['.repeat(100_000))).toEqual({ ok: false, reason: 'too-deep', at: 200 });
    expect(formatJson('[[1]]', { maxDepth: 2 })).toMatchObject({ ok: true });
    expect(formatJson('[[[1]]]', { maxDepth: 2 })).toMatchObject({ ok: false, reason: 'too-deep' });
  });

  it('stops when the result grows too long', () => {
    expect(formatJson(`[${'1,'.repeat(1_000)}1]`, { maxLength: 100 })).toMatchObject({ ok: false, reason: 'too-long' });
  });

  it('lays out the head of a text whose rest is missing', () => {
    expect(formatJson('{"a":[1,2', { partial: true })).toEqual({ ok: true, text: '{\n  "a": [\n    1,\n    2' });
    expect(formatJson('{"a":"unfinis', { partial: true })).toEqual({ ok: true, text: '{\n  "a": "unfinis' });
    expect(formatJson('not json', { partial: true })).toMatchObject({ ok: false });
  });

  it('formats 1 MB without a pause', () => {
    const items = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `item ${id}`, tags: ['a', 'b'] }));
    const source = JSON.stringify(items);
    expect(source.length).toBeGreaterThan(900_000);
    const before = performance.now();
    expect(formatted(source)).toBe(JSON.stringify(items, null, 2));
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
