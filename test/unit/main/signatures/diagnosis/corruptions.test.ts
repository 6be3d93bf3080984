// What must hold for every provider and any damage: damage that no known mistake explains is never explained, the
// certain causes are certain in every scheme, no secret is ever told, and the work is bounded.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { diagnose, diagnoseSteps } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import type { SignedRequest } from '../../../../../src/main/signatures/sign.ts';
import { verify } from '../../../../../src/main/signatures/verify.ts';
import type { HeaderPair } from '../../../../../src/shared/headers.ts';
import type { SchemeDefinition } from '../../../../../src/shared/providers/define.ts';
import { coversBody, now, schemeCases, signCase, timeRuleOf } from '../cases.ts';
import type { SchemeCase } from '../cases.ts';
import * as support from './support.ts';
import type { Sent } from './support.ts';

const { diagnosed, event, expectNoSecret, send, sendgrid, standardV1a, stored, stripe, svix } = support;

const seed = 20_260_314;
const perSender = 50;

interface Random {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  text(length: number): string;
}

/** xorshift32: small, and the same on every machine. */
function createRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return { below, pick, text: (length) => Array.from({ length }, () => pick(letters.split(''))).join('') };
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function isLetter(code: number | undefined): boolean {
  return code !== undefined && code < 0x80 && letters.includes(String.fromCharCode(code).toLowerCase());
}

/** Another letter or digit; a change of case alone could be a known mistake. */
function otherLetter(random: Random, code: number, among = letters): number {
  const old = String.fromCharCode(code).toLowerCase();
  return random.pick(among.split('').filter((letter) => letter !== old)).charCodeAt(0);
}

/** Places of letters and digits in the middle half: white space and marks elsewhere could be a known mistake. */
function middle(body: Uint8Array): readonly number[] {
  return [...body.keys()].filter(
    (index) => index > body.length / 4 && index < (body.length * 3) / 4 && isLetter(body[index]),
  );
}

type Corruption = (sent: Sent, random: Random) => Sent;

function inBody(change: (body: Uint8Array, at: number, random: Random) => Uint8Array): Corruption {
  return (sent, random) => ({ ...sent, body: change(sent.body, random.pick(middle(sent.body)), random) });
}

function splice(body: Uint8Array, at: number, removed: number, ...added: readonly number[]): Uint8Array {
  return Buffer.concat([body.subarray(0, at), Buffer.from(added), body.subarray(at + removed)]);
}

/** Replaces some characters of the longest run of such in one header. */
function inHeader(name: RegExp, run: RegExp, among: string, count: number): Corruption {
  return (sent, random) => {
    const headers = sent.headers.map(([key, value]): HeaderPair => {
      const found = name.test(key) ? run.exec(value) : null;
      if (found === null) return [key, value];
      const bytes = Buffer.from(value, 'latin1');
      // The last characters of base64 hold bits that mean nothing.
      const places = Array.from({ length: found[0].length - 4 }, (_, index) => found.index + index).filter((index) =>
        isLetter(bytes[index]),
      );
      for (let n = 0; n <= random.below(count); n += 1) {
        const place = random.pick(places);
        bytes[place] = otherLetter(random, value.charCodeAt(place), among);
      }
      return [key, bytes.toString('latin1')];
    });
    return { ...sent, headers };
  };
}

const hexDigits = inHeader(/signature/i, /[0-9a-f]{40,}$/, '0123456789abcdef', 4);
const base64Digits = inHeader(/signature|hmac/i, /[\w+/-]{27,}={0,2}$/, letters, 4);
const timeDigits = inHeader(/signature|timestamp/i, /\b\d{10,13}\b/, '0123456789', 2);

const anyBody: readonly Corruption[] = [
  inBody((body, at, random) => splice(body, at, 1, otherLetter(random, body[at] ?? 0))),
  inBody((body, at, random) => splice(body, at, 1, 0x80 + random.below(0x80))),
  inBody((body, at, random) => splice(body, at, 1, random.below(0x09))),
  inBody((body, at, random) => splice(body, at, 0, random.text(1).charCodeAt(0))),
  inBody((body, at) => splice(body, at, 1)),
  inBody((body, at) => splice(body, at, isLetter(body[at + 1]) ? 2 : 1)),
  inBody((body, at) => body.subarray(0, at)),
  inBody((body, at) => body.subarray(at)),
  inBody((_, at, random) => Buffer.from(`{"${random.text(8)}":${at}}`)),
];

