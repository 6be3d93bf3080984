// Which addresses the sender refuses. Loopback and private networks are what a workbench is for; link-local ranges
// and the fixed addresses of cloud metadata services hand out credentials and are never a webhook target.

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

const lists = refused.map(([network, prefix, why]) => {
  const list = new BlockList();
  list.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');
  return { list, why };
});

/** Why nothing is sent to `address` (an IP literal, a zone id is ignored), or null when it is allowed. */
export function refusedAddress(address: string): string | null {
  const bare = address.split('%', 1)[0] as string;
  const family = isIP(bare);
  if (family === 0) return 'not an IP address';
  // An IPv4 rule also matches the IPv4-mapped IPv6 form (::ffff:a.b.c.d).
  const hit = lists.find(({ list }) => list.check(bare, family === 4 ? 'ipv4' : 'ipv6'));
  return hit ? hit.why : null;
}
