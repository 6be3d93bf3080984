// What commands work with: a host of their own, or the owner of the data folder in another process, reached through
// its control socket and mirrored as far as commands look.

import { commandInputs } from '../../shared/contract.ts';
import type { CommandHandlers, CommandName } from '../../shared/contract.ts';
import type { Delivery, Draft } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { Change, ReceiverState, Snapshot } from '../../shared/news.ts';
import type { Settings, Workspace } from '../../shared/workspace.ts';
import { connectControl } from '../control/client.ts';
import type { ControlClient } from '../control/client.ts';
import type { Host } from '../host.ts';
import { openReader } from '../host-reader.ts';
import type { Reader } from '../host-reader.ts';
import { draftOfReplay, enqueueDrafts } from '../host-send.ts';
import type { ReplayRequest } from '../host-send.ts';
import type { History } from '../store/history.ts';
import { callHost } from './call-host.ts';
import type { CommandRun } from './context.ts';

/** The part of a {@link Host} that an owner in another process can stand in for. */
export interface WorkingHost {
  readonly handlers: CommandHandlers;
  onChange(listener: (change: Change) => void): () => void;
  receiver(): ReceiverState;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly parts: {
    readonly workspace: { readonly data: Workspace };
    readonly settings: { readonly data: Settings };
    readonly secrets: { has(name: string): boolean };
    readonly history: Pick<History, 'get' | 'readBody'>;
    readonly recovered: readonly string[];
  };
  readonly queue: Pick<Host['queue'], 'find' | 'pending' | 'dead' | 'settled' | 'attemptOnce'>;
}

/** An owner in another process. */
export interface AttachedHost extends WorkingHost {
  readonly attached: {
    readonly pid: number;
    /** Resolves when the owner went away. */
    readonly closed: Promise<void>;
  };
}

/** Whether the host is an owner in another process. */
export function isAttached(host: WorkingHost): host is AttachedHost {
  return 'attached' in host;
}

/** Puts drafts into the queue; for a host of one's own in one durable write. */
export async function enqueue(
  run: CommandRun,
  host: WorkingHost | Host,
  drafts: readonly Draft[],
): Promise<readonly Delivery[]> {
  if (!isAttached(host)) return enqueueDrafts(sendContext(run, host as Host), drafts);
  const made: Delivery[] = [];
  for (const draft of drafts) made.push(...(await callHost(host, 'compose.send', draft)).deliveries);
  return made;
}

/** Puts a replay of a captured request into the queue. */
export function enqueueReplayed(
  run: CommandRun,
  host: WorkingHost,
  request: ReplayRequest,
): Promise<readonly Delivery[]> {
  return enqueue(run, host, [draftOfReplay(host.parts.history, request)]);
}

/** What the sending part of a host of one's own works with. */
export function sendContext(run: CommandRun, { parts, queue }: Pick<Host, 'parts' | 'queue'>) {
  return { parts, queue, random: run.random };
}

/** The living owner of the data folder; null where none answers. Throws IPC_NO_ANSWER when it goes away meanwhile. */
export async function attachHost(run: CommandRun): Promise<AttachedHost | null> {
  const { dataDir } = run.environment;
  const client = await connectControl(dataDir, process.platform);
  if (client === null) return null;
  try {
    const reader = openReader({ dataDir, clock: run.clock, logger: run.logger });
    return await mirror(run, client, reader);
  } catch (error) {
    client.close();
    throw error;
  }
}

async function mirror(run: CommandRun, client: ControlClient, reader: Reader): Promise<AttachedHost> {
  const listeners = new Set<(change: Change) => void>();
  const deliveries = new Map<string, Delivery>();
  /** Deliveries that an attempt was made of while this command runs. */
  const attempted = new Set<string>();
  let snapshot: Snapshot | null = null;
  client.follow((change) => {
    if (change.type === 'delivery') deliveries.set(change.delivery.id, change.delivery);
    if (change.type === 'attempt') attempted.add(change.deliveryId);
    if (change.type === 'deliveries-removed') for (const id of change.ids) deliveries.delete(id);
    if (snapshot !== null) snapshot = updated(snapshot, change);
    for (const listener of listeners) listener(change);
  });
  const first = await client.call('state.get', undefined);
  snapshot = first;
  const listed = [
    ...(await client.call('deliveries.list', { dead: false })),
    ...(await client.call('deliveries.list', { dead: true })),
  ];
  for (const delivery of listed) if (!deliveries.has(delivery.id)) deliveries.set(delivery.id, delivery);
  const now = (): Snapshot => snapshot ?? first;

  /** Resolves with the delivery once `isReached`. Throws IPC_NO_ANSWER when the owner goes away before. */
  async function until(id: string, isReached: (delivery: Delivery) => boolean): Promise<Delivery> {
    let stop = (): void => {};
    const reached = new Promise<Delivery>((resolve) => {
      const look = (): void => {
        const delivery = deliveries.get(id);
        if (delivery && isReached(delivery)) resolve(delivery);
      };
      listeners.add(look);
      stop = () => listeners.delete(look);
      look();
    });
    try {
      const ended = await Promise.race([reached, client.closed]);
      if (ended) return ended;
      throw new AppError(
        'IPC_NO_ANSWER',
        `Process ${client.pid}, which delivers, ended before delivery ${id} was done.`,
      );
    } finally {
      stop();
    }
  }

  const ofState = (isWanted: (delivery: Delivery) => boolean): Delivery[] =>
    [...deliveries.values()].filter(isWanted).toSorted((a, b) => a.createdAt - b.createdAt);

  return {
    attached: { pid: client.pid, closed: client.closed },
    handlers: handlersOf(client),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    receiver: () => now().receiver,
    start: () => Promise.resolve(),
    async stop() {
      client.close();
      await reader.close();
    },
    parts: {
      workspace: {
        get data() {
          return now() as unknown as Workspace;
        },
      },
      settings: {
        get data() {
          return now().settings;
        },
      },
      secrets: { has: (name) => now().secrets.some((secret) => secret.name === name) },
      history: {
        get: (id) => reader.history?.get(id) ?? null,
        readBody: (id) => reader.history?.readBody(id) ?? null,
      },
      recovered: [],
    },
    queue: {
      find: (id) => deliveries.get(id) ?? null,
      pending: () => ofState(({ state }) => state !== 'dead' && state !== 'delivered'),
      dead: () => ofState(({ state }) => state === 'dead'),
      settled: (id) => until(id, ({ state }) => state !== 'waiting' && state !== 'sending'),
      attemptOnce(id) {
        const { sendTimeoutMs } = run.environment;
        return Promise.race([
          until(id, ({ state }) => attempted.has(id) && state !== 'sending'),
          new Promise<never>((_resolve, reject) => {
            const message = `Process ${client.pid}, which runs this data folder, made no attempt.`;
            run.clock.after(sendTimeoutMs + 5_000, () => reject(new AppError('IPC_NO_ANSWER', message)));
          }),
        ]);
      },
    },
  };
}

function updated(snapshot: Snapshot, change: Change): Snapshot {
  if (change.type === 'workspace' || change.type === 'secrets' || change.type === 'settings') {
    const { type: _type, ...news } = change;
    return { ...snapshot, ...news };
  }
  return change.type === 'receiver' ? { ...snapshot, receiver: change.receiver } : snapshot;
}

/** Each command of the contract, called in the owner. */
function handlersOf(client: ControlClient): CommandHandlers {
  const names = Object.keys(commandInputs) as CommandName[];
  return Object.fromEntries(
    names.map((name) => [name, (input: never) => client.call(name, input)]),
  ) as unknown as CommandHandlers;
}