/** A secret of the same form that nobody configured. */
const strangeSecret: Corruption = (sent, random) => ({
  ...sent,
  secrets: sent.secrets.map(({ name, value }) => {
    const prefix = /^wh[a-z]+_/.exec(value)?.[0] ?? '';
    return { name, value: `${prefix}${Buffer.from(random.text(32)).toString('base64')}` };
  }),
});

const otherPath: Corruption = (sent, random) => ({ ...sent, url: `${sent.url.slice(0, -2)}${random.text(6)}` });
const otherId = inHeader(/-id$/, /msg_\w+/, letters, 2);

const pretty = JSON.stringify(event, null, 2);
const form = 'command=%2Fdeploy&text=to+staging+now&user_name=ada&channel_id=C0EXAMPLE01&trigger=1700000000.42';
const formType = { contentType: 'application/x-www-form-urlencoded' };

const senders: readonly (readonly [name: string, sent: Sent, corruptions: readonly Corruption[]])[] = [
  ['Stripe', stripe(pretty), [...anyBody, hexDigits, timeDigits, strangeSecret]],
  ['GitHub', send('github'), [...anyBody, hexDigits, strangeSecret]],
  ['Shopify', send('shopify', pretty), [...anyBody, base64Digits, strangeSecret]],
  ['Slack, JSON', send('slack'), [...anyBody, hexDigits, timeDigits, strangeSecret]],
  ['Slack, form', send('slack', form, formType), [...anyBody, hexDigits, timeDigits, strangeSecret]],
  ['Svix', svix(), [...anyBody, base64Digits, timeDigits, otherId, strangeSecret]],
  ['Ed25519', standardV1a(pretty), [...anyBody, base64Digits, timeDigits, otherId, strangeSecret]],
  ['ECDSA', sendgrid(), [...anyBody, base64Digits, timeDigits]],
  ['Square', send('square'), [...anyBody, base64Digits, otherPath, strangeSecret]],
  ['WorkOS', send('workos', pretty), [...anyBody, hexDigits, timeDigits, strangeSecret]],
];

describe(`${senders.length * perSender} corruptions outside the list, seed ${seed}`, () => {
  it('are 500', () => expect(senders.length * perSender).toBe(500));

  it.each(senders)('have no known cause: %s', (name, sent, corruptions) => {
    const random = createRandom(seed + name.length);
    expect(verify(sent).status).toBe('valid');
    const explained: unknown[] = [];
    for (let n = 0; n < perSender; n += 1) {
      const corruption = corruptions[n % corruptions.length] as Corruption;
      const others = ['a', 'b', 'c'].map((id) =>
        stored({ name: id, value: random.text(24) }, { endpoint: id === 'a' ? 'Other' : null }),
      );
      const corrupted = { ...corruption(sent, random), others };
      const { verdict, findings } = diagnosed(corrupted);
      expect(['valid', 'unverified'], `corruption ${n}`).not.toContain(verdict.status);
      if (findings.length !== 1 || findings[0]?.code !== 'no-known-cause') explained.push({ n, corrupted, findings });
    }
    expect(explained).toEqual([]);
  });
});

function meets(item: SchemeCase, request: SignedRequest, changes: Partial<Sent> = {}): Sent {
  return {
    provider: item.provider.id,
    scheme: item.scheme.id,
    method: 'POST',
    url: request.url,
    headers: request.headers,
    body: request.body,
    secrets: [item.checking, ...item.beside],
    others: [],
    now,
    ...changes,
  };
}

/** Headers that carry the signature or the token; empty where the body does. */
function carriers(scheme: SchemeDefinition): readonly string[] {
  switch (scheme.kind) {
    case 'token':
      return scheme.places.flatMap((place, index) => (index === 0 && place.in === 'header' ? [place.name] : []));
    case 'jwt':
      return [scheme.header];
    case 'message-signature':
      return ['Signature', 'Signature-Input'];
    default:
      return scheme.signatureHeaders;
  }
}

