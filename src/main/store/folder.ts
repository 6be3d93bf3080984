// The data folder: made private to its user, and refused with a clear message where it cannot work.

import { accessSync, chmodSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { reasonOf, systemCode, unreadable } from './storage-errors.ts';

const ourNames =
  /^(?:(?:workspace|settings|queue|dead-letters|secrets|pulls|tunnels)\.json|queue\.journal|(?:history|search)\.sqlite|lock|control\.sock)(?:[.-].*)?$/;

/** What was found. */
export interface DataFolder {
  readonly dir: string;
  /** Sentences for the person, for example that others may read the folder. */
  readonly warnings: readonly string[];
}

/**
 * Makes the folder (0700) where it is missing, sets the umask to 077 and checks that it can be used. `readOnly` makes
 * and changes nothing. Throws AppError STORE_UNREADABLE that names the folder.
 */
export function openDataFolder(dir: string, options: { readonly readOnly?: boolean } = {}): DataFolder {
  const readOnly = options.readOnly ?? false;
  // Worker threads share the umask of the process and may not set it.
  if (isMainThread) process.umask(0o077);
  try {
    if (!readOnly) mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (!statSync(dir).isDirectory()) throw unreadable(dir, 'is not a folder');
    accessSync(dir, constants.R_OK | constants.X_OK | (readOnly ? 0 : constants.W_OK));
    return { dir, warnings: readOnly ? [] : makePrivate(dir) };
  } catch (error) {
    throw explain(dir, error);
  }
}

/** Takes the rights of others away from a folder that holds nothing but our files; says so where it holds more. */
function makePrivate(dir: string): string[] {
  if (process.platform === 'win32' || (statSync(dir).mode & 0o077) === 0) return [];
  if (readdirSync(dir).every((name) => ourNames.test(name))) {
    try {
      chmodSync(dir, 0o700);
      return [];
    } catch {
      // Not the owner: the warning below tells.
    }
  }
  return [`Other users of this machine may list ${dir}. The files that Hookbench makes in it are private.`];
}

function explain(dir: string, error: unknown): Error {
  switch (systemCode(error)) {
    case 'ENOENT':
      return unreadable(dir, 'does not exist');
    case 'EEXIST':
    case 'ENOTDIR':
      return unreadable(dir, 'is not a folder, or lies below a file');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return unreadable(dir, 'cannot be used: reading and writing it is not allowed');
    case 'STORE_UNREADABLE':
      return error as Error;
    default:
      return unreadable(dir, `cannot be used (${reasonOf(error)})`);
  }
}
