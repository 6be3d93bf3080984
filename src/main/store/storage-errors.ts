// Turns what the file system and SQLite throw into the few errors that a person can act on.

import { AppError } from '../../shared/errors.ts';

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const sqliteFull = 13;

/** The system's code of a thrown value, for example `ENOENT`, or an empty text. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** SQLite's primary result code of a thrown value (11 is SQLITE_CORRUPT), or 0 when SQLite did not throw it. */
export function sqliteCode(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}

/** What a thrown value says, for use inside a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** AppError STORE_FULL where space or quota ran out, else STORE_FAULT. `doing` completes "could not ...". */
export function storageError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  if (full.has(systemCode(error)) || sqliteCode(error) === sqliteFull) {
    return new AppError('STORE_FULL', `The disk is full: could not ${doing}.`);
  }
  return new AppError('STORE_FAULT', `Could not ${doing}: ${reasonOf(error)}.`);
}

/** AppError STORE_UNREADABLE that names the file or folder. */
export function unreadable(path: string, why: string): AppError {
  return new AppError('STORE_UNREADABLE', `${path} ${why}.`, { path });
}
