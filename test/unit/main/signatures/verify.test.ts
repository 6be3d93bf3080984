// Verdicts beyond the round trip: what is said when something lacks, is repeated, odd or hostile.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { genericDefaults } from '../../../../src/shared/providers/generic.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import { engineOf } from '../../../../src/main/signatures/engines.ts';
import { caseOf, headerOf, newPair, now, schemeCases, signCase, verifyCase, recipeOf } from './cases.ts';

const standard = caseOf('standard-webhooks-v1', 'standard-webhooks');
const asymmetric = caseOf('standard-webhooks-v1a');
const stripe = caseOf('stripe-v1');
const github = caseOf('github-sha256');
const legacy = caseOf('github-sha1');
const generic = caseOf('generic');
const seconds = Math.floor(now / 1_000);

/** The request with one header's value replaced, or taken away. */
function edited(headers: readonly HeaderPair[], name: string, value: string | null): HeaderPair[] {
  const wanted = name.toLowerCase();
  return headers.flatMap((pair) =>
    pair[0].toLowerCase() !== wanted ? [pair] : value === null ? [] : [[pair[0], value]],
  );
}

describe('what is not judged', () => {
  const request = signCase(stripe);

  it.each([
    ['no provider', { provider: null }, 'unverified', 'no-scheme'],
    ['no secret', { secrets: [] }, 'unverified', 'no-secret'],
    ['a provider that does not exist', { provider: 'nobody', scheme: undefined }, 'unsupported', 'unknown-provider'],
    [
      'a provider named like a property',
      { provider: '__proto__', scheme: undefined },
      'unsupported',
      'unknown-provider',
    ],
    ['a scheme that does not exist', { scheme: 'stripe-v9' }, 'unsupported', 'unknown-scheme'],
  ])('%s', (_, changes, status, reason) => {
    expect(verifyCase(stripe, request, changes)).toMatchObject({ status, reason, warnings: [], diagnosis: [] });
  });

  it('a secret of another form is unverified and named, unless another one fits', () => {
    const bad = { name: 'bad one', value: 'not base64!' };
    const signed = signCase(standard);
    const verdict = verifyCase(standard, signed, { secrets: [bad] });
    expect(verdict).toMatchObject({ status: 'unverified', reason: 'secret-malformed' });
    expect(verdict.message).toContain('“bad one” must be whsec_');
    expect(verdict.message).not.toContain('not base64!');
    expect(verifyCase(standard, signed, { secrets: [bad, standard.checking] }).status).toBe('valid');
  });
});

describe('the sentence', () => {
  it('says who, with which secret and when', () => {
    const verdict = verifyCase(stripe, signCase(stripe), { now: now + 3_000 });
    expect(verdict.message).toBe('Valid: Stripe signature made with secret “test key”, 3 s ago');
    expect(verdict).toMatchObject({ scheme: 'stripe-v1', toleranceMs: 300_000, timestampAt: seconds * 1_000 });
  });

  it('says how old and what is allowed', () => {
    const verdict = verifyCase(standard, signCase(standard), { now: now + 660_000 });
    expect(verdict.message).toMatch(/^Expired: .* 11 min ago; at most 5 min are allowed$/);
    expect(verifyCase(standard, signCase(standard), { now: now - 660_000 }).message).toMatch(
      /^From the future: .* 11 min/,
    );
  });

  it('names the header that is missing', () => {
    for (const [name, reason] of [
      ['webhook-signature', 'missing-signature'],
      ['webhook-id', 'missing-id'],
      ['webhook-timestamp', 'missing-timestamp'],
    ] as const) {
      for (const value of [null, '']) {
        const verdict = verifyCase(standard, {
          ...signCase(standard),
          headers: edited(signCase(standard).headers, name, value),
        });
        expect(verdict).toMatchObject({ status: 'missing', reason });
        expect(verdict.message).toContain(name);
      }
    }
  });
});

