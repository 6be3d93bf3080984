// One data folder has one owner. The file `lock` names it by process id and start time, so that a process id that was
// given to another program, or a lock that outlived a crash or a restart, is told from a living owner.

import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { reasonOf, storageError, systemCode, unreadable } from './storage-errors.ts';

/** A held lock. */
export interface Lock {
  /** Gives the folder up; does nothing when the lock is no longer ours. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Start time as the system counts it; null where it cannot be told. */
  readonly start: string | null;
  /** The file's text: what is compared before a stale lock is replaced. */
  readonly text: string;
  /** When the lock was written, epoch ms. */
  readonly at: number;
}

/**
 * Takes the folder, or throws AppError STORE_LOCKED with the owner's process id in the message and in `details.pid`.
 * A lock whose owner is dead is taken over; of several processes that try this at once, one succeeds.
 */
export function acquireLock(dir: string): Lock {
  const path = join(dir, 'lock');
  const mine = `${JSON.stringify({ pid: process.pid, start: startTime(process.pid) })}\n`;
  const prepared = `${path}.tmp-${process.pid}`;
  try {
    rmSync(prepared, { force: true });
    writeFileSync(prepared, mine, { flag: 'wx', mode: 0o600 });
    take(path, prepared);
  } catch (error) {
    throw error instanceof AppError ? error : storageError(error, `lock the data folder ${dir}`);
  } finally {
    rmSync(prepared, { force: true });
  }
  return {
    release: () => {
      if (readHolder(path)?.text === mine) rmSync(path, { force: true });
    },
  };
}

/** Process id of the living owner of the folder, or null. */
export function readOwner(dir: string): number | null {
  const holder = readHolder(join(dir, 'lock'));
  return holder && isAlive(holder) ? holder.pid : null;
}

/**
 * Makes `path` a name of the prepared file. To replace a dead holder, one first takes the claim named after that holder
 * in the same way; whoever has the claim looks again, for the holder may have been replaced in between.
 */
function take(path: string, prepared: string): void {
  for (;;) {
    const holder = readHolder(path);
    if (holder === null) {
      if (tryLink(prepared, path)) return;
      continue;
    }
    if (isAlive(holder)) {
      throw new AppError('STORE_LOCKED', `The data folder is in use by process ${holder.pid}.`, { pid: holder.pid });
    }
    const claim = `${path}.claim-${holder.pid}-${(holder.start ?? 'unknown').replace(/[^\w]/g, '')}`.slice(0, 1_000);
    take(claim, prepared);
    try {
      if (readHolder(path)?.text !== holder.text) continue;
      const replacement = `${prepared}.new`;
      rmSync(replacement, { force: true });
      // A copy: a rename between two names of one file would do nothing.
      writeFileSync(replacement, readFileSync(prepared), { flag: 'wx', mode: 0o600 });
      renameSync(replacement, path);
      return;
    } finally {
      rmSync(claim, { force: true });
    }
  }
}

/** False when `path` exists already. */
function tryLink(prepared: string, path: string): boolean {
  try {
    linkSync(prepared, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (systemCode(error) === 'ENOENT') throw error;
  }
  try {
    // A file system without hard links.
    writeFileSync(path, readFileSync(prepared), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile()) throw unreadable(path, 'is not an ordinary file');
    const text = readFileSync(path, 'utf8').slice(0, 4_096);
    return { ...parse(text), text, at: stat.mtimeMs };
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemCode(error) === 'ENOENT') return null;
    throw unreadable(path, `cannot be read (${reasonOf(error)})`);
  }
}

/** Process 0 stands for a lock that says nothing, as after a power cut. */
function parse(text: string): { pid: number; start: string | null } {
  try {
    const { pid, start } = JSON.parse(text) as Record<string, unknown>;
    const valid = typeof pid === 'number' && Number.isInteger(pid) && pid > 0;
    return { pid: valid ? pid : 0, start: typeof start === 'string' ? start : null };
  } catch {
    return { pid: 0, start: null };
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === 0 || !processExists(holder.pid)) return false;
  const start = startTime(holder.pid);
  if (start !== null && holder.start !== null) return start === holder.start;
  // Without start times: a lock from before the machine started cannot have a living owner. A minute of slack for a
  // clock that was set since.
  return holder.at > Date.now() - uptime() * 1_000 - 60_000;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
  // Killed, but its parent has not asked for its exit code yet.
  return !/^[ZX]$/.test(statFields(pid)?.[0] ?? '');
}

/** Boot id and clock ticks since boot on Linux; null elsewhere. */
function startTime(pid: number): string | null {
  const ticks = statFields(pid)?.[19];
  return ticks === undefined ? null : `${bootId()}:${ticks}`;
}

/** Fields of /proc/PID/stat from the third on (state); the second may hold blanks and brackets. */
function statFields(pid: number): string[] | null {
  if (process.platform !== 'linux') return null;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
