// `verify` and `sign` through the built command line: every vector gets its judgement, failures are explained, own
// schemes work from their file, and every mistake in the options is named. Judges: Twilio's and Stripe's libraries.

import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newCustomScheme } from '../../../src/shared/custom-scheme.ts';
import { findingCodes } from '../../../src/shared/findings.ts';
import { headerValue } from '../../../src/shared/headers.ts';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, CliResult } from '../../support/cli.ts';
import { allVectors, vectors } from '../../support/vectors.ts';
import type { Vector } from '../../support/vectors.ts';

let cli: Cli;
beforeEach(async () => {
  cli = await createCli();
});
afterEach(() => cli.dispose());

const secret = 'whsec_test_of_the_command_line';
const payload = '{"id":"evt_1","type":"invoice.paid"}';
const stripe = new Stripe('sk_test_not_a_key');

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

const diagnosisOf = (line: Record<string, unknown> | undefined) => (line?.['diagnosis'] ?? []) as readonly Finding[];
const byId = (result: CliResult, id: string) => result.lines.find((line) => line['id'] === id);

/** A request of Stripe whose body lost its last newline on the way. */
async function withoutNewline(): Promise<readonly string[]> {
  const header = stripe.webhooks.generateTestHeaderString({ payload: `${payload}\n`, secret });
  const headers = await cli.file('headers.txt', `Content-Type: application/json\nStripe-Signature: ${header}\n`);
  const body = await cli.file('body.json', payload);
  return ['verify', '--provider', 'stripe', '--headers', headers, '--body', body];
}

describe('one request', () => {
  test('the cause of a failed check is found when it is asked for', async () => {
    const args = [...(await withoutNewline()), '--secret', secret];
    const plain = await cli.run(...args, '--json');
    expect([plain.code, plain.lines[0]?.['status'], diagnosisOf(plain.lines[0])]).toEqual([1, 'invalid', []]);

    const { code, lines } = await cli.run(...args, '--diagnose', '--json');
    expect([code, lines[0]?.['status']]).toEqual([1, 'invalid']);
    const [finding] = diagnosisOf(lines[0]);
    expect(finding?.code).toBe('body-newline');

    const human = await cli.run(...args, '--diagnose');
    expect(human.stdout).toContain(`\n  cause: body-newline  ${finding?.message}\n         ${finding?.mend}\n`);
  });

  test('a valid request has no cause, and an unchecked one neither', async () => {
    const args = await withoutNewline();
    const body = await cli.file('whole.json', `${payload}\n`);
    const valid = await cli.run(...args, '--body', body, '--secret', secret, '--diagnose', '--json');
    expect([valid.code, diagnosisOf(valid.lines[0])]).toEqual([0, []]);
    const unchecked = await cli.run(...args, '--diagnose', '--json');
    expect([unchecked.lines[0]?.['status'], diagnosisOf(unchecked.lines[0])]).toEqual(['unverified', []]);
  });

  test('a provider that no header names is found in the body', async () => {
    const vector = vectors.find(({ id }) => id.startsWith('aws-sns/') && id.endsWith('/valid')) as Vector;
    const result = await cli.run('verify', ...(await filesOf(vector)), '--json');
    expect([result.code, result.lines[0]?.['status']]).toEqual([0, 'valid']);
  });
});

/** The options that judge a vector on its own. */
async function filesOf(vector: Vector): Promise<readonly string[]> {
  return [
    '--headers',
    await cli.file('headers.json', JSON.stringify(vector.headers)),
    '--body',
    await cli.file('body.bin', Buffer.from(vector.bodyBase64, 'base64')),
    '--secrets',
    await cli.file('secrets.json', JSON.stringify(vector.secrets)),
    '--url',
    vector.url,
    '--method',
    vector.method,
    '--at',
    vector.now,
  ];
}

const secretTypesSeen = new Map<string, Vector>();
for (const vector of vectors) {
  if (vector.expected !== 'valid') continue;
  for (const { type } of vector.secrets) if (type !== undefined) secretTypesSeen.set(type, vector);
}

