// Undoes the content codings of a body within bounds: a few kilobytes may grow to gigabytes, so that every layer stops at
// the cap, and what came out before a fault is kept. It runs in small steps; the receiver never waits for it.

import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { createByteBlocks } from './byte-blocks.ts';
import type { ByteBlocks } from './byte-blocks.ts';
import type { Coding } from './encodings.ts';
import { createZstdStream } from './zstd-stream.ts';

/** Most bytes that a body is decoded to. */
export const decodeCap = 10_485_760;

/** What came out. */
export interface Decoded {
  readonly content: ByteBlocks;
  /** Stopped at the cap: there is more. */
  readonly cut: boolean;
  /** A sentence on why the rest is missing, or null. */
  readonly problem: string | null;
}

/** What is to be decoded. */
export interface DecodeJob {
  /** Stored bytes `[offset, offset + length)`, shorter at the end of the body. */
  readonly read: (offset: number, length: number) => Uint8Array;
  /** Bytes in all. */
  readonly size: number;
  /** As applied by the sender; undone from the last to the first. */
  readonly codings: readonly Coding[];
  /** Bytes; {@link decodeCap} when absent. */
  readonly cap?: number;
}

/** Decodes; never rejects for what the bytes are. */
export function decodeBody({ read, size, codings, cap = decodeCap }: DecodeJob): Promise<Decoded> {
  const content = createByteBlocks();
  const undone = codings.toReversed();
  const source = Readable.from(pieces(read, size), { objectMode: false, highWaterMark: 65_536 });
  const stages = undone.map((coding, i) => createStage(coding, i === 0 ? read(0, 2) : null, cap));
  return new Promise((resolve) => {
    let cut = false;
    let problem: string | null = null;
    let settled = false;
    const end = (): void => {
      if (settled) return;
      settled = true;
      for (const stream of [source, ...stages]) stream.destroy();
      resolve({ content, cut, problem });
    };
    const last = stages.at(-1);
    if (last === undefined) {
      end();
      return;
    }
    stages.forEach((stage, i) => {
      let made = 0;
      stage.on('data', (chunk: Buffer) => {
        if (settled) return;
        made += chunk.length;
        const fits = stage === last ? content.append(chunk, cap) : made <= cap;
        if (fits) return;
        cut = true;
        end();
      });
      stage.once('error', (error: NodeJS.ErrnoException) => {
        problem ??= `Not all of it is ${undone[i]}: ${reasonOf(error)}.`;
        // What the layers below still hold comes out first.
        const next = stages[i + 1];
        if (next === undefined) end();
        else next.end();
      });
      const next = stages[i + 1];
      if (next !== undefined) stage.pipe(next);
    });
    source.once('error', () => {
      problem = 'The stored body could not be read.';
      end();
    });
    last.once('end', end);
    source.pipe(stages[0] as Transform);
  });
}

/** Small pieces first, so that a fault close to the start costs little of what came before it. */
function* pieces(read: DecodeJob['read'], size: number): Generator<Buffer> {
  let offset = 0;
  while (offset < size) {
    const piece = read(offset, offset < 65_536 ? 4_096 : 65_536);
    if (piece.length === 0) return;
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    offset += piece.length;
  }
}

function createStage(coding: Coding, head: Uint8Array | null, cap: number): Transform {
  const chunkSize = 65_536;
  switch (coding) {
    case 'gzip':
      return createGunzip({ chunkSize });
    case 'br':
      // Only windows as HTTP knows them (RFC 7932), not the large ones.
      return createBrotliDecompress({ chunkSize, params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 } });
    case 'deflate':
      return head === null || isWrapped(head) ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize });
    case 'zstd':
      return createZstdStream(cap);
  }
}

/** Whether these bytes begin a zlib stream (RFC 1950); many senders leave its two bytes out (RFC 9110 section 8.4.1.2). */
function isWrapped(head: Uint8Array): boolean {
  const [first = 0, second = 0] = head;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

const reasons: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'it ends too early',
  Z_DATA_ERROR: 'the data is damaged',
  Z_NEED_DICT: 'it needs a dictionary',
};

function reasonOf(error: NodeJS.ErrnoException): string {
  const known = reasons[error.code ?? ''];
  if (known !== undefined) return known;
  return error.code === undefined ? error.message : 'the data is damaged';
}
