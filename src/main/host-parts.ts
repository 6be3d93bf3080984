// The parts of a host that live in the data folder: lock, history, documents, secrets, and the look-ups over them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Delivery } from '../shared/delivery.ts';
import type { SecretStorageState } from '../shared/news.ts';
import { AppError } from '../shared/errors.ts';
import { customProvider } from '../shared/custom-scheme.ts';
import type { ProviderDefinition } from '../shared/providers/define.ts';
import { findProvider } from '../shared/providers/index.ts';
import { defaultEndpoint, firstRetention, settingsSchema, workspaceSchema } from '../shared/workspace.ts';
import type { Endpoint, SecretInfo, Settings, Workspace } from '../shared/workspace.ts';
import type { HostOptions } from './host-options.ts';
import type { Clock, Logger } from './ports.ts';
import type { DeliveriesDocument } from './sender/queue.ts';
import { randomSecret } from './signatures/random-secret.ts';
import type { SecretValue } from './signatures/verify.ts';
import { pullCursorSchema } from './reconcile/pull-contract.ts';
import { openDocument } from './store/documents.ts';
import type { Document } from './store/documents.ts';
import { openDataFolder } from './store/folder.ts';
import { openHistory } from './store/history.ts';
import type { History } from './store/history.ts';
import { acquireLock } from './store/lock.ts';
import { openSecrets } from './store/secrets.ts';
import type { Secrets, SecretStorage } from './store/secrets.ts';

/** Path under which the built-in endpoint waits for the first-run test event. */
export const testEventPath = '/hookbench/test-event';
/** Name of the secret that signs the test event; made anew in each run and never stored. */
export const testSecretName = 'Hookbench test key';
/** Prefix of secrets that were given for one send only. */
const oneOffPrefix = 'one-off ';

const noSecrets: readonly SecretValue[] = [];
/** Every attempt waits for a write, so the queue's documents are written more often than settings are. */
const queueIntervalMs = 10;

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
export interface Parts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly history: History;
  readonly secrets: Secrets;
  readonly workspace: Document<Workspace>;
  readonly settings: Document<Settings>;
  readonly queueDocument: Document<DeliveriesDocument>;
  readonly deadLetters: Document<DeliveriesDocument>;
  /** Where the pulls go on. */
  readonly pullState: Document<PullState>;
  /** Addresses of tunnels that senders know. */
  readonly tunnelState: Document<TunnelState>;
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

const attemptSchema = v.looseObject({ n: v.number(), at: v.number(), outcome: v.string() });
const deliverySchema = v.looseObject({
  id: v.string(),
  message: v.looseObject({
    messageId: v.string(),
    provider: v.string(),
    method: v.string(),
    bodyHash: v.string(),
    headers: v.array(v.tuple([v.string(), v.string()])),
  }),
  url: v.string(),
  state: v.picklist(['waiting', 'sending', 'delivered', 'dead', 'parked']),
  attempts: v.array(attemptSchema),
  nextAt: v.nullable(v.number()),
  schedule: v.string(),
  speed: v.number(),
  createdAt: v.number(),
});
/** Shape of queue.json and dead-letters.json: what the queue relies on is checked, the rest is kept. */
export const deliveriesSchema = v.object({
  deliveries: v.array(
    v.pipe(
      deliverySchema,
      v.transform((value) => value as unknown as Delivery),
    ),
  ),
});

const pullStateSchema = v.object({
  pulls: v.array(
    v.object({
      /** Of the setup. */
      id: v.string(),
      /** What the cursor belongs to; it means nothing for another one. */
      source: v.string(),
      cursor: pullCursorSchema,
      /** End of the last whole look, epoch ms. */
      lastAt: v.nullable(v.number()),
    }),
  ),
});
/** Payload of pulls.json. */
export type PullState = v.InferOutput<typeof pullStateSchema>;

const tunnelStateSchema = v.object({
  tunnels: v.array(
    v.object({
      /** Of the setup. */
      id: v.string(),
      /** The address that the person registered with senders. */
      registeredUrl: v.string(),
    }),
  ),
});
/** Payload of tunnels.json. */
export type TunnelState = v.InferOutput<typeof tunnelStateSchema>;

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
  const document = options.store?.openDocument ?? openDocument;
  const shared = { dir, clock, logger };
  const isNew = isNewFolder(dir);
  const settings = await document({
    ...shared,
    name: 'settings.json',
    version: 1,
    schema: settingsSchema,
    defaults: v.parse(settingsSchema, {}),
  });
  // Written down, so that a later start can tell limits that are known from a folder that never had any.
  if (isNew) {
    void settings
      .update((data) => ({ ...data, retention: firstRetention }))
      .catch((error: unknown) => logger.error('The settings could not be saved', error));
  }
  const workspace = await document({
    ...shared,
    name: 'workspace.json',
    version: 1,
    schema: workspaceSchema,
    defaults: { endpoints: [], targets: [], schemes: [], schedules: [], pulls: [], tunnels: [] },
  });
  const deliveries = (name: string, journal?: 'deliveries') =>
    document({
      ...shared,
      name,
      journal,
      version: 1,
      minIntervalMs: queueIntervalMs,
      schema: deliveriesSchema,
      defaults: { deliveries: [] },
    });
  const queueDocument = await deliveries('queue.json', 'deliveries');
  const deadLetters = await deliveries('dead-letters.json');
  const pullState = await document({
    ...shared,
    name: 'pulls.json',
    version: 1,
    schema: pullStateSchema,
    defaults: { pulls: [] },
  });
  const tunnelState = await document({
    ...shared,
    name: 'tunnels.json',
    version: 1,
    schema: tunnelStateSchema,
    defaults: { tunnels: [] },
  });
  const secrets = await openSecrets({ ...shared, box: options.secretBox });
  const history = (options.store?.openHistory ?? openHistory)(shared);

  const documents = [settings, workspace, queueDocument, deadLetters, pullState, tunnelState];
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

  const endpoints = (): readonly Endpoint[] => {
    const stored = workspace.data.endpoints;
    const fallback = stored.find((endpoint) => endpoint.id === 'default') ?? defaultEndpoint;
    const catchAll = run ? runEndpoint(fallback, run) : fallback;
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
    secrets,
    workspace,
    settings,
    queueDocument,
    deadLetters,
    pullState,
    tunnelState,
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
      await Promise.all(documents.map((part) => part.flush()));
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
