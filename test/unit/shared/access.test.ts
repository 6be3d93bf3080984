// Networks as a person types them.

import * as v from 'valibot';
import { expect, it } from 'vitest';
import { networkSchema } from '../../../src/shared/access.ts';

const message = (network: string): string | null => v.safeParse(networkSchema, network).issues?.[0].message ?? null;

it.each([
  '203.0.113.7',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/32',
  '::ffff:10.0.0.0/104',
  '::ffff:10.0.0.0/96',
  '::FFFF:a00:0/104',
  '::ffff:10.1.2.3',
  '::1:ffff:a00:0/8',
  '::fffe:a00:0/8',
])('%s is a network', (network) => {
  expect(message(network)).toBeNull();
});

it.each([
  '::ffff:10.0.0.0/8',
  '::ffff:10.0.0.0/95',
  '::FFFF:a00:0/24',
  '0:0:0:0:0:ffff:a00:0/8',
  '0000::0:ffff:0a00:0000/8',
])('%s is no IPv4 network: its prefix ends before the IPv4 address begins', (network) => {
  expect(message(network)).toContain('from 96 to 128');
});

it.each(['10.0.0.0/33', '::1/129', '10.0.0.0/', '10.0.0.0/8/9', '300.1.2.3', 'example.com'])(
  '%s is none',
  (network) => {
    expect(message(network)).toContain('must be an address or a network');
  },
);
