// A channel server of the tests' own: what smee.io does with a request, and what a gosmee server does.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running channel server with one channel. */
export interface ChannelServer {
  /** Address of the channel. */
  readonly channel: string;
  readonly listeners: Set<ServerResponse>;
  /** Ends every stream, as a server that restarts does. */
  drop(): void;
  /** From now on the channel is answered with this status; null opens it again. */
  answerWith(status: number | null): void;
  /** Sends an event as it stands. */
  event(data: string): void;
  close(): Promise<void>;
}

/** Starts it on loopback. `raw` keeps the bytes of bodies, as gosmee does. */
export async function startChannelServer(raw = false): Promise<ChannelServer> {
  const listeners = new Set<ServerResponse>();
  let status: number | null = null;
  const publish = (data: string): void => {
    for (const listener of listeners) listener.write(`data: ${data}\n\n`);
  };

  async function post(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const message = raw
      ? { ...request.headers, timestamp: Date.now(), bodyB: body.toString('base64') }
      : {
          ...request.headers,
          body: JSON.parse(body.toString('utf8')),
          query: Object.fromEntries(url.searchParams),
          timestamp: 1,
        };
    publish(JSON.stringify(message));
    response.writeHead(200).end();
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (status !== null || url.pathname !== '/channel123456') {
      response.writeHead(status ?? 404).end();
    } else if (request.method === 'POST') void post(request, response, url);
    else if (request.headers.accept !== 'text/event-stream')
      response.writeHead(200, { 'Content-Type': 'text/html' }).end();
    else {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // smee.io sends a named event, gosmee one that is no JSON.
      response.write(raw ? 'data: ready\n\n' : 'event: ready\ndata: {}\n\n');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    channel: `http://127.0.0.1:${port}/channel123456`,
    listeners,
    drop() {
      for (const listener of listeners) listener.destroy();
    },
    answerWith(next) {
      status = next;
    },
    event: publish,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
