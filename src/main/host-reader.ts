// Reads a data folder without owning it: no lock, nothing written, beside a running owner or without one.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../shared/delivery.ts';
import { AppError } from '../shared/errors.ts';
import { deliveriesSchema } from './host-parts.ts';
import type { Clock, Logger } from './ports.ts';
import { openDocument } from './store/documents.ts';
import { openHistory } from './store/history.ts';
import type { History } from './store/history.ts';
import { openSecrets } from './store/secrets.ts';
import { noKeyring } from './system.ts';

/** A read-only look into a data folder. */
export interface Reader {
  /** Null when nothing was ever captured or sent here. */
  readonly history: History | null;
  /** Every delivery: unfinished, dead and delivered, oldest first. */
  deliveries(): Promise<Delivery[]>;
  /** Values of the secrets that can be read here, for redaction. */
  secretValues(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens the folder for reading. Throws AppError STORE_UNREADABLE when it is not a readable folder. */
export function openReader(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Reader {
  const { dataDir: dir, clock, logger } = options;
  checkFolder(dir);
  const shared = { dir, clock, logger, readOnly: true } as const;
  const history = existsSync(join(dir, 'history.sqlite')) ? openHistory(shared) : null;
  const readDeliveries = async (name: string) =>
    (await openDocument({ ...shared, name, version: 1, schema: deliveriesSchema, defaults: { deliveries: [] } })).data
      .deliveries;
  return {
    history,
    async deliveries() {
      const dead = await readDeliveries('dead-letters.json');
      const gone = new Set(dead.map((delivery) => delivery.id));
      const archived = history?.listArchived(0) ?? [];
      for (const delivery of archived) gone.add(delivery.id);
      const pending = (await readDeliveries('queue.json')).filter((delivery) => !gone.has(delivery.id));
      return [...archived, ...dead, ...pending].sort((a, b) => a.createdAt - b.createdAt);
    },
    async secretValues() {
      return (await openSecrets({ ...shared, box: noKeyring })).values();
    },
    async close() {
      await history?.close();
    },
  };
}

function checkFolder(dir: string): void {
  try {
    if (!statSync(dir).isDirectory()) throw new AppError('STORE_UNREADABLE', `The data folder ${dir} is not a folder.`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'STORE_UNREADABLE',
      `The data folder ${dir} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
