// What a bug that nobody caught leaves behind: a file in the data folder that says what happened, and a clear end.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from './version.ts';

/**
 * Ends the process with exit code 3 at the first uncaught error, after writing `crash-TIME.txt` (readable only by the
 * user) into `dir`. Call once per process.
 */
export function endOnUncaughtErrors(dir: string): void {
  process.once('uncaughtException', (error) => {
    const text = `Hookbench ${version}, Node ${process.version}, ${process.platform}\n${error.stack ?? String(error)}\n`;
    const path = join(dir, `crash-${Date.now()}.txt`);
    try {
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      process.stderr.write(`hookbench: fault in Hookbench, written to ${path}\n${text}`);
    } catch {
      process.stderr.write(`hookbench: fault in Hookbench\n${text}`);
    }
    process.exit(3);
  });
}
