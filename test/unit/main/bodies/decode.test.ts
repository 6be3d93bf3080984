import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBody } from '../../../../src/main/bodies/decode.ts';
import type { Decoded } from '../../../../src/main/bodies/decode.ts';
import type { Coding } from '../../../../src/main/bodies/encodings.ts';

const mebibyte = 1_048_576;

function decode(bytes: Uint8Array, codings: readonly Coding[], cap?: number): Promise<Decoded> {
  const read = (offset: number, length: number): Uint8Array => new Uint8Array(bytes.slice(offset, offset + length));
  return decodeBody({ read, size: bytes.length, codings, ...(cap !== undefined && { cap }) });
}

function textOf({ content }: Decoded): string {
  return new TextDecoder().decode(content.slice(0, content.size));
}

const events = Array.from({ length: 60 }, (_, i) => `{"id":"evt_${i}","type":"invoice.paid"}`).join('\n');
/** `events` as the zstd program writes it at level 19, with a checksum. */
const zstdEvents = Buffer.from(
  'KLUv/QRo7QMAQoYTEaBvGKpgOwbViA22pGmnv1YoKqFjCnkfRiV0TCHvo6iEjinkfRCV0DGFvI9XCR1TyLurhI4p5B3kfrFRAV2cVsZeDemtHXqwamGvfrFxPKgRwLv/Z/A11hF8QvArBD/ODwFgeiCoLgiqE4LqkBiS1K5f2rlYrKAIkFU6wprY',
  'base64',
);

/** A zstd frame (RFC 8878) whose window descriptor, blocks and checksum flag are as given. */
function zstdFrame(blocks: readonly Buffer[], window = 0x50): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, window]), ...blocks]);
}
function zstdBlock(kind: 'raw' | 'rle', size: number, content: Buffer, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (kind === 'rle' ? 2 : 0) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([header, content]);
}
function zstdBomb(total: number): Buffer {
  const size = 131_072;
  const count = total / size;
  return zstdFrame(
    Array.from({ length: count }, (_, i) => zstdBlock('rle', size, Buffer.from([0]), i === count - 1)),
    0x38,
  );
}

describe('decodeBody', () => {
  const wrapped: readonly [string, readonly Coding[], Uint8Array][] = [
    ['gzip', ['gzip'], gzipSync(events)],
    ['brotli', ['br'], brotliCompressSync(events)],
    ['deflate with its wrapper', ['deflate'], deflateSync(events)],
    ['deflate without its wrapper', ['deflate'], deflateRawSync(events)],
    ['zstd', ['zstd'], zstdEvents],
    [
      'two zstd frames',
      ['zstd'],
      Buffer.concat([zstdEvents.subarray(0), zstdFrame([zstdBlock('raw', 0, Buffer.alloc(0), true)])]),
    ],
    ['a chain of three', ['gzip', 'br', 'deflate'], deflateSync(brotliCompressSync(gzipSync(events)))],
    ['zstd inside gzip', ['zstd', 'gzip'], gzipSync(zstdEvents)],
  ];
  it.each(wrapped)('undoes %s', async (_name, codings, bytes) => {
    const decoded = await decode(bytes, codings);
    expect(decoded).toMatchObject({ cut: false, problem: null });
    expect(textOf(decoded)).toBe(events);
  });

  it('reads a skippable zstd frame over and a frame after it', async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    expect(textOf(await decode(Buffer.concat([skippable, zstdEvents]), ['zstd']))).toBe(events);
  });

  it('keeps what came out before a fault, and says what is wrong', async () => {
    const short = await decode(gzipSync(events).subarray(0, -9), ['gzip']);
    expect(short.problem).toBe('Not all of it is gzip: it ends too early.');
    expect(events.startsWith(textOf(short).slice(0, 40))).toBe(true);
    expect(short.content.size).toBeGreaterThan(100);

    const wrong = await decode(Buffer.from('{"plain":true}'), ['gzip']);
    expect(wrong).toMatchObject({ problem: 'Not all of it is gzip: the data is damaged.', cut: false });

    const frame = zstdFrame([
      zstdBlock('rle', 5_000, Buffer.from('a'), false),
      zstdBlock('raw', 50, Buffer.alloc(10), true),
    ]);
    const half = await decode(frame, ['zstd']);
    expect(half.problem).toBe('Not all of it is zstd: the zstd data ends too early.');
    expect(textOf(half)).toBe('a'.repeat(5_000));
  });

  it('names the layer that is damaged and gives what the layers below still hold', async () => {
    const decoded = await decode(gzipSync('not compressed again'), ['br', 'gzip']);
    expect(decoded.problem).toMatch(/^Not all of it is br: /);
  });

  it('stops at the cap exactly', async () => {
    const decoded = await decode(gzipSync(Buffer.alloc(3 * mebibyte, 'x')), ['gzip'], 2_000_000);
    expect(decoded).toMatchObject({ cut: true, problem: null });
    expect(decoded.content.size).toBe(2_000_000);
    const whole = await decode(gzipSync(Buffer.alloc(2_000_000)), ['gzip'], 2_000_000);
    expect(whole).toMatchObject({ cut: false, problem: null });
  });

  it('never gives a zstd header the window it asks for', async () => {
    const greedy = zstdFrame([zstdBlock('raw', 1, Buffer.from('a'), true)], 0xf8);
    const before = process.memoryUsage().arrayBuffers;
    const decoded = await decode(greedy, ['zstd']);
    expect(decoded.problem).toBe('Not all of it is zstd: the zstd data asks for a window larger than 8 MiB.');
    const single = Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0]),
      Buffer.from('ffffff7f00000000', 'hex'),
      zstdBlock('raw', 1, Buffer.from('a'), true),
    ]);
    expect((await decode(single, ['zstd'])).problem).toContain('larger than 8 MiB');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * mebibyte);
  });
});

