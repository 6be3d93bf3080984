// A reader beside a running owner: a delivery that moves while it reads is seen in one place or the other.

import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deliveriesSchema } from '../../../src/main/host-documents.ts';
import { openReader } from '../../../src/main/host-reader.ts';
import type { DeliveriesDocument } from '../../../src/main/sender/queue.ts';
import { openDocument } from '../../../src/main/store/documents.ts';
import type { Document } from '../../../src/main/store/documents.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import type { Delivery, DeliveryState } from '../../../src/shared/delivery.ts';
import { newDelivery } from '../../support/queue-world.ts';
import { clock, keptLog, temporaryFolder } from '../store/support.ts';

interface Owner {
  readonly dir: string;
  readonly queue: Document<DeliveriesDocument>;
  readonly dead: Document<DeliveriesDocument>;
  readonly history: History;
}

async function own(): Promise<Owner> {
  const dir = temporaryFolder();
  const shared = { dir, clock, logger: keptLog() };
  const open = (name: string, journal?: 'deliveries'): Promise<Document<DeliveriesDocument>> =>
    openDocument({ ...shared, name, journal, version: 1, schema: deliveriesSchema, defaults: { deliveries: [] } });
  const history = openHistory(shared);
  onTestFinished(() => history.close());
  return { dir, history, queue: await open('queue.json', 'deliveries'), dead: await open('dead-letters.json') };
}

const made = (id: string, state: DeliveryState): Delivery => ({
  ...newDelivery('http://127.0.0.1:9/', id),
  id,
  state,
  attempts: [],
  nextAt: null,
  createdAt: 1,
});

/** Reads while the owner does `move` after the reader's first document and before its second. */
async function readWhile(owner: Owner, move: () => Promise<void>): Promise<string[]> {
  const reader = openReader({ dataDir: owner.dir, clock, logger: keptLog() });
  onTestFinished(() => reader.close());
  const documents = new Set(['queue.json', 'dead-letters.json'].map((name) => join(owner.dir, name)));
  const real = fs.stat.bind(fs);
  let first: string | null = null;
  let hasMoved = false;
  const spy = vi.spyOn(fs, 'stat').mockImplementation(async (path, options) => {
    const file = String(path);
    if (documents.has(file)) first ??= file;
    if (documents.has(file) && file !== first && !hasMoved) {
      hasMoved = true;
      await move();
    }
    return real(path, options);
  });
  onTestFinished(() => spy.mockRestore());
  const found = await reader.deliveries();
  expect(hasMoved).toBe(true);
  return found.map(({ id, state }) => `${id} ${state}`);
}

test('one that dies meanwhile is not missed, nor shown twice', async () => {
  const owner = await own();
  await owner.queue.update(() => ({ deliveries: [made('one', 'waiting'), made('two', 'waiting')] }));
  const found = await readWhile(owner, async () => {
    await owner.dead.update(() => ({ deliveries: [made('one', 'dead')] }));
    await owner.queue.put?.([], ['one']);
  });
  expect(found).toEqual(['one dead', 'two waiting']);
});

test('one that is delivered meanwhile is not missed', async () => {
  const owner = await own();
  await owner.queue.update(() => ({ deliveries: [made('one', 'waiting')] }));
  const found = await readWhile(owner, async () => {
    await owner.history.archiveDeliveries([made('one', 'delivered')]);
    await owner.queue.put?.([], ['one']);
  });
  expect(found).toEqual(['one delivered']);
});

test('one that is redriven meanwhile is not missed', async () => {
  const owner = await own();
  await owner.dead.update(() => ({ deliveries: [made('one', 'dead')] }));
  const found = await readWhile(owner, async () => {
    await owner.queue.update(() => ({ deliveries: [{ ...made('again', 'waiting'), redriveOf: 'one' }] }));
    await owner.dead.update(() => ({ deliveries: [] }));
  });
  expect(found).toContain('again waiting');
});
