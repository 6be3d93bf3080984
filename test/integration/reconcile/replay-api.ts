// A provider's API on loopback that replays pages, and a host's history in memory. Time passes only when the engine
// waits, so that an hour of rate limits takes no time.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import { headerValue, pairHeaders } from '../../../src/shared/headers.ts';
import type { PullClock, PullLine, PullOptions } from '../../../src/main/reconcile/pull-contract.ts';
import type { PullSource, RemoteEvent } from '../../../src/main/reconcile/source.ts';

/** Obviously no token of anybody. */
export const canary = 'test-token-CANARY-0000';

/** One request as it arrived. */
export interface AskedRequest {
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: readonly HeaderPair[];
}

/** One answer. */
export interface Reply {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: readonly HeaderPair[];
  readonly body?: string;
  /** Promises the whole body and closes the connection after this many bytes. */
  readonly cutAt?: number;
}

/** A running API. */
export interface ReplayApi {
  readonly url: string;
  readonly asked: readonly AskedRequest[];
  /** Answers the next requests, in order, before `reply` is asked. */
  readonly troubles: Reply[];
  close(): Promise<void>;
}

/** Starts an API; `reply` answers what is not in `troubles`. */
export async function startApi(reply: (request: AskedRequest, url: string) => Reply): Promise<ReplayApi> {
  const asked: AskedRequest[] = [];
  const troubles: Reply[] = [];
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '', 'http://loopback.test');
    const request = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: pairHeaders(incoming.rawHeaders),
    };
    asked.push(request);
    const { status = 200, headers = [], body = '', cutAt } = troubles.shift() ?? reply(request, api.url);
    const bytes = Buffer.from(body);
    response.writeHead(status, [...headers, ['Content-Length', String(bytes.length)] as const].flat());
    if (cutAt === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, cutAt), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: ReplayApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    troubles,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return api;
}

/** A clock that jumps to the end of every wait, and notes it. */
export interface JumpingClock extends PullClock {
  /** Every wait, ms. */
  readonly waits: number[];
}

/** A clock that starts at `at`, epoch ms. */
export function createJumpingClock(at: number): JumpingClock {
  const waits: number[] = [];
  let now = at;
  return {
    waits,
    now: () => now,
    after(ms, run) {
      waits.push(ms);
      const timer = setImmediate(() => {
        now += ms;
        run();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** A history in memory. */
export interface World {
  readonly clock: JumpingClock;
  /** What pulls put into it. */
  readonly recorded: RemoteEvent[];
  readonly lines: PullLine[];
  /** Ids of lines with this state. */
  idsOf(state: PullLine['state']): string[];
  /** Options of a pull from `source` at `baseUrl` into this history. */
  options(source: PullSource, baseUrl: string, more?: Partial<PullOptions>): PullOptions;
  /** Everything that came out, as text, to look for the canary in. */
  everything(): string;
}

/** A history that holds the requests `arrived`, by delivery id. `sinceAt` is when pulls begin, `now` the time. */
export function createWorld(arrived: readonly string[], sinceAt: number, now: number): World {
  const clock = createJumpingClock(now);
  const known = new Map(arrived.map((id, n) => [id, `req_arrived_${n}`]));
  const recorded: RemoteEvent[] = [];
  const lines: PullLine[] = [];
  return {
    clock,
    recorded,
    lines,
    idsOf: (state) => lines.filter((line) => line.state === state).map(({ id }) => id),
    options: (source, baseUrl, more) => ({
      source,
      token: canary,
      baseUrl,
      sinceAt,
      clock,
      isKnown: (id) => known.get(id) ?? null,
      async record(event) {
        const requestId = `req_pulled_${recorded.length}`;
        await Promise.resolve();
        recorded.push(event);
        known.set(event.id, requestId);
        return requestId;
      },
      onEvent: (line) => lines.push(line),
      ...more,
    }),
    everything: () =>
      JSON.stringify([
        lines,
        recorded.map((event) => ({ ...event, body: event.body && new TextDecoder().decode(event.body) })),
      ]),
  };
}

/** Names of the headers of a request that hold the canary. */
export function canaryHeaders(request: AskedRequest): string[] {
  return request.headers.filter(([, value]) => value.includes(canary)).map(([name]) => name.toLowerCase());
}

/** Value of a header of a request. */
export function askedHeader(request: AskedRequest | undefined, name: string): string | undefined {
  return request && headerValue(request.headers, name);
}
