import { describe, expect, it } from 'vitest';
import { escapeOf, visibleSegments, visibleText } from '../../../../src/renderer/lib/visible-text.ts';

describe('visibleText', () => {
  it.each([
    ['right-to-left override', 'invoice\u202Efdp.exe', 'invoice\\u202efdp.exe'],
    ['isolates', 'a\u2066b\u2069', 'a\\u2066b\\u2069'],
    ['zero-width characters', 'ad\u200Bmin\uFEFF', 'ad\\u200bmin\\ufeff'],
    ['terminal escapes', '\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
    ['C1 controls', '\u009b31m', '\\x9b31m'],
    ['NUL and DEL', '\u0000\u007f', '\\x00\\x7f'],
    ['line separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['tags', 'x\u{E0041}', 'x\\u{e0041}'],
    ['lone surrogates', 'a\uD800b', 'a\\ud800b'],
    ['combining grapheme joiner', 'a\u034Fb', 'a\\u034fb'],
    ['a carriage return', 'a\rb', 'a\\rb'],
  ])('draws %s as escapes', (_what, text, drawn) => {
    expect(visibleText(text)).toBe(drawn);
  });

  it('leaves ordinary text alone, also beyond ASCII', () => {
    const text = 'Zażółć 数据 🎉 naïve “quotes” ±5 %';
    expect(visibleText(text)).toBe(text);
  });

  it('makes line breaks and tabs blanks, since it is for names', () => {
    expect(visibleText('a\n\tb')).toBe('a b');
  });
});

describe('visibleSegments', () => {
  it('marks runs and nothing else', () => {
    expect(visibleSegments('a\u0000\u0001b')).toEqual([
      { kind: 'plain', text: 'a' },
      { kind: 'mark', text: '\\x00\\x01' },
      { kind: 'plain', text: 'b' },
    ]);
  });

  it('keeps tabs and line feeds as they are unless asked to draw them', () => {
    expect(visibleSegments('a\tb\n')).toEqual([{ kind: 'plain', text: 'a\tb\n' }]);
    const drawn = visibleSegments('a b\t\n', { whitespace: true });
    expect(drawn.map((segment) => segment.text).join('')).toBe('a·b→\t⏎\n');
    expect(drawn[0]).toEqual({ kind: 'plain', text: 'a' });
  });

  it('makes one segment of a megabyte of control characters', () => {
    expect(visibleSegments('\u0001'.repeat(1_000_000))).toHaveLength(1);
  });

  it('loses no visible character', () => {
    const text = `${'x'.repeat(50)}\u202E y\n\u200B\u200Bz`;
    const plain = visibleSegments(text, { whitespace: true })
      .filter((segment) => segment.kind === 'plain')
      .map((segment) => segment.text);
    expect(plain.join('')).toBe(`${'x'.repeat(50)}yz`);
  });
});

describe('escapeOf', () => {
  it('writes short, four-digit and braced forms', () => {
    expect([0x1b, 0x202e, 0xe0041].map(escapeOf)).toEqual(['\\x1b', '\\u202e', '\\u{e0041}']);
  });
});
