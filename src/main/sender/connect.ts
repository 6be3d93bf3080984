// From a URL to a socket: one look-up, a check of every address it gave, and a connection to exactly those addresses,
// so that a name cannot change its meaning between the check and the connection.

import { lookup as systemLookup } from 'node:dns';
import { connect as connectTcp, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { refusedAddress } from './address.ts';
import { wireFailure } from './wire-failure.ts';
import type { WireFailure } from './wire-failure.ts';

/** One address of a host. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Looks a host name up; rejects with Node's DNS errors. */
export type Lookup = (hostname: string) => Promise<readonly Address[]>;

/** The addresses of the URL's host, or why it cannot be reached. One refused address refuses the host. */
export async function findAddresses(url: URL, lookup: Lookup = lookupAll): Promise<readonly Address[] | WireFailure> {
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
    if (why !== null) return { outcome: 'blocked-address', message: `nothing is sent to ${address} (${why})` };
  }
  return addresses;
}

/** Opens a TCP or TLS connection to one of `addresses`, tried in order. Certificates are always checked. */
export function openSocket(url: URL, addresses: readonly Address[], ca: string | undefined): Socket {
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
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  });
}

function bareHost(url: URL): string {
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
