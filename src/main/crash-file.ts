// What a bug that nobody caught leaves behind: a file in the data folder that says what happened, and a clear end. What
// an error says may hold anything that was received, and people attach such a file to a report.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTextRedactor } from './formats/redact-text.ts';
import { version } from './version.ts';

/** Characters of an error's own words that are kept. */
const longestMessage = 500;

/**
 * Ends the process with exit code 3 at the first uncaught error, after writing `crash-TIME.txt` (readable only by the
 * user) into `dir`. Call once per process.
 */
export function endOnUncaughtErrors(dir: string): void {
  process.once('uncaughtException', (error) => {
    const text = `Hookbench ${version}, Node ${process.version}, ${process.platform}\n${describeCrash(error)}\n`;
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

/**
 * Kind, words and frames of an error. Its words are cut to 500 characters and lose what looks like a secret; those of a
 * SyntaxError also lose their quotations, which are pieces of what could not be read.
 */
export function describeCrash(error: unknown): string {
  if (!(error instanceof Error)) return `A thrown ${typeof error}`;
  const { name, message, stack = '' } = error;
  const redact = createTextRedactor(() => '«redacted»', []);
  const quoted = error instanceof SyntaxError ? message.replace(/"[^]*"|'[^]*'/g, '«redacted»') : message;
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line));
  // A message with lines of its own may look like frames.
  const own = new Set(message.split('\n'));
  const words = redact(quoted).slice(0, longestMessage);
  return [`${name}: ${words}`, ...frames.filter((line) => !own.has(line))].join('\n');
}
