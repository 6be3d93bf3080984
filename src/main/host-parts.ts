// The parts of a host that live in the data folder: lock, history, documents, secrets, and the look-ups over them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretStorageState } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import { customProvider } from '../shared/custom-scheme.ts';
import type { ProviderDefinition } from '../shared/providers/define.ts';
import { findProvider } from '../shared/providers/index.ts';
import { defaultEndpoint, firstRetention } from '../shared/workspace.ts';
import type { Endpoint, SecretInfo } from '../shared/workspace.ts';
import { openDocuments } from './host-documents.ts';
import type { Documents } from './host-documents.ts';
import type { HostOptions } from './host-options.ts';
import type { Clock, Logger } from './ports.ts';
import { randomSecret } from './signatures/random-secret.ts';
import type { SecretValue } from './signatures/verify.ts';
import { openDataFolder } from './store/folder.ts';
import { openHistory } from './store/history.ts';
import type { History } from './store/history.ts';
import { acquireLock } from './store/lock.ts';
import { createSearch } from './store/search.ts';
import type { Search } from './store/search.ts';
import { openSecrets } from './store/secrets.ts';
import type { Secrets, SecretStorage } from './store/secrets.ts';

/** Path under which the built-in endpoint waits for the first-run test event. */
export const testEventPath = '/hookbench/test-event';
/** Name of the secret that signs the test event; made anew in each run and never stored. */
export const testSecretName = 'Hookbench test key';
/** Prefix of secrets that were given for one send only. */
const oneOffPrefix = 'one-off ';

const noSecrets: readonly SecretValue[] = [];

/** The endpoint of the test event; not part of the workspace. */
const testEndpoint: Endpoint = {
  ...defaultEndpoint,
  id: 'test',
  name: 'Test event',
  path: testEventPath,
  provider: 'standard-webhooks',
  secretNames: [testSecretName],
};

/** Everything that a host keeps in its folder. */
export interface Parts extends Documents {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly history: History;
  readonly search: Search;
  readonly secrets: Secrets;
  /** All endpoints that requests can arrive at, the built-in ones included. */
  endpoints(): readonly Endpoint[];
  /** Endpoint by id; the catch-all for an id that is gone. */
  endpoint(id: string): Endpoint;
  /** A person's own scheme of this id as a provider; undefined for the registry's providers. */
  definition(provider: string): ProviderDefinition | undefined;
  /** Secrets that may judge a request of this provider at this endpoint. */
  secretsFor(endpoint: Endpoint, provider: string | null): readonly SecretValue[];
  /** A secret for signing by name, or null when it is gone or sealed. */
  secretValue(name: string): SecretValue | null;
  /** Sets a named secret where new ones go; throws what the store throws. */
  setSecret(name: string, value: string, provider: string | null): Promise<void>;
  removeSecret(name: string): Promise<void>;
  /** Keeps a secret given for one send and returns its name. */
  keepOneOff(value: string, provider: string): Promise<string>;
  /** Names of the secrets that were kept for one send only. */
  oneOffNames(): readonly string[];
  secretStorage(): SecretStorageState;
  secretList(): SecretInfo[];
  readonly recovered: readonly string[];
  close(): Promise<void>;
}

