// Whether addresses lie on this machine or in its private network: only there may a load be sent without asking. Names
// are looked up once; what they mean later is checked by the sender as for every delivery.

import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { AppError } from '../../shared/errors.ts';

/** Looks a host name up; gives all its addresses. */
export type LookupAll = (hostname: string) => Promise<readonly string[]>;

const near = new BlockList();
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addAddress('0.0.0.0', 'ipv4');
near.addSubnet('10.0.0.0', 8, 'ipv4');
near.addSubnet('172.16.0.0', 12, 'ipv4');
near.addSubnet('192.168.0.0', 16, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addAddress('::', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/**
 * Throws AppError CONFIG_INVALID (details: `field` is `confirmed`, `address` the one that is meant) when one of the
 * URLs leads outside this machine and its private network, or its host cannot be looked up.
 */
export async function checkNear(urls: readonly string[], lookup: LookupAll = lookupAll): Promise<void> {
  const hosts = new Set(urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, '')));
  for (const host of hosts) {
    const addresses = isIP(host) === 0 ? await addressesOf(host, lookup) : [host];
    const far = addresses.find((address) => !isNear(address));
    if (addresses.length > 0 && far === undefined) continue;
    const what =
      far === undefined
        ? `${host} could not be looked up`
        : `${far === host ? host : `${host} is ${far}, which`} lies outside this machine and its private network`;
    throw new AppError('CONFIG_INVALID', `${what}: many deliveries are sent there only when you confirm it.`, {
      field: 'confirmed',
      address: far ?? host,
    });
  }
}

function isNear(address: string): boolean {
  const bare = address.split('%', 1)[0] as string;
  // An IPv4 rule also matches the IPv4-mapped form of IPv6.
  return near.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}

async function addressesOf(host: string, lookup: LookupAll): Promise<readonly string[]> {
  try {
    return await lookup(host);
  } catch {
    return [];
  }
}

async function lookupAll(host: string): Promise<readonly string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}
