// Changes a journaled document as fast as it can and prints each number once it is confirmed, until it is killed. Each
// save puts one entry and takes out an older one; a second argument makes each entry that large, so that it folds often.

import * as v from 'valibot';
import { openDocument } from '../../../src/main/store/documents.ts';

const dir = process.argv[2] as string;
const note = 'x'.repeat(Number(process.argv[3] ?? 0));
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const document = await openDocument({
  dir,
  name: 'queue.json',
  version: 1,
  schema: v.object({ entries: v.array(v.object({ id: v.string(), note: v.optional(v.string()) })) }),
  defaults: { entries: [] },
  clock: { now: () => Date.now() },
  logger,
  journal: 'entries',
});
for (let n = 1 + Number(document.data.entries.at(-1)?.id ?? -1); ; n += 1) {
  await document.put?.([{ id: String(n), note } as { id: string }], [String(n - 10)]);
  process.stdout.write(`${n}\n`);
}
