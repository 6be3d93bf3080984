// The limits of a diagnosis: how much it computes, in which pieces, and that it computes nothing twice. What node:crypto
// is asked for is recorded and then really computed. Causes that need rare kinds of requests are here as well.

import { createHash, createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { diagnose, diagnoseSteps } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import type { DiagnoseInput, Diagnosis } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import { verify } from '../../../../../src/main/signatures/verify.ts';
import type { HeaderPair } from '../../../../../src/shared/headers.ts';

const asked = vi.hoisted((): { readonly name: string; readonly size: number }[] => []);

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>();
  type Sponge = ReturnType<typeof original.createHash>;
  function record(sponge: Sponge, name: string): Sponge {
    const seen = original.createHash('sha256');
    let size = 0;
    const update = sponge.update.bind(sponge) as (bytes: Uint8Array) => Sponge;
    const digest = sponge.digest.bind(sponge) as (encoding?: 'hex') => Buffer;
    return Object.assign(sponge, {
      update(bytes: Uint8Array) {
        seen.update(bytes);
        size += bytes.length;
        update(bytes);
        return sponge;
      },
      digest(encoding?: 'hex') {
        asked.push({ name: `${name} ${seen.digest('hex')}`, size });
        return digest(encoding);
      },
    });
  }
  return {
    ...original,
    createHash: (name: string) => record(original.createHash(name), name),
    createHmac: (name: string, key: import('node:crypto').KeyObject | Uint8Array | string) => {
      const isHandle = typeof key === 'object' && 'export' in key;
      const secret = isHandle ? key.export().toString('hex') : String(key);
      return record(original.createHmac(name, key) as unknown as Sponge, `hmac ${name} ${secret}`);
    },
  };
});

const now = Date.parse('2026-03-14T09:26:54.321Z');
const text = '{"id":"evt_1","note":"Zoë / <b>","list":[1,2.0,{"b":1,"a":2}],"empty":{}, "more": "one\\u00e9 two"}\r\n';

function stripe(body: string | Uint8Array = text, changes: Partial<DiagnoseInput> = {}): DiagnoseInput {
  const time = String(Math.floor(now / 1_000));
  const signature = createHmac('sha256', 'test-only-never-configured').update(`${time}.`).update(body).digest('hex');
  return failed({
    provider: 'stripe',
    method: 'POST',
    url: 'https://hooks.example.test/in',
    headers: [
      ['Content-Type', 'application/json'],
      ['Stripe-Signature', `t=${time},v1=${signature}`],
    ],
    body: Buffer.from(body),
    secrets: [{ name: 'mine', value: 'whsec_dGVzdC1vbmx5LW1pbmUtMDAwMQ==' }],
    others: [{ secret: { name: 'other', value: 'test-only-other-0001' }, provider: null, endpoint: 'Shop' }],
    now,
    ...changes,
  });
}

function failed(input: Omit<DiagnoseInput, 'verdict'>): DiagnoseInput {
  return { ...input, verdict: verify(input) };
}

function codesOf(input: DiagnoseInput): readonly string[] {
  return diagnose(input).findings.map(({ code }) => code);
}

beforeEach(() => {
  asked.length = 0;
});

