// What a signature covers, and what not: the URL as it was written, fields without bounds between them, headers that
// only the package asks for. Each is shown with the provider's own package, whose word counts more than ours.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ready } from '../../../../support/oracles-all.ts';
import { bodyOf, field, fields, judgedByThem, judgedByUs, mac, now, signedByUs } from '../../../../support/oracles.ts';
import type { Keys, Wire } from '../../../../support/oracles.ts';

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Ready = Awaited<ReturnType<typeof ready>>;

/** What the package and Hookbench say of one request. */
async function verdicts({ oracle, judge, keys }: Ready, request: Wire, held: Keys = keys): Promise<[boolean, string]> {
  return [await judgedByThem(judge, request, held), judgedByUs(oracle, request, held).status];
}

function replaced(request: Wire, from: string | RegExp, to: string): Wire {
  const text = request.body.toString();
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${String(from)} is not in the body`);
  return { ...request, body: Buffer.from(changed) };
}

describe('Shopify', () => {
  it('its package also wants four headers that the signature does not cover', async () => {
    const all = await ready('shopify');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'compact'));
    for (const name of ['topic', 'shop-domain', 'api-version', 'webhook-id']) {
      const headers = request.headers.filter(([key]) => key.toLowerCase() !== `x-shopify-${name}`);
      expect(headers).toHaveLength(request.headers.length - 1);
      expect(await verdicts(all, { ...request, headers }), name).toEqual([false, 'valid']);
    }
  });

  it('the newer header names, without X-, are taken by both', async () => {
    const all = await ready('shopify');
    const body = bodyOf(all.oracle, 'emoji');
    const sent = {
      'content-type': 'application/json',
      'shopify-hmac-sha256': await mac('sha256', all.keys.shown, [body], 'base64'),
      'shopify-topic': 'orders/create',
      'shopify-shop-domain': 'example-shop.myshopify.com',
      'shopify-api-version': '2026-01',
      'shopify-webhook-id': 'w-1',
      'shopify-event-id': 'e-1',
    };
    const request: Wire = { method: 'POST', url: 'https://hooks.example.test/in', headers: Object.entries(sent), body };
    expect(await verdicts(all, request)).toEqual([true, 'valid']);
    expect(await verdicts(all, request, all.others)).toEqual([false, 'invalid']);
  });

  it('an empty body is refused there, although its signature is right', async () => {
    const all = await ready('shopify');
    expect(await verdicts(all, signedByUs(all.oracle, all.keys, Buffer.alloc(0)))).toEqual([false, 'valid']);
  });
});

describe('Twilio', () => {
  const base = 'https://hooks.example.test/in?team=7&note=a%20b';

  it.each([
    ['the standard port added', 'https://hooks.example.test:443/in?team=7&note=a%20b', true],
    ['another port added', 'https://hooks.example.test:8443/in?team=7&note=a%20b', true],
    ['the scheme that a proxy shows', 'http://hooks.example.test/in?team=7&note=a%20b', false],
    ['the query in another order', 'https://hooks.example.test/in?note=a%20b&team=7', false],
    ['a final slash', 'https://hooks.example.test/in/?team=7&note=a%20b', false],
  ])('%s', async (_what, url, valid) => {
    const all = await ready('twilio');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), { url: base });
    expect(await verdicts(all, { ...request, url })).toEqual([valid, valid ? 'valid' : 'invalid']);
  });

  it('a port that was signed is not guessed', async () => {
    const all = await ready('twilio');
    const url = base.replace('test/', 'test:8443/');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), { url });
    expect(await verdicts(all, request)).toEqual([true, 'valid']);
    expect(await verdicts(all, { ...request, url: base })).toEqual([false, 'invalid']);
  });

  it('a query that a library escaped again is taken there, not by Hookbench', async () => {
    const all = await ready('twilio');
    const escaped = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), {
      url: 'https://hooks.example.test/in?name=O%27Hara',
    });
    expect(await verdicts(all, { ...escaped, url: "https://hooks.example.test/in?name=O'Hara" })).toEqual([
      true,
      'invalid',
    ]);
  });

  it('the hash in the URL must be that of the JSON body', async () => {
    const all = await ready('twilio', { scheme: 'twilio-json' });
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'emoji'));
    const url = request.url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await verdicts(all, { ...request, url })).toEqual([false, 'invalid']);
  });
});

describe('Square', () => {
  it('signs the URL as it was registered, to the last slash', async () => {
    const all = await ready('square');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), {
      url: 'https://hooks.example.test/in',
    });
    expect(await verdicts(all, request)).toEqual([true, 'valid']);
    expect(await verdicts(all, { ...request, url: `${request.url}/` })).toEqual([false, 'invalid']);
  });
});

describe('HubSpot', () => {
  it('its package leaves the twelve escapes of version 3 to its caller, Hookbench undoes them', async () => {
    const all = await ready('hubspot', { scheme: 'hubspot-v3' });
    const url = 'https://hooks.example.test/in?at=10%3A30&path=%2Fa%20b';
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), { url });
    expect(await verdicts(all, request)).toEqual([false, 'valid']);
    const undone = { ...request, url: 'https://hooks.example.test/in?at=10:30&path=/a%20b' };
    expect(await verdicts(all, undone)).toEqual([true, 'valid']);
  });
});

describe('Contentful', () => {
  it('its package escapes a query twice before signing, Hookbench signs the query as it was sent', async () => {
    const all = await ready('contentful');
    const url = 'https://hooks.example.test/in?team=7';
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), { url });
    expect(await verdicts(all, request)).toEqual([false, 'valid']);
    const escaped = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'), { url: url.replace('=', '%253D') });
    expect(await verdicts(all, { ...escaped, url })).toEqual([true, 'invalid']);
  });

  it('headers that the list does not name may be changed', async () => {
    const all = await ready('contentful');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'));
    const changed = (name: string): Wire => ({
      ...request,
      headers: request.headers.map(([key, value]) => (key.toLowerCase() === name ? [key, 'changed'] : [key, value])),
    });
    expect(await verdicts(all, changed('x-contentful-webhook-name'))).toEqual([true, 'valid']);
    expect(await verdicts(all, changed('x-contentful-topic'))).toEqual([false, 'invalid']);
  });
});

describe('Adyen', () => {
  it('nothing marks the bounds of the eight fields: a colon may belong to either side', async () => {
    const all = await ready('adyen', { scheme: 'adyen-standard' });
    const body = Buffer.from(
      bodyOf(all.oracle, 'compact')
        .toString()
        .replace(/"merchantAccountCode":"[^"]*"/, '"merchantAccountCode":"A:B"')
        .replace(/"merchantReference":"[^"]*"/, '"merchantReference":"C"'),
    );
    const request = signedByUs(all.oracle, all.keys, body);
    const moved = replaced(replaced(request, '"A:B"', '"A"'), '"C"', '"B:C"');
    expect([await verdicts(all, request), await verdicts(all, moved)]).toEqual([
      [true, 'valid'],
      [true, 'valid'],
    ]);
  });

  it('other fields may be changed', async () => {
    const all = await ready('adyen', { scheme: 'adyen-standard' });
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'compact'));
    expect(await verdicts(all, replaced(request, /"eventDate":"[^"]*"/, '"eventDate":"1999"'))).toEqual([
      true,
      'valid',
    ]);
    expect(await verdicts(all, replaced(request, '"value":4900', '"value":1'))).toEqual([false, 'invalid']);
  });

  it('of several items each must be right', async () => {
    const all = await ready('adyen', { scheme: 'adyen-standard' });
    const content = JSON.parse(bodyOf(all.oracle, 'compact').toString()) as { notificationItems: unknown[] };
    content.notificationItems.push(structuredClone(content.notificationItems[0]));
    const request = signedByUs(all.oracle, all.keys, Buffer.from(JSON.stringify(content)));
    expect(await verdicts(all, request)).toEqual([true, 'valid']);
    expect(await verdicts(all, replaced(request, /"value":4900(?!.*"value":4900)/s, '"value":1'))).toEqual([
      false,
      'invalid',
    ]);
  });
});

describe('Discord', () => {
  it('nothing stands between time and body: its package takes a digit on either side', async () => {
    const all = await ready('discord');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'compact'));
    const timestamp = field(request, 'x-signature-timestamp');
    const withTimestamp = (value: string, body: Buffer): Wire => ({
      ...request,
      headers: request.headers.map(([name, text]) => [
        name,
        name.toLowerCase() === 'x-signature-timestamp' ? value : text,
      ]),
      body,
    });
    const fewer = withTimestamp(
      timestamp.slice(0, -1),
      Buffer.concat([Buffer.from(timestamp.slice(-1)), request.body]),
    );
    expect(await verdicts(all, fewer)).toEqual([true, 'valid']);
    // Digits only: the first byte of a JSON body cannot become part of the time.
    const more = withTimestamp(`${timestamp}{`, request.body.subarray(1));
    expect(await verdicts(all, more)).toEqual([true, 'malformed']);
  });
});

describe('Amazon SNS', () => {
  it('UnsubscribeURL is not signed', async () => {
    const all = await ready('aws-sns');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'));
    const changed = replaced(request, 'Action=Unsubscribe', 'Action=Other');
    expect(await verdicts(all, changed)).toEqual([true, 'valid']);
  });

  it('the certificate must stand at an address of SNS', async () => {
    const { default: MessageValidator } = await import('sns-validator');
    const all = await ready('aws-sns');
    const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'sample'));
    for (const address of [
      'https://sns.us-east-1.amazonaws.com.evil.test/a.pem',
      'http://sns.us-east-1.amazonaws.com/a.pem',
    ]) {
      const elsewhere = replaced(request, /https:\/\/sns[^"]*\.pem/, address);
      const said = await new Promise((resolve) => {
        new MessageValidator().validate(elsewhere.body.toString(), resolve);
      });
      expect(String(said), address).toContain('certificate');
      expect(judgedByUs(all.oracle, elsewhere, all.keys).reason, address).toBe('certificate-address');
    }
  });

  it('confirmations: both packages take what Hookbench signs, except that AWS’s own leaves out Token when one unsubscribes', async () => {
    for (const name of ['sns-validator', 'sns-payload-validator']) {
      const all = await ready('aws-sns', { package: name });
      for (const sample of ['SubscriptionConfirmation', 'UnsubscribeConfirmation']) {
        const oracle = { ...all.oracle, sample };
        const request = signedByUs(oracle, all.keys, bodyOf(oracle, 'sample'));
        const theirs = !(name === 'sns-validator' && sample === 'UnsubscribeConfirmation');
        expect(await verdicts({ ...all, oracle }, request), `${name}, ${sample}`).toEqual([theirs, 'valid']);
      }
    }
  });

  it('a Subject in a confirmation is signed for AWS’s package and for Hookbench, not for the other', async () => {
    const sample = 'SubscriptionConfirmation';
    for (const [name, theirs] of [
      ['sns-validator', true],
      ['sns-payload-validator', false],
    ] as const) {
      const all = await ready('aws-sns', { package: name });
      const oracle = { ...all.oracle, sample };
      const body = Buffer.from(bodyOf(oracle, 'compact').toString().replace('{', '{"Subject":"odd",'));
      expect(await verdicts({ ...all, oracle }, signedByUs(oracle, all.keys, body)), name).toEqual([theirs, 'valid']);
    }
  });
});

describe('Telegram and GitLab tokens', () => {
  it('a request without the token is refused by both', async () => {
    for (const [provider, scheme] of [
      ['telegram', 'telegram-secret-token'],
      ['gitlab', 'gitlab-token'],
    ] as const) {
      const all = await ready(provider, { scheme });
      const request = signedByUs(all.oracle, all.keys, bodyOf(all.oracle, 'compact'), { mode: 'none' });
      expect(await judgedByThem(all.judge, request, all.keys), provider).toBe(false);
      expect(judgedByUs(all.oracle, request, all.keys).status, provider).not.toBe('valid');
    }
  });
});

describe('RFC 9421', () => {
  it('a signature may cover nothing; both take it, Hookbench with a warning', async () => {
    const { createSigner, createVerifier, httpbis } = await import('http-message-signatures');
    const { createPrivateKey } = await import('node:crypto');
    const all = await ready('rfc9421');
    const body = bodyOf(all.oracle, 'compact');
    const key = createSigner(createPrivateKey(all.keys.signing.value), 'ed25519', all.keys.signing.name);
    const request = { method: 'POST', url: 'https://hooks.example.test/in', headers: { 'content-type': 'text/plain' } };
    const signed = await httpbis.signMessage({ key, fields: [], params: ['created', 'keyid'] }, request);
    const wire: Wire = {
      method: 'POST',
      url: request.url,
      headers: Object.entries(signed.headers as Record<string, string>),
      body,
    };
    const verify = createVerifier(all.keys.shown, 'ed25519');
    const keyLookup = async (): Promise<{ readonly verify: typeof verify }> => ({ verify });
    expect(await httpbis.verifyMessage({ keyLookup }, { ...request, headers: fields(wire) })).toBe(true);
    const verdict = judgedByUs(all.oracle, wire, all.keys);
    expect(verdict.status).toBe('valid');
    expect(verdict.warnings.join(' ')).toMatch(/body/i);
  });
});