describe('several signatures and headers', () => {
  it('takes a match in any of repeated signature headers', () => {
    for (const item of schemeCases) {
      const request = signCase(item);
      const wrong = signCase(item, { mode: 'wrong-secret' });
      const [name] = recipeOf(item.scheme)?.signatureHeaders ?? [];
      if (name === undefined) continue;
      for (const headers of [
        [[name, headerOf(wrong, name)] as const, ...request.headers],
        [...request.headers, [name, headerOf(wrong, name)] as const],
      ]) {
        expect(verifyCase(item, { ...request, headers }).status, item.title).toBe('valid');
      }
    }
  });

  it('a right sha1 does not save a wrong sha256, whichever scheme is asked for', () => {
    const sha1 = headerOf(signCase(legacy), 'X-Hub-Signature');
    const wrong = signCase(github, { mode: 'wrong-secret' });
    const headers: HeaderPair[] = [['X-Hub-Signature', sha1], ...wrong.headers];
    for (const scheme of [undefined, 'github-sha256', 'github-sha1']) {
      expect(verifyCase(github, { ...wrong, headers }, { scheme })).toMatchObject({
        status: 'invalid',
        scheme: 'github-sha256',
      });
    }
    expect(verifyCase(github, { ...wrong, headers: [['X-Hub-Signature', sha1]] }, { scheme: undefined })).toMatchObject(
      {
        status: 'valid',
        scheme: 'github-sha1',
      },
    );
  });

  it('does not mix header families', () => {
    const svix = caseOf('standard-webhooks-v1', 'svix');
    const request = signCase(svix);
    const renamed = request.headers.map(([name, value]): HeaderPair => [name.replace('svix-id', 'webhook-id'), value]);
    expect(verifyCase(svix, { ...request, headers: renamed })).toMatchObject({
      status: 'missing',
      reason: 'missing-id',
    });
    const fallback = request.headers.map(([name, value]): HeaderPair => [name.replace('svix-', 'webhook-'), value]);
    const lonely: HeaderPair[] = [
      ['svix-id', 'lonely'],
      ['svix-signature', 'v1,AAAA'],
    ];
    expect(verifyCase(svix, { ...request, headers: [...lonely, ...fallback] }).status).toBe('valid');
  });

  it('refuses an id or timestamp that was sent twice with different values', () => {
    const request = signCase(standard);
    for (const name of ['webhook-id', 'Webhook-Timestamp']) {
      const headers: HeaderPair[] = [...request.headers, [name, '1']];
      expect(verifyCase(standard, { ...request, headers })).toMatchObject({
        status: 'malformed',
        reason: 'repeated-header',
      });
    }
    const same: HeaderPair[] = [...request.headers, ['webhook-id', 'msg_test_1']];
    expect(verifyCase(standard, { ...request, headers: same }).status).toBe('valid');
  });

  it('judges v1 and v1a side by side by whichever secret it has', () => {
    const request = signCase(standard);
    const pair = headerOf(signCase(asymmetric), 'webhook-signature');
    const both = `${pair} ${headerOf(request, 'webhook-signature')}`;
    const headers = edited(request.headers, 'webhook-signature', both);
    const judge = (secrets: readonly { name: string; value: string }[]) =>
      verifyCase(standard, { ...request, headers }, { scheme: undefined, secrets });
    expect(judge([standard.checking])).toMatchObject({ status: 'valid', scheme: 'standard-webhooks-v1' });
    expect(judge([asymmetric.checking])).toMatchObject({ status: 'valid', scheme: 'standard-webhooks-v1a' });
    expect(judge([standard.other, asymmetric.checking])).toMatchObject({ status: 'valid', secretName: 'public' });
    expect(judge([standard.other, { name: 'x', value: newPair().checking }]).status).toBe('invalid');
  });
});

