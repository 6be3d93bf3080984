// The documents of a data folder: what each one is called, what it must look like, and what it holds where it is new.

import * as v from 'valibot';
import type { Delivery } from '../shared/delivery.ts';
import { emptyWorkspace, settingsSchema, workspaceSchema } from '../shared/workspace.ts';
import type { Settings, Workspace } from '../shared/workspace.ts';
import { pullCursorSchema } from './reconcile/pull-contract.ts';
import type { DeliveriesDocument } from './sender/queue.ts';
import { openDocument } from './store/documents.ts';
import type { Document, DocumentOptions } from './store/documents.ts';

/** Every attempt waits for a write, so the queue's documents are written more often than settings are. */
const queueIntervalMs = 10;

const attemptSchema = v.looseObject({ n: v.number(), at: v.number(), outcome: v.string() });
const deliverySchema = v.looseObject({
  id: v.string(),
  message: v.looseObject({
    messageId: v.string(),
    provider: v.string(),
    method: v.string(),
    bodyHash: v.string(),
    headers: v.array(v.tuple([v.string(), v.string()])),
  }),
  url: v.string(),
  state: v.picklist(['waiting', 'sending', 'delivered', 'dead', 'parked']),
  attempts: v.array(attemptSchema),
  nextAt: v.nullable(v.number()),
  schedule: v.string(),
  speed: v.number(),
  createdAt: v.number(),
});
/** Shape of queue.json and dead-letters.json: what the queue relies on is checked, the rest is kept. */
export const deliveriesSchema = v.object({
  deliveries: v.array(
    v.pipe(
      deliverySchema,
      v.transform((value) => value as unknown as Delivery),
    ),
  ),
});

const pullStateSchema = v.object({
  pulls: v.array(
    v.object({
      /** Of the setup. */
      id: v.string(),
      /** What the cursor belongs to; it means nothing for another one. */
      source: v.string(),
      cursor: pullCursorSchema,
      /** End of the last whole look, epoch ms. */
      lastAt: v.nullable(v.number()),
    }),
  ),
});
/** Payload of pulls.json. */
export type PullState = v.InferOutput<typeof pullStateSchema>;

const tunnelStateSchema = v.object({
  tunnels: v.array(
    v.object({
      /** Of the setup. */
      id: v.string(),
      /** The address that the person registered with senders. */
      registeredUrl: v.string(),
    }),
  ),
});
/** Payload of tunnels.json. */
export type TunnelState = v.InferOutput<typeof tunnelStateSchema>;

/** What a person configured, what is to be sent, and where pulls and tunnels go on. */
export interface Documents {
  readonly workspace: Document<Workspace>;
  readonly settings: Document<Settings>;
  readonly queueDocument: Document<DeliveriesDocument>;
  readonly deadLetters: Document<DeliveriesDocument>;
  /** Where the pulls go on. */
  readonly pullState: Document<PullState>;
  /** Addresses of tunnels that senders know. */
  readonly tunnelState: Document<TunnelState>;
}

/** Opens them all. Throws AppError STORE_UNREADABLE. `open` opens one. */
export async function openDocuments(
  shared: Pick<DocumentOptions<unknown>, 'dir' | 'clock' | 'logger'>,
  open: typeof openDocument = openDocument,
): Promise<Documents> {
  const deliveries = (name: string, journal?: 'deliveries') =>
    open({
      ...shared,
      name,
      journal,
      version: 1,
      minIntervalMs: queueIntervalMs,
      schema: deliveriesSchema,
      defaults: { deliveries: [] },
    });
  return {
    settings: await open({
      ...shared,
      name: 'settings.json',
      version: 1,
      schema: settingsSchema,
      defaults: v.parse(settingsSchema, {}),
    }),
    workspace: await open({
      ...shared,
      name: 'workspace.json',
      version: 1,
      schema: workspaceSchema,
      defaults: emptyWorkspace,
    }),
    queueDocument: await deliveries('queue.json', 'deliveries'),
    deadLetters: await deliveries('dead-letters.json'),
    pullState: await open({
      ...shared,
      name: 'pulls.json',
      version: 1,
      schema: pullStateSchema,
      defaults: { pulls: [] },
    }),
    tunnelState: await open({
      ...shared,
      name: 'tunnels.json',
      version: 1,
      schema: tunnelStateSchema,
      defaults: { tunnels: [] },
    }),
  };
}
