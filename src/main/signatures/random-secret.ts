// Makes a new secret in the form that a provider hands out.

import { AppError } from '../../shared/errors.ts';
import type { RandomBytes } from '../../shared/id.ts';
import { findProvider } from '../../shared/providers/index.ts';

const secretBytes = 32;

/** A secret of 32 random bytes for the provider, for example `whsec_...`. Throws AppError CONFIG_UNKNOWN_PROVIDER. */
export function randomSecret(provider: string, random: RandomBytes): string {
  const definition = findProvider(provider);
  if (!definition) throw new AppError('CONFIG_UNKNOWN_PROVIDER', `There is no provider “${provider}”`);
  const { prefix, encoding } = definition.secretForm;
  return `${prefix}${Buffer.from(random(secretBytes)).toString(encoding)}`;
}
