import { describe, expect, it } from 'vitest';
import { findInText, searchBytes } from '../../../../src/renderer/lib/body-find.ts';
import { readForm } from '../../../../src/renderer/lib/body-form.ts';
import { readImage } from '../../../../src/renderer/lib/body-image.ts';
import { createBodyLines, lineWidth } from '../../../../src/renderer/lib/body-lines.ts';
import { boundaryOf, readMultipart } from '../../../../src/renderer/lib/body-multipart.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('readForm', () => {
  it('keeps order, repeated and empty fields, and what was sent', () => {
    const { fields, more } = readForm('a=1&b=two+words&a=%E2%82%AC&d=%zz&e&=v&f=x=y&&g=');
    expect(more).toBe(0);
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['a', '1'],
      ['b', 'two words'],
      ['a', '€'],
      ['d', '%zz'],
      ['e', ''],
      ['', 'v'],
      ['f', 'x=y'],
      ['g', ''],
    ]);
    expect(fields[2]?.raw).toBe('a=%E2%82%AC');
  });

  it('knows a JSON payload', () => {
    const { fields } = readForm(`payload=${encodeURIComponent('{"action":"opened"}')}&x=%5B1%5D&y=plain`);
    expect(fields.map(({ json }) => json)).toEqual([true, true, false]);
  });

  it('shows 1,000 fields and counts the rest', () => {
    const { fields, more } = readForm('a=1&'.repeat(5_000));
    expect([fields.length, more]).toEqual([1_000, 4_000]);
  });
});

describe('multipart', () => {
  const body = bytes(
    [
      'preamble',
      '--b 1',
      'Content-Disposition: form-data; name="text"',
      '',
      'hello\r\nworld',
      '--b 1 \t',
      'content-disposition: form-data; name="f\\"1"; filename="..\\..\\a%22.json"; x=y',
      'Content-Type: application/json',
      '',
      '{"a":1}',
      '--b 1',
      '',
      '--b 1--',
      'epilogue',
    ].join('\r\n'),
  );

  it('gives parts as ranges of bytes', () => {
    const read = readMultipart(body, 'b 1');
    expect(read).toMatchObject({ more: false, closed: true });
    expect(
      read?.parts.map(({ name, fileName, type, offset, length }) => ({
        name,
        fileName,
        type,
        content: new TextDecoder().decode(body.subarray(offset, offset + length)),
      })),
    ).toEqual([
      { name: 'text', fileName: null, type: null, content: 'hello\r\nworld' },
      { name: 'f"1', fileName: '..\\..\\a".json', type: 'application/json', content: '{"a":1}' },
      { name: null, fileName: null, type: null, content: '' },
    ]);
  });

  it('reads the boundary from the type, quoted or not, or from the body', () => {
    expect(boundaryOf('multipart/form-data; boundary="b 1"', body)).toBe('b 1');
    expect(boundaryOf('Multipart/Mixed;charset=x; BOUNDARY=abc', body)).toBe('abc');
    expect(boundaryOf('multipart/form-data', bytes('--found\r\nx'))).toBe('found');
    expect(boundaryOf('multipart/form-data', bytes('nothing'))).toBeNull();
  });

  it('marks a part without an end, and takes file names as RFC 5987 writes them', () => {
    const read = readMultipart(
      bytes("--x\nContent-Disposition: form-data; name=a; filename=plain; filename*=UTF-8''gr%C3%BCn.txt\n\nhalf"),
      'x',
    );
    expect(read?.parts).toMatchObject([{ name: 'a', fileName: 'grün.txt', length: 4, whole: false }]);
  });

  it('shows 1,000 parts of many, and ends on a head without end', () => {
    const many = readMultipart(bytes('--x\r\n\r\na\r\n'.repeat(5_000)), 'x');
    expect(many).toMatchObject({ more: true });
    expect(many?.parts).toHaveLength(1_000);
    const heads = readMultipart(bytes(`--x\r\n${'X-Header: 1\r\n'.repeat(5_000)}`), 'x');
    expect(heads?.parts[0]?.headers).toHaveLength(100);
  });
});