describe('bombs', () => {
  const bombs = new Map<string, { readonly codings: readonly Coding[]; readonly bytes: Uint8Array }>();
  beforeAll(async () => {
    const gzip = await zeros(256 * mebibyte);
    bombs.set('gzip', { codings: ['gzip'], bytes: gzip });
    bombs.set('gzip in gzip', { codings: ['gzip', 'gzip'], bytes: await promisify(gzipOnce)(gzip) });
    bombs.set('a large first layer', { codings: ['br', 'gzip'], bytes: gzip });
    bombs.set('brotli', { codings: ['br'], bytes: brotliCompressSync(Buffer.alloc(256 * mebibyte)) });
    bombs.set('zstd', { codings: ['zstd'], bytes: zstdBomb(256 * mebibyte) });
  }, 60_000);

  it.each(['gzip', 'gzip in gzip', 'brotli', 'zstd'])('%s stops at 10 MiB and holds nobody up', async (name) => {
    const bomb = bombs.get(name);
    if (bomb === undefined) throw new Error(`no bomb ${name}`);
    const delay = monitorEventLoopDelay({ resolution: 2 });
    delay.enable();
    const decoded = await decode(bomb.bytes, bomb.codings);
    delay.disable();
    expect(decoded).toMatchObject({ cut: true, problem: null });
    expect(decoded.content.size).toBe(10 * mebibyte);
    expect(delay.max / 1e6, 'longest time that the event loop was held, ms').toBeLessThan(50);
  });

  it('zstd that a gzip header swallows without end takes no memory', async () => {
    const skipped = Buffer.alloc(65_536);
    skipped.writeUInt32LE(0x184d2a50, 0);
    skipped.writeUInt32LE(skipped.length - 8, 4);
    const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
    const blocks = Array.from({ length: 16_384 }, (_, n) => zstdBlock('rle', 131_072, Buffer.from('n'), n === 16_383));
    const bytes = Buffer.concat([skipped, zstdFrame([zstdBlock('raw', header.length, header, false), ...blocks])]);
    const before = process.memoryUsage().rss;
    const decoded = await decode(bytes, ['gzip', 'zstd']);
    expect(decoded.content.size).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * mebibyte);
  });

  it('a layer that grows and gives nothing ends as well', async () => {
    const bomb = bombs.get('a large first layer');
    const decoded = await decode(bomb?.bytes ?? new Uint8Array(), ['br', 'gzip']);
    expect(decoded.content.size).toBeLessThanOrEqual(64 * mebibyte);
    expect(decoded.cut || decoded.problem !== null).toBe(true);
  });
});

function gzipOnce(bytes: Uint8Array, done: (error: Error | null, result: Uint8Array) => void): void {
  done(null, gzipSync(bytes, { level: 9 }));
}

async function zeros(size: number): Promise<Uint8Array> {
  const gzip = createGzip({ level: 9 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const block = Buffer.alloc(mebibyte);
  for (let left = size; left > 0; left -= mebibyte) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  const ended = new Promise((resolve) => gzip.once('end', resolve));
  gzip.end();
  await ended;
  return Buffer.concat(chunks);
}
