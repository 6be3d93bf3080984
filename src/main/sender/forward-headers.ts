// The header block of a forwarded request and of the app's answer: end-to-end fields as they came, in order, case and
// repeats; what belongs to one connection only is left out (RFC 9110 section 7.6.1). Nothing secret is ever added.

import type { CapturedRequest } from '../../shared/exchange.ts';
import { headerValue, headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { providers } from '../../shared/providers/index.ts';
import { engineOf } from '../signatures/engines.ts';

/** Lower-case names of the fields that mean one connection, and of `Expect`, which the receiver has answered. */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Written anew at the end, whoever sent them before. */
const ownFields: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-hookbench-request']);
const originFields: ReadonlySet<string> = new Set(['x-forwarded-host', 'x-forwarded-proto']);
/** Without a body these need no length. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE']);
const none: ReadonlySet<string> = new Set();

/** How the fields of one request are made. */
export interface ForwardHeaderOptions {
  /** The app's host and port. */
  readonly host: string;
  readonly keepHost: boolean;
  /** A tunnel on this machine wrote the X-Forwarded fields, so they count. */
  readonly trusted: boolean;
  /** Providers beside the registry's whose signature fields are known. */
  readonly signers?: readonly ProviderDefinition[] | undefined;
}

/**
 * The fields for the app, in order. Host and Content-Length stand in their places (a missing Host in front, a missing
 * length at the end, where there is a body or the method expects one); X-Forwarded-For, -Host, -Proto and
 * X-Hookbench-Request end the block. Signature fields stay, even where Connection lists them.
 */
export function forwardHeaders(
  request: Pick<CapturedRequest, 'id' | 'method' | 'headers' | 'remoteAddress' | 'body'>,
  options: ForwardHeaderOptions,
): HeaderPair[] {
  const { headers, method } = request;
  const size = request.body.byteLength;
  const listed = listedByConnection(headers, options.signers);
  const fields: HeaderPair[] = [];
  const seen = new Set<string>();
  for (const pair of headers) {
    const name = pair[0].toLowerCase();
    if (name === 'host' || name === 'content-length') {
      // One of each is all that HTTP allows.
      if (seen.has(name)) continue;
      const value = name === 'host' ? (options.keepHost ? pair[1] : options.host) : String(size);
      fields.push([pair[0], value]);
      seen.add(name);
    } else if (connectionFields.has(name) || ownFields.has(name) || listed.has(name)) continue;
    else if (originFields.has(name)) {
      if (!options.trusted) continue;
      fields.push(pair);
      seen.add(name);
    } else fields.push(pair);
  }
  if (!seen.has('host')) fields.unshift(['Host', options.host]);
  if (!seen.has('content-length') && (size > 0 || !bodiless.has(method))) fields.push(['Content-Length', String(size)]);
  fields.push(['X-Forwarded-For', forwardedFor(request, options.trusted)]);
  const host = headerValue(headers, 'host');
  if (host !== undefined && !seen.has('x-forwarded-host')) fields.push(['X-Forwarded-Host', host]);
  if (!seen.has('x-forwarded-proto')) fields.push(['X-Forwarded-Proto', 'http']);
  fields.push(['X-Hookbench-Request', request.id]);
  return fields;
}

/** The end-to-end fields of an app's answer, as they came. */
export function replyHeaders(headers: readonly HeaderPair[]): HeaderPair[] {
  const listed = listedByConnection(headers);
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    return !connectionFields.has(key) && !listed.has(key);
  });
}

function forwardedFor(
  { headers, remoteAddress }: Pick<CapturedRequest, 'headers' | 'remoteAddress'>,
  trusted: boolean,
) {
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  return trusted ? [...headerValues(headers, 'x-forwarded-for'), address].join(', ') : address;
}

/** Lower-case names that Connection lists, but for those that carry a signature, its time or its id. */
function listedByConnection(
  headers: readonly HeaderPair[],
  signers: readonly ProviderDefinition[] = [],
): ReadonlySet<string> {
  const listed = new Set<string>();
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const part of value.split(',')) {
      const option = part.trim().toLowerCase();
      if (option !== '' && option !== 'close' && option !== 'keep-alive') listed.add(option);
    }
  }
  if (listed.size === 0) return none;
  for (const { schemes } of [...providers, ...signers]) {
    for (const scheme of schemes) {
      for (const name of engineOf(scheme).headerNames(scheme)) listed.delete(name.toLowerCase());
    }
  }
  return listed;
}
