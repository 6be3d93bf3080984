// The pulls that the app stored, as `pull NAME` takes them: which one is meant, and where its token comes from.

import { AppError } from '../../shared/errors.ts';
import type { PullSetup } from '../../shared/pulls.ts';
import type { Host } from '../host.ts';
import type { PullSource } from '../host-offline.ts';

/** The set-up of this id or name. Throws CONFIG_INVALID that lists the names. */
export function findSetup({ parts }: Pick<Host, 'parts'>, wanted: string): PullSetup {
  const { pulls } = parts.workspace.data;
  const found = pulls.find(({ id }) => id === wanted) ?? pulls.find(({ name }) => name === wanted);
  if (found) return found;
  const names = pulls.map(({ name }) => `"${name}"`).join(', ');
  const cure = 'add one in the app, or describe the API with --provider and --config';
  const known = names === '' ? `there are none; ${cure}` : `there are ${names}`;
  throw new AppError('CONFIG_INVALID', `NAME: there is no pull "${wanted}": ${known}.`);
}

const cure = 'Give it for this run with --token-env NAME or --token-file FILE';

/**
 * The stored token of a set-up; null where none is needed. Throws CONFIG_INVALID, SECRET_UNAVAILABLE or SECRET_SEALED,
 * each with the cure.
 */
export function storedToken({ parts }: Pick<Host, 'parts'>, setup: PullSetup, api: PullSource): string | null {
  const { name, tokenName } = setup;
  if (tokenName === null) {
    if (!api.needsToken) return null;
    throw new AppError('CONFIG_INVALID', `The pull "${name}" has no token. ${cure}: ${api.tokenRight}.`);
  }
  const token = parts.secretValue(tokenName);
  if (token !== null) return token.value;
  const what = `The token "${tokenName}" of the pull "${name}"`;
  if (parts.secrets.has(tokenName)) {
    throw new AppError('SECRET_SEALED', `${what} was sealed by the app's keyring and cannot be opened here. ${cure}.`);
  }
  throw new AppError(
    'SECRET_UNAVAILABLE',
    `${what} is not in this data folder. ${cure}, or store it again in the app.`,
  );
}
