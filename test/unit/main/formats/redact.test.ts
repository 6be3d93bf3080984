import { readFileSync } from 'node:fs';
import { brotliCompressSync, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { ReplyRecord } from '../../../../src/shared/replies.ts';
import { copyRequest, exportRequests } from '../../../../src/main/formats/export.ts';
import type { ExportFormat } from '../../../../src/main/formats/export.ts';
import { createRedactor } from '../../../../src/main/formats/redact.ts';
import { makeRow } from './rows.ts';

const redactor = createRedactor({
  key: Buffer.from('test key'),
  secrets: ['stored-secret-value', 'whsec_c3RvcmVkIHNlY3JldA==', 'a b&c"d'],
});
const mask = /«redacted:[0-9a-f]{6}»/;
const masks = new RegExp(mask, 'g');
const header = (name: string, value: string) => redactor.headers([[name, value]])[0]?.[1] ?? '';
const body = (text: string | Uint8Array, headers: readonly HeaderPair[] = []) =>
  Buffer.from(redactor.body(typeof text === 'string' ? Buffer.from(text) : text, headers)).toString('utf8');
const json = (value: unknown) => JSON.parse(body(JSON.stringify(value))) as unknown;
const fixtures = new URL('../../../fixtures/hostile/', import.meta.url);

describe('headers', () => {
  it.each([
    'Authorization',
    'PROXY-AUTHORIZATION',
    'Cookie',
    'Set-Cookie',
    'X-Api-Key',
    'X-Gitlab-Token',
    'X-Telegram-Bot-Api-Secret-Token',
    'X-Hook-Secret',
    'X-Goog-Channel-Token',
    'X-Auth-Key',
    'X-Amz-Security-Token',
  ])('masks %s', (name) => expect(header(name, 'opaque-value')).toMatch(/^«redacted:[0-9a-f]{6}»$/));

  it('keeps the word that names the kind of credential', () => {
    expect(header('Authorization', 'Bearer abc.def')).toMatch(/^Bearer «redacted:[0-9a-f]{6}»$/);
    expect(header('Authorization', 'Basic dXNlcjpwdw==')).toMatch(/^Basic «redacted:[0-9a-f]{6}»$/);
  });

  const hex = 'ab'.repeat(32);
  const base64 = Buffer.alloc(32, 7).toString('base64');
  it.each([
    ['Stripe-Signature', `t=1700000000,v1=${hex},v0=${hex}`],
    ['webhook-signature', `v1,${base64} v1a,${Buffer.alloc(64, 9).toString('base64')}`],
    ['webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'],
    ['X-Hub-Signature-256', `sha256=${hex}`],
    ['X-Hub-Signature', `sha1=${'0f'.repeat(20)}`],
    ['X-Slack-Signature', `v0=${hex}`],
    ['X-Shopify-Hmac-SHA256', base64],
    ['X-Twilio-Signature', Buffer.alloc(20, 3).toString('base64')],
    ['X-Signature-Ed25519', 'cd'.repeat(64)],
    ['X-Signature-Timestamp', '1700000000'],
    ['PAYPAL-TRANSMISSION-SIG', Buffer.alloc(256, 5).toString('base64')],
    ['PAYPAL-AUTH-ALGO', 'SHA256withRSA'],
    ['X-Hook-Signature', hex],
    ['Signature', `sig1=:${base64}:`],
    ['Signature', `keyId="k1",algorithm="hmac-sha256",headers="(request-target) host date",signature="${base64}"`],
    ['X-GitHub-Delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    ['Idempotency-Key', 'abc-123'],
    ['Content-Type', 'application/json; charset=utf-8'],
  ])('keeps %s: %s', (name, value) => expect(header(name, value)).toBe(value));

  it('masks what stands in a signature field but is no signature', () => {
    expect(header('Stripe-Signature', 't=1,v1=my-password')).toMatch(/^t=1,v1=«redacted:[0-9a-f]{6}»$/);
    expect(header('X-Signature', 'hunter2')).toMatch(mask);
    expect(header('X-Signature', 'my-very-long-static-password-token')).toMatch(/^«redacted:[0-9a-f]{6}»$/);
  });

  it.each([
    'Bearer abcdefgh',
    'see sk_live_abcdef',
    'whsec_abcdefgh',
    'eyJhbGciOi.eyJzdWIiOi.abc',
    'http://u:p@h/',
    '/cb?token=abc&x=1',
    'stored-secret-value',
  ])('masks %s in any field', (value) => {
    const result = header('X-Note', value);
    expect(result).toMatch(mask);
    expect(result).not.toMatch(/abc|u:p|stored/);
  });
});

describe('targets and text', () => {
  it('masks secret parameters and keeps the others', () => {
    const result = redactor.text('/hook?a=1&token=abc&api_key=def&sig=ghi&b=2');
    expect(result.replaceAll(masks, 'M')).toBe('/hook?a=1&token=M&api_key=M&sig=M&b=2');
  });

  it('masks user information, hook addresses and escaped names', () => {
    expect(redactor.text('https://user:pw@h.example/x').replaceAll(masks, 'M')).toBe('https://M@h.example/x');
    expect(redactor.text('https://hooks.slack.com/services/T0/B0/xyz').replaceAll(masks, 'M')).toBe(
      'https://hooks.slack.com/services/M',
    );
    expect(redactor.text('/x?%74oken=abc').replaceAll(masks, 'M')).toBe('/x?%74oken=M');
  });

  it('masks stored values however they are written, equal ones alike', () => {
    const plain = redactor.text('is a b&c"d here');
    expect(plain.replaceAll(masks, 'M')).toBe('is M here');
    for (const spelling of ['a%20b%26c%22d', 'a b&c\\"d', Buffer.from('a b&c"d').toString('base64')]) {
      expect(redactor.text(`is ${spelling} here`)).toBe(plain);
    }
    expect(redactor.text('c3RvcmVkIHNlY3JldA==')).toMatch(mask);
  });

  it('gives the same secret the same mask everywhere and under another key another one', () => {
    const first = header('Authorization', 'Bearer abcdefgh').slice('Bearer '.length);
    expect(body('{"password":"abcdefgh"}')).toBe(`{"password":"${first}"}`);
    expect(body('password=abcdefgh', [['Content-Type', 'application/x-www-form-urlencoded']])).toBe(
      `password=${encodeURIComponent(first)}`,
    );
    expect(redactor.text('/?token=abcdefgh')).toBe(`/?token=${first}`);
    expect(createRedactor({ key: Buffer.from('other'), secrets: [] }).text('/?token=abcdefgh')).not.toBe(
      `/?token=${first}`,
    );
  });

  it('takes the longest of stored values that begin alike', () => {
    const alike = createRedactor({ key: Buffer.from('k'), secrets: ['abcdefgh', 'abcdefgh-and-more', 'abcdefgh-and'] });
    expect(alike.text('x abcdefgh-and-more x abcdefgh').replaceAll(masks, 'M')).toBe('x M x M');
  });

  it('a very short stored value is masked as a word only', () => {
    const short = createRedactor({ key: Buffer.from('k'), secrets: ['a', ''] });
    expect(short.text('banana a').replaceAll(masks, 'M')).toBe('banana M');
  });
});

describe('JSON bodies', () => {
  it('masks by key, at any depth, and leaves the rest byte for byte', () => {
    const text =
      '{ "id" : 1.0e5, "API_KEY":"x","nested":{"clientSecret": "y", "a":[{"access_token":"z"}]},\r\n"id":2 ,"price":12.50}';
    const result = body(text);
    expect(result.replaceAll(masks, 'M')).toBe(text.replace('"x"', '"M"').replace('"y"', '"M"').replace('"z"', '"M"'));
  });

  it('masks everything below secrets and credentials, but not below card or token', () => {
    expect(JSON.stringify(json({ credentials: { user: 'u', list: ['p', 1234] } })).replaceAll(masks, 'M')).toBe(
      '{"credentials":{"user":"M","list":["M","M"]}}',
    );
    expect(json({ card: { brand: 'visa', cvc: '123' } })).toMatchObject({ card: { brand: 'visa' } });
    expect(json({ card: '4242' })).not.toMatchObject({ card: '4242' });
    expect(json({ tokens: 17, max_tokens: 4, token: null, has_password: true, password: '' })).toEqual({
      tokens: 17,
      max_tokens: 4,
      token: null,
      has_password: true,
      password: '',
    });
    expect(JSON.stringify(json({ password: 1234 })).replaceAll(masks, 'M')).toBe('{"password":"M"}');
  });

  it('finds escaped keys, escaped values and JSON inside strings', () => {
    expect(body('{"p\\u0061ssword":"x"}').replaceAll(masks, 'M')).toBe('{"p\\u0061ssword":"M"}');
    expect(body('{"a":"stored\\u002dsecret-value"}').replaceAll(masks, 'M')).toBe('{"a":"M"}');
    expect(
      JSON.parse(body(JSON.stringify({ payload: JSON.stringify({ secret: 'x' }) })).replaceAll(masks, 'M')),
    ).toEqual({ payload: '{"secret":"M"}' });
  });

  it('returns the very same array when there is nothing to mask', () => {
    const bytes = Buffer.from('{"a":"b"}');
    expect(redactor.body(bytes, [])).toBe(bytes);
  });

  it('masks in broken documents and in JSON lines', () => {
    expect(body('{"password":"x').replaceAll(masks, 'M')).toContain('M');
    expect(body('{password: hunter22, ').replaceAll(masks, 'M')).not.toContain('hunter22');
    expect(body('{"a":1}\n{"secret":"x"}\n').replaceAll(masks, 'M')).toBe('{"a":1}\n{"secret":"M"}\n');
  });
});

describe('other bodies', () => {
  it.each([
    [
      'a form',
      'application/x-www-form-urlencoded',
      'a=1&password=HIDE&payload=%7B%22secret%22%3A%22HIDE%22%7D',
      /^a=1&password=%C2%AB/,
    ],
    [
      'a multipart form',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nHIDE\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n{"secret":"HIDE"}\r\n--b--\r\n',
      /^--b\r\n.*\r\n--b--\r\n$/s,
    ],
    [
      'XML',
      'application/xml',
      '<a><Password type="x">HIDE</Password><b>keep</b></a>',
      /^<a><Password type="x">«.*»<\/Password><b>keep<\/b><\/a>$/,
    ],
    [
      'plain lines',
      'text/plain',
      'user: bob\npassword = HIDE\ntoken:HIDE\nsecret="HIDE"\nAuthorization: Bearer HIDE1234',
      /^user: bob\npassword = «/,
    ],
    ['bytes that are not UTF-8', '', Buffer.from('\xff{"password":"HIDE"}', 'latin1'), /redacted:[0-9a-f]{6}/],
    ['UTF-16', 'application/json', Buffer.from('\ufeff{"password":"HIDE"}', 'utf16le'), /./s],
  ])('masks in %s', (_, type, content, shape) => {
    const result = body(content, [['Content-Type', type]]);
    expect(result.replaceAll('\0', '')).not.toContain('HIDE');
    expect(result.replaceAll('\0', '')).toMatch(shape);
  });

  it.each<[string, Uint8Array, readonly HeaderPair[]]>([
    ['gzip that no header names', gzipSync('{"password":"HIDE"}'), []],
    ['raw deflate', deflateRawSync('{"password":"HIDE"}'), [['Content-Encoding', 'deflate']]],
    ['a coding that is not undone here', Buffer.from('password=HIDE'), [['Content-Encoding', 'gzip, zstd']]],
  ])('masks %s whole', (_, bytes, headers) => {
    expect(body(bytes, headers)).toMatch(/^«redacted:[0-9a-f]{6}»$/);
  });

  it('looks into compressed bodies and packs them again', () => {
    const packed = redactor.body(gzipSync('{"password":"HIDE","a":1}'), [['Content-Encoding', 'gzip']]);
    expect(gunzipSync(packed).toString('utf8').replaceAll(masks, 'M')).toBe('{"password":"M","a":1}');
    const twice = brotliCompressSync(gzipSync('{"a":1}'));
    expect(redactor.body(twice, [['content-encoding', 'gzip, br']])).toBe(twice);
  });

  it('masks a compressed body whole when it cannot be looked into', () => {
    const cut = gzipSync('{"password":"HIDE"}').subarray(0, 20);
    expect(body(cut, [['Content-Encoding', 'gzip']])).toMatch(/^«redacted:[0-9a-f]{6}»$/);
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    expect(body(bomb, [['Content-Encoding', 'gzip']])).toMatch(/^«redacted:[0-9a-f]{6}»$/);
    expect(body('{"password":"HIDE"}', [['Content-Encoding', 'gzip']]).replaceAll(masks, 'M')).toBe('{"password":"M"}');
  });

  it.each([
    ['nested arrays', '['.repeat(200_000)],
    ['one word', 'a'.repeat(2_000_000)],
    ['starts of tokens', 'eyJ'.repeat(500_000)],
    ['starts of addresses', '://a'.repeat(300_000)],
    ['question marks', '?a'.repeat(500_000)],
    ['open tags', '<a>'.repeat(300_000)],
    ['Bearer', 'Bearer '.repeat(200_000)],
    ['blanks', `Bearer${' '.repeat(1_000_000)}`],
    ['quotes', '"'.repeat(1_000_001)],
    ['open JSON strings', `{"${'\\"'.repeat(500_000)}`],
    ['fields', 'password= '.repeat(100_000)],
    ['name parts', 'name="a"\r\n--'.repeat(100_000)],
  ])('takes linear time for %s', (_, text) => {
    for (const type of ['', 'multipart/form-data', 'application/x-www-form-urlencoded']) {
      const start = performance.now();
      redactor.body(Buffer.from(text), [['Content-Type', type]]);
      expect(performance.now() - start).toBeLessThan(3_000);
    }
  });
});

describe('exports of the canary request', () => {
  const found = (
    JSON.parse(readFileSync(new URL('payload-index.json', fixtures), 'utf8')) as {
      id: string;
      headers: Record<string, string>;
      query: string;
    }[]
  ).find(({ id }) => id === 'secrets-canary');
  const canary = makeRow(
    {
      headers: [
        ['Content-Type', 'application/json'],
        ...Object.entries(found?.headers ?? {}),
        ['X-Note', 'stored-secret-value'],
      ],
      target: `/hook${found?.query}`,
      deliveryId: 'x stored-secret-value',
    },
    readFileSync(new URL('payload/secrets-canary.json', fixtures)),
  );
  const everything = (text: string) =>
    text + text.replaceAll(/[A-Za-z0-9+/]{16,}={0,2}/g, (word) => Buffer.from(word, 'base64').toString('latin1'));

  it.each<ExportFormat>(['har', 'curl', 'jsonl'])('%s holds none by default and all with secrets', async (format) => {
    for (const redact of [redactor, null]) {
      let file = '';
      await exportRequests({ format, rows: [canary], redact, version: '1', write: (chunk) => void (file += chunk) });
      for (const text of [file, copyRequest(canary, { format, redact, version: '1' })]) {
        const markers = new Set(everything(text).match(/CANARY-[A-Z-]+\d{3}/g));
        expect([...markers]).toHaveLength(redact ? 0 : 10);
      }
      expect(everything(file).includes('stored-secret-value')).toBe(redact === null);
    }
  });

  it('marks redacted rows and keeps hash and size of the original', () => {
    const line = JSON.parse(copyRequest(canary, { format: 'jsonl', redact: redactor, version: '1' })) as Record<
      string,
      unknown
    >;
    expect(line).toMatchObject({ redacted: true, sha256: canary.request.sha256, size: canary.body.byteLength });
    expect(copyRequest(canary, { format: 'curl', redact: redactor, version: '1' })).toContain('«redacted:');
  });
});

it('masks what was answered like what was asked', () => {
  const headers: readonly HeaderPair[] = [
    ['Content-Type', 'application/json'],
    ['Set-Cookie', 'session=opaque-value'],
    ['X-Hook-Secret', 'opaque-value'],
  ];
  const text = '{"challenge":"abc","api_key":"opaque-value","note":"stored-secret-value"}';
  const reply: ReplyRecord = {
    ...{ status: 200, by: 'rule', why: 'The rule "stored-secret-value" answered.', delayMs: 0, fault: null },
    ...{ headers, body: Buffer.from(text), size: text.length },
  };
  const options = { format: 'har', redact: redactor, version: '1' } as const;
  const har = copyRequest({ ...makeRow(), reply }, options);
  expect(har).not.toContain('opaque-value');
  expect(har).not.toContain('stored-secret-value');
  expect(har).toContain('challenge');
  expect(har.match(masks)?.length).toBeGreaterThanOrEqual(5);
});