describe('the work', () => {
  const secrets = Array.from({ length: 12 }, (_, n) => ({ name: `mine ${n}`, value: `test-only-mine-000${n}` }));
  const many = Array.from({ length: 60 }, (_, n) => ({
    secret: { name: `other ${n}`, value: `test-only-other-000${n}` },
    provider: null,
    endpoint: null,
  }));

  it.each([
    ['JSON', stripe()],
    ['JSON without anything to change', stripe('{"a":1}')],
    ['a form', stripe('a=1%2f2&b=x+y&c=%20')],
    ['lines', stripe('one\r\ntwo\nthree ë\n')],
    ['nothing', stripe('')],
    ['the same secret in several places', stripe(text, { secrets: [...secrets.slice(0, 2), ...secrets.slice(0, 2)] })],
  ])('is never done twice, and all of it is counted: %s', (_, input) => {
    asked.length = 0;
    const { computed, bytes, findings } = diagnose(input);
    expect(findings.map(({ code }) => code)).toEqual(['no-known-cause']);
    expect(asked.map(({ name }) => name)).toHaveLength(new Set(asked.map(({ name }) => name)).size);
    expect(computed).toBe(asked.length);
    expect(bytes).toBe(asked.reduce((sum, { size }) => sum + size, 0));
  });

  it('ends at 200 computations, however much is configured', () => {
    const { computed, findings } = diagnose(stripe(text, { secrets, others: many }));
    expect(computed).toBeGreaterThan(100);
    expect(computed).toBeLessThanOrEqual(200);
    expect(findings.map(({ code }) => code)).toEqual(['no-known-cause']);
  });

  it('still finds what the body explains when much is configured', () => {
    const body = '{"a": 1,\n "b": [true, "x"]}';
    const time = String(Math.floor(now / 1_000));
    const signature = createHmac('sha256', secrets[0]?.value ?? '').update(`${time}.{"a":1,"b":[true,"x"]}`);
    const headers: HeaderPair[] = [['Stripe-Signature', `t=${time},v1=${signature.digest('hex')}`]];
    expect(codesOf(stripe(body, { secrets, others: many, headers }))).toEqual(['body-reserialized']);
  });

  it('comes in pieces of at most 4 MiB, also where one body is larger', () => {
    const steps = diagnoseSteps(stripe(Buffer.alloc(9 * 1_048_576, 'x'), { secrets: secrets.slice(0, 2) }));
    let done = 0;
    let largest = 0;
    let step: IteratorResult<void, Diagnosis> = steps.next();
    // A body is known to be hashed when its MAC ends, so that pieces are told by how many there are.
    for (; step.done !== true; step = steps.next()) done += 1;
    largest = step.value.bytes / (done + 1);
    expect(step.value.bytes).toBeGreaterThan(100 * 1_048_576);
    expect(step.value.bytes).toBeLessThanOrEqual(192 * 1_048_576);
    expect(largest).toBeLessThanOrEqual(4 * 1_048_576);
  });

  it('is none for a verdict that needs no cause', () => {
    const input = stripe();
    for (const status of ['valid', 'unverified', 'expired', 'future'] as const) {
      asked.length = 0;
      const { computed, findings } = diagnose({
        ...input,
        verdict: { ...input.verdict, status, toleranceMs: 300_000 },
      });
      expect([computed, asked.length]).toEqual([0, 0]);
      expect(findings.length).toBe(status === 'valid' || status === 'unverified' ? 0 : 1);
    }
  });

  it('survives hostile bodies', () => {
    for (const body of [
      '['.repeat(50_000),
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      '{"a":"\\ud800"}',
      '%%=&&=%',
      '\xff\xfe',
    ]) {
      expect(codesOf(stripe(body)), body.slice(0, 10)).toEqual(['no-known-cause']);
    }
  });
});

