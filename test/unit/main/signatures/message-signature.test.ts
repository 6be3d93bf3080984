// RFC 9421 against its signed examples, against another implementation in both directions, and against hostile input.

import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../../../src/shared/exchange.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { defineProvider } from '../../../../src/shared/providers/define.ts';
import { explain } from '../../../../src/main/signatures/explain.ts';
import { sign } from '../../../../src/main/signatures/sign.ts';
import type { SignInput, SignedRequest } from '../../../../src/main/signatures/sign.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { SecretValue, VerifyInput } from '../../../../src/main/signatures/verify.ts';
import { vectors } from '../../../support/vectors.ts';

const provider = defineProvider({
  id: 'signed-messages',
  name: 'Signed messages',
  docsUrl: 'https://www.rfc-editor.org/rfc/rfc9421',
  detect: ['signature-input'],
  schemes: [
    {
      kind: 'message-signature',
      id: 'http-message-signatures',
      secretType: 'spki-pem',
      components: ['@method', '@target-uri', 'content-type', 'content-digest'],
    },
  ],
  deliveryId: [],
  eventType: [],
  headers: [],
  secretForm: { kind: 'key-pair', pair: 'ed25519' },
  secretHint: '',
  samples: [],
  retry: null,
});

const now = Date.parse('2026-03-14T09:26:54.321Z');
const url = 'https://hooks.example.test/in?team=7&name=a+b';
const body = Buffer.from('{"id":"evt_1","text":"naïve"}');

interface Case {
  readonly alg: string;
  readonly signing: SecretValue;
  readonly checking: SecretValue;
  /** For the other implementation. */
  readonly privateKey: KeyObject | Buffer;
  readonly publicKey: KeyObject | Buffer;
}

const sharedBytes = Buffer.from('obviously a test key, 32 bytes !');
const shared: SecretValue = { name: 'shared', type: 'hmac-base64', value: sharedBytes.toString('base64') };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

function pairCase(alg: string, pair: { privateKey: KeyObject; publicKey: KeyObject }): Case {
  const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string => key.export({ format: 'pem', type }).toString();
  const base = { name: `key ${alg}`, type: 'spki-pem', alg } as const;
  return {
    alg,
    ...pair,
    signing: { ...base, value: pem(pair.privateKey, 'pkcs8') },
    checking: { ...base, value: pem(pair.publicKey, 'spki') },
  };
}

