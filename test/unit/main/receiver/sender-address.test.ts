// Addresses in their one spelling, and lists of networks of both families.

import { describe, expect, it } from 'vitest';
import { createNetworks, plainAddress, senderOfAddress } from '../../../../src/main/receiver/sender-address.ts';

describe('plainAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['::ffff:1:2:3', '::ffff:1:2:3'],
    ['', null],
    ['unknown', null],
    ['192.0.2.1:80', null],
    ['[::1]', null],
    ['192.0.2', null],
  ])('%s is %s', (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });
});

describe('createNetworks', () => {
  const rows: readonly (readonly [list: string, inside: readonly string[], outside: readonly string[]])[] = [
    ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.8', '::1', '::192.0.2.7']],
    ['192.0.2.128/25', ['192.0.2.128', '192.0.2.255'], ['192.0.2.127', '192.0.3.128']],
    ['0.0.0.0/0', ['203.0.113.9', '::ffff:203.0.113.9'], ['2001:db8::1', '::1']],
    ['2001:db8::/33', ['2001:db8:7fff::1', '2001:DB8::'], ['2001:db8:8000::', '192.0.2.1']],
    ['::1', ['::1', '0:0::1'], ['::2', '127.0.0.1', '::ffff:127.0.0.1']],
    ['::ffff:10.0.0.0/104', ['10.255.0.1', '::ffff:10.1.2.3'], ['11.0.0.1', '::10.1.2.3']],
    ['::ffff:10.1.2.3', ['10.1.2.3', '::ffff:a01:203'], ['10.1.2.4']],
    ['::/0', ['2001:db8::1', '::1'], ['192.0.2.1', '::ffff:192.0.2.1']],
    ['2001:db8::1/128', ['2001:db8::1'], ['2001:db8::2']],
    ['192.0.2.1/32', ['192.0.2.1'], ['192.0.2.2']],
    ['::ffff:0.0.0.0/95', [], ['10.1.2.3', '::1']],
    [' 192.0.2.1 ', ['192.0.2.1'], []],
    ['nonsense', [], ['192.0.2.1', '::1']],
  ];

  it.each(rows)('%s', (list, inside, outside) => {
    const networks = createNetworks([list]);
    const has = (address: string) => networks.has(plainAddress(address) ?? '');
    expect(inside.filter((address) => !has(address))).toEqual([]);
    expect(outside.filter(has)).toEqual([]);
  });

  it('of several entries needs one', () => {
    const networks = createNetworks(['192.0.2.0/24', '2001:db8::/32', '198.51.100.7']);
    expect(['192.0.2.9', '2001:db8::9', '198.51.100.7'].every((address) => networks.has(address))).toBe(true);
    expect(networks.has('198.51.100.8')).toBe(false);
  });
});

describe('senderOfAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::7:0:0:0:1', '2001:db8:0:7::/64'],
    ['2001::2:3:4:5', '2001:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['::2:3:4:5:6:7', '0:0:2:3::/64'],
  ])('%s is %s', (address, sender) => {
    expect(senderOfAddress(address)).toBe(sender);
  });
});
