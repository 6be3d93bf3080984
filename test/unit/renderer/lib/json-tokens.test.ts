import { describe, expect, it } from 'vitest';
import { jsonTokens } from '../../../../src/renderer/lib/json-tokens.ts';

function texts(source: string): string[] {
  return Array.from(jsonTokens(source), ({ kind, start, end }) => `${kind}:${source.slice(start, end)}`);
}

describe('jsonTokens', () => {
  it('keeps the text of numbers and strings', () => {
    expect(texts('{"a\\u0041":12345678901234567890,"b":1.10e+2,"c":[true,null]}')).toEqual([
      'punctuator:{',
      'string:"a\\u0041"',
      'punctuator::',
      'number:12345678901234567890',
      'punctuator:,',
      'string:"b"',
      'punctuator::',
      'number:1.10e+2',
      'punctuator:,',
      'string:"c"',
      'punctuator::',
      'punctuator:[',
      'word:true',
      'punctuator:,',
      'word:null',
      'punctuator:]',
      'punctuator:}',
    ]);
  });

  it.each([
    ['an unterminated string', '["abc', '"abc'],
    ['a raw line break in a string', '["a\nb"]', '"a\nb"]'],
    ['a wrong escape', '["\\x41"]', '"\\x41"]'],
    ['a bare word', '{a:1}', 'a:1}'],
    ['a byte order mark', '\uFEFF{}', '\uFEFF{}'],
  ])('stops at %s with the rest of the text', (_what, source, rest) => {
    const all = [...jsonTokens(source)];
    const last = all.at(-1);
    expect(last?.kind).toBe('bad');
    expect(source.slice(last?.start, last?.end)).toBe(rest);
  });

  it('needs no stack for 200,000 levels', () => {
    const source = '['.repeat(200_000) + ']'.repeat(200_000);
    let count = 0;
    for (const token of jsonTokens(source)) count += token.end - token.start;
    expect(count).toBe(400_000);
  });

  it('reads a long string in one piece', () => {
    const source = `"${'\\n'.repeat(500_000)}"`;
    expect([...jsonTokens(source)]).toEqual([{ kind: 'string', start: 0, end: source.length }]);
  });
});
