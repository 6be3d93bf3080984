// A receiver of the tests' own and the tunnels that lead to it: real sockets, real programs, the real clock, and waits for
// what the tunnels say of themselves.

import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pairHeaders } from '../../src/shared/headers.ts';
import type { CapturedRequest } from '../../src/shared/exchange.ts';
import type { TunnelSetup, TunnelStatus } from '../../src/shared/tunnels.ts';
import { systemClock } from '../../src/main/system.ts';
import type { Clock } from '../../src/main/ports.ts';
import type { ReceiverAddress, TunnelLimits, TunnelMemory, Tunnels } from '../../src/main/tunnels/contract.ts';
import { createTunnels } from '../../src/main/tunnels/supervisor.ts';
import { createWaiting } from './waiting.ts';

/** Tunnels under test. */
export interface TunnelWorld {
  readonly tunnels: Tunnels;
  readonly setups: TunnelSetup[];
  /** All statuses, in order. */
  readonly statuses: TunnelStatus[];
  /** Requests that reached the receiver and were no probes. */
  readonly arrived: CapturedRequest[];
  /** Passages of those, by the same index. */
  readonly passages: ReturnType<Tunnels['passageOf']>[];
  readonly kept: Map<string, string>;
  readonly secrets: Map<string, string>;
  readonly receiver: () => ReceiverAddress | null;
  /** Resolves when the present status of the tunnel fits. */
  until(fits: (status: TunnelStatus) => boolean, ms?: number): Promise<TunnelStatus>;
  /** Resolves when so many requests arrived. */
  untilArrived(count: number): Promise<void>;
  /** The receiver listens on another port from now on, or again. */
  moveReceiver(): Promise<void>;
  closeReceiver(): Promise<void>;
  /** Replaces a setup, or adds it. */
  setUp(setup: TunnelSetup): void;
  close(): Promise<void>;
}

/** Short waits, so that nothing takes long; what a test needs otherwise it gives. */
const quick: Partial<TunnelLimits> = { firstRetryMs: 50, longestRetryMs: 400, attachMs: 50, killMs: 1_000 };

/** Starts a receiver and builds the tunnels of `setups`. */
export async function createTunnelWorld(
  setups: readonly TunnelSetup[],
  given: { readonly limits?: Partial<TunnelLimits>; readonly clock?: Clock; readonly answersProbes?: boolean } = {},
): Promise<TunnelWorld> {
  const list = [...setups];
  const statuses: TunnelStatus[] = [];
  const arrived: CapturedRequest[] = [];
  const passages: ReturnType<Tunnels['passageOf']>[] = [];
  const kept = new Map<string, string>();
  const secrets = new Map<string, string>();
  const waiting = createWaiting(
    () => `statuses: ${JSON.stringify(statuses.slice(-5))}; log: ${JSON.stringify(logs())}`,
  );
  let server: Server;
  let receiver: ReceiverAddress | null = null;

  const logs = () => list.flatMap(({ id }) => tunnels.log(id).map(({ text }) => text)).slice(-20);
  const memory: TunnelMemory = {
    registered: (id) => kept.get(id) ?? null,
    keep(id, url) {
      if (url === null) kept.delete(id);
      else kept.set(id, url);
      return Promise.resolve();
    },
  };
  const tunnels = createTunnels({
    clock: given.clock ?? systemClock,
    logger: { info: () => {}, warn: () => {}, error: (message, error) => console.error(message, error) },
    random: (size) => randomBytes(size),
    setups: () => list,
    secret: (name) => secrets.get(name) ?? null,
    secretValues: () => [...secrets.values()],
    receiver: () => receiver,
    memory,
    onStatus(status) {
      statuses.push(status);
      waiting.notify();
    },
    limits: { ...quick, ...given.limits },
  });

  function take(request: CapturedRequest): {
    status: number;
    headers: readonly (readonly [string, string])[];
    body: string;
  } {
    const answer = given.answersProbes === false ? null : tunnels.answerProbe(request);
    if (answer) return answer;
    arrived.push(request);
    passages.push(tunnels.passageOf(request));
    waiting.notify();
    return { status: 200, headers: [['Content-Type', 'text/plain']], body: 'taken' };
  }

  async function listen(): Promise<void> {
    server = createServer((raw, response) => {
      const chunks: Buffer[] = [];
      raw.on('data', (chunk: Buffer) => chunks.push(chunk));
      raw.on('end', () => {
        const body = Buffer.concat(chunks);
        const {
          status,
          headers,
          body: text,
        } = take({
          id: String(arrived.length),
          seq: arrived.length,
          receivedAt: Date.now(),
          method: raw.method ?? '',
          target: raw.url ?? '',
          httpVersion: raw.httpVersion,
          headers: pairHeaders(raw.rawHeaders),
          trailers: [],
          remoteAddress: raw.socket.remoteAddress ?? '',
          body,
          size: body.length,
          truncated: false,
          sha256: createHash('sha256').update(body).digest('hex'),
        });
        response.writeHead(status, Object.fromEntries(headers));
        response.end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    receiver = { port, url: `http://127.0.0.1:${port}` };
  }

  async function closeReceiver(): Promise<void> {
    receiver = null;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  await listen();
  return {
    tunnels,
    setups: list,
    statuses,
    arrived,
    passages,
    kept,
    secrets,
    receiver: () => receiver,
    async until(fits, ms = 10_000) {
      await waiting.until(() => statuses.length > 0 && fits(statuses.at(-1) as TunnelStatus), ms);
      return statuses.at(-1) as TunnelStatus;
    },
    untilArrived: (count) => waiting.until(() => arrived.length >= count),
    async moveReceiver() {
      if (receiver) await closeReceiver();
      await listen();
      tunnels.receiverChanged();
    },
    closeReceiver,
    setUp(setup) {
      const index = list.findIndex(({ id }) => id === setup.id);
      if (index === -1) list.push(setup);
      else list[index] = setup;
      tunnels.setupsChanged();
    },
    async close() {
      await tunnels.close();
      if (receiver) await closeReceiver();
    },
  };
}

/** A port at which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}
