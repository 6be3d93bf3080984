// What a signed request looks like on the wire, and which secrets can sign.

import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/shared/errors.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { randomSecret, sign } from '../../../../src/main/signatures/sign.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import { caseOf, headerOf, newPair, now, schemeCases, signCase, verifyCase, recipeOf } from './cases.ts';

const github = caseOf('github-sha256');
const standard = caseOf('standard-webhooks-v1', 'standard-webhooks');
const shopify = caseOf('shopify-base64');

function names(headers: readonly HeaderPair[]): string[] {
  return headers.map(([name]) => name);
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing thrown';
}

describe('headers', () => {
  it('carry the id and the event where the provider has them', () => {
    const signed = signCase(github, { messageId: 'abc', event: 'issues.opened' });
    expect(headerOf(signed, 'X-GitHub-Delivery')).toBe('abc');
    expect(headerOf(signed, 'X-GitHub-Event')).toBe('issues');
    expect(headerOf(signCase(shopify, { event: 'orders/create' }), 'X-Shopify-Topic')).toBe('orders/create');
    expect(headerOf(signCase(standard, { messageId: 'msg_9' }), 'webhook-id')).toBe('msg_9');
    expect(headerOf(signCase(caseOf('generic'), { messageId: '$&' }), 'X-Webhook-Delivery')).toBe('$&');
  });

  it('leave out the event where there is none', () => {
    expect(names(signCase(github, { event: null }).headers)).not.toContain('X-GitHub-Event');
  });

  it('given by the person win over the provider’s, in their place, case and number', () => {
    const own: HeaderPair[] = [
      ['x-github-event', 'ping'],
      ['X-Twice', '1'],
      ['x-twice', '2'],
      ['CONTENT-TYPE', 'text/plain'],
    ];
    const signed = signCase(github, { headers: own });
    expect(signed.headers.slice(0, 4)).toEqual(own);
    expect(headerOf(signed, 'content-type')).toBe('text/plain');
    expect(headerOf(signed, 'X-GitHub-Event')).toBe('ping');
  });

  it('lose what an earlier signature left, in every scheme and family', () => {
    const old: HeaderPair[] = [
      ['X-Hub-Signature', 'sha1=old'],
      ['x-hub-signature-256', 'sha256=old'],
      ['X-Hub-Signature-256', 'sha256=older'],
      ['X-GitHub-Delivery', 'old-id'],
      ['X-Own', 'kept'],
    ];
    const signed = signCase(github, { headers: old, messageId: 'new-id' });
    expect(names(signed.headers).slice(0, 3)).toEqual(['x-hub-signature-256', 'X-GitHub-Delivery', 'X-Own']);
    expect(headerOf(signed, 'x-github-delivery')).toBe('new-id');
    expect(JSON.stringify(signed.headers)).not.toContain('old');
    expect(verifyCase(github, signed, { scheme: undefined }).status).toBe('valid');

    const unsigned = signCase(github, { headers: old, mode: 'none' });
    expect(names(unsigned.headers).filter((name) => /signature/i.test(name))).toEqual([]);
  });

  it('stay in the header family of the captured request', () => {
    const svix = caseOf('standard-webhooks-v1', 'svix');
    const captured = signCase(svix).headers.map(([name, value]): HeaderPair => [
      name.replace('svix-', 'webhook-'),
      value,
    ]);
    const again = signCase(svix, { headers: captured, messageId: 'msg_2' });
    expect(headerOf(again, 'webhook-id')).toBe('msg_2');
    expect(names(again.headers).filter((name) => name.startsWith('svix-'))).toEqual([]);
    expect(verifyCase(svix, again).status).toBe('valid');

    const newer: HeaderPair[] = [['shopify-hmac-sha256', 'old']];
    expect(verifyCase(shopify, signCase(shopify, { headers: newer })).status).toBe('valid');
    expect(names(signCase(shopify, { headers: newer }).headers)).not.toContain('X-Shopify-Hmac-Sha256');
  });

  it('of Shopify hold what its library asks for', () => {
    const signed = signCase(shopify);
    for (const name of ['Topic', 'Shop-Domain', 'API-Version', 'Webhook-Id', 'Event-Id', 'Hmac-Sha256']) {
      expect(headerOf(signed, `X-Shopify-${name}`)).not.toBe('');
    }
  });
});

