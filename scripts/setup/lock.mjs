// One lock file, held by one process at a time, so that two set-ups or two
// builds started together do not work in the same folder. The holder renews the
// file's time; a lock whose holder is gone or has stopped renewing is taken over.
// Knows nothing of what is done under the lock.

import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {{ readonly pid: number, readonly token: string }} LockOwner */

/**
 * @typedef {object} LockOptions
 * @property {(pid: number | undefined) => void} [onWait] called once, when the lock is first seen held
 * @property {number} [pollMs]
 * @property {number} [renewMs]
 * @property {number} [staleMs] age without renewal after which a lock counts as left behind
 */

/**
 * @template T
 * @param {string} file
 * @param {() => T | Promise<T>} work
 * @param {LockOptions} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, options = {}) {
  const { onWait = () => {}, pollMs = 150, renewMs = 2_000, staleMs = 60_000 } = options;
  const owner = { pid: process.pid, token: randomUUID() };
  fs.mkdirSync(path.dirname(file), { recursive: true });

  let told = false;
  while (!tryCreate(file, owner)) {
    if (isLeftBehind(file, staleMs)) {
      removeLeftBehind(file, staleMs);
      continue;
    }
    if (!told) {
      told = true;
      onWait(readOwner(file)?.pid);
    }
    await delay(pollMs);
  }

  const release = () => releaseLock(file, owner);
  const renewal = setInterval(() => renew(file, owner), renewMs);
  renewal.unref();
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    process.removeListener('exit', release);
    release();
  }
}

/**
 * @param {string} file
 * @param {LockOwner} owner
 */
function tryCreate(file, owner) {
  try {
    fs.writeFileSync(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {LockOwner | undefined}
 */
function readOwner(file) {
  try {
    const owner = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof owner?.pid === 'number' && typeof owner.token === 'string' ? owner : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A file without an owner is one that is being written at this moment, or whose
 * writer died in between: only its age can tell.
 * @param {string} file
 * @param {number} staleMs
 */
function isLeftBehind(file, staleMs) {
  const owner = readOwner(file);
  if (owner && !isAlive(owner.pid)) return true;
  try {
    return Date.now() - fs.statSync(file).mtimeMs > (owner ? staleMs : Math.min(staleMs, 5_000));
  } catch {
    return false;
  }
}

/**
 * Two waiters can see the same dead lock. Without the second file, the slower
 * one could remove the lock that the faster one has just taken.
 * @param {string} file
 * @param {number} staleMs
 */
function removeLeftBehind(file, staleMs) {
  const guard = `${file}.takeover`;
  try {
    fs.writeFileSync(guard, '', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const age = Date.now() - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 5_000) fs.rmSync(guard, { force: true });
    return;
  }
  try {
    if (isLeftBehind(file, staleMs)) fs.rmSync(file, { force: true });
  } finally {
    fs.rmSync(guard, { force: true });
  }
}

/**
 * @param {string} file
 * @param {LockOwner} owner
 */
function renew(file, owner) {
  if (readOwner(file)?.token !== owner.token) return;
  const now = new Date();
  try {
    fs.utimesSync(file, now, now);
  } catch {
    // Removed from outside: nothing to renew.
  }
}

/**
 * @param {string} file
 * @param {LockOwner} owner
 */
function releaseLock(file, owner) {
  if (readOwner(file)?.token === owner.token) fs.rmSync(file, { force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function errorCode(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
