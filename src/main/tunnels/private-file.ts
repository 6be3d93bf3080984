// Tokens for programs that read them from a file: in a folder that nobody else can open, for as short as can be. What a
// Hookbench that was killed left behind is found by the number of its process in the folder's name.

import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Begins the names of the folders; the number of the process follows. */
const prefix = 'hookbench-tunnel-';

/** Files of one run. */
export interface PrivateFiles {
  /** Writes one and returns its path. */
  write(name: string, text: string): string;
  remove(): void;
}

/** Makes a folder of its own (0700) for files (0600). Throws what the file system throws. */
export function createPrivateFiles(): PrivateFiles {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  return {
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return path;
    },
    remove() {
      process.removeListener('exit', removeFolder);
      removeFolder();
    },
  };
}

/** Removes the folders of this user's processes that are no more. What cannot be read or removed stays. */
export function sweepPrivateFiles(): void {
  const base = tmpdir();
  for (const name of attempt(() => readdirSync(base)) ?? []) {
    const pid = new RegExp(`^${prefix}(\\d{1,10})-`).exec(name)?.[1];
    if (pid !== undefined && isGone(Number(pid))) attempt(() => removeOwn(join(base, name)));
  }
}

function removeOwn(folder: string): void {
  const { uid } = lstatSync(folder);
  if (process.getuid === undefined || uid === process.getuid()) rmSync(folder, { recursive: true, force: true });
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function attempt<Value>(run: () => Value): Value | null {
  try {
    return run();
  } catch {
    return null;
  }
}
