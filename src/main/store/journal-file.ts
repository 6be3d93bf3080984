// A journal on the disk: made whole under another name before it takes its own, then only appended to, by the process
// that made it. The one before it stays beside it, since the document that this one continues may not be written yet.

import { constants, promises as fs } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createUnique, syncFolder, whileBusy, writeAll } from './durable-write.ts';
import { decodeJournal } from './journal.ts';
import type { DecodedJournal } from './journal.ts';
import { reasonOf, systemCode, unreadable } from './storage-errors.ts';

/** Largest journal that is read, bytes. Who appends keeps to it. */
export const maxJournalBytes = 128 * 1_048_576;
/** Newest first: read in this order, none is missed while the owner renames them. */
const suffixes = ['', '.bak1', '.bak2'];

/** A journal that is being written. */
export interface JournalFile {
  /** Size so far. */
  readonly bytes: number;
  /** Resolves when `bytes` are on disk. After a rejection the file must not be used again, only closed. */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A journal that was read. */
export interface FoundJournal extends DecodedJournal {
  /** File name. */
  readonly name: string;
}

/** A journal, or what lies in its place, that cannot be used as it is. */
export interface DamagedJournal {
  readonly path: string;
  /** The sentence for a person; `kept` is what became of the file, for example ` and was kept as NAME`, or empty. */
  readonly tell: (kept: string) => string;
}

/**
 * Makes `path`, mode 0600, with `first` in it, and moves the ones before it to .bak1 and .bak2. Resolves when all of
 * that is on disk. Rejects with the system's error; what was there before is then still there under one of its names.
 */
export async function createJournalFile(path: string, first: Uint8Array): Promise<JournalFile> {
  const [temporary, handle] = await createUnique(path);
  let size = first.length;
  try {
    await writeAll(handle, first, 0);
    await handle.sync();
    if (await exists(path)) {
      if (await exists(`${path}.bak1`)) await whileBusy(() => fs.rename(`${path}.bak1`, `${path}.bak2`));
      await whileBusy(() => fs.rename(path, `${path}.bak1`));
    }
    await whileBusy(() => fs.rename(temporary, path));
    await syncFolder(dirname(path));
  } catch (error) {
    await closeQuietly(handle);
    await fs.rm(temporary, { force: true });
    throw error;
  }
  return {
    get bytes() {
      return size;
    },
    append: async (bytes) => {
      try {
        await writeAll(handle, bytes, size);
        await handle.datasync();
      } catch (error) {
        // Half a record on a full disk would take the room that the document needs.
        await handle.truncate(size).catch(() => undefined);
        throw error;
      }
      size += bytes.length;
    },
    close: () => closeQuietly(handle),
  };
}

/**
 * The journals beside a document, in no order, and those that are damaged or no file. Only reads: what is good in a
 * damaged one has no other place until it is saved. Links are not followed. Throws AppError STORE_UNREADABLE for one
 * that cannot be read.
 */
export async function readJournals(
  path: string,
): Promise<{ readonly found: FoundJournal[]; readonly damaged: DamagedJournal[] }> {
  const found: FoundJournal[] = [];
  const damaged: DamagedJournal[] = [];
  for (const suffix of suffixes) {
    const file = path + suffix;
    const name = basename(file);
    const bytes = await bytesOf(file);
    if (bytes === null) continue;
    if (typeof bytes === 'string') {
      damaged.push({ path: file, tell: (kept) => `${name} ${bytes}${kept}: changes that only it held are gone.` });
      continue;
    }
    const journal = decodeJournal(bytes);
    found.push({ ...journal, name });
    if (journal.lost === 0) continue;
    const good = journal.records.length;
    damaged.push({
      path: file,
      tell: (kept) =>
        `${name} was damaged${kept}: ${countOf(good)} in it ${good === 1 ? 'is' : 'are'} good and in use, what ${countOf(journal.lost)} held is gone.`,
    });
  }
  return { found, damaged };
}

function countOf(records: number): string {
  return records === 1 ? '1 save' : `${records.toLocaleString('en-US')} saves`;
}

/** Null when there is none; a text says why it is no journal. */
async function bytesOf(file: string): Promise<Uint8Array | string | null> {
  // Opening a pipe must not wait for its other end.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let handle: FileHandle | null = null;
  try {
    const link = await fs.lstat(file);
    if (link.isSymbolicLink()) return 'is a link, which is not followed,';
    if (!link.isFile()) return link.isDirectory() ? 'is a folder' : 'is not an ordinary file';
    handle = await fs.open(file, flags);
    const stat = await handle.stat();
    if (!stat.isFile()) return 'is not an ordinary file';
    if (stat.size > maxJournalBytes) return `is larger than ${maxJournalBytes / 1_048_576} MiB`;
    return await handle.readFile();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw unreadable(file, `cannot be read (${reasonOf(error)})`);
  } finally {
    if (handle) await closeQuietly(handle);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await fs.lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** What a failed close could have lost, a failed flush has already told. */
async function closeQuietly(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => undefined);
}