describe.each(schemeCases)('$title', (item) => {
  const request = signCase(item);
  const names = new Set(carriers(item.scheme).map((name) => name.toLowerCase()));
  const rule = timeRuleOf(item.scheme);
  const tolerance = rule?.toleranceSeconds ?? 300;
  const limit: Partial<Sent> = rule?.toleranceSeconds === null ? { toleranceSeconds: tolerance } : {};

  it('has no findings when the check passes or was not made', () => {
    const sent = meets(item, request);
    expect(diagnosed(sent)).toMatchObject({ verdict: { status: 'valid' }, findings: [] });
    expect(diagnosed({ ...sent, secrets: [] })).toMatchObject({ verdict: { status: 'unverified' }, findings: [] });
  });

  if (rule)
    it('names a right but too old request replayed', () => {
      const late = { now: now + tolerance * 1_000 + 61_000, ...limit };
      const { verdict, findings } = diagnosed(meets(item, request, late));
      expect([verdict.status, findings[0]?.code]).toEqual(['expired', 'replayed-late']);
    });

  if (rule)
    it('tells the age beside another mistake', () => {
      const late = { now: now + tolerance * 1_000 + 61_000, ...limit };
      const others = [stored({ ...item.checking, name: 'right one' })];
      const mistaken = meets(item, request, { ...late, secrets: [item.other, ...item.beside], others });
      const codes = diagnosed(mistaken).findings.map(({ code }) => code);
      expect(codes).toEqual(expect.arrayContaining(['other-secret', 'replayed-late']));
    });

  if (rule)
    it('names a right request from the future a matter of clocks, where it is refused', () => {
      const early = { now: now - tolerance * 1_000 - 61_000, ...limit };
      const { verdict, findings } = diagnosed(meets(item, request, early));
      const expected = rule?.direction === 'both' ? ['future', 'clock-skew'] : ['valid', undefined];
      expect([verdict.status, findings[0]?.code]).toEqual(expected);
    });

  if (names.size > 0)
    it('names a header that a proxy dropped', () => {
      const headers = request.headers.filter(([name]) => !names.has(name.toLowerCase()));
      const { verdict, findings } = diagnosed(meets(item, request, { headers }));
      expect([verdict.status, findings[0]?.code]).toEqual(['missing', 'header-missing']);
    });

  if (names.size > 0)
    it('names a header whose repeats were joined, where that breaks it', () => {
      const headers = request.headers.map(([name, value]): HeaderPair => [
        name,
        names.has(name.toLowerCase()) ? `${value}, ${value}` : value,
      ]);
      const { verdict, findings } = diagnosed(meets(item, request, { headers }));
      expect(findings[0]?.code).toBe(verdict.status === 'valid' ? undefined : 'header-repeated');
    });

  if (coversBody(item.scheme))
    it('has no known cause for a letter changed in the body', () => {
      const random = createRandom(seed);
      const places = middle(request.body);
      for (let n = 0; n < 5; n += 1) {
        const at = random.pick(places);
        const body = splice(request.body, at, 1, otherLetter(random, request.body[at] ?? 0));
        const { verdict, findings } = diagnosed(meets(item, request, { body }));
        // In the name of a member that the scheme needs, the change takes that member away: that has a cause.
        const expected = verdict.status === 'missing' ? 'header-missing' : 'no-known-cause';
        expect(findings.map(({ code }) => code)).toEqual([expected]);
      }
    });

  if (names.size > 0)
    it('stands any rubbish in its headers', () => {
      for (const rubbish of [
        '',
        ' ',
        ',',
        '=',
        '..',
        'a.b.c',
        't=,v1=',
        'v1,',
        'sig=()',
        '\u00ff\0',
        '0'.repeat(10_000),
        'v1=,'.repeat(5_000),
      ]) {
        const headers = request.headers.map(([name, value]): HeaderPair => [
          name,
          names.has(name.toLowerCase()) ? rubbish : value,
        ]);
        const { verdict } = diagnosed(meets(item, request, { headers, others: [stored(item.other)] }));
        expect(verdict.status).not.toBe('valid');
      }
    });

  it('names another secret by its name and place', () => {
    const { other, beside, checking } = item;
    for (const endpoint of [null, 'Billing']) {
      const others = [stored({ ...checking, name: 'right one' }, { endpoint })];
      const { findings } = diagnosed(meets(item, request, { secrets: [other, ...beside], others }));
      expect(findings[0]?.code).toBe(endpoint === null ? 'other-secret' : 'other-endpoint-secret');
      expect(findings[0]?.message).toContain(endpoint ?? 'right one');
    }
  });
});

