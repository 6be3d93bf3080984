// Which addresses can never be forwarded to. Told when the forward is saved: an address that fails with every request
// looks like an app that is down.

import { isIP } from 'node:net';
import { refusedAddress } from './address.ts';
import { readTarget } from './check.ts';
import { bareHost } from './connect.ts';

/**
 * Why nothing is ever forwarded to `text`, a sentence; null when something may be. Names are not looked up: what they
 * lead to is checked with every request. A password is not repeated.
 */
export function forwardFault(text: string): string | null {
  if (/^[^/?#]*[/\\]{2}[^/\\?#]*@/.test(text)) return 'The address must not hold a user name or password.';
  const url = readTarget(text);
  if (typeof url === 'string') return `${url}.`;
  const host = bareHost(url);
  const why = isIP(host) === 0 ? null : refusedAddress(host);
  return why === null ? null : `Nothing is sent to ${host} (${why}).`;
}
