// The secrets of something stored (a target, an endpoint, a tunnel): kept under names, so that what refers to them holds
// no value. A secret that something else uses as well is never changed or removed here.

import { AppError } from '../../shared/errors.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { Target } from '../../shared/workspace.ts';
import { isAttached } from './working-host.ts';
import type { WorkingHost } from './working-host.ts';
import { missingCompanion, storableSecret } from '../host-offline.ts';
import type { SecretValue } from '../host-offline.ts';
import { callHost } from './call-host.ts';
import type { CommandRun } from './context.ts';
import { naming, readSecrets, secretOption } from './inputs.ts';

/** Whose secrets they are. */
export interface SecretOwner {
  readonly kind: 'target' | 'endpoint' | 'tunnel';
  readonly id: string;
  readonly name: string;
  /** Names of the secrets that it has now. */
  readonly secretNames: readonly string[];
  /** How many it can name; any number when absent. */
  readonly most?: number | undefined;
}

/**
 * Keeps the secrets of the command line for `owner` and gives their names; null when none are given. A secret of the
 * owner's own is replaced under its name, so that what is under way uses the new one. `provider` is null where the
 * secret belongs to none. Throws SECRET_MALFORMED and CONFIG_INVALID, which name the option; then no new name is left.
 */
export async function keepSecrets(
  run: CommandRun,
  host: WorkingHost,
  owner: SecretOwner,
  provider: ProviderDefinition | null,
): Promise<readonly string[] | null> {
  const given = readSecrets(run.options, run.env);
  if (given.length === 0) return null;
  if (given.length > (owner.most ?? given.length)) {
    throw new AppError(
      'CONFIG_INVALID',
      `${secretOption(run.options)}: a ${owner.kind} takes ${owner.most === 1 ? 'one secret' : `${owner.most} secrets`}.`,
    );
  }
  const texts =
    provider === null
      ? given.map(({ value }) => value)
      : naming(run.options, () => groups(given, provider).map((group) => storableSecret(group, provider).text));
  run.output.note(
    isAttached(host)
      ? `The secret is kept by the running Hookbench (process ${host.attached.pid}).`
      : 'The secret is kept in the data folder (secrets.json, readable only by you).',
  );
  const own = owner.secretNames.filter((name) => !isUsedElsewhere(host, name, owner));
  const names: string[] = [];
  try {
    for (const value of texts) {
      const name = own[names.length] ?? freeName(host, owner.name, names);
      const secret = { name, value, provider: provider?.id ?? null };
      await callHost(host, 'secrets.set', secret, { name: 'NAME', value: '--secret' });
      names.push(name);
    }
  } catch (error) {
    await dropSecrets(host, names);
    throw error;
  }
  return names;
}

/** Takes back what {@link keepSecrets} kept, when its owner could not be saved. What anything needs stays. */
export async function dropSecrets(host: WorkingHost, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!isUsedElsewhere(host, name, null) && !isOwed(host, name)) await callHost(host, 'secrets.remove', { name });
  }
}

/** Names of all secrets that sign for a target. */
export function targetSecretNames({
  secretName,
  alsoSecretNames,
}: Pick<Target, 'secretName' | 'alsoSecretNames'>): readonly string[] {
  return secretName === null ? alsoSecretNames : [secretName, ...alsoSecretNames];
}

/**
 * What became of the secrets of something that was removed: with `--with-secrets` those that nothing needs any more are
 * removed too, and a note tells which are left.
 */
export async function settleSecrets(run: CommandRun, host: WorkingHost, names: readonly string[]): Promise<void> {
  const needed = names.filter((name) => isUsedElsewhere(host, name, null) || isOwed(host, name));
  const removed = run.options['withSecrets'] === true ? names.filter((name) => !needed.includes(name)) : [];
  for (const name of removed) await callHost(host, 'secrets.remove', { name });
  const kept = names.filter((name) => !removed.includes(name));
  const list = kept.map((name) => `"${name}"`).join(', ');
  if (kept.length > 0)
    run.output.note(`Still in the data folder: ${kept.length === 1 ? 'secret' : 'secrets'} ${list}.`);
}

/** A provider that signs with a key and a second text takes both as one secret; else each signs by itself. */
function groups(given: readonly SecretValue[], provider: ProviderDefinition): readonly SecretValue[][] {
  return missingCompanion(provider, []) === null ? given.map((secret) => [secret]) : [[...given]];
}

/** Whether anything but `owner` uses the secret. */
function isUsedElsewhere({ parts }: WorkingHost, name: string, owner: SecretOwner | null): boolean {
  const { targets, endpoints, pulls, tunnels } = parts.workspace.data;
  const isOwner = (kind: SecretOwner['kind'], id: string): boolean => owner?.kind === kind && owner.id === id;
  return (
    targets.some((target) => !isOwner('target', target.id) && targetSecretNames(target).includes(name)) ||
    endpoints.some((endpoint) => !isOwner('endpoint', endpoint.id) && endpoint.secretNames.includes(name)) ||
    tunnels.some((tunnel) => !isOwner('tunnel', tunnel.id) && 'secretName' in tunnel && tunnel.secretName === name) ||
    pulls.some(({ tokenName }) => tokenName === name)
  );
}

function isOwed({ queue }: WorkingHost, name: string): boolean {
  return [...queue.pending(), ...queue.dead()].some(({ secretName }) => secretName === name);
}

/** Names may have 100 characters; the rest is for a number. */
function freeName({ parts }: WorkingHost, owner: string, taken: readonly string[]): string {
  const base = owner.slice(0, 90);
  let name = base;
  for (let n = 2; parts.secrets.has(name) || taken.includes(name); n += 1) name = `${base} ${n}`;
  return name;
}
