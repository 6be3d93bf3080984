// The configured secrets as one scheme can use them.

import type { SchemeDefinition } from '../../shared/providers/define.ts';
import type { SecretValue } from './input.ts';
import { companionsOf, parseKey } from './keys.ts';
import type { Key } from './keys.ts';

/** What the secrets are to a scheme. */
interface UsableKeys {
  readonly keys: readonly Key[];
  /** Texts beside the keys, where the scheme needs one. */
  readonly companions: readonly string[];
  /** Why a secret was left out: the one that was meant for this scheme, else the first; empty when none was. */
  readonly problem: string;
}

const none: readonly string[] = [];

/** The secrets that are keys of the scheme, in their order. */
export function keysFor(scheme: SchemeDefinition, secrets: readonly SecretValue[]): UsableKeys {
  const keys: Key[] = [];
  let problem = '';
  let meant = false;
  for (const secret of secrets) {
    const key = parseKey(secret, scheme);
    if (key.kind !== 'problem') keys.push(key);
    else if (problem === '' || (key.meant && !meant)) {
      problem = key.message;
      meant = key.meant;
    }
  }
  const name = isRecipe(scheme) ? scheme.companion : undefined;
  return { keys, companions: name === undefined ? none : companionsOf(name, secrets, scheme), problem };
}

function isRecipe(scheme: SchemeDefinition): scheme is Extract<SchemeDefinition, { kind?: 'recipe' }> {
  return scheme.kind === undefined || scheme.kind === 'recipe';
}
