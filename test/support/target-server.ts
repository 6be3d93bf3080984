// A developer's app as the sender sees it: a real HTTP server on loopback that keeps what it got and answers as told.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HeaderPair } from '../../src/shared/headers.ts';
import { pairHeaders } from '../../src/shared/headers.ts';
import { createWaiting } from './waiting.ts';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** A running target. */
export interface TargetServer {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** Status of the next answers. */
  status: number;
  /** Resolves when `condition` holds, looked at with each request; rejects after 5 s. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts a target that answers 200 until told otherwise. */
export async function startTarget(): Promise<TargetServer> {
  const received: ReceivedRequest[] = [];
  const waiting = createWaiting(() => `${received.length} requests`);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        method: request.method ?? '',
        target: request.url ?? '',
        headers: pairHeaders(request.rawHeaders),
        body: Buffer.concat(chunks),
      });
      waiting.notify();
      response.writeHead(target.status, { 'Content-Type': 'text/plain' });
      response.end(target.status < 300 ? 'ok' : 'no');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target: TargetServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    status: 200,
    until: (condition) => waiting.until(condition),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return target;
}
