// Which request a redirect asks for, if any. Redirects come from the target, not from a person: credentials and the
// message never leave the origin that they were meant for, and https never becomes http. Pure; no network.

import { headerValue, withoutHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { checkTarget } from './check.ts';

/** Redirects that are followed in one attempt. */
export const maxRedirects = 5;

/** One request of a chain. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** The next request, or why the chain ends here. */
export type NextHop =
  | {
      readonly kind: 'follow';
      readonly hop: Hop;
      /** The next request carries the message, or the last one was the one that was to get it (303). */
      readonly carries: boolean;
    }
  | { readonly kind: 'stop'; readonly why: string };

/** Only these say nothing about who sends or what is sent. */
const harmless: ReadonlySet<string> = new Set(['accept', 'accept-language', 'accept-encoding', 'user-agent']);
const followed: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether `status` with a Location asks for another request. */
export function isRedirect(status: number): boolean {
  return followed.has(status);
}

/**
 * What the reply `status` to `hop` asks for. As browsers do, 303 and a POST's 301 and 302 become a GET without a body
 * (fetch standard, HTTP-redirect fetch); 307 and 308 keep method and body. Another origin gets no body and only header
 * fields that carry nothing of the sender's; `secretHeaders` names further fields that stay behind. `seen` holds the
 * requests so far, `hop` included.
 */
export function nextHop(
  hop: Hop,
  status: number,
  replyHeaders: readonly HeaderPair[],
  {
    seen,
    secretHeaders = [],
  }: { readonly seen: readonly Hop[]; readonly secretHeaders?: readonly string[] | undefined },
): NextHop {
  const location = headerValue(replyHeaders, 'location');
  if (location === undefined) return stop('the reply names no Location');
  const url = targetOf(location, hop.url);
  if (url === null) return stop('its Location is not an address that may be used');
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') return stop('from https to http nothing is followed');
  if (seen.length > maxRedirects) return stop(`at most ${maxRedirects} are followed`);
  const stays = url.origin === hop.url.origin;
  const toGet = status === 303 ? !isRead(hop.method) : hop.method === 'POST' && (status === 301 || status === 302);
  const method = toGet ? 'GET' : hop.method;
  const body = toGet || !stays ? new Uint8Array() : hop.body;
  const dropped = body.byteLength < hop.body.byteLength;
  const secret = new Set(secretHeaders.map((name) => name.toLowerCase()));
  const headers = stays
    ? dropped || toGet
      ? withoutHeaders(hop.headers, bodyFields)
      : hop.headers
    : hop.headers.filter(([name]) => harmless.has(name.toLowerCase()) && !secret.has(name.toLowerCase()));
  const again = seen.some((one) => one.url.href === url.href && one.method === method);
  if (again) return stop('it leads in a circle');
  return { kind: 'follow', hop: { url, method, headers, body }, carries: status === 303 || !(toGet || dropped) };
}

const bodyFields: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
]);

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function stop(why: string): NextHop {
  return { kind: 'stop', why };
}

/** The address, without its fragment; null for what no request may go to (another scheme, credentials). */
function targetOf(location: string, base: URL): URL | null {
  if (!URL.canParse(location, base.href)) return null;
  const url = new URL(location, base);
  url.hash = '';
  try {
    return checkTarget(url.href);
  } catch {
    return null;
  }
}
