// The local HTTP server. It takes every request as raw bytes before anything can refuse or decode it: one `onRequest`
// hook sees each of them before routing, content types and body parsers, and the nets beside it catch what is no
// request. It decides nothing: replies come from the host, after the commit.

import { METHODS } from 'node:http';
import type { Server } from 'node:http';
import fastify from 'fastify';
import type { FastifyHttpOptions } from 'fastify';
import { createConnections } from './connection.ts';
import { createHttpServer } from './http-server.ts';
import { createIntake } from './intake.ts';
import type { Intake, IntakeOptions } from './intake-contract.ts';
import { listenOn } from './listen.ts';

export type { ReceiverLimits } from './http-server.ts';
export type { ReplyPlan } from './reply.ts';

/** What the receiver is given. */
export interface ReceiverOptions extends IntakeOptions {
  /** `127.0.0.1` (with `::1` beside it), or what the person allowed. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** A running receiver. */
export interface Receiver {
  readonly port: number;
  /** `http://127.0.0.1:4100`. */
  readonly url: string;
  /** Stops taking connections, lets requests in flight finish (at most 5 s), closes. */
  stop(): Promise<void>;
}

/** Ms that requests in flight get when the receiver stops. */
const stopMs = 5_000;

/** Starts listening. Throws AppError RECEIVER_PORT_IN_USE or RECEIVER_ADDRESS. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const connections = createConnections();
  const intake = createIntake(options, connections);
  const app = createApp(options, intake);
  await app.ready();

  const servers: Server[] = [app.server];
  const both = options.host === '127.0.0.1' || options.host === 'localhost';
  const companion = both ? createHttpServer(options.limits, app.routing) : null;
  if (companion) {
    servers.push(companion);
    companion.on('clientError', intake.parserError);
  }
  for (const server of servers) {
    connections.watch(server, options.limits.maxConnections);
    server.on('connect', intake.connect);
    server.on('checkExpectation', intake.unknownExpectation);
    server.on('checkContinue', (raw, response) => {
      intake.awaitsContinue(raw);
      app.routing(raw, response);
    });
  }
  const host = both ? '127.0.0.1' : options.host;
  const port = await listenOn(app.server, companion, host, options.port).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  for (const server of servers) server.on('error', (error) => options.onFault?.(error));

  async function stop(): Promise<void> {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    // First, so that no connection counts as idle whose reply is only now on its way.
    connections.closeIdle();
    intake.drain();
    const timer = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), stopMs);
    await Promise.all(closed);
    clearTimeout(timer);
    await app.close();
  }

  let stopped: Promise<void> | null = null;
  return { port, url: addressOf(host, port), stop: () => (stopped ??= stop()) };
}

/** One route for every method and target, so that Fastify refuses none; the hook never passes a request on to it. */
function createApp({ limits }: ReceiverOptions, intake: Intake) {
  const settings: FastifyHttpOptions<Server> = {
    logger: false,
    serverFactory: (handler) => createHttpServer(limits, handler),
    // Fastify keeps the target as sent in `originalUrl`; no target is too strange for this route.
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    return503OnClosing: false,
    trustProxy: false,
    frameworkErrors: (_error, request, reply) => intake.request(request.raw, reply.raw),
    clientErrorHandler: intake.parserError,
  };
  const app = fastify(settings);
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  for (const method of methods) app.addHttpMethod(method, { hasBody: true, overrideExisting: true });
  app.addHook('onRequest', (request, reply, _done) => {
    reply.hijack();
    intake.request(request.raw, reply.raw);
  });
  app.route({ method: methods, url: '/', handler: (_request, reply) => reply.code(500).send() });
  return app;
}

function addressOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
