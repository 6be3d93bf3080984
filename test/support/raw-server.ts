// A loopback TCP server that answers with exact bytes, or misbehaves as told, and keeps what it was sent.

import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A running raw server. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** What each connection sent, in order, one character per byte. */
  readonly received: string[];
  /** Connections that are open now. */
  readonly open: Set<Socket>;
  /** Resolves when every connection is closed. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1; `answer` runs once a request's head has arrived on a connection. */
export async function startRawServer(answer: (socket: Socket, server: RawServer) => void): Promise<RawServer> {
  const received: string[] = [];
  const open = new Set<Socket>();
  let closed = (): void => {};
  const server = createServer((socket) => {
    const index = received.push('') - 1;
    open.add(socket);
    let answered = false;
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) closed();
    });
    socket.on('data', (chunk: Buffer) => {
      received[index] += chunk.toString('latin1');
      if (answered || !received[index]?.includes('\r\n\r\n')) return;
      answered = true;
      answer(socket, raw);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const raw: RawServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    open,
    allClosed: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => (closed = resolve))),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return raw;
}