describe('what cannot be read', () => {
  it.each([
    ['v2,AAAA', 'unsupported', 'unknown-version'],
    ['v1a,AAAA', 'unsupported', 'unknown-version'],
    ['v1,', 'malformed', 'signature-malformed'],
    ['v1,=== v2,abc', 'malformed', 'signature-malformed'],
    ['nonsense', 'malformed', 'signature-malformed'],
    [',', 'malformed', 'signature-malformed'],
    ['v1,AAAA', 'invalid', 'signature-mismatch'],
  ])('Standard Webhooks: %s', (value, status, reason) => {
    const request = signCase(standard);
    expect(
      verifyCase(standard, { ...request, headers: edited(request.headers, 'webhook-signature', value) }),
    ).toMatchObject({
      status,
      reason,
    });
  });

  const mac = 'a'.repeat(64);
  it.each([
    [`t=${seconds},v0=${mac}`, 'unsupported', 'unknown-version'],
    [`v1=${mac}`, 'malformed', 'signature-malformed'],
    [`t=soon,v1=${mac}`, 'malformed', 'timestamp-malformed'],
    [`t=-1,v1=${mac}`, 'malformed', 'timestamp-malformed'],
    [`t=${seconds}`, 'malformed', 'signature-malformed'],
    [`t=${seconds}, v1=${mac}`, 'malformed', 'signature-malformed'],
    [`t=${seconds},v1=zz`, 'malformed', 'signature-malformed'],
    [`t=${seconds},v1=${mac}`, 'invalid', 'signature-mismatch'],
  ])('Stripe: %s', (value, status, reason) => {
    expect(verifyCase(stripe, { headers: [['stripe-signature', value]], body: Buffer.alloc(1) })).toMatchObject({
      status,
      reason,
    });
  });

  it('reads a value only after its own prefix', () => {
    const mac = headerOf(signCase(github), 'X-Hub-Signature-256').slice('sha256='.length);
    for (const value of [mac, `SHA256=${mac}`, `sha512=${mac}`, ` sha256=${mac}`]) {
      const headers: HeaderPair[] = [['X-Hub-Signature-256', value]];
      expect(verifyCase(github, { ...signCase(github), headers }).reason).toBe('signature-malformed');
    }
  });

  it('skips parts of a Stripe header that are no pairs', () => {
    const request = signCase(stripe);
    const value = `${headerOf(request, 'stripe-signature')},tx,=,`;
    expect(verifyCase(stripe, { ...request, headers: [['stripe-signature', value]] }).status).toBe('valid');
  });

  it('compares as the official libraries do: upper-case hex and lost padding do not pass', () => {
    const request = signCase(github);
    const upper = headerOf(request, 'X-Hub-Signature-256').replace(/[a-f0-9]{64}/, (hex) => hex.toUpperCase());
    expect(
      verifyCase(github, { ...request, headers: edited(request.headers, 'X-Hub-Signature-256', upper) }).status,
    ).toBe('invalid');
    for (const item of [standard, asymmetric]) {
      const signed = signCase(item);
      const short = headerOf(signed, 'webhook-signature').replace(/=+$/, '');
      expect(verifyCase(item, { ...signed, headers: edited(signed.headers, 'webhook-signature', short) }).status).toBe(
        'invalid',
      );
    }
  });

  it('takes a right MAC over a far-off time as expired or future, with no date', () => {
    const time = '99999999999999999999';
    const mac = createHmac('sha256', stripe.signing.value).update(`${time}.{}`).digest('hex');
    const slack = caseOf('slack-v0');
    const slackMac = createHmac('sha256', slack.signing.value).update(`v0:${time}:{}`).digest('hex');
    const body = Buffer.from('{}');
    const headers: HeaderPair[] = [
      ['x-slack-request-timestamp', time],
      ['x-slack-signature', `v0=${slackMac}`],
    ];
    const verdict = verifyCase(slack, { headers, body });
    expect(verdict.status).toBe('future');
    expect(verdict.timestampAt).toBeUndefined();
    const accepted = verifyCase(stripe, { headers: [['stripe-signature', `t=${time},v1=${mac}`]], body });
    expect(accepted).toMatchObject({ status: 'valid', warnings: [expect.stringContaining('more than 200 years')] });
  });
});

