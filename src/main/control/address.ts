// Where the owner of a data folder listens for other processes of the same person.

import { createHash } from 'node:crypto';
import { resolve, join } from 'node:path';

/** Longest path of a socket, bytes: 108 on Linux, 104 on macOS, with the closing zero. */
const longestPath = 103;

/**
 * Path of the socket in the folder, or name of the pipe on Windows. Null where the path is too long for a socket; a
 * place outside the folder would not be private.
 */
export function controlAddress(dir: string, platform: NodeJS.Platform): string | null {
  if (platform === 'win32') {
    const hash = createHash('sha256').update(resolve(dir).toLowerCase()).digest('hex').slice(0, 32);
    return String.raw`\\.\pipe\hookbench-${hash}`;
  }
  const path = join(resolve(dir), 'control.sock');
  return new TextEncoder().encode(path).byteLength > longestPath ? null : path;
}
