// Addresses of senders, and lists of networks. An IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2)
// is the IPv4 address, in lists as in senders.

import { BlockList, isIP, SocketAddress } from 'node:net';

/** A list of networks. */
export interface Networks {
  /** Whether `address`, as {@link plainAddress} gives it, lies in one of them. */
  has(address: string): boolean;
}

/** The one spelling of an address, without a zone; null for what is none. */
export function plainAddress(text: string): string | null {
  const zone = text.indexOf('%');
  const address = zone === -1 ? text : text.slice(0, zone);
  const family = isIP(address);
  if (family === 4) return address;
  if (family !== 6) return null;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return mappedPart(canonical) ?? canonical;
}

/**
 * The sender that an address, as {@link plainAddress} gives it, stands for where senders are counted: an IPv6 address
 * counts by its /64, since a single host may take any address of one (RFC 4291 section 2.5.4).
 */
export function senderOfAddress(address: string): string {
  if (!address.includes(':')) return address;
  const [front = '', back = ''] = address.split('::');
  const first = front === '' ? [] : front.split(':');
  const last = back === '' ? [] : back.split(':');
  // None where there is no gap. A dotted end counts as one group too few, but never lies within the first half.
  const gap = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return `${[...first, ...gap, ...last].slice(0, 4).join(':')}::/64`;
}

/** The IPv4 part of a canonical mapped address, or null. */
function mappedPart(canonical: string): string | null {
  const last = canonical.startsWith('::ffff:') ? canonical.slice(7) : '';
  return isIP(last) === 4 ? last : null;
}

/**
 * A list of addresses and networks such as `203.0.113.0/24`. What cannot be read is left out; the list then holds less,
 * never more.
 */
export function createNetworks(list: readonly string[]): Networks {
  // One list per family: Node's own would let `::/0` stand for IPv4 as well.
  const ipv4 = new BlockList();
  const ipv6 = new BlockList();
  for (const entry of list) {
    const [text = '', prefix] = entry.trim().split('/');
    const address = plainAddress(text);
    if (address === null) continue;
    const isMapped = text.includes(':') && !address.includes(':');
    const bits = prefix === undefined ? 128 : Number(prefix);
    if (address.includes(':')) ipv6.addSubnet(address, Math.min(bits, 128), 'ipv6');
    else if (!isMapped) ipv4.addSubnet(address, Math.min(bits, 32), 'ipv4');
    else if (bits >= 96) ipv4.addSubnet(address, Math.min(bits, 128) - 96, 'ipv4');
  }
  return { has: (address) => (address.includes(':') ? ipv6.check(address, 'ipv6') : ipv4.check(address, 'ipv4')) };
}
