// Undoes zstd (RFC 8878), which the oldest Node in use cannot do by itself. The frames are walked here, block by block,
// before the library sees them: a header that asks for a huge window never gets it, and the event loop has its turn
// between blocks, however much a few bytes grow to.

import { Transform } from 'node:stream';
import { Decompress } from 'fzstd';

/** Largest window that senders may ask for in HTTP, bytes (RFC 9659). */
const maxWindow = 8_388_608;
/** Largest block, bytes (RFC 8878 section 3.1.1.2). */
const maxBlock = 131_072;
/** Longest stretch without giving way, ms. */
const stretchMs = 8;

/** What comes next in the stream of frames. */
type Expected = 'frame' | 'block' | 'checksum' | 'skip';

/**
 * A stream that takes zstd frames and gives their content; it stands still once `cap` bytes are exceeded. Fails with a
 * sentence on bytes that are not zstd.
 */
export function createZstdStream(cap: number): Transform {
  let held: Buffer = Buffer.alloc(0);
  let expected = 'frame' as Expected;
  let hasChecksum = false;
  let skip = 0;
  let started = false;
  let made = 0;

  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      void takeTurns(done);
    },
    flush(done) {
      // The library holds short frames back until it is told that nothing follows.
      try {
        if (started) library.push(new Uint8Array(0), true);
        done(held.length > 0 || expected !== 'frame' ? new Error('the zstd data ends too early') : null);
      } catch {
        done(new Error('the zstd data ends too early'));
      }
    },
  });
  const library = new Decompress((data) => {
    // What a later stage swallows counts as well: it would lie in memory.
    made += data.length;
    if (data.length > 0 && made - data.length <= cap) stream.push(data);
  });
  return stream;

  async function takeTurns(done: (error?: Error | null) => void): Promise<void> {
    try {
      await walk();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  async function walk(): Promise<void> {
    let since = performance.now();
    for (;;) {
      const length = nextLength();
      if (length === null || held.length < length) return;
      const piece = held.subarray(0, length);
      held = held.subarray(length);
      if (expected === 'skip') {
        skip -= length;
        if (skip === 0) expected = 'frame';
      } else {
        feed(piece);
        if (stream.destroyed) return;
        // Whoever reads it counts too, and ends all stages: nothing more is made for it.
        if (made > cap) await new Promise<never>(() => undefined);
      }
      if (performance.now() - since > stretchMs) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (stream.destroyed) return;
        since = performance.now();
      }
    }
  }

  /** Bytes of the next piece, or null while too few are there to tell. Throws on what zstd does not allow. */
  function nextLength(): number | null {
    switch (expected) {
      case 'skip':
        return held.length === 0 ? null : Math.min(skip, held.length);
      case 'checksum':
        return 4;
      case 'block': {
        if (held.length < 3) return null;
        const header = held.readUIntLE(0, 3);
        const size = header >> 3;
        if (size > maxBlock) throw new Error('a block of the zstd data is larger than zstd allows');
        return 3 + (((header >> 1) & 3) === 1 ? 1 : size);
      }
      case 'frame':
        return frameHeaderLength();
    }
  }

  function frameHeaderLength(): number | null {
    if (held.length < 8) return null;
    const magic = held.readUInt32LE(0);
    if (magic >>> 4 === 0x184d2a5) {
      skip = 8 + held.readUInt32LE(4);
      expected = 'skip';
      return nextLength();
    }
    if (magic !== 0xfd2fb528) throw new Error('the data is not zstd');
    const flags = held.readUInt8(4);
    const single = (flags & 0x20) !== 0;
    const sizeCode = flags >> 6;
    const sizeLength = sizeCode === 0 ? (single ? 1 : 0) : 1 << sizeCode;
    const dictionary = [0, 1, 2, 4][flags & 3] as number;
    const length = 5 + (single ? 0 : 1) + dictionary + sizeLength;
    if (held.length < length) return null;
    if (dictionary > 0) throw new Error('the zstd data needs a dictionary');
    const window = single ? contentSize(length - sizeLength, sizeLength) : windowSize(held.readUInt8(5));
    if (window > maxWindow) throw new Error('the zstd data asks for a window larger than 8 MiB');
    hasChecksum = (flags & 4) !== 0;
    return length;
  }

  function contentSize(at: number, length: number): number {
    if (length === 8) return Number(held.readBigUInt64LE(at));
    return held.readUIntLE(at, length) + (length === 2 ? 256 : 0);
  }

  function feed(piece: Buffer): void {
    try {
      started = true;
      library.push(piece);
    } catch {
      throw new Error('the zstd data is damaged');
    }
    if (expected === 'frame') expected = 'block';
    else if (expected === 'checksum') expected = 'frame';
    else if ((piece.readUInt8(0) & 1) === 1) expected = hasChecksum ? 'checksum' : 'frame';
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
