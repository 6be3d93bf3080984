// A client that writes exact bytes on one connection and reads what comes back. It talks to loopback only and knows
// just enough HTTP to tell replies apart.

import { connect } from 'node:net';
import type { HeaderPair } from '../../src/shared/headers.ts';
import { createWaiting } from './waiting.ts';

/** One reply; interim ones (1xx) are not listed. */
export interface RawReply {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** One open connection. */
export interface RawClient {
  write(bytes: Uint8Array | string): void;
  /** Ends our side only. */
  end(): void;
  /** Breaks the connection without a farewell. */
  reset(): void;
  /** Closes the connection and waits until it is closed. */
  close(): Promise<void>;
  /** Whole replies so far. */
  replies(): RawReply[];
  /** Everything received, as Latin-1. */
  received(): string;
  /** The other side has ended the connection, or it broke. */
  isClosed(): boolean;
  /** Both sides have ended the connection, or it broke. */
  isGone(): boolean;
  /** Code of the error that broke the connection, or null. */
  failure(): string | null;
  /** Resolves when `condition` holds, looked at whenever something happens; rejects after `ms`. */
  until(condition: () => boolean, ms?: number): Promise<void>;
}

/** Opens a connection to a port of this machine. `headReplies`: replies carry no body whatever length they state. */
export function connectRaw(
  port: number,
  options: { host?: '127.0.0.1' | '::1'; headReplies?: boolean } = {},
): RawClient {
  const socket = connect({ port, host: options.host ?? '127.0.0.1', allowHalfOpen: true });
  let received = Buffer.alloc(0);
  let closed = false;
  let failure: string | null = null;
  const waiting = createWaiting(() => `closed: ${closed}, received: ${received.toString('latin1').slice(0, 500)}`);
  const { notify } = waiting;
  const onClosed = () => {
    closed = true;
    socket.end();
    notify();
  };
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    notify();
  });
  socket.on('end', onClosed);
  socket.on('close', onClosed);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.message;
    onClosed();
  });

  return {
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        socket.once('close', () => resolve());
        socket.destroy();
      }),
    replies: () => parseReplies(received, options.headReplies ?? false),
    received: () => received.toString('latin1'),
    isClosed: () => closed,
    isGone: () => socket.closed,
    failure: () => failure,
    until: waiting.until,
  };
}

function parseReplies(bytes: Buffer, bodyless: boolean): RawReply[] {
  const replies: RawReply[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end === -1) return replies;
    const [first = '', ...lines] = bytes.subarray(at, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(first)?.[1]);
    const headers = lines.map((line): HeaderPair => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
    const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
    const bodyAt = end + 4;
    at = bodyless ? bodyAt : bodyAt + length;
    if (at > bytes.length) return replies;
    if (status >= 200) replies.push({ status, headers, body: bytes.subarray(bodyAt, at) });
  }
}
