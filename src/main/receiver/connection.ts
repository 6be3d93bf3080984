// What the receiver knows of each open socket: how many replies it owes, and which request came last. This tells a
// broken-off request from a bad one, and an idle socket from one that must be waited for.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Collecting } from './capture.ts';

/** One request on its way. It is its own RequestHead. */
export interface Pending {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly remoteAddress: string;
  /** Epoch ms and monotonic ms at its start. */
  readonly receivedAt: number;
  readonly startedAt: number;
  /** It no longer stands behind others of its connection. */
  taken: boolean;
  /** What is set aside for what it will store. */
  grant: { readonly release: () => void } | null;
  body: Collecting | null;
  /** It has become a CapturedRequest. */
  captured: boolean;
  /** What follows on this socket cannot be read: the reply closes the connection. */
  last: boolean;
}

/** One open socket. */
export interface Connection {
  /** Requests that are not settled, those behind among them. */
  pending: number;
  /** Requests that wait, unread, until one before them is answered; while there are any, the socket is not read. */
  readonly behind: Pending[];
  /** `behind` has been used: the socket is watched, since Node goes on reading by itself. */
  watched: boolean;
  /** The newest request until it is settled: nothing here may keep a body alive. */
  latest: Pending | null;
  /** Bytes that had arrived when the newest request was settled. */
  bytesBefore: number;
  /** The connection is being closed; what still comes is thrown away. */
  closing: boolean;
  /** Replies that are delayed, held or broken on purpose: those behind them wait for their turn. */
  waits: number;
  /** Requests that were thrown away while a reply was held. */
  ignored: number;
}

/** The open sockets. */
export interface Connections {
  /** The state of this socket, or a fresh one when it has just gone. */
  of(socket: Socket): Connection;
  /** Watches the sockets of `server`; beyond `limit` in all, new ones are closed at once. */
  watch(server: Server, limit: number): void;
  /** Closes the sockets that wait for no reply, after what is already written to them. */
  closeIdle(): void;
}

/** An empty list of sockets. */
export function createConnections(): Connections {
  const open = new Map<Socket, Connection>();
  const fresh = (): Connection => ({
    pending: 0,
    behind: [],
    watched: false,
    latest: null,
    bytesBefore: 0,
    closing: false,
    waits: 0,
    ignored: 0,
  });

  return {
    of: (socket) => open.get(socket) ?? fresh(),
    watch(server, limit) {
      server.on('connection', (socket) => {
        if (open.size >= limit) {
          socket.destroy();
          return;
        }
        open.set(socket, fresh());
        socket.once('close', () => open.delete(socket));
      });
    },
    closeIdle() {
      for (const [socket, connection] of open) {
        if (connection.pending === 0 && !connection.closing) socket.destroySoon();
      }
    },
  };
}
