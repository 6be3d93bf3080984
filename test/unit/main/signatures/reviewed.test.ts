// Ways to make a forged request look right, or a right one wrong, that a review found. Each was possible once.

import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { customProvider, newCustomScheme, schemeProblem } from '../../../../src/shared/custom-scheme.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { explain, verify } from '../../../../src/main/signatures/verify.ts';
import type { VerifyInput } from '../../../../src/main/signatures/verify.ts';
import { caseOf, now, schemeCases, signCase, verifyCase } from './cases.ts';

const json: HeaderPair = ['Content-Type', 'application/json'];
const form: HeaderPair = ['Content-Type', 'application/x-www-form-urlencoded'];

function judge(provider: string, changes: Partial<VerifyInput>): ReturnType<typeof verify> {
  return verify({
    provider,
    method: 'POST',
    url: 'https://hooks.example.test/in',
    headers: [json],
    body: Buffer.alloc(0),
    secrets: [],
    now,
    ...changes,
  });
}

describe('lists of signed items', () => {
  const key = '00'.repeat(32);
  const item = { pspReference: 'p1', merchantAccountCode: 'Shop', amount: { value: 5, currency: 'EUR' }, eventCode: 'AUTHORISATION', success: 'true' }; // prettier-ignore
  const signature = createHmac('sha256', Buffer.from(key, 'hex'))
    .update('p1::Shop::5:EUR:AUTHORISATION:true')
    .digest('base64');
  const signed = { ...item, additionalData: { hmacSignature: signature } };
  const judgeAdyen = (body: unknown) =>
    judge('adyen', { secrets: [{ name: 'k', value: key }], body: Buffer.from(JSON.stringify(body)) });

  it('are right when every entry is', () => {
    expect(judgeAdyen({ notificationItems: [{ NotificationRequestItem: signed }] }).status).toBe('valid');
  });

  it.each([
    ['an entry under another name', [{ Other: { pspReference: 'FORGED' } }]],
    ['a second entry under another name', [{ NotificationRequestItem: signed }, { notificationRequestItem: item }]],
    ['an entry that is null', [{ NotificationRequestItem: null }]],
    ['a null beside a good one', [{ NotificationRequestItem: signed }, null]],
  ])('are not saved by a signature beside the list: %s', (_name, notificationItems) => {
    expect(judgeAdyen({ ...signed, notificationItems }).status).toBe('missing');
  });
});

describe('forms that are signed field by field', () => {
  const url = 'https://hooks.example.test/in';
  const mac = (text: string): string =>
    createHmac('sha1', 'token')
      .update(url + text)
      .digest('base64');
  const judgeTwilio = (body: string, signature: string) =>
    judge('twilio', {
      url,
      headers: [form, ['X-Twilio-Signature', signature]],
      secrets: [{ name: 't', value: 'token' }],
      body: Buffer.from(body),
    });

  it('notice a field whose escapes cannot be read', () => {
    expect(judgeTwilio('AccountSid=AC1&Body=Hi', mac('AccountSidAC1BodyHi')).status).toBe('valid');
    expect(judgeTwilio('AccountSid=AC1&Body=Hi&From=%2B1555%FF', mac('AccountSidAC1BodyHi')).status).toBe('invalid');
  });

  it('notice a field behind a thousand empty ones', () => {
    const body = `AccountSid=AC1&Body=Hi${'&'.repeat(1_500)}From=evil`;
    expect(judgeTwilio(body, mac('AccountSidAC1BodyHi')).status).toBe('invalid');
  });

  it('are right with many fields', () => {
    const names = Array.from({ length: 1_500 }, (_, n) => `f${String(n).padStart(4, '0')}`);
    const body = names.map((name) => `${name}=1`).join('&');
    expect(judgeTwilio(body, mac(names.map((name) => `${name}1`).join(''))).status).toBe('valid');
  });
});

describe('headers that are signed', () => {
  it('must not come with several values', () => {
    const item = caseOf('contentful-canonical');
    const request = signCase(item);
    for (const [name] of request.headers.filter(([header]) => /topic|signed-headers/i.test(header))) {
      const headers = [...request.headers, [name, 'other'] as const];
      expect(verifyCase(item, { ...request, headers }), name).toMatchObject({ status: 'malformed', reason: 'repeated-header' }); // prettier-ignore
    }
  });

  it('must not in an own scheme either', () => {
    const scheme = { ...newCustomScheme, parts: [{ kind: 'header' as const, name: 'X-Event' }, { kind: 'body' as const }] }; // prettier-ignore
    const mac = createHmac('sha256', 'k').update('paid{}').digest('hex');
    const headers: HeaderPair[] = [
      ['X-Event', 'paid'],
      ['X-Signature', mac],
    ];
    const changes = {
      definition: customProvider(scheme),
      secrets: [{ name: 's', value: 'k' }],
      body: Buffer.from('{}'),
    };
    expect(judge('x', { ...changes, headers }).status).toBe('valid');
    expect(judge('x', { ...changes, headers: [...headers, ['X-Event', 'refunded']] }).status).toBe('malformed');
  });
});

