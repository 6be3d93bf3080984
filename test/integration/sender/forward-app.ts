// An app under development, seen from below: a TCP server that keeps the exact bytes of every request, several per
// connection, and answers with exact bytes. Beside it what a forwarder needs around itself.

import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createForwarder } from '../../../src/main/host-forward.ts';
import type { Forwarder, ForwarderOptions } from '../../../src/main/host-forward.ts';
import { systemClock } from '../../../src/main/system.ts';
import type { Forward, ForwardHealth } from '../../../src/shared/forwards.ts';
import type { CapturedRequest } from '../../../src/shared/exchange.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { createWaiting } from '../../support/waiting.ts';

/** One request as it came over the wire. */
export interface AppRequest {
  /** All bytes, one character each. */
  readonly raw: string;
  /** Number of the connection, from 0. */
  readonly connection: number;
}

/** A running app. */
export interface RawApp {
  readonly url: string;
  readonly port: number;
  readonly requests: AppRequest[];
  /** Connections so far. */
  connections(): number;
  /** Most connections at once. */
  peak(): number;
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  until(condition: () => boolean, ms?: number): Promise<void>;
  close(): Promise<void>;
}

export const okBytes = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** The bytes of an answer 200 to `request`: one to HEAD has no body. */
export function okTo({ raw }: AppRequest): string {
  return raw.startsWith('HEAD ') ? okBytes.slice(0, -2) : okBytes;
}

/** Starts an app; `answer` runs for each whole request and may write, end, destroy or do nothing. */
export async function startRawApp(
  answer: (socket: Socket, request: AppRequest, count: number) => void = (socket, request) =>
    void socket.write(okTo(request)),
  port = 0,
): Promise<RawApp> {
  const requests: AppRequest[] = [];
  const open = new Set<Socket>();
  const waiting = createWaiting(() => `${requests.length} requests`);
  let connections = 0;
  let peak = 0;
  const server = createServer((socket) => {
    const connection = connections;
    connections += 1;
    open.add(socket);
    peak = Math.max(peak, open.size);
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      waiting.notify();
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        if (end === -1) return;
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
        const size = end + 4 + length;
        if (text.length < size) return;
        const request = { raw: text.slice(0, size), connection };
        text = text.slice(size);
        requests.push(request);
        waiting.notify();
        answer(socket, request, requests.length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    requests,
    connections: () => connections,
    peak: () => peak,
    open,
    until: waiting.until,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A forward to `url` with defaults. */
export function forwardTo(url: string, more: Partial<Forward> = {}): Forward {
  return {
    id: 'app',
    url,
    mode: 'answer',
    active: true,
    appendPath: false,
    events: ['*'],
    verdicts: [],
    duplicates: [],
    keepHost: false,
    timeoutMs: 30_000,
    schedule: 'quick',
    ...more,
  };
}

/** An endpoint at `/` with these forwards. */
export function endpointWith(forwards: readonly Forward[], more: Partial<Endpoint> = {}): Endpoint {
  return { ...defaultEndpoint, id: 'hooks', forwards: [...forwards], ...more };
}

/** A captured request. */
export function captured(more: Partial<CapturedRequest> = {}): CapturedRequest {
  const body = more.body ?? new Uint8Array();
  return {
    id: 'req_00000000000000000001',
    seq: 1,
    receivedAt: 0,
    method: 'POST',
    target: '/',
    httpVersion: '1.1',
    headers: [['Host', 'localhost:4100']],
    trailers: [],
    remoteAddress: '127.0.0.1',
    body,
    size: body.byteLength,
    truncated: false,
    sha256: '',
    ...more,
  };
}

/** A forwarder over the real network, without a queue unless given one. */
export function openForwarder(options: Partial<ForwarderOptions> & { readonly endpoint?: Endpoint } = {}): {
  readonly forwarder: Forwarder;
  readonly news: (readonly ForwardHealth[])[];
} {
  const { endpoint, ...rest } = options;
  const news: (readonly ForwardHealth[])[] = [];
  const forwarder = createForwarder({
    clock: systemClock,
    queue: { enqueue: () => Promise.reject(new Error('no queue')) },
    history: { putMessageBody: () => Promise.reject(new Error('no history')) },
    endpoints: () => (endpoint ? [endpoint] : []),
    onHealth: (health) => void news.push(health),
    ...rest,
  });
  return { forwarder, news };
}
