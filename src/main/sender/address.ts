// Which addresses the sender refuses. Loopback and private networks are what a workbench is for; link-local ranges
// and the fixed addresses of cloud metadata services hand out credentials and are a webhook target only where a person
// said so. A redirect, which no person typed, may never lead further inwards than where it came from.

import { isIP } from 'node:net';

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

/** An address as four numbers of 32 bits; IPv4 in its mapped form (::ffff:a.b.c.d), so that one rule means both. */
type Words = readonly [number, number, number, number];

interface Rule {
  readonly network: Words;
  readonly prefix: number;
}

const refusals = refused.map(([network, prefix, why]) => ({ ...ruleOf(network, prefix), why }));
const reaches = inner.map(([network, prefix, reach]) => ({ ...ruleOf(network, prefix), reach }));

/** Why nothing is sent to `address` (an IP literal, a zone id is ignored), or null when it is allowed. */
export function refusedAddress(address: string): string | null {
  const words = wordsOf(address);
  if (words === null) return 'not an IP address';
  return refusals.find((rule) => covers(rule, words))?.why ?? null;
}

/** Where `address` (an IP literal, a zone id is ignored) lies. */
export function reachOf(address: string): Reach {
  const words = wordsOf(address);
  const rule = words && reaches.find((one) => covers(one, words));
  return rule?.reach ?? 'the internet';
}

function ruleOf(network: string, prefix: number): Rule {
  return { network: wordsOf(network) as Words, prefix: isIP(network) === 4 ? 96 + prefix : prefix };
}

function covers({ network, prefix }: Rule, address: Words): boolean {
  for (let at = 0; 32 * at < prefix; at += 1) {
    // A shift by 32 would be one by 0.
    const unused = Math.max(0, 32 * (at + 1) - prefix);
    if (((network[at] as number) ^ (address[at] as number)) >>> unused !== 0) return false;
  }
  return true;
}

/** Null for what is no IP address. */
function wordsOf(address: string): Words | null {
  const bare = address.split('%', 1)[0] as string;
  const family = isIP(bare);
  if (family === 0) return null;
  if (family === 4) return [0, 0, 0xffff, wordOfV4(bare)];
  const dotted = bare.lastIndexOf(':') + 1;
  const tail = bare.includes('.') ? wordOfV4(bare.slice(dotted)) : null;
  const text =
    tail === null ? bare : `${bare.slice(0, dotted)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  const [before = '', after] = text.split('::', 2);
  const head = groupsOf(before);
  const rest = groupsOf(after ?? '');
  const groups = [...head, ...Array.from({ length: 8 - head.length - rest.length }, () => 0), ...rest];
  const word = (at: number): number => (((groups[at] ?? 0) << 16) | (groups[at + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function wordOfV4(text: string): number {
  return text.split('.').reduce((word, part) => ((word << 8) | Number(part)) >>> 0, 0);
}

/** Whether `to` lies further inside than `from`. */
export function leadsInwards(from: Reach, to: Reach): boolean {
  return depth[to] > depth[from];
}

const depth: Readonly<Record<Reach, number>> = { 'the internet': 0, 'a private network': 1, 'this machine': 2 };