/** Opens the data folder. Throws AppError STORE_LOCKED, STORE_UNREADABLE, STORE_FOREIGN. */
export async function openParts(options: HostOptions): Promise<Parts> {
  for (const warning of openDataFolder(options.dataDir).warnings) options.logger.warn(warning);
  const lock = acquireLock(options.dataDir);
  try {
    return await openLocked(options, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openLocked(options: HostOptions, release: () => void): Promise<Parts> {
  const { clock, logger, dataDir: dir } = options;
  const shared = { dir, clock, logger };
  const isNew = isNewFolder(dir);
  const opened = await openDocuments(shared, options.store?.openDocument);
  const { settings, workspace } = opened;
  // Written down, so that a later start can tell limits that are known from a folder that never had any.
  if (isNew) {
    void settings
      .update((data) => ({ ...data, retention: firstRetention }))
      .catch((error: unknown) => logger.error('The settings could not be saved', error));
  }
  const secrets = await openSecrets({ ...shared, box: options.secretBox });
  const history = (options.store?.openHistory ?? openHistory)(shared);
  const search = createSearch({
    dir,
    logger,
    program: options.searchProgram ?? null,
    openedSeq: history.list({ query: '', limit: 1, now: clock.now() }).rows[0]?.seq ?? 0,
  });

  const documents = Object.values(opened);
  const testSecret: SecretValue = { name: testSecretName, value: randomSecret('standard-webhooks', options.random) };
  const run = options.runEndpoint;

  /** Secrets per endpoint and provider: asked for with every request. */
  const chosen = new Map<string, { readonly endpoint: Endpoint; readonly secrets: readonly SecretValue[] }>();
  /** The same object comes back for the same value, so that caches of derived keys work. */
  const values = new Map<string, SecretValue>();
  const secretValue = (name: string): SecretValue | null => {
    if (name === testSecretName) return testSecret;
    const value = storedValue(secrets, name);
    if (value === null) return null;
    const known = values.get(name);
    if (known?.value === value) return known;
    const fresh = { name, value };
    values.set(name, fresh);
    return fresh;
  };

  let ofRun: { readonly fallback: Endpoint; readonly endpoint: Endpoint } | null = null;
  /** The same object for the same catch-all: what counts its requests goes on when another endpoint is edited. */
  const catchAllOfRun = (fallback: Endpoint, changes: NonNullable<HostOptions['runEndpoint']>): Endpoint => {
    if (ofRun?.fallback !== fallback) ofRun = { fallback, endpoint: runEndpoint(fallback, changes) };
    return ofRun.endpoint;
  };
  const endpoints = (): readonly Endpoint[] => {
    const stored = workspace.data.endpoints;
    const fallback = stored.find((endpoint) => endpoint.id === 'default') ?? defaultEndpoint;
    const catchAll = run ? catchAllOfRun(fallback, run) : fallback;
    return [...stored.filter((endpoint) => endpoint.id !== 'default'), testEndpoint, catchAll];
  };
  interface Listed {
    readonly key: unknown;
    readonly list: readonly Endpoint[];
    readonly byId: ReadonlyMap<string, Endpoint>;
  }
  let listed: Listed | null = null;
  const current = (): Listed => {
    if (listed?.key === workspace.data.endpoints) return listed;
    const list = endpoints();
    listed = { key: workspace.data.endpoints, list, byId: new Map(list.map((endpoint) => [endpoint.id, endpoint])) };
    return listed;
  };

  return {
    clock,
    logger,
    history,
    search,
    secrets,
    ...opened,
    endpoints: () => current().list,
    endpoint: (id) => current().byId.get(id) ?? (current().byId.get('default') as Endpoint),
    definition(provider) {
      if (!provider.startsWith('custom-')) return undefined;
      const scheme = workspace.data.schemes.find(({ id }) => id === provider);
      return scheme && customProvider(scheme);
    },
    secretsFor(endpoint, provider) {
      const given = endpoint.id === 'default' ? (run?.secrets ?? noSecrets) : noSecrets;
      if (endpoint.secretNames.length === 0) return given;
      const key = `${endpoint.id}\n${provider ?? ''}`;
      const known = chosen.get(key);
      if (known?.endpoint === endpoint) return known.secrets;
      const fitting = endpoint.secretNames.filter((name) => fitsProvider(secrets, name, provider));
      const found = [...given, ...fitting.map(secretValue).filter((secret) => secret !== null)];
      chosen.set(key, { endpoint, secrets: found });
      return found;
    },
    async setSecret(name, value, provider) {
      if (name === testSecretName) {
        throw new AppError('CONFIG_INVALID', `The name "${name}" belongs to the secret of the test event.`, {
          field: 'name',
        });
      }
      await secrets.set(name, value, { provider, storage: storageForNew() });
      chosen.clear();
    },
    async removeSecret(name) {
      await secrets.remove(name);
      values.delete(name);
      chosen.clear();
    },
    secretValue,
    async keepOneOff(value, provider) {
      const name = `${oneOffPrefix}${Buffer.from(options.random(6)).toString('hex')}`;
      await secrets.set(name, value, { provider, storage: storageForNew(), oneOff: true });
      return name;
    },
    oneOffNames: () => secrets.oneOffNames(),
    secretStorage: () => ({
      keyring: options.secretBox.keyring,
      undecided: options.secretBox.keyring === null && settings.data.secretStorage === null,
    }),
    secretList: () => secrets.list(),
    recovered: [...documents, secrets, history].flatMap((part) => part.recovered),
    async close() {
      await Promise.all([...documents.map((part) => part.flush()), search.stop()]);
      await history.close();
      release();
    },
  };

  /** Where a new secret goes by the person's choice and this machine's means. */
  function storageForNew(): SecretStorage {
    if (options.secretBox.keyring !== null) return 'keyring';
    return options.newSecrets === 'to-file' ? 'file' : (settings.data.secretStorage ?? 'session');
  }
}

/**
 * Whether nothing was ever kept in a data folder. Only such a one gets limits by itself: a history that was filled
 * without limits keeps everything until the person sets some.
 */
function isNewFolder(dir: string): boolean {
  return !['history.sqlite', 'settings.json', 'settings.json.bak1'].some((name) => existsSync(join(dir, name)));
}

function runEndpoint(fallback: Endpoint, run: NonNullable<HostOptions['runEndpoint']>): Endpoint {
  const reply = run.status === undefined ? fallback.reply : { ...fallback.reply, status: run.status };
  return {
    ...fallback,
    provider: run.provider ?? fallback.provider,
    publicUrl: run.publicUrl ?? fallback.publicUrl,
    // Whoever says how this run answers wants answers, even where the stored one is switched off.
    active: true,
    mode: run.mode ?? fallback.mode,
    forwards: run.forwards ? [...run.forwards] : fallback.forwards,
    reply,
  };
}

function storedValue(secrets: Secrets, name: string): string | null {
  try {
    return secrets.value(name);
  } catch (error) {
    if (error instanceof AppError && error.code === 'SECRET_SEALED') return null;
    throw error;
  }
}

function fitsProvider(secrets: Secrets, name: string, provider: string | null): boolean {
  const info = secrets.list().find((secret) => secret.name === name);
  return info === undefined || judges(info, provider);
}

/**
 * Whether a secret may judge requests of `provider`: one entered for another provider does not, one entered for none
 * judges all.
 */
export function judges({ provider: entered }: Pick<SecretInfo, 'provider'>, provider: string | null): boolean {
  return entered === null || provider === null || entered === provider || !findProvider(entered);
}
