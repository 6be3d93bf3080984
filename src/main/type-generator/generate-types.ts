// Makes types without holding up the receiver: in a thread of its own, which is ended when it takes too long. Run from
// source there is no bundled thread file, and the work is done on this thread.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { GeneratedTypes } from '../../shared/generated-types.ts';
import type { TypeJob } from './contract.ts';
import { makeTypes } from './make-types.ts';

/** Longest time for one job, ms. */
const timeLimitMs = 15_000;

/** The types, or `timeout` when they were not ready in time. Throws where the generator itself fails. */
export async function generateTypes(job: TypeJob, limitMs: number = timeLimitMs): Promise<GeneratedTypes | 'timeout'> {
  const file = workerFile();
  if (file === null) return makeTypes(job);
  const worker = new Worker(file, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: 512 } });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<GeneratedTypes | 'timeout'>((resolve, reject) => {
      worker.once('message', (result: GeneratedTypes) => resolve(result));
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The thread that makes types ended without an answer.')));
      timer = setTimeout(() => resolve('timeout'), limitMs);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** A bundle has the thread's file beside the program, whose pieces lie beside it or one folder down. */
function workerFile(): string | null {
  const places = ['./type-worker.js', '../type-worker.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) ?? null;
}