it('a public key without its armour is never a shared secret', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  expect(createPublicKey({ key: der, format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ec');
  const base = `"@method": POST\n"@signature-params": ("@method");created=${Math.floor(now / 1_000)};keyid="k"`;
  const mac = createHmac('sha256', der).update(base).digest('base64');
  const input = base.split('"@signature-params": ')[1] ?? '';
  const verdict = judge('rfc9421', {
    headers: [json, ['Signature-Input', `sig1=${input}`], ['Signature', `sig1=:${mac}:`]],
    secrets: [{ name: 'k', value: der.toString('base64') }],
  });
  expect(verdict.status).not.toBe('valid');
});

describe('large bodies', () => {
  it.each(['linear linear', 'adyen adyen-standard', 'figma figma', 'twilio twilio-form', 'mailgun mailgun-body'])(
    'are not parsed before the reply, and the verdict says so: %s',
    (title) => {
      const item = schemeCases.find((candidate) => candidate.title === title);
      if (!item) throw new Error(title);
      const request = signCase(item);
      const body = Buffer.concat([request.body, Buffer.alloc(1_048_577, ' ')]);
      expect(verifyCase(item, { ...request, body })).toMatchObject({ status: 'malformed', reason: 'body-too-large' });
    },
  );

  it('are verified where nothing in them has to be read', () => {
    const item = caseOf('stripe-v1');
    const body = Buffer.alloc(2_000_000, '[');
    expect(verifyCase(item, signCase(item, { body })).status).toBe('valid');
  });
});

it('PayPal’s webhook id is asked for when it is missing', () => {
  const item = caseOf('paypal-rsa-crc32');
  const request = signCase(item);
  const input = {
    provider: 'paypal',
    method: 'POST',
    url: request.url,
    headers: request.headers,
    body: request.body,
    now,
  };
  const verdict = verify({ ...input, secrets: [item.checking] });
  expect(verdict).toMatchObject({ status: 'malformed', message: expect.stringContaining('Webhook-ID') });
  const bare = { name: 'k', value: item.signing.value.slice(item.signing.value.indexOf('-----BEGIN')) };
  expect(explain({ ...input, secrets: [bare] })?.expected).toEqual([]);
});

describe('tokens', () => {
  const body = Buffer.from('{}');
  const token = (header: object, claims: object): string => {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hash = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
    const text = `${encode({ alg: 'HS256', ...header })}.${encode({ iss: 'netlify', sha256: hash, ...claims })}`;
    return `${text}.${createHmac('sha256', 'k').update(text).digest('base64url')}`;
  };
  it.each([
    ['valid', {}, {}],
    ['valid', {}, { exp: 1_773_480_500, nbf: 1_773_480_000 }],
    ['expired', {}, { exp: 1 }],
    ['future', {}, { nbf: 2_000_000_000 }],
    ['unsupported', { crit: ['b64'], b64: false }, {}],
  ])('are judged %s with %o and %o', (status, header, claims) => {
    const headers: HeaderPair[] = [json, ['X-Webhook-Signature', token(header, claims)]];
    expect(judge('netlify', { headers, body, secrets: [{ name: 'k', value: 'k' }] }).status).toBe(status);
  });
});

describe('own schemes', () => {
  it('that leave the body open say so', () => {
    const caveat = (parts: (typeof newCustomScheme)['parts']): string =>
      customProvider({ ...newCustomScheme, parts }).schemes[0]?.caveat ?? '';
    expect(caveat([{ kind: 'header', name: 'X-Event' }])).toContain('not signed');
    expect(caveat([{ kind: 'json', path: 'id' }])).toContain('only id');
    expect(caveat([{ kind: 'timestamp' }, { kind: 'body' }])).toBe('');
  });

  it('that sign fixed text only are refused', () => {
    expect(schemeProblem({ ...newCustomScheme, parts: [{ kind: 'literal', text: 'x' }] })?.field).toBe('parts');
  });
});

it('OpenAI’s secret without its prefix is text, as its library takes it', () => {
  const item = caseOf('standard-webhooks-v1', 'openai');
  const secrets = [{ name: 'plain', value: 'plainsecret' }];
  const request = signCase(item, { secrets });
  const t = Math.floor(now / 1_000);
  const mac = createHmac('sha256', 'plainsecret').update(`msg_test_1.${t}.`).update(request.body).digest('base64');
  expect(request.headers).toContainEqual(['webhook-signature', `v1,${mac}`]);
  expect(verifyCase(item, request, { secrets }).status).toBe('valid');
});
