// Reads a data folder without owning it: no lock, nothing written, beside a running owner or without one.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { customProvider } from '../shared/custom-scheme.ts';
import type { Delivery } from '../shared/delivery.ts';
import { AppError } from '../shared/errors.ts';
import type { Finding } from '../shared/exchange.ts';
import { defaultEndpoint, emptyWorkspace, workspaceSchema } from '../shared/workspace.ts';
import type { Workspace } from '../shared/workspace.ts';
import { compress, decompress } from './host-diagnosis.ts';
import { deliveriesSchema } from './host-documents.ts';
import { judges } from './host-parts.ts';
import { checkInput } from './pipeline/check-input.ts';
import type { Clock, Logger } from './ports.ts';
import { diagnose } from './signatures/diagnosis/diagnose.ts';
import type { OtherSecret } from './signatures/diagnosis/diagnose.ts';
import type { SecretValue } from './signatures/verify.ts';
import { openDocument } from './store/documents.ts';
import { openHistory } from './store/history.ts';
import type { History, StoredRequest } from './store/history.ts';
import { openSecrets } from './store/secrets.ts';
import type { Secrets } from './store/secrets.ts';
import { noKeyring } from './system.ts';

/** A read-only look into a data folder. */
export interface Reader {
  /** Null when nothing was ever captured or sent here. */
  readonly history: History | null;
  /** Every delivery: unfinished, dead and delivered, oldest first. */
  deliveries(): Promise<Delivery[]>;
  /** The causes of a failed check: those that are stored, else those that the secrets which can be read here show. */
  causesOf(request: StoredRequest): Promise<readonly Finding[]>;
  /** Values of the secrets that can be read here, for redaction. */
  secretValues(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens the folder for reading. Throws AppError STORE_UNREADABLE when it is not a readable folder. */
export function openReader(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Reader {
  const { dataDir: dir, clock, logger } = options;
  checkFolder(dir);
  const shared = { dir, clock, logger, readOnly: true } as const;
  const history = existsSync(join(dir, 'history.sqlite')) ? openHistory(shared) : null;
  const readDeliveries = async (name: string, journal?: 'deliveries') =>
    (
      await openDocument({
        ...shared,
        name,
        journal,
        version: 1,
        schema: deliveriesSchema,
        defaults: { deliveries: [] },
      })
    ).data.deliveries;
  const readSecrets = () => openSecrets({ ...shared, box: noKeyring });
  return {
    history,
    async causesOf(request) {
      const { status, diagnosis } = request.verdict;
      const isKnown = diagnosis.length > 0 || status === 'valid' || status === 'unverified' || request.truncated;
      if (history === null || isKnown) return diagnosis;
      const body = history.readBody(request.id) ?? new Uint8Array();
      const workspace = await openDocument({
        ...shared,
        name: 'workspace.json',
        version: 1,
        schema: workspaceSchema,
        defaults: emptyWorkspace,
      });
      return lookInto(request, body, workspace.data, await readSecrets());
    },
    async deliveries() {
      // A running owner saves a delivery in its next place before it leaves the one before. So places are read in the
      // order in which deliveries move; twice, since a redrive goes back. What was read later says more.
      const found = new Map<string, Delivery>();
      for (let round = 0; round < 2; round += 1) {
        const pending = await readDeliveries('queue.json', 'deliveries');
        const dead = await readDeliveries('dead-letters.json');
        for (const delivery of [...pending, ...dead]) found.set(delivery.id, delivery);
      }
      for (const delivery of history?.listArchived(0) ?? []) found.set(delivery.id, delivery);
      return [...found.values()].sort((a, b) => a.createdAt - b.createdAt);
    },
    async secretValues() {
      return (await readSecrets()).values();
    },
    async close() {
      await history?.close();
    },
  };
}

/** The same look as the host's, with what the folder alone tells. */
function lookInto(
  request: StoredRequest,
  body: Uint8Array,
  workspace: Workspace,
  secrets: Secrets,
): readonly Finding[] {
  const { provider, verdict, receivedAt: now } = request;
  const endpoints = [...workspace.endpoints, defaultEndpoint];
  const endpoint =
    endpoints.find(({ id }) => id === request.endpoint) ??
    endpoints.find(({ id }) => id === defaultEndpoint.id) ??
    defaultEndpoint;
  const own: SecretValue[] = [];
  const others: OtherSecret[] = [];
  for (const info of secrets.list()) {
    const value = info.sealed ? null : secrets.value(info.name);
    if (value === null) continue;
    const secret = { name: info.name, value };
    const owner = endpoints.find(({ id, secretNames }) => id !== endpoint.id && secretNames.includes(info.name));
    if (endpoint.secretNames.includes(info.name) && judges(info, provider)) own.push(secret);
    else others.push({ secret, provider: info.provider, endpoint: owner?.name ?? null });
  }
  const scheme = workspace.schemes.find(({ id }) => id === provider);
  const input = checkInput(
    { ...request, body },
    { endpoint, provider, definition: scheme && customProvider(scheme), secrets: own, now, earlier: verdict },
  );
  const configuredUrl = endpoint.publicUrl;
  const { findings } = diagnose({ ...input, verdict, others, configuredUrl, decompress, compress });
  // Without the secrets that judged it (those of one run are never stored), it is not known that nothing fits.
  return own.length > 0 ? findings : findings.filter(({ code }) => code !== 'no-known-cause');
}

function checkFolder(dir: string): void {
  try {
    if (!statSync(dir).isDirectory()) throw new AppError('STORE_UNREADABLE', `The data folder ${dir} is not a folder.`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'STORE_UNREADABLE',
      `The data folder ${dir} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
