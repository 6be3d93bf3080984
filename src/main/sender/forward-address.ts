// Which addresses can never be forwarded to. Told when the forward is saved: an address that fails with every request
// looks like an app that is down.

import { isIP } from 'node:net';
import { AppError } from '../../shared/errors.ts';
import { refusedAddress } from './address.ts';
import { checkTarget } from './check.ts';

/**
 * Why nothing is ever forwarded to `text`, a sentence; null when something may be. Names are not looked up: what they
 * lead to is checked with every request. A password is not repeated.
 */
export function forwardFault(text: string): string | null {
  if (/^[^/?#]*[/\\]{2}[^/\\?#]*@/.test(text)) return 'The address must not hold a user name or password.';
  try {
    const { hostname } = checkTarget(text);
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const why = isIP(host) === 0 ? null : refusedAddress(host);
    return why === null ? null : `Nothing is sent to ${host} (${why}).`;
  } catch (error) {
    if (error instanceof AppError) return `${error.message}.`;
    throw error;
  }
}
