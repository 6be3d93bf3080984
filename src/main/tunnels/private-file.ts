// Tokens for programs that read them from a file: in a folder that nobody else can open, for as long as the run lasts.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of one run. */
export interface PrivateFiles {
  /** Writes one and returns its path. */
  write(name: string, text: string): string;
  remove(): void;
}

/** Makes a folder of its own (0700) for files (0600). Throws what the file system throws. */
export function createPrivateFiles(): PrivateFiles {
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-tunnel-'));
  return {
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
