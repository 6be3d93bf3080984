import { describe, expect, it } from 'vitest';
import {
  decodeUtf8Head,
  isBinary,
  mixesLineBreaks,
  readBodyText,
  sameBytes,
  typedText,
  writeBodyText,
} from '../../../../src/renderer/lib/body-text.ts';
import type { BodyText } from '../../../../src/renderer/lib/body-text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string): BodyText {
  const body = readBodyText(bytes(text));
  if (body === null) throw new Error('taken for binary');
  return body;
}

describe('readBodyText and writeBodyText', () => {
  it.each(['', 'a\nb', 'a\r\nb\r\n', 'a\rb', 'a\r\nb\nc\r', '\uFEFF{"a":1}', '🎉\u202E', 'x\u0000y and more text'])(
    'give back the same bytes when nothing was edited: %j',
    (text) => {
      expect(writeBodyText(read(text))).toEqual(bytes(text));
    },
  );

  it('keep CRLF in an edited body that had nothing else', () => {
    const body = read('a\r\nb');
    expect(new TextDecoder().decode(writeBodyText({ ...body, text: `${body.text}\nc` }))).toBe('a\r\nb\r\nc');
    expect(mixesLineBreaks(body)).toBe(false);
  });

  it('say so when an edit would change line breaks', () => {
    expect(mixesLineBreaks(read('a\r\nb\nc'))).toBe(true);
    expect(mixesLineBreaks(read('a\rb'))).toBe(true);
    expect(mixesLineBreaks(typedText('a\nb'))).toBe(false);
  });

  it('refuse what is no text', () => {
    expect(readBodyText(new Uint8Array([0xff, 0xfe, 0x41]))).toBeNull();
    expect(readBodyText(new Uint8Array(64))).toBeNull();
  });
});

describe('isBinary', () => {
  it('lets a few control characters pass', () => {
    expect(isBinary('\u001b[31mred and a lot of ordinary text\u0007')).toBe(false);
    expect(isBinary('\u0001\u0002\u0003abc')).toBe(true);
    expect(isBinary('')).toBe(false);
  });
});

describe('decodeUtf8Head', () => {
  it('leaves out a character that is cut in two', () => {
    const emoji = bytes('ab🎉');
    for (const cut of [1, 2, 3]) expect(decodeUtf8Head(emoji.subarray(0, emoji.length - cut))).toBe('ab');
    expect(decodeUtf8Head(emoji)).toBe('ab🎉');
  });

  it('refuses bytes that are wrong elsewhere', () => {
    expect(decodeUtf8Head(new Uint8Array([0x41, 0xff, 0x41, 0x41, 0x41, 0x41]))).toBeNull();
  });
});

describe('sameBytes', () => {
  it('compares length and content', () => {
    expect(sameBytes(bytes('ab'), bytes('ab'))).toBe(true);
    expect(sameBytes(bytes('ab'), bytes('abc'))).toBe(false);
    expect(sameBytes(bytes('ab'), bytes('ac'))).toBe(false);
  });
});