describe('hostile headers', () => {
  const index = JSON.parse(
    readFileSync(new URL('../../../fixtures/signature-hostile.json', import.meta.url), 'utf8'),
  ) as readonly { readonly id: string; readonly headers: Readonly<Record<string, string>> }[];

  it.each(index)('$id ends cleanly and soon', ({ headers }) => {
    const pairs = Object.entries(headers);
    for (const item of schemeCases) {
      for (const scheme of [item.scheme.id, undefined]) {
        const startedAt = performance.now();
        const verdict = verifyCase(item, { headers: pairs, body: Buffer.from('{}') }, { scheme });
        expect(performance.now() - startedAt).toBeLessThan(50);
        // GitLab's token is no key of the scheme that the headers then mean.
        const allowed = ['invalid', 'missing', 'malformed', 'unsupported'];
        if (item.provider.id === 'gitlab') allowed.push('unverified');
        expect(allowed, item.title).toContain(verdict.status);
        expect(verdict.reason).not.toBe('');
      }
    }
  });

  it('compares at most 20 signatures, 4 with a key pair, and says so', () => {
    const shared = signCase(standard);
    const many = (before: number) =>
      verifyCase(standard, {
        ...shared,
        headers: edited(
          shared.headers,
          'webhook-signature',
          `${'v1,AAAA '.repeat(before)}${headerOf(shared, 'webhook-signature')}`,
        ),
      });
    expect([many(19).status, many(20).status]).toEqual(['valid', 'invalid']);
    const request = signCase(asymmetric);
    const right = headerOf(request, 'webhook-signature');
    const wrong = `v1a,${Buffer.alloc(64, 1).toString('base64')}`;
    const judge = (before: number) =>
      verifyCase(asymmetric, {
        ...request,
        headers: edited(request.headers, 'webhook-signature', `${`${wrong} `.repeat(before)}${right}`),
      });
    expect(judge(3).status).toBe('valid');
    const startedAt = performance.now();
    const verdict = judge(1_000);
    expect(performance.now() - startedAt).toBeLessThan(50);
    expect(verdict).toMatchObject({ status: 'invalid', warnings: [expect.stringContaining('first ones')] });
  });

  it('bounds the passes over a large body that many Stripe headers ask for', () => {
    const mac = 'b'.repeat(64);
    const headers = Array.from({ length: 1_000 }, (_, n): HeaderPair => [
      'Stripe-Signature',
      `t=${seconds - n},v1=${mac}`,
    ]);
    const body = Buffer.alloc(1_048_576);
    const startedAt = performance.now();
    expect(verifyCase(stripe, { headers, body })).toMatchObject({ status: 'invalid' });
    expect(performance.now() - startedAt).toBeLessThan(50);
  });

  it('reads at most 4 headers with a timestamp of their own', () => {
    const request = signCase(stripe);
    const wrong = headerOf(signCase(stripe, { mode: 'wrong-secret' }), 'stripe-signature');
    const judge = (before: number) => {
      const more = Array.from({ length: before }, (): HeaderPair => ['Stripe-Signature', wrong]);
      return verifyCase(stripe, { ...request, headers: [...more, ...request.headers] });
    };
    expect(judge(3).status).toBe('valid');
    expect(judge(4)).toMatchObject({ status: 'invalid', warnings: [expect.stringContaining('compared')] });
  });

  it('never throws, whatever a header holds', () => {
    const odd = [
      '',
      ' ',
      ',',
      '=',
      'v1',
      'v1,',
      't=',
      't=,v1=',
      '\u0000',
      'ÿ'.repeat(64),
      '9'.repeat(16_000),
      'v1,'.repeat(5_000),
      `t=${'1,v1='.repeat(3_000)}`,
      '{}',
      '__proto__=1',
    ];
    for (const item of schemeCases) {
      const request = signCase(item);
      const names = engineOf(item.scheme)
        .headerNames(item.scheme)
        .filter((name) => request.headers.some(([sent]) => sent.toLowerCase() === name.toLowerCase()));
      for (const name of names) {
        for (const value of odd) {
          const headers = edited(request.headers, name, value);
          expect(verifyCase(item, { ...request, headers }).status, `${item.title} ${name}`).not.toBe('valid');
        }
      }
    }
  });
});

describe('the generic scheme', () => {
  const body = Buffer.from('{}');
  const options = {
    ...genericDefaults,
    signatureHeader: 'X-Sig',
    timestampHeader: '',
    encoding: 'base64url',
    algorithm: 'sha512',
    prefix: 'h=',
  } as const;

  it('takes names, encoding, hash and prefix from its options', () => {
    const request = signCase(generic, { generic: options, body });
    const mac = createHmac('sha512', generic.signing.value).update(body).digest('base64url');
    expect(headerOf(request, 'X-Sig')).toBe(`h=${mac}`);
    expect(request.headers.map(([name]) => name)).not.toContain('X-Webhook-Timestamp');
    expect(verifyCase(generic, request, { generic: options }).status).toBe('valid');
    expect(verifyCase(generic, request).reason).toBe('missing-signature');
  });

  it('warns that its timestamp is not signed, and reads Unix time too', () => {
    const request = signCase(generic);
    for (const time of [String(seconds), String(now), new Date(now).toISOString(), '2026-03-14T10:26:54+01:00']) {
      const verdict = verifyCase(generic, {
        ...request,
        headers: edited(request.headers, 'x-webhook-timestamp', time),
      });
      expect(verdict).toMatchObject({ status: 'valid', warnings: [expect.stringContaining('not covered')] });
    }
    const odd = verifyCase(generic, {
      ...request,
      headers: edited(request.headers, 'x-webhook-timestamp', 'March 14, 2026'),
    });
    expect(odd.reason).toBe('timestamp-malformed');
  });
});

it('judges a signed request that a caller describes in full', () => {
  const request = signCase(stripe);
  const input = { provider: 'stripe', method: 'POST', ...request, secrets: [stripe.checking], now };
  expect(verify(input).status).toBe('valid');
});
