// Stands in for the SQLite binding in the composition slow-commit: the same, but every COMMIT takes FAULTS_COMMIT_MS
// longer and holds the thread meanwhile, as an fsync on a slow disk does.

import { createRequire } from 'node:module';

// By another way than `import`, which leads here.
const binding = createRequire(import.meta.url)('@photostructure/sqlite') as typeof import('@photostructure/sqlite');
const slowMs = Number(process.env['FAULTS_COMMIT_MS'] ?? 200);
const never = new Int32Array(new SharedArrayBuffer(4));

/** Holds the thread, as a system call does. */
export function standStill(): void {
  Atomics.wait(never, 0, 0, slowMs);
}

/** The binding's class with slow commits. */
export class DatabaseSync extends binding.DatabaseSync {
  override exec(sql: string): void {
    super.exec(sql);
    if (sql === 'COMMIT' && process.env['FAULTS_COMMIT'] !== 'each') standStill();
  }
}
