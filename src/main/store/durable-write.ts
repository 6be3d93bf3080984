// Replaces a file so that after a crash or a power cut it is either the old or the new one, whole, with the two
// generations before it kept beside it. A file is never changed in place, and a failed fsync is never tried again on
// the same file: the next save makes a wholly new one.

import { constants, promises as fs } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCode } from './storage-errors.ts';

const busyForMs = 2_000;
const busyStepMs = 50;
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Saves `bytes` as `path`, mode 0600. Resolves when the bytes and the folder entry are on disk. Rejects with the
 * system's error, and then leaves `path` as it was and no leftovers.
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const [temporary, handle] = await createUnique(path);
  try {
    try {
      await writeAll(handle, bytes, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await keepGenerations(path, temporary);
    await whileBusy(() => fs.rename(temporary, path));
    await syncFolder(dirname(path));
  } finally {
    await fs.rm(temporary, { force: true });
    await fs.rm(`${temporary}.bak`, { force: true });
  }
}

/** Removes what a killed process left of unfinished saves of `path`. Only the owner of the folder may call it. */
export async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.tmp-`;
  for (const name of await fs.readdir(dirname(path))) {
    if (name.startsWith(prefix)) await fs.rm(join(dirname(path), name), { force: true });
  }
}

/** A new file beside `path` under a name that no other has, mode 0600, open for writing. */
export async function createUnique(path: string): Promise<[string, FileHandle]> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  for (let n = 0; ; n += 1) {
    const temporary = `${path}.tmp-${process.pid}-${n}`;
    try {
      return [temporary, await whileBusy(() => fs.open(temporary, flags, 0o600))];
    } catch (error) {
      if (systemCode(error) !== 'EEXIST' || n > 1_000) throw error;
    }
  }
}

/** Writes `bytes` at `position`. One write call may take only a part, for example when the disk is nearly full. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

/** The one before last becomes .bak2, the last .bak1; each step replaces a name at once, so none is ever missing. */
async function keepGenerations(path: string, temporary: string): Promise<void> {
  const current = await identity(path);
  if (current === null) return;
  const previous = await identity(`${path}.bak1`);
  // The same file twice: a crash came between the backup and the rename, and this generation is kept already.
  if (previous === current) return;
  if (previous !== null) await copyName(`${path}.bak1`, `${path}.bak2`, temporary);
  await copyName(path, `${path}.bak1`, temporary);
}

async function identity(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await fs.lstat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function copyName(from: string, to: string, temporary: string): Promise<void> {
  const step = `${temporary}.bak`;
  try {
    await fs.link(from, step);
  } catch (error) {
    if (!noLinks.has(systemCode(error))) throw error;
    await fs.copyFile(from, step, constants.COPYFILE_EXCL);
  }
  await whileBusy(() => fs.rename(step, to));
  // A rename between two names of one file does nothing and leaves both.
  await fs.rm(step, { force: true });
}

/** Makes renames in `folder` last. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for this.
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Runs again what fails because a virus scanner or an indexer holds a file open for a moment, as on Windows. */
export async function whileBusy<T>(run: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += busyStepMs) {
    try {
      return await run();
    } catch (error) {
      const code = systemCode(error);
      const busy = code === 'EBUSY' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES'));
      if (!busy || waited >= busyForMs) throw error;
    }
    await delay(busyStepMs);
  }
}
