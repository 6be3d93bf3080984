// The handlers for the bytes of a body beyond reading them: decoded within bounds, and saved where the person says.

import { open, rename, unlink } from 'node:fs/promises';
import type { CommandHandlers } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import { createDecodedCache } from './bodies/decoded-cache.ts';
import { decodeBody } from './bodies/decode.ts';
import type { Decoded } from './bodies/decode.ts';
import { readCodings } from './bodies/encodings.ts';
import { safeFileName } from './bodies/save-name.ts';
import type { HostOptions } from './host-options.ts';
import type { Parts } from './host-parts.ts';

/** What the handlers work on. */
interface BodyContext {
  readonly parts: Pick<Parts, 'history'>;
  readonly desktop: HostOptions['desktop'];
}

const sliceSize = 1_048_576;

/** Builds the handlers. They throw AppError for operational errors. */
export function createBodyHandlers({
  parts: { history },
  desktop,
}: BodyContext): Pick<CommandHandlers, 'requests.decode' | 'bodies.save'> {
  const cache = createDecodedCache();

  return {
    async 'requests.decode'({ id, offset, length }) {
      const { codings, problem, decoded } = await decodedBody(id);
      if (decoded === null) return { bytes: new Uint8Array(), size: 0, encodings: codings, cut: false, problem };
      const { content, cut } = decoded;
      return { bytes: content.slice(offset, length), size: content.size, encodings: codings, cut, problem };
    },
    async 'bodies.save'({ id, decoded, offset, length, name }) {
      const read = decoded ? await readDecoded(id) : (from: number, count: number) => stored(id, from, count);
      const path = (await desktop?.chooseSaveFile(safeFileName(name, 'body.bin'))) ?? null;
      if (path === null) return null;
      await writeSlices(path, read, offset, length);
      return { path };
    },
  };

  function stored(id: string, offset: number, length: number): Uint8Array {
    const bytes = history.readBody(id, offset, length);
    if (bytes === null) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
    return bytes;
  }

  async function decodedBody(
    id: string,
  ): Promise<{ codings: readonly string[]; problem: string | null; decoded: Decoded | null }> {
    const request = history.get(id);
    if (!request) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
    const fields = request.headers
      .filter(([name]) => name.toLowerCase() === 'content-encoding')
      .map(([, value]) => value);
    const found = readCodings(fields, stored(id, 0, 4));
    if (!found.ok) return { codings: [], problem: found.problem, decoded: null };
    const { codings } = found;
    if (codings.length === 0) return { codings, problem: 'The body is not compressed.', decoded: null };
    const read = (offset: number, length: number): Uint8Array => stored(id, offset, length);
    const decoded = await cache.get(id, () => decodeBody({ read, size: request.storedSize, codings }));
    return { codings, problem: decoded.problem, decoded };
  }

  async function readDecoded(id: string): Promise<(offset: number, length: number) => Uint8Array> {
    const { decoded, problem } = await decodedBody(id);
    if (decoded === null) throw new AppError('CONFIG_INVALID', problem ?? 'The body cannot be decoded.');
    return (offset, length) => decoded.content.slice(offset, length);
  }
}

/** Writes a range; the file appears under its name only when it is complete. */
async function writeSlices(
  path: string,
  read: (offset: number, length: number) => Uint8Array,
  offset: number,
  length: number,
): Promise<void> {
  const partial = `${path}.part-${process.pid}`;
  try {
    const file = await open(partial, 'w', 0o600);
    try {
      for (let done = 0; done < length;) {
        const bytes = read(offset + done, Math.min(sliceSize, length - done));
        if (bytes.length === 0) break;
        await file.writeFile(bytes);
        done += bytes.length;
      }
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await unlink(partial).catch(() => {});
    if (error instanceof AppError) throw error;
    throw new AppError(
      'STORE_FAULT',
      `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