describe('secrets', () => {
  it.each([
    ['standard-webhooks', 'no base64!', 'whsec_'],
    ['standard-webhooks', 'whsec_', 'whsec_'],
    ['svix', 'whpk_AAAA', 'shared secret'],
    ['stripe', '', 'must not be empty'],
    ['generic', '', 'must not be empty'],
  ])('%s refuses %j and says the form', (provider, value, form) => {
    const message = codeOf(() =>
      signCase(standard, { provider, scheme: undefined, secrets: [{ name: 'mine', value }] }),
    );
    expect(message).toMatch(/^SECRET_MALFORMED: Secret “mine” /);
    expect(message).toContain(form);
  });

  it('of a key pair: only the private half signs', () => {
    const pair = newPair();
    const one = (value: string) => ({ scheme: undefined, secrets: [{ name: 'pair', value }] });
    expect(codeOf(() => signCase(standard, one(pair.checking)))).toContain('cannot sign');
    expect(codeOf(() => signCase(standard, one('whsk_AAAA')))).toContain('32-byte private key');
    const signed = signCase(standard, one(pair.signing));
    expect(headerOf(signed, 'webhook-signature')).toMatch(/^v1a,/);
    const long = `whsk_${Buffer.concat([Buffer.from(pair.signing.slice(5), 'base64'), Buffer.from(pair.checking.slice(5), 'base64')]).toString('base64')}`;
    expect(signCase(standard, one(long)).headers).toEqual(signed.headers);
  });

  it('of unusual length still sign: short, unprefixed, hexadecimal, plain text by type', () => {
    for (const secret of [
      { name: 's', value: 'whsec_AA==' },
      { name: 's', value: 'AAAA' },
      { name: 's', value: '00ff', type: 'hex' as const },
      { name: 's', value: 'polar style', type: 'utf8' as const },
    ]) {
      const signed = signCase(standard, { secrets: [secret] });
      expect(verifyCase(standard, signed, { secrets: [secret] }).status, secret.value).toBe('valid');
    }
    const typed = { name: 's', value: '0g', type: 'hex' as const };
    expect(codeOf(() => signCase(standard, { secrets: [typed] }))).toContain('hexadecimal');
  });

  it('made at random have the provider’s form and sign', () => {
    const random = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => index * 7);
    expect(randomSecret('standard-webhooks', random)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(randomSecret('stripe', random)).toMatch(/^whsec_[0-9a-f]{64}$/);
    for (const item of schemeCases) {
      const { id, schemes, secretForm } = item.provider;
      if (secretForm.kind === 'key-pair') {
        expect(codeOf(() => randomSecret(id, random))).toContain('key pair');
        continue;
      }
      if (item.scheme !== schemes[0]) continue;
      const secrets = [{ name: 'new', value: randomSecret(id, random) }];
      const signed = signCase(item, { scheme: undefined, secrets });
      expect(verify({ provider: id, method: 'POST', ...signed, secrets, now }).status, id).toBe('valid');
    }
    expect(codeOf(() => randomSecret('nobody', random))).toContain('CONFIG_UNKNOWN_PROVIDER');
  });
});

describe('modes', () => {
  it('tampered sends another body that can still be parsed', () => {
    for (const item of schemeCases) {
      const fresh = signCase(item);
      const tampered = signCase(item, { mode: 'tampered' });
      // ECDSA and PSS signatures differ each time.
      if (recipeOf(item.scheme)?.algorithm.kind === 'hmac') expect(tampered.headers, item.title).toEqual(fresh.headers);
      expect(Buffer.compare(tampered.body, fresh.body)).not.toBe(0);
      if (item.contentType.includes('json'))
        expect(JSON.parse(Buffer.from(tampered.body).toString())).toBeTypeOf('object');
    }
  });

  it('expired lies a minute beyond the tolerance', () => {
    const signed = signCase(standard, { mode: 'expired' });
    expect(headerOf(signed, 'webhook-timestamp')).toBe(String(Math.floor((now - 360_000) / 1_000)));
  });

  it('says so where a scheme cannot expire', () => {
    expect(signCase(github, { mode: 'expired' }).note).toContain('no timestamp');
  });

  it('leaves the caller’s body and headers alone', () => {
    const body = Buffer.from('{"n":1}');
    const headers: HeaderPair[] = [['webhook-id', 'a']];
    signCase(standard, { body, headers, mode: 'tampered' });
    expect(body.toString()).toBe('{"n":1}');
    expect(headers).toEqual([['webhook-id', 'a']]);
  });
});

it('names an unknown provider or scheme', () => {
  expect(codeOf(() => signCase(github, { provider: 'nobody' }))).toContain('CONFIG_UNKNOWN_PROVIDER');
  expect(codeOf(() => signCase(github, { scheme: 'stripe-v1' }))).toContain('CONFIG_INVALID');
  expect(codeOf(() => sign({ ...base, provider: 'nobody', mode: 'keep' }))).toContain('CONFIG_UNKNOWN_PROVIDER');
});

const base = {
  method: 'POST',
  url: '/',
  headers: [],
  body: Buffer.alloc(0),
  secrets: [],
  messageId: 'm',
  event: null,
  now,
};
