// Makes a new secret in the form that a provider hands out.

import { AppError } from '../../shared/errors.ts';
import type { RandomBytes } from '../../shared/id.ts';
import type { SecretForm } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';

const secretBytes = 32;

/**
 * A shared secret of 32 random bytes for the provider, for example `whsec_...`. Throws AppError
 * CONFIG_UNKNOWN_PROVIDER, and CONFIG_INVALID for a provider that signs with a key pair (see key-pair.ts).
 */
export function randomSecret(provider: string, random: RandomBytes): string {
  const definition = findProvider(provider);
  if (!definition) throw new AppError('CONFIG_UNKNOWN_PROVIDER', `There is no provider “${provider}”`);
  if (isPairForm(definition.secretForm)) {
    throw new AppError('CONFIG_INVALID', `${definition.name} signs with a key pair, not with a shared secret`);
  }
  const { prefix, encoding } = definition.secretForm;
  return `${prefix}${Buffer.from(random(secretBytes)).toString(encoding)}`;
}

function isPairForm(form: SecretForm): form is Extract<SecretForm, { kind: 'key-pair' }> {
  return form.kind === 'key-pair';
}
