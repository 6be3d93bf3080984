// The URL that the provider called. Some schemes sign it, and behind a tunnel or proxy it is not what arrives here.

import type { CapturedRequest, UrlSource, Verdict } from '../../shared/exchange.ts';
import { headerValue } from '../../shared/headers.ts';
import type { Endpoint } from '../../shared/workspace.ts';

/** A URL, and how it is known. */
export interface KnownUrl {
  readonly url: string;
  readonly source: UrlSource;
}

/** A host name or address with an optional port: nothing that could end the host part of a URL. */
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** What else tells the URL. */
interface UrlHints {
  /** Origin of our own tunnel through which the request came. */
  readonly tunnelOrigin?: string | null | undefined;
  /** What an earlier check of the same request went by: the tunnel may be gone by now. */
  readonly earlier?: Pick<Verdict, 'url' | 'urlSource'> | undefined;
}

/**
 * The endpoint's public URL, else that of our own tunnel, else the forwarded host and protocol where the endpoint trusts
 * them and the request came from this machine (a tunnel's client), else as received.
 */
export function requestUrl(
  request: Pick<CapturedRequest, 'target' | 'headers' | 'remoteAddress'>,
  endpoint: Pick<Endpoint, 'path' | 'publicUrl' | 'trustForwarded'>,
  { tunnelOrigin = null, earlier }: UrlHints = {},
): KnownUrl {
  const { target, headers } = request;
  if (endpoint.publicUrl !== null) return { url: publicUrl(endpoint.publicUrl, endpoint.path, target), source: 'configured' }; // prettier-ignore
  if (!target.startsWith('/')) return { url: target, source: 'received' };
  if (tunnelOrigin !== null) return { url: `${tunnelOrigin}${target}`, source: 'forwarded' };
  if (earlier?.urlSource === 'forwarded' && earlier.url !== undefined) return { url: earlier.url, source: 'forwarded' };
  const origin = endpoint.trustForwarded && isLoopback(request.remoteAddress) ? forwardedOrigin(request) : null;
  if (origin !== null) return { url: `${origin}${target}`, source: 'forwarded' };
  return { url: `http://${headerValue(headers, 'host') ?? ''}${target}`, source: 'received' };
}

/**
 * A public URL without a path stands for the server: the target follows it. One with a path stands for the endpoint:
 * only what follows the endpoint's own path is added. The query is always the one that arrived.
 */
function publicUrl(configured: string, path: string, target: string): string {
  const [, origin = configured, ownPath = ''] = /^([^/]*\/\/[^/?#]*)([^?#]*)/.exec(configured) ?? [];
  const arrived = target.startsWith('/') ? target : target.replace(/^[^/]*\/\/[^/?#]*/, '');
  if (ownPath === '' || ownPath === '/') return origin + (arrived.startsWith('/') ? arrived : `/${arrived}`);
  const base = path.endsWith('/') ? path.slice(0, -1) : path;
  const rest = arrived.startsWith(base) ? arrived.slice(base.length) : arrived;
  return rest.startsWith('/') ? origin + ownPath.replace(/\/$/, '') + rest : origin + ownPath + rest;
}

function forwardedOrigin({ headers }: Pick<CapturedRequest, 'headers'>): string | null {
  const first = (name: string): string => (headerValue(headers, name) ?? '').split(',', 1)[0]?.trim() ?? '';
  const host = first('x-forwarded-host') || (headerValue(headers, 'host') ?? '');
  const protocol = first('x-forwarded-proto').toLowerCase();
  return hostForm.test(host) && (protocol === 'http' || protocol === 'https') ? `${protocol}://${host}` : null;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./i.test(address);
}
