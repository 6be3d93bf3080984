// Which addresses the sender refuses. Loopback and private networks are what a workbench is for; link-local ranges
// and the fixed addresses of cloud metadata services hand out credentials and are a webhook target only where a person
// said so. A redirect, which no person typed, may never lead further inwards than where it came from.

import { BlockList, isIP } from 'node:net';

/** Address and prefix length, with the service that answers there. */
const refused: readonly (readonly [network: string, prefix: number, why: string])[] = [
  ['169.254.0.0', 16, 'link-local, cloud metadata'],
  ['168.63.129.16', 32, 'Azure host agent'],
  ['100.100.100.200', 32, 'Alibaba Cloud metadata'],
  ['192.0.0.192', 32, 'Oracle Cloud metadata'],
  ['fe80::', 10, 'link-local'],
  ['fd00:ec2::254', 128, 'AWS metadata'],
  ['fd20:ce::254', 128, 'Google Cloud metadata'],
  // NAT64 and 6to4 spellings of 169.254.0.0/16.
  ['64:ff9b::a9fe:0', 112, 'link-local, cloud metadata'],
  ['2002:a9fe::', 32, 'link-local, cloud metadata'],
];

/** How far inside an address lies: this machine, a private network, the rest of the world. */
export type Reach = 'this machine' | 'a private network' | 'the internet';

const inner: readonly (readonly [network: string, prefix: number, reach: Reach])[] = [
  ['127.0.0.0', 8, 'this machine'],
  // Linux connects these to loopback.
  ['0.0.0.0', 8, 'this machine'],
  ['::', 127, 'this machine'],
  ['10.0.0.0', 8, 'a private network'],
  ['172.16.0.0', 12, 'a private network'],
  ['192.168.0.0', 16, 'a private network'],
  // RFC 6598, shared by carriers and overlay networks.
  ['100.64.0.0', 10, 'a private network'],
  ['169.254.0.0', 16, 'a private network'],
  ['fc00::', 7, 'a private network'],
  ['fe80::', 10, 'a private network'],
  ['fec0::', 10, 'a private network'],
  // Translated IPv4 addresses: which ones they stand for depends on the network.
  ['64:ff9b::', 32, 'a private network'],
  ['2002::', 16, 'a private network'],
];

const reaches = inner.map(([network, prefix, reach]) => ({ list: listOf(network, prefix), reach }));

const lists = refused.map(([network, prefix, why]) => ({ list: listOf(network, prefix), why }));

function listOf(network: string, prefix: number): BlockList {
  const list = new BlockList();
  list.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');
  return list;
}

/** Why nothing is sent to `address` (an IP literal, a zone id is ignored), or null when it is allowed. */
export function refusedAddress(address: string): string | null {
  const bare = address.split('%', 1)[0] as string;
  const family = isIP(bare);
  if (family === 0) return 'not an IP address';
  // An IPv4 rule also matches the IPv4-mapped IPv6 form (::ffff:a.b.c.d).
  const hit = lists.find(({ list }) => list.check(bare, family === 4 ? 'ipv4' : 'ipv6'));
  return hit ? hit.why : null;
}

/** Where `address` (an IP literal, a zone id is ignored) lies. */
export function reachOf(address: string): Reach {
  const bare = address.split('%', 1)[0] as string;
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4';
  return reaches.find(({ list }) => list.check(bare, family))?.reach ?? 'the internet';
}

/** Whether `to` lies further inside than `from`. */
export function leadsInwards(from: Reach, to: Reach): boolean {
  return depth[to] > depth[from];
}

const depth: Readonly<Record<Reach, number>> = { 'the internet': 0, 'a private network': 1, 'this machine': 2 };
