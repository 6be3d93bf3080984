// The other end of the control socket: a command beside a running owner calls it here. Errors come back as values, as
// in the window.

import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import { AppError } from '../../shared/errors.ts';
import type { Result } from '../../shared/errors.ts';
import type { Change, ChangeBatch } from '../../shared/news.ts';
import { controlAddress } from './address.ts';
import { controlVersion, createLineCutter, decodeLine, encodeLine, maxAnswerBytes } from './frames.ts';

/** A connection to the owner of a data folder. */
export interface ControlClient {
  /** Process id of the owner. */
  readonly pid: number;
  /** Throws AppError: what the owner answered, or IPC_NO_ANSWER when it went away. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** From now on calls `listener` with the owner's news, before the answer of the call that made them. */
  follow(listener: (change: Change) => void): void;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  close(): void;
}

/** How long an owner may take to greet, ms. */
const greetingMs = 3_000;

/** Connects to the folder's owner; null when none answers in our protocol. */
export async function connectControl(dataDir: string, platform: NodeJS.Platform): Promise<ControlClient | null> {
  const address = controlAddress(dataDir, platform);
  if (address === null) return null;
  const socket = createConnection(address);
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(), greetingMs);
  const client = await new Promise<ControlClient | null>((resolve) => {
    void closed.then(() => resolve(null));
    converse(socket, closed, resolve);
  });
  clearTimeout(timer);
  return client;
}

function converse(socket: Socket, closed: Promise<void>, greeted: (client: ControlClient) => void): void {
  const cutter = createLineCutter(maxAnswerBytes);
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  const listeners = new Set<(change: Change) => void>();
  let lastId = 0;
  let pid: number | null = null;

  const client = (owner: number): ControlClient => ({
    pid: owner,
    closed,
    async call<N extends CommandName>(name: N, input: CommandInput<N>) {
      lastId += 1;
      const id = lastId;
      const answer = new Promise<Result<unknown>>((resolve) => waiting.set(id, resolve));
      if (socket.writable) socket.write(encodeLine({ id, call: name, input }));
      const result = await Promise.race([answer, closed]);
      waiting.delete(id);
      if (result === undefined) {
        throw new AppError('IPC_NO_ANSWER', `Process ${owner}, which runs this data folder, ended before it answered.`);
      }
      if (result.ok) return result.value as CommandOutput<N>;
      throw new AppError(result.error.code, result.error.message, result.error.details);
    },
    follow(listener) {
      listeners.add(listener);
      if (listeners.size === 1) socket.write(encodeLine({ follow: true }));
    },
    close: () => socket.destroy(),
  });

  function take(line: Readonly<Record<string, unknown>>): void {
    if (pid === null) {
      if (line['control'] !== controlVersion || typeof line['pid'] !== 'number') {
        socket.destroy();
        return;
      }
      pid = line['pid'];
      socket.write(encodeLine({ control: controlVersion }));
      greeted(client(pid));
    } else if (line['news'] !== undefined) {
      for (const change of (line['news'] as ChangeBatch).changes) for (const listener of listeners) listener(change);
    } else waiting.get(line['id'] as number)?.(line['result'] as Result<unknown>);
  }

  socket.on('data', (chunk: Uint8Array) => {
    const lines = cutter.take(chunk);
    if (lines === null) socket.destroy();
    for (const line of lines ?? []) {
      try {
        take(decodeLine(line) as Readonly<Record<string, unknown>>);
      } catch {
        socket.destroy();
      }
    }
  });
}
