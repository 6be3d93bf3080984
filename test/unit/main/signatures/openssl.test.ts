// The openssl command line as judge, for every scheme and above all for bytes that are no text.

import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseOf, headerOf, now, schemeCases, signCase, verifyCase } from './cases.ts';
import type { SchemeCase } from './cases.ts';

const body = Buffer.concat([
  Buffer.from('{"a":"\r\n🪝'),
  Buffer.from([0xff, 0x00, 0xc0, 0x80, 0xed, 0xa0]),
  randomBytes(512),
]);
const seconds = String(Math.floor(now / 1_000));

function opensslHmac(hash: string, key: Uint8Array, bytes: Uint8Array): Buffer {
  const macOption = `hexkey:${Buffer.from(key).toString('hex')}`;
  return execFileSync('openssl', ['dgst', `-${hash}`, '-mac', 'HMAC', '-macopt', macOption, '-binary'], {
    input: bytes,
  });
}

/** The signed bytes and the key, written down here a second time from the providers' documentation. */
const documented: Readonly<
  Record<string, { hash: string; before: string; header: string; wrap: (mac: Buffer) => string; key?: 'base64' }>
> = {
  'standard-webhooks standard-webhooks-v1': {
    hash: 'sha256',
    before: `msg_test_1.${seconds}.`,
    header: 'webhook-signature',
    wrap: (mac) => `v1,${mac.toString('base64')}`,
    key: 'base64',
  },
  'svix standard-webhooks-v1': {
    hash: 'sha256',
    before: `msg_test_1.${seconds}.`,
    header: 'svix-signature',
    wrap: (mac) => `v1,${mac.toString('base64')}`,
    key: 'base64',
  },
  'stripe stripe-v1': {
    hash: 'sha256',
    before: `${seconds}.`,
    header: 'stripe-signature',
    wrap: (mac) => `t=${seconds},v1=${mac.toString('hex')}`,
  },
  'github github-sha256': {
    hash: 'sha256',
    before: '',
    header: 'x-hub-signature-256',
    wrap: (mac) => `sha256=${mac.toString('hex')}`,
  },
  'github github-sha1': {
    hash: 'sha1',
    before: '',
    header: 'x-hub-signature',
    wrap: (mac) => `sha1=${mac.toString('hex')}`,
  },
  'slack slack-v0': {
    hash: 'sha256',
    before: `v0:${seconds}:`,
    header: 'x-slack-signature',
    wrap: (mac) => `v0=${mac.toString('hex')}`,
  },
  'shopify shopify-base64': {
    hash: 'sha256',
    before: '',
    header: 'x-shopify-hmac-sha256',
    wrap: (mac) => mac.toString('base64'),
  },
  'generic generic': { hash: 'sha256', before: '', header: 'x-webhook-signature', wrap: (mac) => mac.toString('hex') },
};

function keyBytes(item: SchemeCase, key: 'base64' | undefined): Buffer {
  return key === 'base64'
    ? Buffer.from(item.signing.value.replace('whsec_', ''), 'base64')
    : Buffer.from(item.signing.value);
}

describe('HMAC schemes against openssl and node:crypto', () => {
  it.each(schemeCases.filter(({ title }) => title in documented))('$title', (item) => {
    const row = documented[item.title];
    if (!row) throw new Error(`${item.title} is not in the list`);
    const key = keyBytes(item, row.key);
    const bytes = Buffer.concat([Buffer.from(row.before), body]);
    const mac = opensslHmac(row.hash, key, bytes);
    expect(createHmac(row.hash, key).update(bytes).digest()).toEqual(mac);

    const request = signCase(item, { body });
    expect(headerOf(request, row.header)).toBe(row.wrap(mac));
    const headers = request.headers.map(([name, value]) =>
      name.toLowerCase() === row.header ? ([name, row.wrap(mac)] as const) : ([name, value] as const),
    );
    expect(verifyCase(item, { headers, body }).status).toBe('valid');
  });
});

describe('Ed25519 (v1a) against openssl', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookbench-openssl-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('openssl accepts what sign makes, and verify accepts what openssl makes', () => {
    const file = (name: string): string => join(folder, name);
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file('private.pem')], { stdio: 'pipe' });
    execFileSync('openssl', ['pkey', '-in', file('private.pem'), '-pubout', '-out', file('public.pem')]);
    const raw = (...more: string[]): string =>
      execFileSync('openssl', ['pkey', '-in', file('private.pem'), '-outform', 'DER', ...more])
        .subarray(-32)
        .toString('base64');
    const item = {
      ...caseOf('standard-webhooks-v1a'),
      signing: { name: 'private', value: `whsk_${raw()}` },
      checking: { name: 'public', value: `whpk_${raw('-pubout')}` },
    };
    writeFileSync(file('message'), Buffer.concat([Buffer.from(`msg_test_1.${seconds}.`), body]));

    const request = signCase(item, { body });
    const [version, signature] = headerOf(request, 'webhook-signature').split(',');
    expect(version).toBe('v1a');
    writeFileSync(file('signature'), Buffer.from(signature ?? '', 'base64'));
    const said = execFileSync('openssl', [
      ...['pkeyutl', '-verify', '-pubin', '-inkey', file('public.pem'), '-rawin'],
      ...['-in', file('message'), '-sigfile', file('signature')],
    ]);
    expect(said.toString()).toContain('Success');

    const theirs = execFileSync('openssl', [
      ...['pkeyutl', '-sign', '-inkey', file('private.pem'), '-rawin', '-in', file('message')],
    ]).toString('base64');
    const headers = request.headers.map(([name, value]) =>
      name === 'webhook-signature' ? ([name, `v1a,${theirs}`] as const) : ([name, value] as const),
    );
    expect(verifyCase(item, { headers, body }).status).toBe('valid');
    // The private key checks as well.
    expect(verifyCase(item, { headers, body }, { secrets: [item.signing] }).status).toBe('valid');
  });
});
