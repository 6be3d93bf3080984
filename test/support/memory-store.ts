// Documents and history over a disk made of strings: what was not yet written when the power goes is gone. Writes take
// turns of the event loop and coalesce as the real ones do; nothing is decided here that the queue should decide.

import type { AttemptRecord, Delivery } from '../../src/shared/delivery.ts';
import type { DeliveriesDocument, QueueOptions } from '../../src/main/sender/queue.ts';
import type { Document } from '../../src/main/store/documents.ts';

/** What survives a crash. Every value is JSON text. */
export interface MemoryDisk {
  queue: string;
  deadLetters: string;
  readonly archive: Map<string, string>;
  readonly attempts: string[];
  readonly bodies: Map<string, Uint8Array>;
}

/** An empty disk. */
export function createDisk(): MemoryDisk {
  const empty = JSON.stringify({ deliveries: [] });
  return { queue: empty, deadLetters: empty, archive: new Map(), attempts: [], bodies: new Map() };
}

/** Called at every durable event before it happens; resolves to let it happen. One that never resolves is a crash. */
export type Gate = (event: string) => Promise<void>;

/** The delivery lists on the disk. */
export function onDisk(disk: MemoryDisk, name: 'queue' | 'deadLetters'): Delivery[] {
  return (JSON.parse(disk[name]) as DeliveriesDocument).deliveries;
}

/** A document of the disk. */
export function openMemoryDocument(
  disk: MemoryDisk,
  name: 'queue' | 'deadLetters',
  gate: Gate,
): Document<DeliveriesDocument> {
  let data = JSON.parse(disk[name]) as DeliveriesDocument;
  let writing: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const next = (): Promise<void> => {
    waiting ??= writing
      .catch(() => {})
      .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
      .then(() => {
        waiting = null;
        const text = JSON.stringify(data);
        writing = gate(name).then(() => void (disk[name] = text));
        return writing;
      });
    return waiting;
  };
  return {
    get data() {
      return data;
    },
    readOnly: false,
    recovered: [],
    update: (change) => {
      data = change(data) ?? data;
      return next();
    },
    flush: () => waiting ?? writing,
  };
}

/** The part of the history that the queue uses. */
export function openMemoryHistory(disk: MemoryDisk, gate: Gate): QueueOptions['history'] {
  return {
    messageBody: (hash) => disk.bodies.get(hash) ?? null,
    appendAttempt: async (record: AttemptRecord) => {
      const text = JSON.stringify(record);
      await new Promise<void>((resolve) => setImmediate(resolve));
      await gate('attempt');
      disk.attempts.push(text);
    },
    archiveDeliveries: async (deliveries) => {
      const texts = deliveries.map((delivery) => [delivery.id, JSON.stringify(delivery)] as const);
      await new Promise<void>((resolve) => setImmediate(resolve));
      await gate('archive');
      for (const [id, text] of texts) disk.archive.set(id, text);
    },
    archivedDelivery: (id) => {
      const text = disk.archive.get(id);
      return text === undefined ? null : (JSON.parse(text) as Delivery);
    },
  };
}
