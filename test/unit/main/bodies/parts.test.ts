import { describe, expect, it } from 'vitest';
import { createByteBlocks } from '../../../../src/main/bodies/byte-blocks.ts';
import { createDecodedCache } from '../../../../src/main/bodies/decoded-cache.ts';
import type { Decoded } from '../../../../src/main/bodies/decode.ts';
import { readCodings } from '../../../../src/main/bodies/encodings.ts';
import { safeFileName } from '../../../../src/main/bodies/save-name.ts';

const none = new Uint8Array();

describe('readCodings', () => {
  it('reads fields and lists in the order in which they were applied', () => {
    expect(readCodings(['gzip, Br', 'x-gzip'], none)).toEqual({ ok: true, codings: ['gzip', 'br', 'gzip'] });
    expect(readCodings(['identity', ' '], none)).toEqual({ ok: true, codings: [] });
  });

  it('looks at the first bytes only where no header speaks', () => {
    expect(readCodings([], new Uint8Array([0x1f, 0x8b, 8, 0]))).toEqual({ ok: true, codings: ['gzip'] });
    expect(readCodings([], new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]))).toEqual({ ok: true, codings: ['zstd'] });
    expect(readCodings(['br'], new Uint8Array([0x1f, 0x8b, 8]))).toEqual({ ok: true, codings: ['br'] });
  });

  it('refuses what it does not know and what is piled up', () => {
    expect(readCodings(['sdch'], none)).toMatchObject({ ok: false, problem: expect.stringContaining('"sdch"') });
    expect(readCodings(['gzip,'.repeat(100)], none)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('100'),
    });
  });
});

describe('byte blocks', () => {
  it('gives back any slice of what was written in pieces of any size', () => {
    const whole = Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
    const blocks = createByteBlocks();
    for (let at = 0, step = 1; at < whole.length; at += step, step = (step * 3) % 70_001) {
      expect(blocks.append(whole.subarray(at, at + step), whole.length)).toBe(true);
    }
    expect(blocks.size).toBe(whole.length);
    for (const [offset, length] of [
      [0, 10],
      [1_048_570, 20],
      [5_000, 2_200_000],
      [2_499_990, 100],
      [3_000_000, 5],
    ] as const) {
      expect(Buffer.compare(blocks.slice(offset, length), whole.slice(offset, offset + length))).toBe(0);
    }
  });

  it('takes no more than the limit', () => {
    const blocks = createByteBlocks();
    expect(blocks.append(new Uint8Array(10), 8)).toBe(false);
    expect(blocks.size).toBe(8);
  });
});

describe('decoded cache', () => {
  const decoded = (size: number): Decoded => {
    const content = createByteBlocks();
    content.append(new Uint8Array(size), size);
    return { content, cut: false, problem: null };
  };

  it('decodes once and keeps the two bodies used last', async () => {
    const cache = createDecodedCache();
    const made: string[] = [];
    const get = (key: string): Promise<Decoded> =>
      cache.get(key, () => {
        made.push(key);
        return Promise.resolve(decoded(1));
      });
    await Promise.all([get('a'), get('a')]);
    await get('b');
    await get('a');
    await get('c');
    await get('a');
    expect(made).toEqual(['a', 'b', 'c']);
    await get('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('keeps one body alone when two would be too large', async () => {
    const cache = createDecodedCache();
    let again = 0;
    await cache.get('a', () => Promise.resolve(decoded(40_000_000)));
    await cache.get('b', () => Promise.resolve(decoded(40_000_000)));
    await cache.get('a', () => {
      again += 1;
      return Promise.resolve(decoded(1));
    });
    expect(again).toBe(1);
  });
});

describe('safeFileName', () => {
  it.each([
    ['invoice 7.pdf', 'invoice 7.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\Windows\\System32\\cmd.exe', 'cmd.exe'],
    ['C:evil.txt', 'evil.txt'],
    ['..%2f..%2fhidden', 'hidden'],
    ['.bashrc', 'bashrc'],
    ['..', 'body.bin'],
    ['', 'body.bin'],
    ['///', 'body.bin'],
    ['con.txt', 'file-con.txt'],
    ['NUL', 'file-NUL'],
    ['a\u0000b\u202etxt.exe', 'a_b_txt.exe'],
    ['trailing. . ', 'trailing'],
    ['größe.json', 'größe.json'],
    ['-rf', 'rf'],
  ])('makes of %j the name %j', (wanted, name) => {
    expect(safeFileName(wanted, 'body.bin')).toBe(name);
  });

  it('cuts long names at the front, so that the ending stays', () => {
    const name = safeFileName(`${'x'.repeat(5_000)}.json`, 'body.bin');
    expect(name).toHaveLength(100);
    expect(name.endsWith('.json')).toBe(true);
  });
});
