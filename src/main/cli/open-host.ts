// Opens the host of a command: plain Node, no keyring, no desktop, and whatever the command adds.

import { endOnUncaughtErrors } from '../crash-file.ts';
import { createHost } from '../host.ts';
import type { Host } from '../host.ts';
import type { HostOptions } from '../host-options.ts';
import { noKeyring } from '../system.ts';
import { version } from '../version.ts';
import type { CommandRun } from './context.ts';

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
