// Key pairs and typed secrets through the built command line: made, signed with, kept for the queue, and refused where
// the text alone would sign otherwise. Judges: Discord's and SendGrid's libraries, and Node's own RSA.

import { createVerify, generateKeyPairSync } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { verifyKey } from 'discord-interactions';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { headerValue } from '../../../src/shared/headers.ts';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';
import type { ReceivedRequest, TargetServer } from '../../support/target-server.ts';

let cli: Cli;
let target: TargetServer;
beforeEach(async () => {
  cli = await createCli();
  target = await startTarget();
});
afterEach(async () => {
  await cli.dispose();
  await target.close();
});

const payload = '{"id":"evt_1","type":"example.event"}';
const newFile = (name: string) => join(cli.dataDir, '..', name);

describe('keypair', () => {
  interface Made {
    readonly type: string;
    readonly provider: string;
    readonly publicKey: { readonly label: string; readonly text: string };
    readonly privateKey?: string;
    readonly file?: string;
  }

  async function make(provider: string, ...more: string[]): Promise<Made> {
    const { code, lines, stderr } = await cli.run('keypair', '--provider', provider, ...more, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return lines[0] as unknown as Made;
  }

  async function signed(provider: string, keyFile: string): Promise<readonly HeaderPair[]> {
    const body = await cli.file('body.json', payload);
    const { lines } = await cli.run('sign', '--provider', provider, '--secret-file', keyFile, '--body', body, '--json');
    return lines[0]?.['headers'] as HeaderPair[];
  }

  test('the private half goes to a new file that only its owner reads, the public half is printed', async () => {
    const file = newFile('discord.pem');
    const made = await make('discord', '--out', file);
    expect(made).toMatchObject({ type: 'keypair', provider: 'discord', file });
    expect(made.publicKey.text).toMatch(/^[0-9a-f]{64}$/);
    expect(made.privateKey).toBeUndefined();
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const headers = await signed('discord', file);
    const value = (name: string) => headerValue(headers, name) ?? '';
    const args = [value('x-signature-ed25519'), value('x-signature-timestamp')] as const;
    expect(await verifyKey(payload, ...args, made.publicKey.text)).toBe(true);
    expect(await verifyKey(`${payload} `, ...args, made.publicKey.text)).toBe(false);
  });

  test('SendGrid’s library accepts what is signed with the private half', async () => {
    const file = newFile('sendgrid.pem');
    const made = await make('sendgrid', '--out', file);
    const headers = await signed('sendgrid', file);
    const judge = new EventWebhook();
    const value = (suffix: string) => headerValue(headers, `x-twilio-email-event-webhook-${suffix}`) ?? '';
    const key = judge.convertPublicKeyToECDSA(made.publicKey.text);
    expect(judge.verifySignature(key, payload, value('signature'), value('timestamp'))).toBe(true);
  });

  test('without a file both halves are printed', async () => {
    const made = await make('rfc9421');
    expect(made.privateKey).toContain('-----BEGIN PRIVATE KEY-----');
    expect(made.publicKey.text).toContain('-----BEGIN PUBLIC KEY-----');
    const human = await cli.run('keypair', '--provider', 'aws-sns');
    expect(human.stdout).toMatch(/BEGIN PRIVATE KEY[\s\S]*Certificate, PEM:\n-----BEGIN CERTIFICATE/);
  });

  test('a file that is there is not overwritten', async () => {
    const file = await cli.file('precious.pem', 'precious');
    const result = await cli.run('keypair', '--provider', 'discord', '--out', file);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(/--out.*not overwritten/) as string]);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  test.each([
    ['a shared secret', ['--provider', 'stripe'], /--provider.*shared secret.*discord/],
    ['no provider', [], /--provider is needed/],
    ['a folder that is not there', ['--provider', 'discord', '--out', '/no/such/folder/key.pem'], /--out.*ENOENT/],
  ])('%s: exit 2', async (_name, args, message) => {
    const result = await cli.run('keypair', ...args);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(message) as string]);
  });
});