describe('rare requests', () => {
  const base = { method: 'POST', url: 'https://hooks.example.test/in', others: [], now } as const;
  const json: HeaderPair = ['Content-Type', 'application/json'];
  const key = 'test-only-key-0001';
  const secrets = [{ name: 'mine', value: key }];
  const mac = (bytes: string | Uint8Array, hash = 'sha256', encoding: 'hex' | 'base64' = 'base64'): string =>
    createHmac(hash, key).update(bytes).digest(encoding);

  it('names the query that carried Twilio’s body hash', () => {
    const body = '{"a":1}';
    const url = `${base.url}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const headers: HeaderPair[] = [json, ['X-Twilio-Signature', mac(url, 'sha1')]];
    expect(codesOf(failed({ ...base, provider: 'twilio', headers, body: Buffer.from(body), secrets }))).toEqual([
      'url-query',
    ]);
  });

  it('names the content type that a form lost', () => {
    const headers: HeaderPair[] = [['X-Twilio-Signature', mac(`${base.url}A1B2`, 'sha1')]];
    const input = failed({ ...base, provider: 'twilio', headers, body: Buffer.from('B=2&A=1'), secrets });
    expect(diagnose(input).findings).toMatchObject([{ code: 'header-missing', message: expect.stringContaining('Content-Type') as string }]); // prettier-ignore
  });

  it('names the query of the URL that is configured', () => {
    const body = Buffer.from('{"a":1}');
    const headers: HeaderPair[] = [['x-square-hmacsha256-signature', mac(`${base.url}?team=7${body.toString()}`)]];
    const input = failed({ ...base, provider: 'square', headers, body, secrets, urlSource: 'configured' });
    expect(codesOf({ ...input, configuredUrl: `${base.url}?team=7` })).toEqual(['url-query']);
    expect(codesOf(input)).toEqual(['no-known-cause']);
  });

  it('names the version header that HubSpot’s signature needs', () => {
    const body = Buffer.from('[{"eventId":1}]');
    const signature = createHash('sha256').update(`${key}${body.toString()}`).digest('hex');
    const headers: HeaderPair[] = [['X-HubSpot-Signature', signature]];
    const { findings } = diagnose(failed({ ...base, provider: 'hubspot', headers, body, secrets }));
    expect(findings).toMatchObject([{ code: 'header-missing', message: expect.stringContaining('X-HubSpot-Signature-Version') as string }]); // prettier-ignore
  });

  it('names the dropped header where its SHA-1 forerunner still came', () => {
    const body = Buffer.from('{"object":"page"}');
    const headers: HeaderPair[] = [['X-Hub-Signature', `sha1=${mac(body, 'sha1', 'hex')}`]];
    const { findings } = diagnose(failed({ ...base, provider: 'meta', headers, body, secrets }));
    expect(findings).toMatchObject([{ code: 'header-missing', message: expect.stringContaining('X-Hub-Signature-256') as string }]); // prettier-ignore
  });

  it('names a header that came under another name', () => {
    const body = Buffer.from('{"a":1}');
    const headers: HeaderPair[] = [['X_Shopify_Hmac_Sha256', mac(body)]];
    const { findings } = diagnose(failed({ ...base, provider: 'shopify', headers, body, secrets }));
    expect(findings).toMatchObject([{ code: 'header-missing', message: expect.stringContaining('X_Shopify_Hmac_Sha256') as string }]); // prettier-ignore
  });

  it('names the timestamp that a signature header lost', () => {
    const input = stripe();
    const headers = input.headers.map(([name, value]): HeaderPair => [name, value.replace(/^t=\d+,/, '')]);
    const { findings } = diagnose(failed({ ...input, headers }));
    expect(findings).toMatchObject([
      { code: 'header-missing', message: expect.stringContaining('timestamp') as string },
    ]);
  });

  it('adds that the request is old to another cause', () => {
    const body = Buffer.from('{"a":1}');
    const time = String(Math.floor(now / 1_000) - 3_600);
    const signature = mac(`v0:${time}:${body.toString()}`, 'sha256', 'hex').toUpperCase();
    const headers: HeaderPair[] = [['X-Slack-Request-Timestamp', time], ['X-Slack-Signature', `v0=${signature}`]]; // prettier-ignore
    expect(codesOf(failed({ ...base, provider: 'slack', headers, body, secrets }))).toEqual(['signature-encoding', 'replayed-late']); // prettier-ignore
  });

  it('names marks around a token, and never how much of a token is right', () => {
    const input = (token: string): DiagnoseInput =>
      failed({ ...base, provider: 'gitlab', headers: [['X-Gitlab-Token', token]], body: Buffer.from('{}'), secrets });
    expect(codesOf(input(key.slice(0, -1)))).toEqual(['no-known-cause']);
    expect(codesOf(input(`Bearer ${key}`))).toEqual(['signature-encoding']);
    expect(codesOf(input(`"${key}"`))).toEqual(['secret-whitespace']);
    expect(codesOf(input('test-only-strange-1'))).toEqual(['no-known-cause']);
  });

  it('names the algorithm that a JWT claims', () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'HS512' })}.${part({ iss: 'netlify' })}.${'a'.repeat(86)}`;
    const headers: HeaderPair[] = [['X-Webhook-Signature', token]];
    expect(codesOf(failed({ ...base, provider: 'netlify', headers, body: Buffer.from('{}'), secrets }))).toEqual(['other-algorithm']); // prettier-ignore
  });

  it('looks at the item of a list that is not right', () => {
    const hex = '00112233445566778899AABBCCDDEEFF';
    const item = (pspReference: string, signed = pspReference) => ({
      NotificationRequestItem: {
        pspReference,
        additionalData: { hmacSignature: createHmac('sha256', Buffer.from(hex, 'hex')).update(`${signed}:::::::`).digest('base64') }, // prettier-ignore
      },
    });
    const input = (items: readonly unknown[], value: string): DiagnoseInput =>
      failed({
        ...base,
        provider: 'adyen',
        headers: [json],
        body: Buffer.from(JSON.stringify({ notificationItems: items })),
        secrets: [{ name: 'mine', value }],
        others: [{ secret: { name: 'kept', value: hex }, provider: null, endpoint: null }],
      });
    expect(codesOf(input([item('A'), item('B')], 'FF'.repeat(16)))).toEqual(['other-secret']);
    expect(codesOf(input([item('A'), item('B', 'C')], hex))).toEqual(['no-known-cause']);
  });
});