describe('readImage', () => {
  const head = (given: readonly number[], length = 64): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => given[i] ?? 0);
  const text = (value: string): number[] => [...bytes(value)];

  it.each([
    [
      'png',
      [0x89, ...text('PNG\r\n\x1a\n'), 0, 0, 0, 13, ...text('IHDR'), 0, 0, 1, 0, 0, 0, 0, 7],
      'image/png',
      256,
      7,
    ],
    ['gif', [...text('GIF89a'), 3, 1, 2, 0], 'image/gif', 259, 2],
    ['jpeg', [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc2, 0, 11, 8, 0, 9, 1, 0, 3], 'image/jpeg', 256, 9],
    [
      'webp',
      [...text('RIFF'), 0, 0, 0, 0, ...text('WEBPVP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 49, 0, 0],
      'image/webp',
      100,
      50,
    ],
    [
      'bmp',
      [...text('BM'), ...Array<number>(12).fill(0), 40, 0, 0, 0, 5, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff],
      'image/bmp',
      5,
      4,
    ],
    [
      'avif',
      [0, 0, 0, 24, ...text('ftypavif'), 0, 0, 0, 0, ...text('ispe'), 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0],
      'image/avif',
      512,
      256,
    ],
  ] as const)('reads the size of %s', (_name, given, type, width, height) => {
    expect(readImage(head(given))).toEqual({ type, width, height });
  });

  it('reads an icon by what it holds, not by what its directory says', () => {
    const png = [0x89, ...text('PNG\r\n\x1a\n'), 0, 0, 0, 13, ...text('IHDR'), 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30];
    const icon = head([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 50, 0, 0, 0, 22, 0, 0, 0, ...png], 128);
    expect(readImage(icon)).toEqual({ type: 'image/x-icon', width: 30_000, height: 30_000 });
  });

  it('takes nothing else for an image, and ends on any bytes', () => {
    expect(readImage(bytes('<svg xmlns="http://www.w3.org/2000/svg"></svg>'))).toBeNull();
    expect(readImage(bytes('{"a":"some json body"}'))).toBeNull();
    for (let seed = 0; seed < 500; seed += 1) {
      const noise = Uint8Array.from({ length: 40 }, (_, i) => (seed * 31 + i * i * 17) & 255);
      noise.set(
        [
          [0xff, 0xd8, 0xff],
          [0, 0, 1, 0],
          [0x42, 0x4d],
        ][seed % 3] ?? [],
      );
      expect(() => readImage(noise)).not.toThrow();
    }
  });
});

describe('find', () => {
  it('ignores the case of ASCII letters and takes signs as they are', () => {
    expect(findInText('a.B a.b aXb', 'A.b')).toEqual([
      { start: 0, end: 3 },
      { start: 4, end: 7 },
    ]);
    expect(findInText('x', '')).toEqual([]);
    expect(findInText('a-b [c] (d/e)', '[C] (D/')).toEqual([{ start: 4, end: 11 }]);
  });

  it('finds words in bytes, across slices, at the offsets of the whole', () => {
    const whole = bytes(`${'é'.repeat(10)}Needle and NEEDLE ${'x'.repeat(30)}needle`);
    for (const step of [1, 3, 7, 1_000]) {
      const search = searchBytes('nEEdle');
      const found: number[] = [];
      for (let at = 0; at < whole.length; at += step) {
        found.push(...search.next(whole.subarray(at, at + step)).map(({ start }) => start));
      }
      expect(found).toEqual([20, 31, 68]);
    }
  });

  it('does not take one letter with an accent for another', () => {
    expect(searchBytes('é').next(bytes('ãé'))).toEqual([{ start: 2, end: 4 }]);
  });
});

describe('body lines', () => {
  it('breaks at line feeds and at the width, whatever the slices', () => {
    const text = `first\r\n\n${'ü'.repeat(200)}\nlast`;
    const whole = bytes(text);
    for (const step of [131, 150, 10_000]) {
      const lines = createBodyLines();
      for (let at = 0; at < whole.length; at += step) lines.append(whole.subarray(at, at + step));
      const all = Array.from({ length: lines.count }, (_, line) => lines.text(line));
      expect(all.slice(0, 2)).toEqual(['first', '']);
      expect(all.at(-1)).toBe('last');
      expect(all.join('')).toBe(`first${'ü'.repeat(200)}last`);
      expect(all.every((line) => bytes(line).length <= lineWidth + 4)).toBe(true);
      expect(lines.lineAt(whole.length - 1)).toBe(lines.count - 1);
      expect(lines.start(1)).toBe(7);
    }
  });

  it('has a bound of lines', () => {
    const lines = createBodyLines();
    lines.append(new Uint8Array(2_000_000).fill(10));
    expect(lines.full).toBe(true);
    expect(lines.count).toBe(1_500_000);
    expect(lines.text(lines.count - 1).length).toBeLessThan(200);
  });
});
