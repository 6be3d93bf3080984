// Connections to apps that are kept open between requests, one bounded pool per origin. Every new connection goes
// through the look-up and the address rules of connect.ts.

import { Agent } from 'node:http';
import { findAddresses, openSocket } from './connect.ts';
import type { Lookup, TlsRules } from './connect.ts';
import type { WireFailure } from './wire-failure.ts';

/** Connections to one app at once; what comes on top waits its turn. */
const maxSockets = 64;
/** Idle connections are closed before the usual app closes them (Node's servers after 5 s). */
const idleMs = 4_000;

/** What making connections may be told. */
export interface PoolOptions extends Pick<TlsRules, 'ca'> {
  /** Replaces the system's name look-up. */
  readonly lookup?: Lookup | undefined;
}

/** Why no connection was opened; comes as the error of the request that asked for one. */
export interface ConnectError extends Error {
  readonly failure: WireFailure;
}

/** Kept connections, by origin. */
export interface ForwardPool {
  /**
   * Runs `start` with the agent of the URL's origin, now or once fewer than 64 others are under way there. The function
   * that comes back ends it: it gives the place on, or leaves the line.
   */
  enter(url: URL, start: (agent: Agent) => void): () => void;
  /** Closes what is idle, so that the next request gets a new connection. */
  dropIdle(url: URL): void;
  /** Forgets every origin but these. Requests that are under way end as they would have. */
  keepOnly(origins: ReadonlySet<string>): void;
  /** Closes everything. */
  close(): void;
}

/** One origin. Node's own limit does not count connections whose address is still being looked up, so it is kept here. */
interface Origin {
  readonly agent: Agent;
  busy: number;
  readonly line: Set<() => void>;
}

/** An empty pool. */
export function createForwardPool(options: PoolOptions = {}): ForwardPool {
  const origins = new Map<string, Origin>();
  const life = { ended: false };

  function originOf(url: URL): Origin {
    const known = origins.get(url.origin);
    if (known) return known;
    const origin: Origin = { agent: createAgent(url, options, life), busy: 0, line: new Set() };
    origins.set(url.origin, origin);
    return origin;
  }

  function giveOn(origin: Origin): void {
    origin.busy -= 1;
    const [next] = origin.line;
    if (next === undefined) return;
    origin.line.delete(next);
    next();
  }

  return {
    enter(url, start) {
      const origin = originOf(url);
      let state: 'waits' | 'runs' | 'ended' = 'waits';
      const run = (): void => {
        state = 'runs';
        origin.busy += 1;
        start(origin.agent);
      };
      if (origin.busy < maxSockets) run();
      else origin.line.add(run);
      return () => {
        // The connection comes back to the agent a little later than the end of the reply.
        if (state === 'runs') setImmediate(giveOn, origin);
        else origin.line.delete(run);
        state = 'ended';
      };
    },
    dropIdle(url) {
      const origin = origins.get(url.origin);
      if (origin) dropIdle(origin);
    },
    keepOnly(wanted) {
      for (const [name, origin] of origins) {
        if (wanted.has(name)) continue;
        origins.delete(name);
        dropIdle(origin);
      }
    },
    close() {
      life.ended = true;
      for (const { agent } of origins.values()) agent.destroy();
      origins.clear();
    },
  };
}

function dropIdle({ agent }: Origin): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

function createAgent(url: URL, { lookup, ca }: PoolOptions, life: { readonly ended: boolean }): Agent {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: maxSockets, timeout: idleMs });
  agent.createConnection = (_options, made) => {
    // Node takes an error alone; the types ask for a stream beside it.
    const fail = (error: unknown): void => (made as unknown as (error: unknown) => void)(error);
    findAddresses(url, lookup).then((addresses) => {
      if ('outcome' in addresses) return fail(connectError(addresses));
      if (life.ended) return fail(connectError({ outcome: 'interrupted', message: 'Hookbench stopped' }));
      const socket = openSocket(url, addresses, { ca });
      // The request listens too; this one is for a connection whose request is gone.
      socket.on('error', () => {});
      made?.(null, socket);
    }, fail);
    return undefined;
  };
  return agent;
}

function connectError(failure: WireFailure): ConnectError {
  return Object.assign(new Error(failure.message), { failure });
}