describe('the canary', () => {
  it('sings: every spelling of a secret would be noticed', () => {
    const secret = { name: 'canary', value: support.stripeSecret };
    expect(support.spellings(secret.value).length).toBeGreaterThan(8);
    for (const form of [...support.spellings(secret.value), secret.value]) {
      expect(() => expectNoSecret([{ message: `It is ${form}.` }], [secret]), form).toThrow(/canary/);
    }
    expect(() => expectNoSecret([{ message: 'It is “canary”.' }], [secret])).not.toThrow();
  });
});

describe('a body of 1 MB', () => {
  const size = 1_048_576;
  const items = Array.from({ length: 9_000 }, (_, n) => ({
    id: n,
    link: `https://a.test/ü/${n}`,
    note: `Zoë: ${n}, é`,
    tags: ['x'],
  }));
  const bodies: readonly (readonly [string, Sent])[] = [
    ['compact JSON, Stripe', send('stripe', JSON.stringify(items.concat(items).slice(0, 13_500)))],
    ['indented JSON, Svix’ form', send('standard-webhooks', JSON.stringify(items, null, 2))],
    ['JSON and the URL, Square', send('square', JSON.stringify(items, null, '\t'))],
    ['form, Slack', send('slack', `text=${'to+staging%2Fnow+'.repeat(size / 17)}`, formType)],
    ['lines, Shopify', send('shopify', 'Zoë, one\r\ntwo\n'.repeat(size / 14))],
    ['gzip, GitHub', send('github', gzipSync(Buffer.from(createRandom(seed).text(size))))],
    ['JSON, ECDSA', sendgrid(JSON.stringify(items))],
  ];
  const strangers = Array.from({ length: 30 }, (_, n) => ({ name: `mine ${n}`, value: `test-only-mine-000${n}` }));
  const others = Array.from({ length: 100 }, (_, n) =>
    stored({ name: `other ${n}`, value: `test-only-other-000${n}` }),
  );

  it.each(bodies)('costs at most 200 computations when nothing explains it: %s', (name, sent) => {
    const secrets = name.includes('Svix') ? [{ name: 'mine', value: `whsec_${'A'.repeat(32)}` }] : strangers;
    const headers: HeaderPair[] = [
      ...sent.headers,
      ['X-Forwarded-Host', 'a.example.test'],
      ['X-Forwarded-Proto', 'http'],
    ];
    const broken = name.includes('ECDSA')
      ? { ...sent, others, body: sent.body.subarray(9) }
      : { ...sent, headers, secrets, others };
    const { findings, computed, bytes } = diagnosed(broken);
    expect(findings.map(({ code }) => code)).toEqual(['no-known-cause']);
    expect(computed).toBeGreaterThan(0);
    expect(computed).toBeLessThanOrEqual(200);
    expect(bytes).toBeGreaterThan(0);
  });

  it.each(bodies)('is worked through in pieces with the same result: %s', (_, sent) => {
    const broken = {
      ...sent,
      others,
      body: Buffer.concat([sent.body.subarray(0, 99_991), sent.body.subarray(100_003)]),
    };
    const input = { ...broken, verdict: verify(broken) };
    const steps = diagnoseSteps(input);
    let pieces = 1;
    let step: IteratorResult<void, Diagnosis> = steps.next();
    for (; step.done !== true; step = steps.next()) pieces += 1;
    expect(step.value).toEqual(diagnose(input));
    // A piece may exceed its 4 MiB by one body at most.
    expect(step.value.bytes / pieces).toBeLessThanOrEqual(4_194_304 + 4 * size);
  });
});
