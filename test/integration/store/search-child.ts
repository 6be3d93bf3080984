// As a thread: the search thread itself. As a process: `DIR` builds the index there, prints each step, and waits to be
// killed.

import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { createSearchBuilder, openSearchForWriting } from '../../../src/main/store/search-builder.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';

if (isMainThread) {
  const dir = process.argv[2] as string;
  const now = (): number => Date.now();
  const history = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  const connection = openSearchForWriting(dir, now);
  const builder = createSearchBuilder({ connection, history, openedSeq: 0, now });
  for (let n = 1; builder.step().more; n += 1) process.stdout.write(`step ${n}\n`);
  setInterval(() => undefined, 1_000);
} else {
  await import('../../../src/main/store/search-worker.ts');
}