test.each([...secretTypesSeen])('a secret of type %s comes from --secrets', async (_type, vector) => {
  const args = ['verify', '--provider', vector.provider, '--scheme', vector.scheme, ...(await filesOf(vector))];
  const tolerance = vector.policy?.toleranceSeconds ?? vector.policy?.maxAge;
  const result = await cli.run(...args, ...(tolerance === undefined ? [] : ['--tolerance', `${tolerance}`]), '--json');
  expect([result.code, result.lines[0]?.['status']]).toEqual([0, 'valid']);
});

test('a certificate counts only under its address', async () => {
  const vector = vectors.find(({ id }) => id === 'paypal/paypal-rsa-crc32/valid') as Vector;
  const secrets = vector.secrets.map((known) =>
    known.url === undefined ? known : { ...known, url: `${known.url}-other` },
  );
  const args = ['verify', '--provider', 'paypal', ...(await filesOf({ ...vector, secrets }))];
  expect((await cli.run(...args, '--json')).lines[0]?.['status']).toBe('invalid');
});

describe('vectors', () => {
  const asFile = (list: readonly unknown[]) => cli.file('vectors.json', JSON.stringify(list));

  test('every one gets what it expects, in order, handshakes included', async () => {
    const result = await cli.run('verify', '--vectors', await asFile(allVectors), '--json');
    expect(result.code).toBe(0);
    expect(result.lines.map((line) => line['id'])).toEqual(allVectors.map(({ id }) => id));
    expect(allVectors.length).toBeGreaterThanOrEqual(361);
  });

  test('handshakes say what is answered, refused, or left to consent', async () => {
    const challenges = allVectors.filter(({ kind }) => kind === 'challenge');
    const result = await cli.run('verify', '--vectors', await asFile(challenges), '--json');
    expect(result.lines).toHaveLength(16);
    for (const [n, line] of result.lines.entries()) {
      const { expected, expectedResponse } = challenges[n] as Vector;
      expect(line).toMatchObject({ status: expected, response: { status: expectedResponse?.status } });
      const { body } = line['response'] as { body: string };
      if (expectedResponse?.body !== undefined) expect(body).toBe(expectedResponse.body);
      if (expectedResponse?.bodyJson !== undefined) expect(JSON.parse(body)).toEqual(expectedResponse.bodyJson);
    }
    const sns = byId(result, 'challenge/public/aws-sns');
    expect(sns?.['needsConsent']).toEqual({ fetch: expect.stringMatching(/^https:\/\/sns\.us-east-1\./) as string });
    const human = await cli.run('verify', '--vectors', await asFile(challenges));
    expect(human.stdout).toMatch(/needs your consent to fetch https:\/\/sns\./);
  });

  test('with --diagnose every failure has a cause that holds no secret, and nothing else has one', async () => {
    const result = await cli.run('verify', '--vectors', await asFile(vectors), '--diagnose', '--json');
    expect(result.code).toBe(0);
    const known = new Set<string>(findingCodes);
    for (const [n, line] of result.lines.entries()) {
      const causes = diagnosisOf(line);
      const { status } = line as { status: string };
      expect(causes.length > 0, String(line['id'])).toBe(status !== 'valid' && status !== 'unverified');
      for (const { code, message } of causes) expect([known.has(code), message !== '']).toEqual([true, true]);
      // Short ones (a key id, `secret`) may well be words of a sentence.
      const values = (vectors[n] as Vector).secrets.map(({ value }) => value).filter((value) => value.length > 12);
      for (const value of values) expect(JSON.stringify(causes), String(line['id'])).not.toContain(value);
    }
  });

  test('a wrong expectation is a negative result, an acceptable one is not', async () => {
    const [vector] = vectors.filter(({ expected }) => expected === 'valid');
    const wrong = await cli.run('verify', '--vectors', await asFile([{ ...vector, expected: 'expired' }]));
    expect([wrong.code, wrong.stdout]).toEqual([
      1,
      expect.stringMatching(/FAIL.* valid \(expected expired\)/) as string,
    ]);
    const fine = { ...vector, expected: 'expired', acceptable: ['valid'] };
    expect((await cli.run('verify', '--vectors', await asFile([fine]))).code).toBe(0);
  });

  test('what this version does not know is unsupported, and the next entry is judged', async () => {
    const vector = vectors.find(({ expected }) => expected === 'valid') as Vector;
    const odd = { ...vector, secrets: [{ name: 'a', type: 'rot13', value: 'b' }], expected: 'unsupported' };
    const list = [{ ...vector, provider: 'acme', expected: 'unsupported' }, odd, vector];
    const result = await cli.run('verify', '--vectors', await asFile(list), '--json');
    expect(result.code).toBe(0);
    expect(result.lines.map((line) => line['reason'])).toEqual(['unknown-provider', 'unknown-secret-type', 'ok']);
  });
});

