// A disk of a few megabytes that can be filled to the last page and freed again: a tmpfs of its own. Needs root.

import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const pageBytes = 4_096;

/** Why there can be no such disk here, or null. */
export function whyNoSmallDisk() {
  if (process.platform !== 'linux') return 'a tmpfs needs Linux';
  if (process.getuid?.() !== 0) return 'mounting a tmpfs needs root';
  return null;
}

/**
 * @typedef {ReturnType<typeof mountSmallDisk>} SmallDisk
 */

/**
 * Mounts a disk of `bytes` bytes at `dir`, or throws with what `mount` says. The caller unmounts it.
 * @param {string} dir
 * @param {number} bytes
 */
export function mountSmallDisk(dir, bytes) {
  mkdirSync(dir, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', dir], { stdio: 'pipe' });
  const filler = join(dir, 'filler');
  let isMounted = true;
  return {
    /** Free bytes, as the file system counts them. */
    free: () => {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize;
    },
    /** Fills the disk but for `left` bytes (whole pages). @param {number} left */
    fill: (left = 0) => {
      const handle = openSync(filler, 'a', 0o600);
      let size = 0;
      for (const piece of [65_536, pageBytes, 1]) {
        const bytes = Buffer.alloc(piece, 0x2e);
        try {
          for (;;) size += writeSync(handle, bytes);
        } catch (error) {
          if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') throw error;
        }
      }
      if (left > 0) ftruncateSync(handle, Math.max(0, sizeOf(handle) - left));
      closeSync(handle);
      return size;
    },
    clear: () => rmSync(filler, { force: true }),
    unmount: () => {
      if (!isMounted) return;
      isMounted = false;
      execFileSync('umount', ['-l', dir], { stdio: 'pipe' });
    },
  };
}

/** @param {number} handle */
function sizeOf(handle) {
  return fstatSync(handle).size;
}
