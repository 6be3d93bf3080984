// The owner's end of the control socket: other processes of the same person call the same commands as the window,
// checked by the same router. It never trusts a line: half frames, garbage, floods and vanishing clients end their own
// connection and nothing else.

import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { CommandHandlers, CommandName } from '../../shared/contract.ts';
import type { Change } from '../../shared/news.ts';
import { AppError } from '../../shared/errors.ts';
import { createBatcher } from '../ipc/batcher.ts';
import { createRouter } from '../ipc/router.ts';
import type { Clock, Logger } from '../ports.ts';
import { controlAddress } from './address.ts';
import { controlVersion, createLineCutter, decodeLine, encodeLine, maxCallBytes } from './frames.ts';

/** What the owner gives. */
export interface ControlOptions {
  readonly dataDir: string;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly handlers: CommandHandlers;
  readonly onChange: (listener: (change: Change) => void) => () => void;
  readonly clock: Pick<Clock, 'after'>;
  readonly makeId: () => string;
  readonly logger: Logger;
}

/** The open socket. */
export interface Control {
  /** Lets calls under way be answered, then closes the connections and removes the socket. */
  close(): Promise<void>;
}

/** What belongs to the window: dialogs, links and menus on the person's screen. */
const ofTheWindow: ReadonlySet<CommandName> = new Set<CommandName>([
  'export.save',
  'bodies.save',
  'check.save',
  'requests.saveTypes',
  'open.external',
  'window.facts',
]);

/** Connections at once. */
const maxConnections = 32;
/** Calls of one connection that are under way at once; further lines wait in the socket. */
const maxCalls = 64;
/** News that a client has not taken yet, bytes; beyond that it is let go. */
const maxUnsentBytes = 33_554_432;
/** How long calls under way may take at the end, ms. */
const lastCallsMs = 2_000;

/** Opens the socket. Null, with a warning, where that is not possible: the owner works without it. */
export async function startControl(options: ControlOptions): Promise<Control | null> {
  const { logger } = options;
  const address = controlAddress(options.dataDir, options.platform);
  const isPipe = options.platform === 'win32';
  if (address === null) {
    logger.warn('The path of the data folder is too long for a socket: other commands cannot be handed over.');
    return null;
  }
  if (!isPipe && !removeStale(address)) {
    logger.warn('control.sock in the data folder is no socket: other commands cannot be handed over.');
    return null;
  }
  const connections = new Set<Connection>();
  const handlers = withoutWindow(options.handlers);
  const server = createServer((socket) => {
    if (connections.size >= maxConnections) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const connection = serve(socket, { ...options, handlers });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, resolve);
    });
    if (!isPipe) chmodSync(address, 0o600);
  } catch (error) {
    server.close();
    logger.warn(`The control socket cannot be opened (${error instanceof Error ? error.message : String(error)}).`);
    return null;
  }
  server.on('error', (error) => logger.error('The control socket failed', error));
  // The receiver or the queue decides how long the process lives.
  server.unref();
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...connections].map((connection) => connection.end()));
      await closed;
    },
  };
}

/** Whoever holds the folder's lock may remove a socket that an owner before left. False for anything but a socket. */
function removeStale(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  if (!stat.isSocket()) return false;
  rmSync(path, { force: true });
  return true;
}

function withoutWindow(handlers: CommandHandlers): CommandHandlers {
  const refused = [...ofTheWindow].map((name) => [
    name,
    () => {
      throw new AppError('IPC_UNTRUSTED_SENDER', `${name} belongs to the window.`);
    },
  ]);
  return { ...handlers, ...(Object.fromEntries(refused) as Partial<CommandHandlers>) };
}

interface Connection {
  end(): Promise<void>;
}

function serve(socket: Socket, options: ControlOptions): Connection {
  const cutter = createLineCutter(maxCallBytes);
  const calls = new Set<Promise<void>>();
  let isGreeted = false;
  let stopNews: (() => void) | null = null;
  const send = (value: unknown): void => {
    if (socket.writable) socket.write(encodeLine(value));
  };
  const batcher = createBatcher({
    clock: options.clock,
    send(batch) {
      if (socket.writableLength > maxUnsentBytes) socket.destroy();
      else send({ news: batch });
    },
  });
  const router = createRouter<null>({
    handlers: options.handlers,
    isTrusted: () => true,
    currentBatch() {
      batcher.flush();
      return batcher.lastBatch;
    },
    makeId: options.makeId,
    logger: options.logger,
  });

  async function call(id: number, name: unknown, input: unknown): Promise<void> {
    const result = await router.route(null, name, input);
    // What the call changed is known to the client before its answer.
    batcher.flush();
    send({ id, result });
  }

  /** False for a line that no client of ours sends. */
  function take(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const line = value as Readonly<Record<string, unknown>>;
    if (!isGreeted) {
      isGreeted = line['control'] === controlVersion;
      return isGreeted;
    }
    if (line['follow'] === true) {
      stopNews ??= options.onChange((change) => batcher.add(change));
      return true;
    }
    const { id } = line;
    if (typeof id !== 'number') return false;
    const running = call(id, line['call'], line['input']).finally(() => {
      calls.delete(running);
      if (calls.size < maxCalls) socket.resume();
    });
    calls.add(running);
    if (calls.size >= maxCalls) socket.pause();
    return true;
  }

  socket.on('error', () => {});
  socket.on('close', () => {
    stopNews?.();
    batcher.stop();
  });
  socket.on('data', (chunk: Uint8Array) => {
    const lines = cutter.take(chunk);
    if (lines === null || !lines.every((line) => take(parsed(line)))) socket.destroy();
  });
  send({ control: controlVersion, version: options.version, pid: process.pid });

  return {
    async end() {
      socket.pause();
      await Promise.race([
        Promise.all(calls),
        new Promise<void>((resolve) => void options.clock.after(lastCallsMs, resolve)),
      ]);
      batcher.flush();
      await new Promise<void>((resolve) => {
        options.clock.after(lastCallsMs, resolve);
        socket.end(() => resolve());
      });
      socket.destroy();
    },
  };
}

function parsed(line: string): unknown {
  try {
    return decodeLine(line);
  } catch {
    return undefined;
  }
}
