// The thread that makes types: one job, one answer. It knows nothing but the generator.

import { parentPort, workerData } from 'node:worker_threads';
import type { TypeJob } from './contract.ts';
import { makeTypes } from './make-types.ts';

parentPort?.postMessage(await makeTypes(workerData as TypeJob));