const scheme = {
  ...newCustomScheme,
  id: 'custom-acme',
  name: 'Acme',
  parts: [{ kind: 'timestamp' }, { kind: 'literal', text: '|' }, { kind: 'body' }],
  signatureHeader: 'X-Acme-Signature',
  timestamp: { header: 'X-Acme-Time', unit: 'seconds', toleranceSeconds: 60 },
};

describe('an own scheme from its file', () => {
  const schemeFile = (value: unknown = scheme) =>
    cli.file('scheme.json', JSON.stringify({ format: 'hookbench-scheme', version: 1, scheme: value }));

  test('signs, and its signature is what the recipe says; verify takes it by the same file', async () => {
    const file = await schemeFile();
    const body = await cli.file('body.json', payload);
    const shared = ['--scheme-file', file, '--secret', 'key', '--body', body];
    const at = '2026-03-14T09:26:54Z';
    const { code, lines } = await cli.run('sign', ...shared, '--at', at, '--json');
    expect(code).toBe(0);
    const headers = lines[0]?.['headers'] as HeaderPair[];
    const time = headerValue(headers, 'x-acme-time') ?? '';
    expect(time).toBe(String(Date.parse(at) / 1000));
    const mac = createHmac('sha256', 'key').update(`${time}|${payload}`).digest('hex');
    expect(headerValue(headers, 'x-acme-signature')).toBe(mac);

    const headerFile = await cli.file('headers.json', JSON.stringify(headers));
    const verify = (...more: string[]) => cli.run('verify', ...shared, '--headers', headerFile, ...more, '--json');
    expect((await verify('--at', at)).code).toBe(0);
    const late = await verify('--at', '2026-03-14T10:26:54Z', '--diagnose');
    expect([late.code, diagnosisOf(late.lines[0])[0]?.code]).toEqual([1, 'replayed-late']);

    const entry = {
      provider: 'custom-acme',
      secrets: [{ name: 'key', type: 'utf8', value: 'key' }],
      method: 'POST',
      url: 'https://hooks.example.test/',
      headers,
      bodyBase64: Buffer.from(payload).toString('base64'),
      now: at,
      expected: 'valid',
    };
    const list = await cli.file('own.json', JSON.stringify([entry]));
    expect((await cli.run('verify', '--vectors', list, '--scheme-file', file)).code).toBe(0);
    expect((await cli.run('verify', '--vectors', list)).code).toBe(1);
  });

  test.each<readonly [name: string, content: () => Promise<string>, more: readonly string[], message: RegExp]>([
    ['a file that is no JSON', () => cli.file('scheme.json', 'nonsense'), [], /--scheme-file.*JSON.*Export/s],
    [
      'a scheme that lacks a part',
      () => schemeFile({ ...scheme, signatureHeader: 'no header' }),
      [],
      /signatureHeader/,
    ],
    ['another provider beside it', schemeFile, ['--provider', 'stripe'], /--provider.*custom-acme/],
    ['a scheme id that it has not', schemeFile, ['--scheme', 'stripe-v1'], /--scheme.*custom-acme/],
  ])('%s: exit 2', async (_name, content, more, message) => {
    const body = await cli.file('body.json', payload);
    const result = await cli.run('sign', '--scheme-file', await content(), '--secret', 'k', '--body', body, ...more);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(message) as string]);
  });
});

