// A lowdb adapter for small JSON documents that loses nothing it confirmed and never hides what it could not read:
// a broken file is set aside under its own name, the newest good copy takes its place, and a sentence says so.

import { promises as fs } from 'node:fs';
import { basename } from 'node:path';
import type { Adapter } from 'lowdb';
import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../ports.ts';
import { removeLeftovers, writeDurably } from './durable-write.ts';
import { countEntries, decodeEnvelope, encodeEnvelope, salvage } from './envelope.ts';
import { linkAside, setAside } from './set-aside.ts';
import { reasonOf, storageError, systemCode, unreadable } from './storage-errors.ts';

/** Largest document file that is read or written, bytes. */
export const maxDocumentBytes = 64 * 1_048_576;

/** What the adapter is given. */
export interface DurableFileOptions<T> {
  readonly path: string;
  /** Version of the payload's form, from 1. */
  readonly version: number;
  readonly schema: v.GenericSchema<unknown, T>;
  readonly defaults: T;
  readonly clock: Pick<Clock, 'now'>;
  /** Touch nothing on disk: another process owns the folder. */
  readonly readOnly: boolean;
  /** Makes the bytes of the file; {@link encodeEnvelope} when absent. */
  readonly encode?: ((version: number, data: T) => Promise<Uint8Array>) | undefined;
}

/** The adapter, and what it found when it read. */
export interface DurableFile<T> extends Adapter<T> {
  /** Null where nothing usable is there. Throws AppError STORE_UNREADABLE when a file is there but cannot be read. */
  read(): Promise<T | null>;
  /**
   * Resolves when `data` is on disk. Throws AppError STORE_FULL, STORE_TOO_LARGE, STORE_FAULT or STORE_READ_ONLY, with
   * the system's error as its cause where there is one.
   */
  write(data: T): Promise<void>;
  /** Size of the file as it was read or written last, bytes; 0 where there is none. */
  readonly bytes: number;
  /** A newer release wrote the file, or the caller asked for it. */
  readonly readOnly: boolean;
  /** One sentence for each thing that was found broken. */
  readonly recovered: readonly string[];
}

/** Makes the adapter; nothing is touched before `read`. */
export function createDurableFile<T>(options: DurableFileOptions<T>): DurableFile<T> {
  const { path, version, schema } = options;
  const name = basename(path);
  const recovered: string[] = [];
  let readOnly = options.readOnly;
  // Set by a failed read: what could not be read is never written over.
  let closed: AppError | null = null;
  let size = 0;

  async function read(): Promise<T | null> {
    try {
      if (!readOnly) await removeLeftovers(path);
      return await load();
    } catch (error) {
      closed = error instanceof AppError ? error : unreadable(path, `cannot be read (${reasonOf(error)})`);
      throw closed;
    }
  }

  async function load(): Promise<T | null> {
    const bytes = await bytesOf(path);
    if (bytes === null) return fromCopies(`${name} was missing`, 0);
    if (bytes !== 'too large') size = bytes.length;
    const file = bytes === 'too large' ? brokenBySize : decodeEnvelope(bytes, version);
    if (file.status === 'newer') {
      readOnly = true;
      recovered.push(
        `${name} was written by a newer Hookbench (format ${file.version}; this one knows ${version}): it is open for reading only.`,
      );
      const result = v.safeParse(schema, file.payload);
      return result.success ? result.output : null;
    }
    if (file.status === 'broken') {
      const kept = quarantine();
      return fromCopies(`${name} could not be used (${file.reason})${kept}`, countEntries(file.parsed));
    }
    const result = v.safeParse(schema, file.payload);
    if (result.success) return result.output;
    const saved = salvage(file.payload, schema, options.defaults);
    // What is saved from it has to be written first: until then the file keeps its name, should a crash come between.
    const kept = quarantine(saved !== null);
    const found = `${name} could not be used (${describe(result.issues[0])})${kept}`;
    if (saved === null) return fromCopies(found, countEntries(file.payload));
    recovered.push(
      `${found}: ${entries(countEntries(saved.data))} in it are good and in use, ${entries(saved.dropped)} are set aside.`,
    );
    return saved.data;
  }

  async function fromCopies(found: string, gone: number): Promise<T | null> {
    for (const copy of [`${path}.bak1`, `${path}.bak2`]) {
      const bytes = await bytesOf(copy).catch(() => null);
      if (bytes === null || bytes === 'too large') continue;
      const file = decodeEnvelope(bytes, version);
      const result = file.status === 'ok' ? v.safeParse(schema, file.payload) : null;
      if (!result?.success) continue;
      const held = countEntries(result.output);
      const lost = gone > held ? `; up to ${entries(gone - held)} that only the newer file held are gone` : '';
      recovered.push(
        `${found}: the copy before it (${basename(copy)}) is in use with ${entries(held)}; later changes are gone${lost}.`,
      );
      return result.output;
    }
    if (found !== `${name} was missing`) {
      recovered.push(
        `${found}: there is no good copy, so it starts empty; ${gone > 0 ? `the ${entries(gone)} in it` : 'what was in it'} may be gone.`,
      );
    }
    return null;
  }

  function quarantine(staysInPlace = false): string {
    if (readOnly) return '';
    const kept = (staysInPlace ? linkAside : setAside)(path, options.clock.now());
    return ` and was kept as ${basename(kept)}`;
  }

  async function write(data: T): Promise<void> {
    if (closed) throw closed;
    if (readOnly) throw new AppError('STORE_READ_ONLY', `${name} is open for reading only.`, { path });
    try {
      const { encode } = options;
      const bytes = encode ? await encode(version, data) : new TextEncoder().encode(encodeEnvelope(version, data));
      if (bytes.length > maxDocumentBytes) throw tooLarge(name, maxDocumentBytes);
      await writeDurably(path, bytes);
      size = bytes.length;
    } catch (error) {
      const told = storageError(error, `save ${name}`);
      if (told !== error) told.cause = error;
      throw told;
    }
  }

  return {
    read,
    write,
    get readOnly() {
      return readOnly;
    },
    recovered,
    get bytes() {
      return size;
    },
  };
}

/** AppError STORE_TOO_LARGE of a document that has no room for more, whatever the disk has. `limit` in bytes. */
export function tooLarge(name: string, limit: number): AppError {
  return new AppError('STORE_TOO_LARGE', `${name} would be larger than ${limit / 1_048_576} MiB: it was not saved.`, {
    limit,
  });
}

const brokenBySize = { status: 'broken', reason: 'it is larger than 64 MiB', parsed: null } as const;

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en-US')} entries`;
}

function describe(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue);
  return place === null ? 'it has the wrong form' : `${place} has the wrong form`;
}

/** Null when there is no such file. */
async function bytesOf(path: string): Promise<Uint8Array | 'too large' | null> {
  try {
    const stat = await fs.stat(path);
    if (stat.isDirectory()) throw unreadable(path, 'is a folder; a file belongs there');
    // Opening a pipe or a device might wait for ever.
    if (!stat.isFile()) throw unreadable(path, 'is not an ordinary file');
    return stat.size > maxDocumentBytes ? 'too large' : await fs.readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof AppError) throw error;
    throw unreadable(path, `cannot be read (${reasonOf(error)})`);
  }
}
