// The secrets of a stored target: kept under names, so that deliveries hold a reference only. A secret that something
// else uses as well is never changed or removed here.

import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { Target } from '../../shared/workspace.ts';
import type { Host } from '../host.ts';
import { missingCompanion, storableSecret } from '../host-offline.ts';
import type { SecretValue } from '../host-offline.ts';
import { callHost } from './call-host.ts';
import type { CommandRun } from './context.ts';
import { naming, readSecrets } from './inputs.ts';

/** Names under which a target's secrets are kept. */
type SecretNames = Pick<Target, 'secretName' | 'alsoSecretNames'>;

/**
 * Keeps the secrets of the command line for `target` and gives their names; null when none are given. A secret of the
 * target's own is replaced under its name, so that deliveries under way sign with the new one. Throws SECRET_MALFORMED
 * and CONFIG_INVALID, which name the option.
 */
export async function keepTargetSecrets(
  run: CommandRun,
  host: Host,
  target: Target,
  provider: ProviderDefinition,
): Promise<SecretNames | null> {
  const given = readSecrets(run.options, run.env);
  if (given.length === 0) return null;
  const texts = naming(run.options, () => groups(given, provider).map((group) => storableSecret(group, provider).text));
  run.output.note('The secret is kept in the data folder (secrets.json, readable only by you).');
  const own = secretNames(target).filter((name) => !isUsedElsewhere(host, name, target.id));
  const names: string[] = [];
  for (const value of texts) {
    const name = own[names.length] ?? freeName(host, target.name, names);
    await callHost(host, 'secrets.set', { name, value, provider: provider.id }, { name: 'NAME', value: '--secret' });
    names.push(name);
  }
  const [secretName = null, ...alsoSecretNames] = names;
  return { secretName, alsoSecretNames };
}

/** Names of all secrets that sign for a target. */
export function secretNames({ secretName, alsoSecretNames }: SecretNames): readonly string[] {
  return secretName === null ? alsoSecretNames : [secretName, ...alsoSecretNames];
}

/** Removes those of `names` that nothing needs any more, and gives the others. */
export async function removeUnneeded(host: Host, names: readonly string[]): Promise<readonly string[]> {
  const needed = names.filter((name) => isUsedElsewhere(host, name, null) || isOwed(host, name));
  for (const name of names) if (!needed.includes(name)) await callHost(host, 'secrets.remove', { name });
  return needed;
}

/** A provider that signs with a key and a second text takes both as one secret; else each signs by itself. */
function groups(given: readonly SecretValue[], provider: ProviderDefinition): readonly SecretValue[][] {
  return missingCompanion(provider, []) === null ? given.map((secret) => [secret]) : [[...given]];
}

/** Whether a target other than `targetId`, an endpoint or a pull uses the secret. */
function isUsedElsewhere({ parts }: Host, name: string, targetId: string | null): boolean {
  const { targets, endpoints, pulls } = parts.workspace.data;
  return (
    targets.some((target) => target.id !== targetId && secretNames(target).includes(name)) ||
    endpoints.some((endpoint) => endpoint.secretNames.includes(name)) ||
    pulls.some(({ tokenName }) => tokenName === name)
  );
}

function isOwed({ queue }: Host, name: string): boolean {
  return [...queue.pending(), ...queue.dead()].some(({ secretName }) => secretName === name);
}

/** Names may have 100 characters; the rest is for a number. */
function freeName({ parts }: Host, target: string, taken: readonly string[]): string {
  const base = target.slice(0, 90);
  let name = base;
  for (let n = 2; parts.secrets.has(name) || taken.includes(name); n += 1) name = `${base} ${n}`;
  return name;
}
