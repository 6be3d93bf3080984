// Secret values by name, kept in secrets.json or in memory. Values leave this file only for signing and verifying.

import * as v from 'valibot';
import { AppError } from '../../shared/errors.ts';
import type { SecretInfo } from '../../shared/workspace.ts';
import type { Clock, Logger, SecretBox } from '../ports.ts';
import { openDocument } from './documents.ts';

/** Where a new value is kept. `keyring` seals it through the SecretBox. */
export type SecretStorage = SecretInfo['storage'];

/** The secret store. */
export interface Secrets {
  /** Sets or replaces a secret. One-off secrets belong to deliveries and are not listed. */
  set(
    name: string,
    value: string,
    options: { provider: string | null; storage: SecretStorage; oneOff?: boolean },
  ): Promise<void>;
  /** The value, or null when there is none; throws SECRET_SEALED when a keyring that is not here sealed it. */
  value(name: string): string | null;
  has(name: string): boolean;
  /** Names of the secrets that were given for one send only. */
  oneOffNames(): string[];
  /** Resolves when the value is gone from the file and from the copies beside it. */
  remove(name: string): Promise<void>;
  list(): SecretInfo[];
  /** Every value known, for redaction. */
  values(): string[];
  readonly recovered: readonly string[];
}

/** What the secret store is given. */
export interface SecretsOptions {
  /** The data folder. */
  readonly dir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly box: SecretBox;
  /** Another process owns the folder. */
  readonly readOnly?: boolean | undefined;
}

const entrySchema = v.variant('storage', [
  v.object({
    storage: v.literal('keyring'),
    name: v.string(),
    provider: v.nullable(v.string()),
    oneOff: v.boolean(),
    /** Name of the keyring backend that sealed it. */
    backend: v.string(),
    /** Base64. */
    sealed: v.string(),
  }),
  v.object({
    storage: v.literal('file'),
    name: v.string(),
    provider: v.nullable(v.string()),
    oneOff: v.boolean(),
    value: v.string(),
  }),
]);
const documentSchema = v.object({ secrets: v.array(entrySchema) });
type Entry = v.InferOutput<typeof entrySchema>;

interface Known {
  readonly provider: string | null;
  readonly storage: SecretStorage;
  readonly oneOff: boolean;
  /** Null where it is sealed and cannot be opened here. */
  readonly value: string | null;
  /** Keyring that sealed it, or null. */
  readonly backend: string | null;
}

/** Loads secrets.json and opens what this keyring sealed. Throws AppError STORE_UNREADABLE. */
export async function openSecrets({ box, ...options }: SecretsOptions): Promise<Secrets> {
  const document = await openDocument({
    ...options,
    name: 'secrets.json',
    version: 1,
    schema: documentSchema,
    defaults: { secrets: [] as Entry[] },
  });
  const known = new Map<string, Known>();
  for (const entry of document.data.secrets) known.set(entry.name, await open(entry, box, options.logger));

  /** Two more saves push the older values out of the copies beside the file. */
  async function forgetCopies(): Promise<void> {
    for (let n = 0; n < 2; n += 1) await document.update(() => undefined);
  }

  async function replaceStored(name: string, entry: Entry | null): Promise<void> {
    const before = document.data.secrets.some((other) => other.name === name);
    if (!before && entry === null) return;
    await document.update(({ secrets }) => ({
      secrets: [...secrets.filter((other) => other.name !== name), ...(entry ? [entry] : [])],
    }));
    if (before) await forgetCopies();
  }

  return {
    async set(name, value, { provider, storage, oneOff = false }) {
      const base = { name, provider, oneOff };
      let entry: Entry | null = null;
      if (storage === 'file') entry = { ...base, storage, value };
      if (storage === 'keyring') {
        if (box.keyring === null)
          throw new AppError('SECRET_UNAVAILABLE', 'This machine offers no keyring to keep the secret in.');
        const sealed = Buffer.from(await box.seal(value)).toString('base64');
        entry = { ...base, storage, backend: box.keyring, sealed };
      }
      const saved = replaceStored(name, entry);
      known.set(name, { provider, storage, oneOff, value, backend: storage === 'keyring' ? box.keyring : null });
      await saved;
    },
    value(name) {
      const secret = known.get(name);
      if (!secret) return null;
      if (secret.value !== null) return secret.value;
      throw new AppError(
        'SECRET_SEALED',
        `The secret "${name}" was sealed by a keyring (${secret.backend ?? 'unknown'}) that cannot open it here.`,
      );
    },
    has: (name) => known.has(name),
    oneOffNames: () => [...known].filter(([, secret]) => secret.oneOff).map(([name]) => name),
    async remove(name) {
      known.delete(name);
      await replaceStored(name, null);
    },
    list() {
      const listed = [...known].filter(([, secret]) => !secret.oneOff);
      return listed.map(([name, { provider, storage, value }]) => ({
        name,
        provider,
        storage,
        sealed: value === null,
      }));
    },
    values: () => [...new Set([...known.values()].flatMap((secret) => secret.value ?? []))],
    recovered: document.recovered,
  };
}

async function open(entry: Entry, box: SecretBox, logger: Logger): Promise<Known> {
  const { provider, storage, oneOff } = entry;
  if (entry.storage === 'file') return { provider, storage, oneOff, value: entry.value, backend: null };
  const sealed: Known = { provider, storage, oneOff, value: null, backend: entry.backend };
  if (entry.backend !== box.keyring) return sealed;
  try {
    return { ...sealed, value: await box.open(Buffer.from(entry.sealed, 'base64')) };
  } catch {
    // The error may quote the sealed text; the name says enough.
    logger.warn(`The secret "${entry.name}" could not be opened with the keyring ${entry.backend}.`);
    return sealed;
  }
}
