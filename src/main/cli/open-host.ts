// Opens the host of a command: plain Node, no keyring, no desktop, and whatever the command adds.

import type { Workspace } from '../../shared/workspace.ts';
import { AppError } from '../../shared/errors.ts';
import { endOnUncaughtErrors } from '../crash-file.ts';
import { createHost } from '../host.ts';
import type { Host } from '../host.ts';
import type { HostOptions } from '../host-options.ts';
import { readWorkspace } from '../host-offline.ts';
import { noKeyring } from '../system.ts';
import { version } from '../version.ts';
import type { CommandRun } from './context.ts';
import { attachHost } from './working-host.ts';
import type { WorkingHost } from './working-host.ts';

/** What commands differ in. */
type CommandHost = Pick<HostOptions, 'listen' | 'runQueue' | 'queueSpeed' | 'runEndpoint'>;

/** Opens the data folder as its owner. Throws what {@link createHost} throws. */
export function openHost(run: CommandRun, own: CommandHost): Promise<Host> {
  endOnUncaughtErrors(run.environment.dataDir);
  return createHost({
    dataDir: run.environment.dataDir,
    version,
    clock: run.clock,
    random: run.random,
    logger: run.logger,
    secretBox: noKeyring,
    desktop: null,
    limits: run.environment.limits,
    sendTimeoutMs: run.environment.sendTimeoutMs,
    newSecrets: 'to-file',
    store: run.store,
    ...own,
  });
}

/**
 * Opens the data folder as {@link openHost} does, or works through the living owner of it. Throws what openHost throws;
 * STORE_LOCKED where the owner does not answer.
 */
export async function openWorkingHost(run: CommandRun, own: CommandHost): Promise<WorkingHost> {
  try {
    return await openHost(run, own);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STORE_LOCKED') throw error;
    const attached = await attachHost(run);
    if (attached === null) throw error;
    return attached;
  }
}

/** A command's work with a host; resolves with the exit code. */
export type HostWork = (run: CommandRun, host: WorkingHost) => Promise<number> | number;

/** Runs `work` with a host that neither listens nor sends by itself, or with the living owner of the folder. */
export function withHost(work: HostWork): (run: CommandRun) => Promise<number> {
  return async (run) => {
    const host = await openWorkingHost(run, { listen: null, runQueue: false });
    try {
      return await work(run, host);
    } finally {
      await host.stop();
    }
  };
}

/** What a person configured, read without owning the data folder. */
export function readStoredWorkspace(run: CommandRun): Promise<Workspace> {
  return readWorkspace({ dataDir: run.environment.dataDir, clock: run.clock, logger: run.logger });
}

/**
 * Resolves at the first SIGINT or SIGTERM, or when nobody reads the output any more. To be called before the work
 * starts, so that a signal on the way is not lost.
 */
export function stopAsked(run: CommandRun): Promise<'stop'> {
  return new Promise((resolve) => {
    const stop = () => resolve('stop');
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    void run.outputClosed.then(stop);
  });
}
