// What the disk refused to take is not there after a crash: the caller was told that nothing is queued.

import { promises as fs } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deliveriesSchema } from '../../../src/main/host-documents.ts';
import type { DeliveriesDocument } from '../../../src/main/sender/queue.ts';
import { openDocument } from '../../../src/main/store/documents.ts';
import type { Document } from '../../../src/main/store/documents.ts';
import { createWorld, newDelivery } from '../../support/queue-world.ts';
import { clock, keptLog, temporaryFolder } from '../store/support.ts';

const open = (dir: string, readOnly: boolean): Promise<Document<DeliveriesDocument>> =>
  openDocument({
    dir,
    name: 'queue.json',
    version: 1,
    schema: deliveriesSchema,
    defaults: { deliveries: [] },
    clock,
    logger: keptLog(),
    journal: 'deliveries',
    readOnly,
  });

test('a delivery that was refused is not written by the save that waited beside it', async () => {
  const dir = temporaryFolder();
  const queue = await createWorld({ answer: () => 200 }).open({ queue: await open(dir, false) });
  const enqueue = (name: string) => queue.enqueue([newDelivery('http://127.0.0.1:9/', name)]);
  await enqueue('first');
  const others: Promise<unknown>[] = [];
  // The new journal fails, and so does the document that would take its place.
  let fails = 2;
  const real = fs.open.bind(fs);
  const spy = vi.spyOn(fs, 'open').mockImplementation(async (path, flags, mode) => {
    if (!String(path).includes('.tmp-') || fails === 0) return real(path, flags, mode);
    fails -= 1;
    if (others.length === 0) others.push(enqueue('other'));
    // Until the other one waits for the next save.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  });
  onTestFinished(() => spy.mockRestore());
  await expect(enqueue('refused')).rejects.toMatchObject({ code: 'STORE_FULL' });
  await Promise.all(others);
  const names = (deliveries: DeliveriesDocument['deliveries']) => deliveries.map(({ message }) => message.messageId);
  expect(fails).toBe(0);
  expect(names(queue.pending())).toEqual(['first', 'other']);
  expect(names((await open(dir, true)).data.deliveries)).toEqual(['first', 'other']);
  await queue.stop();
});
