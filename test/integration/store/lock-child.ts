// Tries to lock a folder at a given time and prints the outcome; holds the lock until standard input ends.

import { AppError } from '../../../src/shared/errors.ts';
import { acquireLock } from '../../../src/main/store/lock.ts';

const [dir, at] = process.argv.slice(2) as [string, string];
process.stdout.write('ready\n');
while (Date.now() < Number(at)) {
  // Spins, so that all children begin in the same moment.
}
try {
  acquireLock(dir);
  process.stdout.write('locked\n');
  process.stdin.resume();
} catch (error) {
  process.stdout.write(
    `${error instanceof AppError ? `${error.code} ${String(error.details?.['pid'])}` : String(error)}\n`,
  );
}
