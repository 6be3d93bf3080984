// What a host is started with, and where its figures come from: the environment for tests and the data folder's place.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../shared/errors.ts';
import type { Forward } from '../shared/forwards.ts';
import type { Endpoint } from '../shared/workspace.ts';
import type { Clock, Desktop, Logger, Random, SecretBox } from './ports.ts';
import type { ReceiverLimits } from './receiver/server.ts';
import type { SecretValue } from './signatures/verify.ts';
import type { openDocument } from './store/documents.ts';
import type { openHistory } from './store/history.ts';

/** The store's constructors; test-only compositions replace them to prove that the fault harness sees losses. */
export interface StoreParts {
  readonly openHistory: typeof openHistory;
  readonly openDocument: typeof openDocument;
}

/** An endpoint for this run only, made from command-line options. Nothing of it is stored. */
export interface RunEndpoint {
  readonly provider: string | null;
  readonly secrets: readonly SecretValue[];
  /** Status of the reply; the default endpoint's own when absent. */
  readonly status?: number | undefined;
  /** Origin under which senders reach the receiver, for schemes that sign the URL. */
  readonly publicUrl?: string | undefined;
  readonly mode?: Endpoint['mode'] | undefined;
  readonly forwards?: readonly Forward[] | undefined;
}

/** What a host is started with. */
export interface HostOptions {
  readonly dataDir: string;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly secretBox: SecretBox;
  readonly desktop: Desktop | null;
  /** Null: no receiver (a command that only sends). `port` null takes the one from the settings. */
  readonly listen: {
    readonly host: string;
    readonly port: number | null;
    /** The receiver alone: no tunnel opens and no pull runs by itself, and nothing old is removed. */
    readonly only?: boolean | undefined;
  } | null;
  readonly limits: ReceiverLimits;
  /** Total deadline of one attempt, ms. */
  readonly sendTimeoutMs: number;
  /** Make attempts by itself; without it only those that are asked for. */
  readonly runQueue: boolean;
  /** Replaces every delivery's stored speed for this run. */
  readonly queueSpeed?: number | undefined;
  readonly runEndpoint?: RunEndpoint | undefined;
  /** Without a keyring, new secrets go to the file, or where the person chose (this run only until then). */
  readonly newSecrets: 'to-file' | 'as-chosen';
  readonly store?: Partial<StoreParts> | undefined;
  /** Program of the search thread, which also keeps the full-text index; without it searches run on this thread. */
  readonly searchProgram?: string | null | undefined;
}

/** The environment as both shells read it. */
export interface Environment {
  readonly dataDir: string;
  /** Null when the environment does not set one. */
  readonly port: number | null;
  readonly limits: ReceiverLimits;
  readonly sendTimeoutMs: number;
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new AppError('CONFIG_INVALID', `${name} must be a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

/** The data folder of this system, unless `HOOKBENCH_DATA_DIR` names another. */
export function defaultDataDir(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env['HOOKBENCH_DATA_DIR']) return env['HOOKBENCH_DATA_DIR'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Hookbench', 'data');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Hookbench', 'data');
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'hookbench');
}

/** Reads the environment. Throws AppError CONFIG_INVALID that names the variable. */
export function readEnvironment(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Environment {
  const port = wholeNumber(env, 'HOOKBENCH_PORT', -1, 0, 65_535);
  return {
    dataDir: defaultDataDir(env, platform),
    port: port === -1 ? null : port,
    limits: {
      bodyLimit: wholeNumber(env, 'HOOKBENCH_BODY_LIMIT', 33_554_432, 1, 268_435_456),
      inFlightLimit: 268_435_456,
      headersTimeoutMs: wholeNumber(env, 'HOOKBENCH_HEADERS_TIMEOUT_MS', 10_000, 100, 600_000),
      requestTimeoutMs: wholeNumber(env, 'HOOKBENCH_REQUEST_TIMEOUT_MS', 30_000, 100, 3_600_000),
      maxConnections: 4_096,
    },
    sendTimeoutMs: wholeNumber(env, 'HOOKBENCH_SEND_TIMEOUT_MS', 30_000, 100, 600_000),
  };
}