const cases: readonly Case[] = [
  { alg: 'hmac-sha256', signing: shared, checking: shared, privateKey: sharedBytes, publicKey: sharedBytes },
  pairCase('ed25519', generateKeyPairSync('ed25519')),
  pairCase('ecdsa-p256-sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  pairCase('rsa-pss-sha512', rsa),
  pairCase('rsa-v1_5-sha256', rsa),
];
const [hmac, ed25519] = cases as readonly [Case, Case];

function check(headers: readonly HeaderPair[], changes: Partial<VerifyInput> = {}): Verdict {
  return verify({
    provider: provider.id,
    definition: provider,
    method: 'POST',
    url,
    headers,
    body,
    secrets: [shared],
    now,
    ...changes,
  });
}

function make(changes: Partial<SignInput> = {}): SignedRequest {
  return sign({
    provider: provider.id,
    definition: provider,
    method: 'POST',
    url,
    headers: [['Content-Type', 'application/json']],
    body,
    secrets: [shared],
    messageId: 'msg_test_1',
    event: null,
    now,
    mode: 'fresh',
    ...changes,
  });
}

function valueOf(headers: readonly HeaderPair[], name: string): string {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}

/** Headers with a MAC over the base lines that the test itself writes. */
function macHeaders(input: string, lines: readonly string[], others: readonly HeaderPair[] = []): HeaderPair[] {
  const base = [...lines, `"@signature-params": ${input}`].join('\n');
  const mac = createHmac('sha256', sharedBytes).update(base, 'latin1').digest('base64');
  return [...others, ['Signature-Input', `s=${input}`], ['Signature', `s=:${mac}:`]];
}

const created = Math.floor(now / 1_000);

describe('the vectors', () => {
  const own = vectors.filter((vector) => vector.provider === 'rfc9421');

  it.each(own)('$id', (vector) => {
    const verdict = check(vector.headers, {
      method: vector.method,
      url: vector.url,
      body: Buffer.from(vector.bodyBase64, 'base64'),
      secrets: vector.secrets,
      now: Date.parse(vector.now),
      toleranceSeconds: vector.policy?.maxAge,
    });
    expect(verdict.status).toBe(vector.expected);
    if (vector.id.includes('body-changed')) expect(verdict.reason).toBe('digest-mismatch');
    if (vector.id.includes('b.2.1-minimal')) expect(verdict.warnings.join()).toContain('proves nothing');
  });

  it('are all there', () => {
    expect(own).toHaveLength(17);
  });
});

describe('another implementation', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const verifying = async (item: Case, request: SignedRequest): Promise<unknown> =>
    httpbis.verifyMessage(
      {
        keyLookup: async ({ keyid }) =>
          keyid === item.signing.name
            ? { id: keyid, algs: [item.alg], verify: createVerifier(item.publicKey, item.alg) }
            : null,
      },
      { method: 'POST', url, headers: Object.fromEntries(request.headers) },
    );

  it.each(cases)('accepts what sign makes with $alg', async (item) => {
    const request = make({ secrets: [item.signing] });
    expect(valueOf(request.headers, 'signature-input')).toContain(`;alg="${item.alg}";nonce="msg_test_1"`);
    await expect(verifying(item, request)).resolves.toBe(true);
    const changed = request.headers.map(([name, value]): HeaderPair => [name, name === 'Content-Type' ? 'text/plain' : value]); // prettier-ignore
    await expect(verifying(item, { ...request, headers: changed })).resolves.toBe(false);
  });

  it.each(cases)('makes what verify accepts with $alg', async (item) => {
    const digest = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`;
    const { headers } = await httpbis.signMessage(
      {
        key: createSigner(item.privateKey, item.alg, item.checking.name),
        name: 'other',
        fields: ['@method', '@authority', '@path', '@query', '@scheme', '@target-uri', '@request-target', '"@query-param";name="name"', 'content-digest', '"x-dict";key="b"', '"x-dict";sf', '"x-list";bs'], // prettier-ignore
        params: ['created', 'expires', 'keyid', 'alg', 'tag'],
        paramValues: { tag: 'a "quoted" tag' },
      },
      { method: 'POST', url, headers: { 'Content-Digest': digest, 'X-Dict': 'a=1,  b=(x  y);q', 'X-List': ['a, b', 'c'] } }, // prettier-ignore
    );
    const pairs = Object.entries(headers).flatMap(([name, value]): HeaderPair[] =>
      [value].flat().map((one) => [name, one]),
    );
    const verdict = check(pairs, { secrets: [item.checking], toleranceSeconds: 300 });
    expect(verdict).toMatchObject({ status: 'valid', secretName: item.checking.name, timestampAt: created * 1_000 });
    // It leaves the length of the salt to OpenSSL.
    expect(verdict.warnings.some((text) => text.includes('salt'))).toBe(item.alg === 'rsa-pss-sha512');
    expect(check(pairs, { secrets: [item.checking], now: now + 301_000 }).reason).toBe('past-expires');
    expect(check(pairs, { secrets: [item.checking], method: 'PUT' }).reason).toBe('signature-mismatch');
  });
});

describe('the verdict', () => {
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

  it('says what is not covered', () => {
    const open = check(macHeaders(`("@method");created=${created}`, ['"@method": POST']));
    expect(open).toMatchObject({ status: 'valid', secretName: 'shared', timestampAt: created * 1_000 });
    expect(open.warnings).toEqual([expect.stringContaining('the body is not protected')]);
    expect(open.url).toBeUndefined();

    const covered: readonly HeaderPair[] = [['Content-Digest', `unixsum=:AAAA:, ${digest}`]];
    const lines = [`"content-digest": unixsum=:AAAA:, ${digest}`, '"@path": /in'];
    const closed = check(macHeaders(`("content-digest" "@path");created=${created}`, lines, covered));
    expect(closed).toMatchObject({ status: 'valid', warnings: [], url, urlSource: 'received' });

    const other: readonly HeaderPair[] = [['Content-Digest', 'md5=:AAAA:']];
    const unknown = check(macHeaders('("content-digest")', ['"content-digest": md5=:AAAA:'], other));
    expect(unknown.warnings.join('\n')).toMatch(/no SHA-256 or SHA-512[^]*names no time/);

    const member = [`"content-digest";key="md5": :AAAA:`];
    const beside: readonly HeaderPair[] = [['Content-Digest', `md5=:AAAA:, ${digest}`]];
    const partly = check(macHeaders(`("content-digest";key="md5");created=1`, member, beside));
    expect(partly.warnings).toEqual([expect.stringContaining('the body is not protected')]);
  });

  it.each([
    ['future', `created=${created + 302}`, 'future', 'too-new'],
    ['old', `created=${created - 302}`, 'expired', 'too-old'],
    ['limit', `created=${created - 300}`, 'valid', 'ok'],
    ['expires now', `created=${created};expires=${created}`, 'valid', 'ok'],
    ['expired', `created=${created};expires=${created - 1}`, 'expired', 'past-expires'],
    ['without a time', 'nonce="a"', 'missing', 'missing-timestamp'],
    ['decimal time', 'created=1.0', 'malformed', 'timestamp-malformed'],
    ['negative time', 'created=-5', 'malformed', 'timestamp-malformed'],
    ['huge time', 'created=999999999999999', 'future', 'too-new'],
    ['token as keyid', `created=${created};keyid=a`, 'malformed', 'signature-malformed'],
    ['another algorithm', `created=${created};alg="ed25519"`, 'invalid', 'algorithm-mismatch'],
    ['an unknown algorithm', `created=${created};alg="none"`, 'unsupported', 'unknown-algorithm'],
  ])('%s', (_, parameters, status, reason) => {
    const headers = macHeaders(`("@method");${parameters}`, ['"@method": POST']);
    expect(check(headers, { toleranceSeconds: 300 })).toMatchObject({ status, reason });
  });

  it.each([
    ['a missing component', 's=("x-absent")', 's=:AAAA:', 'invalid', 'component-missing'],
    ['a response component', 's=("@status")', 's=:AAAA:', 'unsupported', 'unknown-component'],
    ['a trailer', 's=("date";tr)', 's=:AAAA:', 'unsupported', 'unknown-component'],
    ['a repeated component', 's=("@query-param";name="a";x "@query-param";x;name="a")', 's=:AAAA:', 'malformed', 'signature-malformed'], // prettier-ignore
    ['its own parameters', 's=("@signature-params")', 's=:AAAA:', 'malformed', 'signature-malformed'],
    ['no list', 's="@method"', 's=:AAAA:', 'malformed', 'signature-malformed'],
    ['no quotes', 's=(date)', 's=:AAAA:', 'malformed', 'signature-malformed'],
    ['another label', 's=()', 't=:AAAA:', 'malformed', 'signature-malformed'],
    ['no bytes', 's=()', 's="AAAA"', 'malformed', 'signature-malformed'],
    ['no fields', 'S=()', 's=:AAAA:', 'malformed', 'signature-malformed'],
    ['an unclosed string', 's=("@method', 's=:AAAA:', 'malformed', 'signature-malformed'],
    ['empty fields', ' ', 's=:AAAA:', 'missing', 'missing-signature'],
  ])('%s', (_, input, signature, status, reason) => {
    const headers: readonly HeaderPair[] = [['Signature-Input', input], ['Signature', signature]]; // prettier-ignore
    expect(check(headers)).toMatchObject({ status, reason });
  });

  it('takes any right signature of several, and says which', () => {
    const good = macHeaders('("@method");created=5', ['"@method": POST']);
    const wrong = macHeaders('("@method");created=6', ['"@method": PUT']);
    const relabel = (pairs: readonly HeaderPair[], label: string): HeaderPair[] =>
      pairs.map(([name, value]) => [name, value.replace('s=', `${label}=`)]);
    const both = [...relabel(wrong, 'first'), ...relabel(good, 'second')];
    expect(check(both)).toMatchObject({ status: 'valid', match: { n: 2, of: 2 } });
    expect(check(both).message).toContain('(signature second)');
    expect(check(relabel(wrong, 'first'))).toMatchObject({ status: 'invalid', reason: 'signature-mismatch' });
  });

  it('looks keys up by keyid, and tries all where no secret has the name', () => {
    const other: SecretValue = { ...shared, name: 'other', value: randomBytes(32).toString('base64') };
    const named = (id: string): readonly HeaderPair[] =>
      macHeaders(`("@method");created=1;keyid="${id}"`, ['"@method": POST']);
    expect(check(named('shared'), { secrets: [other, shared] }).secretName).toBe('shared');
    expect(check(named('other'), { secrets: [other, shared] }).status).toBe('invalid');
    const unknown = check(named('elsewhere'), { secrets: [other, shared] });
    expect(unknown).toMatchObject({ status: 'valid', secretName: 'shared' });
    expect(unknown.warnings.join()).toContain('names key “elsewhere”');
  });

  it('never lets the request choose another algorithm than the key’s', () => {
    const request = make({ secrets: [cases[4]!.signing] });
    const pssOnly = { ...cases[4]!.checking, alg: 'rsa-pss-sha512' };
    expect(check(request.headers, { secrets: [pssOnly] })).toMatchObject({ reason: 'algorithm-mismatch' });
    const { name, value } = cases[4]!.checking;
    expect(check(request.headers, { secrets: [{ name, value }] }).status).toBe('valid');
    expect(check(request.headers, { secrets: [{ name, value, alg: 'RS256' }] })).toMatchObject({
      status: 'unsupported',
    });
    // A public key is no shared secret, though its bytes are known to everybody.
    const forged = macHeaders('("@method");created=1;alg="hmac-sha256"', ['"@method": POST']);
    expect(check(forged, { secrets: [ed25519.checking] })).toMatchObject({ reason: 'algorithm-mismatch' });
  });
});

describe('signing', () => {
  it('covers the components that are there, and the body through its digest', () => {
    const request = make();
    expect(request.url).toBe(url);
    expect(valueOf(request.headers, 'signature-input')).toBe(
      `sig1=("@method" "@target-uri" "content-type" "content-digest");created=${created};keyid="shared";alg="hmac-sha256";nonce="msg_test_1"`,
    );
    expect(check(request.headers)).toMatchObject({ status: 'valid', warnings: [] });
    expect(check(request.headers, { body: Buffer.from('{}') })).toMatchObject({ reason: 'digest-mismatch' });
    expect(valueOf(make({ headers: [] }).headers, 'signature-input')).toContain('"@target-uri" "content-digest")');
  });

  it.each(cases)('fails on purpose with $alg', ({ signing, checking }) => {
    const status = (changes: Partial<SignInput>): string => {
      const request = make({ secrets: [signing], ...changes });
      return check(request.headers, { secrets: [checking], body: request.body }).reason;
    };
    expect(status({})).toBe('ok');
    expect(status({ mode: 'wrong-secret' })).toBe('signature-mismatch');
    expect(status({ mode: 'tampered' })).toBe('digest-mismatch');
    expect(status({ mode: 'expired' })).toBe('past-expires');
    expect(status({ mode: 'none' })).toBe('missing-signature');
    expect(status({ secrets: [] })).toBe('missing-signature');
  });

  it('makes one signature for each key, and falls back where a key is too short', () => {
    const request = make({ secrets: [hmac.signing, ed25519.signing] });
    expect(check(request.headers, { secrets: [ed25519.checking] }).match).toEqual({ n: 2, of: 2 });
    expect(check(request.headers).match).toEqual({ n: 1, of: 2 });
    const short = pairCase('', generateKeyPairSync('rsa', { modulusLength: 1024 })).signing;
    const secrets = [{ name: 'short', value: short.value }];
    const made = make({ secrets });
    expect(valueOf(made.headers, 'signature-input')).toContain('alg="rsa-v1_5-sha256"');
    expect(check(made.headers, { secrets }).status).toBe('valid');
  });

  it('signs the address that the sender writes, and leaves out a key name that cannot be written', () => {
    const request = make({ url: 'https://Hooks.example.test:443/ä b', secrets: [{ ...shared, name: 'ключ' }] });
    expect(request.note).toContain('ключ');
    expect(valueOf(request.headers, 'signature-input')).not.toContain('keyid');
    expect(check(request.headers, { url: 'https://hooks.example.test/%C3%A4%20b' }).status).toBe('valid');
  });
});

describe('the view', () => {
  const show = (
    headers: readonly HeaderPair[],
    secrets: readonly SecretValue[] = [shared],
  ): ReturnType<typeof explain> =>
    explain({ provider: provider.id, definition: provider, method: 'POST', url, headers, body, secrets, now });

  it('lays what was received beside what a shared key gives', () => {
    const { headers } = make();
    const view = show(headers);
    expect(view).toMatchObject({
      algorithm: 'HMAC-SHA256, base64',
      received: valueOf(headers, 'signature'),
      expected: [{ secretName: 'shared', value: valueOf(headers, 'signature') }],
      signatures: [{ secretName: 'shared' }],
      recipe: 'method + target URI + header content-type + header content-digest + signature parameters',
    });
    const text = Buffer.from(view?.signedBytes ?? []).toString('latin1');
    expect(text).toMatch(
      /^"@method": POST\n"@target-uri": https:[^\n]*\n[^]*\n"@signature-params": \("@method" [^\n]*$/,
    );
    expect(view?.signedSize).toBe(text.length);
    expect(JSON.stringify(view)).not.toContain(shared.value);
  });

  it('shows no expected value for a public key, and counts missing components as empty', () => {
    const { headers } = make({ secrets: [ed25519.signing] });
    expect(show(headers, [ed25519.checking])).toMatchObject({ algorithm: 'Ed25519, base64', expected: [], signatures: [{ secretName: ed25519.checking.name }] }); // prettier-ignore
    const lost = show(headers.filter(([name]) => name !== 'Content-Type'), [ed25519.checking]); // prettier-ignore
    expect(lost?.signatures).toMatchObject([{ secretName: null }]);
    expect(Buffer.from(lost?.signedBytes ?? []).toString()).toContain('\n"content-type": \n');
  });

  it('says so when nothing can be shown', () => {
    expect(show([])).toMatchObject({ received: null, expected: [], signatures: [], signedSize: 0 });
    expect(show([['Signature-Input', '('], ['Signature', 'x']])).toMatchObject({ received: 'x', signedSize: 0 }); // prettier-ignore
  });
});

describe('hostile input', () => {
  const many = (n: number, of: (i: number) => string, by: string): string => Array.from({ length: n }, (_, i) => of(i)).join(by); // prettier-ignore
  const long = 'x'.repeat(1_000_000);
  const keys = many(20_000, (i) => `k${i}=${i}`, ', ');
  // prettier-ignore
  const inputs: readonly (readonly [string, readonly HeaderPair[], string])[] = [
    ['10,000 labels', [['Signature-Input', many(10_000, (i) => `s${i}=("@method")`, ', ')], ['Signature', many(10_000, (i) => `s${i}=:AAAA:`, ', ')]], 'malformed'],
    ['10,000 components', [['Signature-Input', `s=(${many(10_000, (i) => `"x-${i}"`, ' ')})`], ['Signature', 's=:AAAA:']], 'malformed'],
    ['10,000 parameters', [['Signature-Input', `s=()${many(10_000, (i) => `;p${i}`, '')}`], ['Signature', 's=:AAAA:']], 'invalid'],
    ['deep lists', [['Signature-Input', `s=${'('.repeat(100_000)}`], ['Signature', 's=:AAAA:']], 'malformed'],
    ['an unclosed list', [['Signature-Input', `s=(${' '.repeat(1_000_000)}`], ['Signature', 's=:AAAA:']], 'malformed'],
    ['an unclosed string', [['Signature-Input', `s=("${long}`], ['Signature', 's=:AAAA:']], 'malformed'],
    ['a string of backslashes', [['Signature-Input', `s=("${'\\'.repeat(1_000_001)}")`], ['Signature', 's=:AAAA:']], 'malformed'],
    ['a long name', [['Signature-Input', `s=("${long}")`], ['Signature', 's=:AAAA:']], 'invalid'],
    ['a long signature', [['Signature-Input', 's=("@method")'], ['Signature', `s=:${'A'.repeat(1_000_000)}:`]], 'invalid'],
    ['unclosed bytes', [['Signature-Input', 's=()'], ['Signature', `s=${':A'.repeat(500_001)}`]], 'malformed'],
    ['a long number', [['Signature-Input', `s=();created=${'9'.repeat(1_000_000)}`], ['Signature', 's=:AAAA:']], 'malformed'],
    ['blanks around a covered header', [['X-Long', `${' '.repeat(500_000)}\n${'\t'.repeat(500_000)}`], ['Signature-Input', 's=("x-long")'], ['Signature', 's=:AAAA:']], 'invalid'],
    ['200 members of a large field', [['X-Long', keys], ['Signature-Input', `s=(${many(200, (i) => `"x-long";key="k${i}"`, ' ')})`], ['Signature', 's=:AAAA:']], 'invalid'],
    ['a huge Content-Digest', [['Content-Digest', keys], ['Signature-Input', 's=("content-digest";sf)'], ['Signature', 's=:AAAA:']], 'invalid'],
    ['a broken Content-Digest', [['Content-Digest', 'sha-256=abc, ('], ['Signature-Input', 's=("content-digest")'], ['Signature', 's=:AAAA:']], 'invalid'],
    ['names of object members', [['Signature-Input', 'constructor=("__proto__")'], ['Signature', 'constructor=:AAAA:']], 'invalid'],
    ['bytes that are no text', [['Signature-Input', '\u0000\u00ff'], ['Signature', '\u00fe']], 'malformed'],
  ];

  it.each(inputs)('%s', (_, headers, status) => {
    const started = performance.now();
    const secrets = cases.map(({ checking }) => checking);
    expect(check(headers, { secrets }).status).toBe(status);
    expect(explain({ provider: provider.id, definition: provider, method: 'POST', url, headers, body, secrets, now })).not.toBeNull(); // prettier-ignore
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('a query with 20,000 parameters, 200 of them covered', () => {
    const address = `https://x.test/?${many(20_000, (i) => `p${i}=%zz%ff${i}`, '&')}`;
    const headers: readonly HeaderPair[] = [
      ['Signature-Input', `s=(${many(200, (i) => `"@query-param";name="p${i}"`, ' ')})`],
      ['Signature', 's=:AAAA:'],
    ];
    const started = performance.now();
    expect(check(headers, { url: address }).reason).toBe('signature-mismatch');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('a covered digest that cannot be read is not taken for a right one', () => {
    const broken: readonly HeaderPair[] = [['Content-Digest', 'sha-256=abc']];
    const headers = macHeaders('("content-digest");created=1', ['"content-digest": sha-256=abc'], broken);
    expect(check(headers)).toMatchObject({ status: 'malformed', reason: 'digest-malformed' });
  });
});
