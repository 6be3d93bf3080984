// Where a token may go: to the one origin that the person configured, over https, or over http to this machine.

import { AppError } from '../../shared/errors.ts';

/** Why `text` cannot be asked with a token, as the end of a sentence ("must ..."), or null when it can. */
export function addressProblem(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'must be a full https:// address';
  }
  const isLocal = url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) return 'must start with https:// (http:// only for this machine)';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  return url.hash === '' ? null : 'must not hold a #';
}

/** An API's base address without a slash at its end. Throws AppError CONFIG_INVALID. */
export function baseAddress(text: string): string {
  const problem = addressProblem(text) ?? (text.includes('?') ? 'must not hold a ?' : null);
  if (problem !== null) throw new AppError('CONFIG_INVALID', `The base address ${problem}.`, { field: 'baseUrl' });
  return new URL(text).href.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
