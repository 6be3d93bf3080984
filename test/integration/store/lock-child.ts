// Locks the folders DIR/0, DIR/1 and so on, each at its appointed moment, so that several of these processes race for
// it; prints all outcomes and holds what it got until it is killed.

import { join } from 'node:path';
import { AppError } from '../../../src/shared/errors.ts';
import { acquireLock } from '../../../src/main/store/lock.ts';

const [dir, rounds, at] = process.argv.slice(2) as [string, string, string];
const outcomes: string[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  while (Date.now() < Number(at) + round * 4) {
    // Spins: a timer would not wake in the same moment.
  }
  try {
    acquireLock(join(dir, String(round)));
    outcomes.push('locked');
  } catch (error) {
    outcomes.push(error instanceof AppError ? `${error.code} ${String(error.details?.['pid'])}` : String(error));
  }
}
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
process.stdin.resume();
