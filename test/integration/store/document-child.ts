// Changes a document as fast as it can and prints each number once it is confirmed, until it is killed.

import * as v from 'valibot';
import { openDocument } from '../../../src/main/store/documents.ts';

const dir = process.argv[2] as string;
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const document = await openDocument({
  dir,
  name: 'queue.json',
  version: 1,
  schema: v.object({ entries: v.array(v.number()) }),
  defaults: { entries: [] as number[] },
  clock: { now: () => Date.now() },
  logger,
  minIntervalMs: 0,
});
for (let n = document.data.entries.length; ; n += 1) {
  await document.update((data) => void data.entries.push(n));
  process.stdout.write(`${n}\n`);
}
