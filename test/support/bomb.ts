// Small compressed bodies that grow to gigabytes of zero bytes, made when a test needs them.

import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createDeflateRaw, createGzip } from 'node:zlib';

const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 } };
const stages: Readonly<Record<string, () => readonly Transform[]>> = {
  gzip: () => [createGzip({ level: 9 })],
  gzip2: () => [createGzip({ level: 9 }), createGzip({ level: 9 })],
  'deflate-raw': () => [createDeflateRaw({ level: 9 })],
  br: () => [createBrotliCompress(brotli)],
};

/** A body of this kind that decodes to `size` bytes. */
export async function makeBomb(kind: string, size: number): Promise<Uint8Array> {
  const made = stages[kind]?.();
  if (made === undefined) throw new Error(`no bomb of the kind ${kind}`);
  const block = Buffer.alloc(1_048_576);
  const zeros = Readable.from(
    (function* () {
      for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
    })(),
  );
  const end = made.reduce<NodeJS.ReadableStream>((source, stage) => source.pipe(stage), zeros);
  const pieces: Buffer[] = [];
  for await (const piece of end) pieces.push(piece as Buffer);
  return new Uint8Array(Buffer.concat(pieces));
}
