// Node's HTTP server with the receiver's limits: strict parser, short time-outs, every header kept, nothing answered
// on its own.

import { createServer } from 'node:http';
import type { Server, ServerResponse, IncomingMessage } from 'node:http';

/** Limits and time-outs; defaults as in the reliability rules. */
export interface ReceiverLimits {
  /** Bytes; 32 MiB. */
  readonly bodyLimit: number;
  /** Bytes of all bodies in flight together; 256 MiB, then 503. */
  readonly inFlightLimit: number;
  /** Ms; 10,000. */
  readonly headersTimeoutMs: number;
  /** Ms; 30,000. */
  readonly requestTimeoutMs: number;
  /** Sockets; 4,096. */
  readonly maxConnections: number;
}

/** Bytes of request line and headers together. */
const maxHeaderBytes = 16_384;
/** Tunnels reuse their sockets for a long time. */
const keepAliveMs = 60_000;

/** A server that hands every well-formed request but CONNECT to `handler`. */
export function createHttpServer(
  limits: ReceiverLimits,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const headersTimeout = Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs);
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      // Node looks at its time-outs this often: a time-out is never shorter than this.
      connectionsCheckingInterval: headersTimeout < 4_000 ? 250 : 1_000,
      // Node would answer 400 by itself, and nobody would hear of it.
      requireHostHeader: false,
      insecureHTTPParser: false,
    },
    handler,
  );
  // Node's default drops the fields beyond the thousandth without a word; their bytes are bounded anyway.
  server.maxHeadersCount = 0;
  // A sender that ends its side after the request still gets the reply, which comes only after the commit.
  Object.assign(server, { httpAllowHalfOpen: true });
  return server;
}
