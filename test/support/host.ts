// A whole host without a window, in a folder of its own, with everything it says collected.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readEnvironment } from '../../src/main/host-options.ts';
import type { HostOptions } from '../../src/main/host-options.ts';
import { createHost } from '../../src/main/host.ts';
import type { Host } from '../../src/main/host.ts';
import { noKeyring, systemClock, systemRandom } from '../../src/main/system.ts';
import type { Change } from '../../src/shared/news.ts';

/** A running host with its news and its log lines. */
export interface TestHost {
  readonly host: Host;
  readonly dataDir: string;
  readonly changes: readonly Change[];
  readonly logged: readonly string[];
  /** What the receiver was given, unless the options said otherwise. */
  readonly limits: HostOptions['limits'];
  /** Address of the receiver. */
  url(): string;
  stop(): Promise<void>;
}

/** Starts a host on a free port. `stop` removes its folder. */
export async function startTestHost(options: Partial<HostOptions> = {}): Promise<TestHost> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookbench-host-'));
  const { limits, sendTimeoutMs } = readEnvironment({}, process.platform);
  const logged: string[] = [];
  const log = (message: string, error?: unknown): void => {
    logged.push(`${message} ${inspect(error)}`);
  };
  const host = await createHost({
    dataDir,
    version: '0.0.0',
    clock: systemClock,
    random: systemRandom,
    logger: { info: log, warn: log, error: log },
    secretBox: noKeyring,
    desktop: null,
    listen: { host: '127.0.0.1', port: 0 },
    limits,
    sendTimeoutMs,
    runQueue: true,
    newSecrets: 'as-chosen',
    ...options,
  });
  const changes: Change[] = [];
  host.onChange((change) => changes.push(change));
  await host.start();
  return {
    host,
    dataDir,
    changes,
    logged,
    limits,
    url() {
      const state = host.receiver();
      if (state.status !== 'listening') throw new Error(`the receiver is ${state.status}`);
      return state.url;
    },
    async stop() {
      await host.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
