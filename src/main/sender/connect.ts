// From a URL to a socket: one look-up, a check of every address it gave, and a connection to exactly those addresses,
// so that a name cannot change its meaning between the check and the connection.

import { lookup as systemLookup } from 'node:dns';
import { connect as connectTcp, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { leadsInwards, reachOf, refusedAddress } from './address.ts';
import type { Reach } from './address.ts';
import { wireFailure } from './wire-failure.ts';
import type { WireFailure } from './wire-failure.ts';

/** One address of a host. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Looks a host name up; rejects with Node's DNS errors. */
export type Lookup = (hostname: string) => Promise<readonly Address[]>;

/** Where a connection may go. */
export interface AddressRules {
  /** A person said that link-local and metadata addresses are meant. */
  readonly allowLinkLocal?: boolean | undefined;
  /** The address is named by a redirect that came from here. */
  readonly redirectedFrom?: Reach | undefined;
}

/** How far inside the innermost of `addresses` lies. */
export function innermost(addresses: readonly Address[]): Reach {
  const all = addresses.map(({ address }) => reachOf(address));
  return all.reduce((a, b) => (leadsInwards(a, b) ? b : a), 'the internet');
}

/** The addresses of the URL's host, or why it cannot be reached. One refused address refuses the host. */
export async function findAddresses(
  url: URL,
  lookup: Lookup = lookupAll,
  { allowLinkLocal = false, redirectedFrom }: AddressRules = {},
): Promise<readonly Address[] | WireFailure> {
  const host = bareHost(url);
  let addresses: readonly Address[];
  try {
    const family = isIP(host);
    addresses = family === 0 ? await lookup(host) : [{ address: host, family: family === 4 ? 4 : 6 }];
  } catch (error) {
    const failure = wireFailure(error, false);
    return failure.outcome === 'dns' ? failure : { outcome: 'dns', message: 'the host name could not be looked up' };
  }
  if (addresses.length === 0) return { outcome: 'dns', message: 'the host name has no address' };
  for (const { address } of addresses) {
    const why = refusedAddress(address);
    // What is no address at all is refused in any case.
    if (why !== null && !(allowLinkLocal && isIP(address.split('%', 1)[0] as string) !== 0))
      return blocked(address, why);
  }
  const reach = innermost(addresses);
  if (redirectedFrom !== undefined && leadsInwards(redirectedFrom, reach)) {
    const message = `nothing is sent to ${host}: a redirect from ${redirectedFrom} may not lead to ${reach}`;
    return { outcome: 'blocked-address', message };
  }
  return addresses;
}

function blocked(address: string, why: string): WireFailure {
  const how = 'if it is meant, allow link-local and metadata addresses at the target';
  return { outcome: 'blocked-address', message: `nothing is sent to ${address} (${why}); ${how}` };
}

/** Who vouches for a certificate. */
export interface TlsRules {
  /** Certificates (PEM) trusted instead of the system's. */
  readonly ca?: string | undefined;
  /** Nobody has to. */
  readonly skipTlsCheck?: boolean | undefined;
}

/** Opens a TCP or TLS connection to one of `addresses`, tried in order. Certificates are checked unless told not to. */
export function openSocket(url: URL, addresses: readonly Address[], { ca, skipTlsCheck = false }: TlsRules): Socket {
  const host = bareHost(url);
  const secure = url.protocol === 'https:';
  const options = {
    host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    lookup: fixedLookup(addresses),
    autoSelectFamily: true,
    // Node's 250 ms gives up on slow but healthy routes.
    autoSelectFamilyAttemptTimeout: 2_500,
    noDelay: true,
  };
  if (!secure) return connectTcp(options);
  return connectTls({
    ...options,
    servername: isIP(host) === 0 ? host : '',
    rejectUnauthorized: !skipTlsCheck,
    ...(ca === undefined ? {} : { ca }),
  });
}

/** The URL's host as sockets take it: an IPv6 address without its brackets. */
export function bareHost(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

function fixedLookup(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    const first = addresses[0] as Address;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function lookupAll(hostname: string): Promise<readonly Address[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, found) => {
      if (error) reject(error);
      else resolve(found.map(({ address, family }) => ({ address, family: family === 4 ? 4 : 6 })));
    });
  });
}
