// Turns what the file system and SQLite throw into the few errors that a person can act on.

import { AppError } from '../../shared/errors.ts';

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const sqliteFull = 13;

/** The system's code of a thrown value, for example `ENOENT`, or an empty text. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The binding leaves the number out where it reads many rows at once. */
const sqliteMessages: Readonly<Record<string, number>> = {
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'file is not a database': 26,
};

/** SQLite's primary result code of a thrown value (11 is SQLITE_CORRUPT), or 0 where there is none or it is not known. */
export function sqliteCode(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return systemCode(error) === 'ERR_SQLITE_ERROR' ? (sqliteMessages[reasonOf(error)] ?? 0) : 0;
}

/** Whether SQLite found a file shorter than it says it is. */
export function isShortRead(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === 522;
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