describe('typed secrets of a send', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

  async function send(provider: string, secrets: readonly object[], ...more: string[]) {
    const file = await cli.file('secrets.json', JSON.stringify(secrets));
    const body = await cli.file('body.json', payload);
    const args = ['--provider', provider, '--secrets', file, '--body', body, ...more];
    return cli.run('send', '--to', `${target.url}/hook`, ...args, '--json');
  }

  const arrived = (name: string) => headerValue(target.received.at(-1)?.headers ?? [], name) ?? '';

  test('PayPal’s webhook id and private key become one kept text that signs every attempt', async () => {
    const secrets = [
      { name: 'webhook_id', type: 'utf8', value: 'WH-EXAMPLE-1' },
      { name: 'key', type: 'x509-pem', value: pem },
    ];
    target.status = 503;
    const first = await send('paypal', secrets, '--speed', '1000');
    expect([first.code, first.lines.at(-1)?.['type']]).toEqual([0, 'attempt']);
    target.status = 200;
    expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
    expect(target.received).toHaveLength(2);
    for (const { headers, body } of target.received) {
      const value = (name: string) => headerValue(headers, `paypal-transmission-${name}`) ?? '';
      const text = [value('id'), value('time'), 'WH-EXAMPLE-1', crc32(body)].join('|');
      expect(createVerify('sha256').update(text).verify(pair.publicKey, value('sig'), 'base64')).toBe(true);
    }
  });

  test('two untyped secrets are joined the same way', async () => {
    const key = await cli.file('key.pem', pem);
    const body = await cli.file('body.json', payload);
    const args = ['--provider', 'paypal', '--secret', 'WH-EXAMPLE-2', '--secret-file', key, '--body', body];
    expect((await cli.run('send', '--to', target.url, ...args)).code).toBe(0);
    const value = (name: string) => arrived(`paypal-transmission-${name}`);
    const text = [value('id'), value('time'), 'WH-EXAMPLE-2', crc32(payload)].join('|');
    expect(createVerify('sha256').update(text).verify(pair.publicKey, value('sig'), 'base64')).toBe(true);
  });

  test('a type that the text shows by itself is kept', async () => {
    const hex = { name: 'hmac_key', type: 'hex', value: '00112233445566778899AABBCCDDEEFF' };
    expect((await send('adyen', [hex], '--scheme', 'adyen-platform')).code).toBe(0);
    expect(arrived('hmacsignature')).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  test('a replay keeps them as well, for the provider of the request', async () => {
    const listening = await cli.listen();
    await fetch(listening.url, { method: 'POST', body: payload, headers: { 'X-Signature-Ed25519': 'ab' } });
    const { id, provider } = await listening.line((line) => line['type'] === 'request');
    expect(provider).toBe('discord');
    await listening.stop();
    const key = generateKeyPairSync('ed25519');
    const value = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const file = await cli.file('secrets.json', JSON.stringify([{ name: 'k', type: 'spki-pem', value }]));
    const result = await cli.run('replay', String(id), '--to', target.url, '--resign', 'new-id', '--secrets', file);
    expect(result.code).toBe(0);
    const publicKey = key.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    // A new id is written into the body as well.
    const { body } = target.received[0] as ReceivedRequest;
    const args = [arrived('x-signature-ed25519'), arrived('x-signature-timestamp')] as const;
    expect(await verifyKey(body, ...args, publicKey)).toBe(true);
  });

  test('a key id that is not kept is said', async () => {
    const result = await send('rfc9421', [{ name: 'my-key', type: 'spki-pem', value: pem }]);
    expect([result.code, result.stderr]).toEqual([0, expect.stringMatching(/key id.*my-key/) as string]);
    expect(arrived('signature')).not.toBe('');
  });

  const text = { name: 'plain', type: 'utf8', value: 'CANARY-not-base64!' };
  test.each<readonly [name: string, provider: string, secrets: readonly object[], message: RegExp]>([
    ['text where base64 is expected', 'standard-webhooks', [text], /--secrets.*utf8.*another key.*whsec/],
    ['hex where text is expected', 'stripe', [{ name: 'h', type: 'hex', value: 'CA'.repeat(16) }], /hex.*another key/],
    ['two secrets', 'stripe', [text, text], /one secret/],
    ['PayPal’s key alone', 'paypal', [{ name: 'key', type: 'x509-pem', value: pem }], /Webhook-ID.*second/],
    ['PayPal with two texts', 'paypal', [text, text], /private key in PEM and the Webhook-ID/],
    ['a public key', 'discord', [{ name: 'p', type: 'ed25519-public-hex', value: 'ab'.repeat(32) }], /cannot sign/],
    [
      'text that looks like another scheme’s key',
      'gitlab',
      [{ name: 'token', type: 'utf8', value: 'CANARYab' }],
      /another scheme.*--scheme gitlab-token/,
    ],
    [
      'an RSA key with the other algorithm',
      'rfc9421',
      [{ name: 'rsa', type: 'spki-pem', value: pem, alg: 'rsa-v1_5-sha256' }],
      /rsa-v1_5-sha256.*rsa-pss-sha512/,
    ],
  ])('%s: exit 2, nothing kept, nothing sent', async (_name, provider, secrets, message) => {
    const result = await send(provider, secrets);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(message) as string]);
    expect(result.stderr).not.toMatch(/CANARY|CACA|is kept in the data folder/);
    expect(target.received).toHaveLength(0);
    await expect(readFile(join(cli.dataDir, 'secrets.json'))).rejects.toThrow(/ENOENT/);
  });
});