describe('sign', () => {
  const token = 'obviously-fake-auth-token';
  const address = 'https://hooks.example.test/twilio?x=1';

  test('prints the address that signing makes: Twilio’s library accepts it with the hash of the body', async () => {
    const body = await cli.file('body.json', payload);
    const args = ['--provider', 'twilio', '--secret', token, '--body', body, '--url', address];
    const { lines, code } = await cli.run('sign', ...args, '--json');
    expect(code).toBe(0);
    const { url, headers } = lines[0] as { url: string; headers: HeaderPair[] };
    expect(url).toMatch(/^https:\/\/hooks\.example\.test\/twilio\?x=1&bodySHA256=[0-9a-f]{64}$/);
    const signature = headerValue(headers, 'x-twilio-signature') ?? '';
    expect(twilio.validateRequestWithBody(token, signature, url, payload)).toBe(true);
    expect((await cli.run('sign', ...args)).stdout).toMatch(/^POST https:\S+bodySHA256=/);
  });

  test('a form is signed as one', async () => {
    const body = await cli.file('body.txt', 'To=%2B15005550001&From=%2B15005550006');
    const args = ['--provider', 'twilio', '--secret', token, '--body', body, '--url', address];
    const { lines } = await cli.run('sign', ...args, '--json');
    const { url, headers } = lines[0] as { url: string; headers: HeaderPair[] };
    const fields = { To: '+15005550001', From: '+15005550006' };
    const signature = headerValue(headers, 'x-twilio-signature') ?? '';
    expect(twilio.validateRequest(token, signature, url, fields)).toBe(true);
  });

  test('a header of the person is there once', async () => {
    const body = await cli.file('body.json', payload);
    const type = 'application/vnd.example+json';
    const more = ['--header', `content-type: ${type}`, '--header', 'X-A:1'];
    const { lines } = await cli.run('sign', '--provider', 'stripe', '--secret', 's', '--body', body, ...more, '--json');
    const headers = lines[0]?.['headers'] as HeaderPair[];
    expect(headers.filter(([name]) => name.toLowerCase() === 'content-type')).toEqual([['content-type', type]]);
    expect(headerValue(headers, 'x-a')).toBe('1');
  });

  test('what signing could not do is said on stderr', async () => {
    const body = await cli.file('body.txt', 'not JSON');
    const result = await cli.run('sign', '--provider', 'mailgun', '--secret', 's', '--body', body, '--json');
    expect([result.code, result.stderr]).toEqual([0, expect.stringMatching(/no JSON object/) as string]);
    expect(result.lines).toHaveLength(1);
  });

  test('PayPal needs its webhook id as well', async () => {
    const key = await cli.file('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const body = await cli.file('body.json', payload);
    const result = await cli.run('sign', '--provider', 'paypal', '--secret-file', key, '--body', body);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(/--secret.*Webhook-ID.*second/) as string]);
  });
});

const mistakes: readonly (readonly [name: string, args: readonly string[], message: RegExp])[] = [
  ['no headers', ['verify', '--provider', 'stripe'], /--headers is needed.*--vectors/],
  ['no body', ['verify', '--provider', 'stripe', '--headers', 'HEADERS'], /--body is needed/],
  ['a secret type that is none', ['sign', '--provider', 'stripe', '--body', 'BODY', '--secrets', 'TYPE'], /type.*jwk/],
  ['no provider', ['sign', '--secret', 's', '--body', 'BODY'], /--provider.*--scheme-file/],
  ['an own scheme without its file', ['sign', '--provider', 'custom-x', '--body', 'BODY'], /custom-x.*--scheme-file/],
  ['no secret', ['sign', '--provider', 'stripe', '--body', 'BODY'], /--secret.*--secrets/],
  ['a scheme that is none', ['sign', '--provider', 'stripe', '--scheme', 'x', '--body', 'BODY'], /--scheme.*stripe-v1/],
  [
    'a public key to sign with',
    ['sign', '--provider', 'discord', '--secret-file', 'PUBLIC', '--body', 'BODY'],
    /--secret-file: .*public key.*private key/,
  ],
];

test.each(mistakes)('%s: exit 2 and the option is named', async (_name, args, message) => {
  const files: Record<string, string> = {
    HEADERS: await cli.file('headers.txt', 'A: b'),
    BODY: await cli.file('body.json', payload),
    TYPE: await cli.file('type.json', '[{"name":"a","type":"rot13","value":"b"}]'),
    PUBLIC: await cli.file('public.txt', 'ab'.repeat(32)),
  };
  const result = await cli.run(...args.map((arg) => files[arg] ?? arg));
  expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(message) as string]);
});
