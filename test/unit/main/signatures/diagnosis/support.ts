// Really signed requests to make mistakes with. The providers' own packages sign where they can; the others are signed
// here with node:crypto, never with the product's own code, so that a fault shared with it cannot hide.

import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign as signBytes,
} from 'node:crypto';
import * as zlib from 'node:zlib';
import { Signature as Hubspot } from '@hubspot/api-client/lib/src/utils/signature.js';
import { signWebhookPayload as signNotion } from '@notionhq/client/build/src/webhooks.js';
import { sign as signGithub } from '@octokit/webhooks-methods';
import { SignJWT } from 'jose';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Stripe } from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { getExpectedBodyHash, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { expect } from 'vitest';
import { diagnose } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import type { DiagnoseInput, Diagnosis, OtherSecret } from '../../../../../src/main/signatures/diagnosis/diagnose.ts';
import { verify } from '../../../../../src/main/signatures/verify.ts';
import type { SecretValue } from '../../../../../src/main/signatures/verify.ts';
import type { Verdict } from '../../../../../src/shared/exchange.ts';
import { findingCodes } from '../../../../../src/shared/findings.ts';
import type { FindingCode } from '../../../../../src/shared/findings.ts';
import type { HeaderPair } from '../../../../../src/shared/headers.ts';
import type { Encoding } from '../../../../../src/shared/providers/define.ts';
import { now } from '../cases.ts';

/** A request and the receiver that it meets. */
export type Sent = Omit<DiagnoseInput, 'verdict'>;

/** The URL that the provider calls. */
export const publicUrl = 'https://hooks.example.test/in';

/** JSON with what re-serialising changes: blanks after marks inside text, a slash, non-ASCII, empty lists. */
export const event = {
  id: 'evt_1',
  type: 'order.created',
  amount: 1250,
  note: 'one: two, three',
  link: 'https://shop.example.test/o/1',
  buyer: { name: 'Zoë Ñandú', tags: ['a', 'b'], phone: null },
  extras: [],
  paid: true,
};
/** The event as JavaScript writes it. */
export const eventText = JSON.stringify(event);

function seconds(at: number): string {
  return String(Math.floor(at / 1_000));
}

function received(
  provider: string,
  secret: SecretValue,
  body: string | Uint8Array,
  headers: readonly HeaderPair[],
): Sent {
  return {
    provider,
    method: 'POST',
    url: publicUrl,
    headers: [['Host', 'hooks.example.test'], ['Content-Type', 'application/json'], ...headers],
    body: Buffer.from(body),
    secrets: [secret],
    others: [],
    now,
    decompress: (bytes, encoding) => attempt(() => coders[encoding]?.undo(bytes)),
    compress: (bytes, encoding) => attempt(() => coders[encoding]?.make(bytes)),
  };
}

const limit = { maxOutputLength: 8_388_608 };
/** As the host does it: Brotli is undone, never made. */
const coders: Readonly<Record<string, { make(bytes: Uint8Array): Buffer | null; undo(bytes: Uint8Array): Buffer }>> = {
  gzip: { make: (bytes) => zlib.gzipSync(bytes), undo: (bytes) => zlib.gunzipSync(bytes, limit) },
  deflate: { make: (bytes) => zlib.deflateSync(bytes), undo: (bytes) => zlib.inflateSync(bytes, limit) },
  br: { make: () => null, undo: (bytes) => zlib.brotliDecompressSync(bytes, limit) },
};

function attempt(run: () => Uint8Array | null | undefined): Uint8Array | null {
  try {
    return run() ?? null;
  } catch {
    return null;
  }
}

// What the official packages sign.

/** Text after the prefix is base64 too, so that decoding it by mistake gives a key. */
export const stripeSecret = `whsec_${Buffer.from('test-only-stripe-key-0001').toString('base64')}`;
/** Standard Webhooks' own form: what follows the prefix is decoded. */
export const standardSecret = `whsec_${Buffer.from('test-only-standard-webhooks-0001').toString('base64')}`;
/** Looks like base64, but GitHub takes it as text. */
export const githubSecret = Buffer.from('test-only-github-key-0001').toString('base64');
const twilioSecret = 'test-only-twilio-token-0001';
const hubspotSecret = 'test-only-hubspot-client-0001';

const { webhooks } = new Stripe('sk_test_not_used');

/** Signed by `stripe`; with several secrets one signature each. */
export function stripe(body = eventText, { at = now, secrets = [stripeSecret] as readonly string[] } = {}): Sent {
  const made = secrets.map((secret) =>
    webhooks.generateTestHeaderString({ payload: body, secret, timestamp: Number(seconds(at)) }),
  );
  const value = [made[0], ...made.slice(1).map((text) => text.slice(text.indexOf('v1=')))].join(',');
  return received('stripe', { name: 'stripe key', value: secrets[0] ?? '' }, body, [['Stripe-Signature', value]]);
}

/** Signed by `standardwebhooks`. */
export function standard(body = eventText, at = now): Sent {
  return received('standard-webhooks', { name: 'standard key', value: standardSecret }, body, [
    ['webhook-id', 'msg_Test1'],
    ['webhook-timestamp', seconds(at)],
    ['webhook-signature', new StandardWebhook(standardSecret).sign('msg_Test1', new Date(at), body)],
  ]);
}

/** Signed by `svix`; with several secrets one signature each. */
export function svix(body = eventText, { at = now, secrets = [standardSecret] as readonly string[] } = {}): Sent {
  const signatures = secrets.map((secret) => new SvixWebhook(secret).sign('msg_Test2', new Date(at), body));
  return received('svix', { name: 'svix key', value: secrets[0] ?? '' }, body, [
    ['svix-id', 'msg_Test2'],
    ['svix-timestamp', seconds(at)],
    ['svix-signature', signatures.join(' ')],
  ]);
}

/** Signed by `@octokit/webhooks-methods`. */
export async function github(body = eventText): Promise<Sent> {
  return received('github', { name: 'github key', value: githubSecret }, body, [
    ['X-GitHub-Event', 'ping'],
    ['X-GitHub-Delivery', 'delivery-1'],
    ['X-Hub-Signature-256', await signGithub(githubSecret, body)],
  ]);
}

/** Signed by `@notionhq/client`. */
export async function notion(body = eventText): Promise<Sent> {
  const secret = 'test-only-notion-token-0001';
  const value = await signNotion({ body, verificationToken: secret });
  return received('notion', { name: 'notion key', value: secret }, body, [['X-Notion-Signature', value]]);
}

/** A form, signed by `twilio`. */
export function twilio(
  url = publicUrl,
  fields: Readonly<Record<string, string>> = { CallSid: 'CA1', From: '+1 500' },
): Sent {
  const signature = getExpectedTwilioSignature(twilioSecret, url, fields);
  const body = new URLSearchParams(fields).toString();
  const sent = received('twilio', { name: 'twilio key', value: twilioSecret }, body, [
    ['X-Twilio-Signature', signature],
  ]);
  return { ...withHeader(sent, 'Content-Type', () => 'application/x-www-form-urlencoded'), url };
}

/** JSON, signed by `twilio`: the URL names the body's hash. */
export function twilioJson(body = eventText): Sent {
  const url = `${publicUrl}?bodySHA256=${getExpectedBodyHash(body)}`;
  const signature = getExpectedTwilioSignature(twilioSecret, url, {});
  return {
    ...received('twilio', { name: 'twilio key', value: twilioSecret }, body, [['X-Twilio-Signature', signature]]),
    url,
  };
}

/** Signed by `@hubspot/api-client`. */
export function hubspot(version: 'v2' | 'v3', url = publicUrl, at = now): Sent {
  const options = { signature: '', clientSecret: hubspotSecret, requestBody: eventText, url, timestamp: at };
  const signature = Hubspot.getSignature('POST', version, options);
  const fields: readonly HeaderPair[] =
    version === 'v2'
      ? [
          ['X-HubSpot-Signature-Version', 'v2'],
          ['X-HubSpot-Signature', signature],
        ]
      : [
          ['X-HubSpot-Request-Timestamp', String(at)],
          ['X-HubSpot-Signature-v3', signature],
        ];
  return { ...received('hubspot', { name: 'hubspot key', value: hubspotSecret }, eventText, fields), url };
}

const plaidPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** Signed by `jose`. */
export async function plaid(body = eventText, at = now): Promise<Sent> {
  const token = await new SignJWT({ request_body_sha256: createHash('sha256').update(body).digest('hex') })
    .setProtectedHeader({ alg: 'ES256', kid: 'key-1', typ: 'JWT' })
    .setIssuedAt(Number(seconds(at)))
    .sign(plaidPair.privateKey);
  const value = JSON.stringify(plaidPair.publicKey.export({ format: 'jwk' }));
  return received('plaid', { name: 'plaid key', value }, body, [['Plaid-Verification', token]]);
}

/** Signed by `jose`. */
export async function netlify(body = eventText): Promise<Sent> {
  const secret = 'test-only-netlify-key-0001';
  const token = await new SignJWT({ iss: 'netlify', sha256: createHash('sha256').update(body).digest('hex') })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(Buffer.from(secret));
  return received('netlify', { name: 'netlify key', value: secret }, body, [['X-Webhook-Signature', token]]);
}

/** Nothing to sign: the token itself. */
export function telegram(): Sent {
  const secret = 'test-only-telegram-token-0001';
  return received('telegram', { name: 'telegram key', value: secret }, '{"update_id":1}', [
    ['X-Telegram-Bot-Api-Secret-Token', secret],
  ]);
}

// What node:crypto signs.

interface Shape {
  readonly secret: string;
  /** The key that the provider makes of it; the text itself when absent. */
  readonly key?: (secret: string) => Uint8Array;
  readonly hash?: 'sha1';
  readonly encoding: Encoding;
  readonly unit?: 'ms';
  readonly signed: (time: string, body: Uint8Array, url: string) => readonly (string | Uint8Array)[];
  readonly headers: (signature: string, time: string) => readonly HeaderPair[];
}

const shapes = {
  stripe: {
    secret: stripeSecret,
    encoding: 'hex',
    signed: (time, body) => [time, '.', body],
    headers: (signature, time) => [['Stripe-Signature', `t=${time},v1=${signature}`]],
  },
  'standard-webhooks': {
    secret: standardSecret,
    key: (secret) => Buffer.from(secret.slice(6), 'base64'),
    encoding: 'base64',
    signed: (time, body) => ['msg_Test1.', time, '.', body],
    headers: (signature, time) => [
      ['webhook-id', 'msg_Test1'],
      ['webhook-timestamp', time],
      ['webhook-signature', `v1,${signature}`],
    ],
  },
  github: {
    secret: githubSecret,
    encoding: 'hex',
    signed: (_, body) => [body],
    headers: (signature) => [
      ['X-GitHub-Event', 'ping'],
      ['X-Hub-Signature-256', `sha256=${signature}`],
    ],
  },
  shopify: {
    secret: 'shpss_00000000000000000000000000000001',
    encoding: 'base64',
    signed: (_, body) => [body],
    headers: (signature) => [
      ['X-Shopify-Topic', 'orders/create'],
      ['X-Shopify-Hmac-Sha256', signature],
    ],
  },
  slack: {
    secret: '000102030405060708090a0b0c0d0e0f',
    encoding: 'hex',
    signed: (time, body) => ['v0:', time, ':', body],
    headers: (signature, time) => [
      ['X-Slack-Request-Timestamp', time],
      ['X-Slack-Signature', `v0=${signature}`],
    ],
  },
  paddle: {
    secret: 'pdl_ntfset_test-only-paddle-0001',
    encoding: 'hex',
    signed: (time, body) => [time, ':', body],
    headers: (signature, time) => [['Paddle-Signature', `ts=${time};h1=${signature}`]],
  },
  workos: {
    secret: 'test-only-workos-key-0001',
    encoding: 'hex',
    unit: 'ms',
    signed: (time, body) => [time, '.', body],
    headers: (signature, time) => [['WorkOS-Signature', `t=${time}, v1=${signature}`]],
  },
  sanity: {
    secret: 'test-only-sanity-key-0001',
    encoding: 'base64url',
    unit: 'ms',
    signed: (time, body) => [time, '.', body],
    headers: (signature, time) => [['sanity-webhook-signature', `t=${time},v1=${signature}`]],
  },
  typeform: {
    secret: 'test-only-typeform-key-0001',
    encoding: 'base64',
    signed: (_, body) => [body],
    headers: (signature) => [['Typeform-Signature', `sha256=${signature}`]],
  },
  pagerduty: {
    secret: 'test-only-pagerduty-key-0001',
    encoding: 'hex',
    signed: (_, body) => [body],
    headers: (signature) => [['X-PagerDuty-Signature', `v1=${signature}`]],
  },
  bitbucket: {
    secret: 'test-only-bitbucket-key-0001',
    encoding: 'hex',
    signed: (_, body) => [body],
    headers: (signature) => [
      ['X-Event-Key', 'repo:push'],
      ['X-Hub-Signature', `sha256=${signature}`],
    ],
  },
  vercel: {
    secret: 'test-only-vercel-key-0001',
    hash: 'sha1',
    encoding: 'hex',
    signed: (_, body) => [body],
    headers: (signature) => [['x-vercel-signature', signature]],
  },
  square: {
    secret: 'test-only-square-key-0001',
    encoding: 'base64',
    signed: (_, body, url) => [url, body],
    headers: (signature) => [['x-square-hmacsha256-signature', signature]],
  },
  trello: {
    secret: 'test-only-trello-key-0001',
    hash: 'sha1',
    encoding: 'base64',
    signed: (_, body, url) => [body, url],
    headers: (signature) => [['X-Trello-Webhook', signature]],
  },
  adyen: {
    secret: '00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF',
    key: (secret) => Buffer.from(secret, 'hex'),
    encoding: 'base64',
    signed: (_, body) => [body],
    headers: (signature) => [['HmacSignature', signature]],
  },
  generic: {
    secret: 'test-only-generic-key-0001',
    encoding: 'hex',
    signed: (_, body) => [body],
    headers: (signature) => [
      ['X-Webhook-Signature', signature],
      ['X-Webhook-Timestamp', new Date(now).toISOString()],
    ],
  },
} satisfies Readonly<Record<string, Shape>>;

/** Providers that {@link send} signs for. */
export type Shaped = keyof typeof shapes;

/** Where a sender departs from its provider's rule. */
export interface Departure {
  /** The key that it really uses. */
  readonly key?: string | Uint8Array;
  readonly hash?: 'sha1' | 'sha256';
  readonly encoding?: Encoding;
  readonly at?: number;
  /** Timestamp text in the header; `signedTime` is the one in the signed bytes. */
  readonly time?: string;
  readonly signedTime?: string;
  /** What it joins. */
  readonly signed?: Shape['signed'];
  readonly url?: string;
  readonly contentType?: string;
}

/** Signed with node:crypto as the provider documents it, but for the departure. */
export function send(provider: Shaped, body: string | Uint8Array = eventText, departure: Departure = {}): Sent {
  const shape: Shape = shapes[provider];
  const { at = now, url = publicUrl, contentType = 'application/json' } = departure;
  const time = departure.time ?? (shape.unit === 'ms' ? String(at) : seconds(at));
  const mac = createHmac(
    departure.hash ?? shape.hash ?? 'sha256',
    departure.key ?? shape.key?.(shape.secret) ?? shape.secret,
  );
  for (const piece of (departure.signed ?? shape.signed)(departure.signedTime ?? time, Buffer.from(body), url))
    mac.update(piece);
  const fields = shape.headers(mac.digest(departure.encoding ?? shape.encoding), time);
  const sent = received(provider, { name: `${provider} key`, value: shape.secret }, body, fields);
  return { ...withHeader(sent, 'Content-Type', () => contentType), url };
}

// Fixed and worthless: bytes that count upwards.
const edPrivate = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from([...Array(32).keys()])]),
  format: 'der',
  type: 'pkcs8',
});
const edPublic = createPublicKey(edPrivate).export({ format: 'der', type: 'spki' }).subarray(-32);
const ecPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Standard Webhooks v1a: Ed25519. */
export function standardV1a(body: string | Uint8Array = eventText, at = now): Sent {
  const signed = Buffer.concat([Buffer.from(`msg_Test3.${seconds(at)}.`), Buffer.from(body)]);
  return received('standard-webhooks', { name: 'public key', value: `whpk_${edPublic.toString('base64')}` }, body, [
    ['webhook-id', 'msg_Test3'],
    ['webhook-timestamp', seconds(at)],
    ['webhook-signature', `v1a,${signBytes(null, signed, edPrivate).toString('base64')}`],
  ]);
}

/** Discord: Ed25519 in hex. */
export function discord(body: string | Uint8Array = eventText): Sent {
  const signed = Buffer.concat([Buffer.from(seconds(now)), Buffer.from(body)]);
  return received('discord', { name: 'public key', value: edPublic.toString('hex') }, body, [
    ['X-Signature-Timestamp', seconds(now)],
    ['X-Signature-Ed25519', signBytes(null, signed, edPrivate).toString('hex')],
  ]);
}

/** SendGrid: ECDSA in DER. */
export function sendgrid(body: string | Uint8Array = eventText, at = now): Sent {
  const signed = Buffer.concat([Buffer.from(seconds(at)), Buffer.from(body)]);
  const value = ecPair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return received('sendgrid', { name: 'public key', value }, body, [
    ['X-Twilio-Email-Event-Webhook-Timestamp', seconds(at)],
    ['X-Twilio-Email-Event-Webhook-Signature', signBytes('sha256', signed, ecPair.privateKey).toString('base64')],
  ]);
}

// Changes on the way, and what is expected of a diagnosis.

/** The request with the value of this header changed. */
export function withHeader(sent: Sent, name: string, change: (value: string) => string): Sent {
  const wanted = name.toLowerCase();
  if (!sent.headers.some(([key]) => key.toLowerCase() === wanted)) throw new Error(`there is no header ${name}`);
  const headers = sent.headers.map(([key, value]): HeaderPair => [
    key,
    key.toLowerCase() === wanted ? change(value) : value,
  ]);
  return { ...sent, headers };
}

/** The request without these headers. */
export function without(sent: Sent, ...names: readonly string[]): Sent {
  const dropped = new Set(names.map((name) => name.toLowerCase()));
  const headers = sent.headers.filter(([name]) => !dropped.has(name.toLowerCase()));
  if (headers.length !== sent.headers.length - names.length) throw new Error(`not all of ${names.join()} are there`);
  return { ...sent, headers };
}

/** The diagnosis, after checking what holds for every one of them. */
export function diagnosed(sent: Sent): Diagnosis & { readonly verdict: Verdict } {
  const verdict = verify(sent);
  const diagnosis = diagnose({ ...sent, verdict });
  const { findings } = diagnosis;
  const passes = verdict.status === 'valid' || verdict.status === 'unverified';
  expect(findings.length === 0, `${verdict.status}: ${findings.map(({ code }) => code).join()}`).toBe(passes);
  for (const { code, message, mend } of findings) {
    expect(findingCodes).toContain(code);
    expect(message).toMatch(/^\S[^\r\n]*$/);
    expect(mend === '' && code !== 'no-known-cause', `${code} says what to change`).toBe(false);
  }
  expect(diagnosis.computed).toBeLessThanOrEqual(200);
  expectNoSecret(findings, [...sent.secrets, ...sent.others.map(({ secret }) => secret)]);
  return { ...diagnosis, verdict };
}

/** No secret stands in what is told: neither its text nor another spelling of it. */
export function expectNoSecret(told: unknown, secrets: readonly SecretValue[]): void {
  const text = JSON.stringify(told);
  for (const { name, value } of secrets) {
    for (const form of spellings(value)) {
      expect(text.includes(JSON.stringify(form).slice(1, -1)), `${name} as ${form}`).toBe(false);
    }
  }
}

/** A secret as text, without its prefix, decoded, and each of them in base64 and hex. */
export function spellings(value: string): readonly string[] {
  const text = value.trim();
  const lines = text.split('\n').filter((line) => !line.startsWith('-----'));
  const bare = text.replace(/^["']|["']$/g, '').replace(/^(?:v1,)?(?:[a-z]+_)+/, '');
  const keys = [text, bare].flatMap((part) => [
    Buffer.from(part),
    Buffer.from(part, 'base64'),
    Buffer.from(part, 'hex'),
  ]);
  const forms = keys.flatMap((key) => [
    ...(['utf8', 'latin1', 'base64', 'base64url', 'hex'] as const).map((encoding) => key.toString(encoding)),
    key.toString('hex').toUpperCase(),
  ]);
  // Shorter pieces could be words of any sentence.
  return [...new Set([...lines, bare, ...forms])].filter((form) => form.length >= 8);
}

/** A request that verifies, one mistake with it, and the cause that must be named first. */
export interface Mistake {
  readonly code: FindingCode;
  readonly good: () => Sent | Promise<Sent>;
  readonly bad: (good: Sent) => Sent;
  /** Text of the message. */
  readonly says?: string | undefined;
}

/** Makes the mistake and expects its cause. */
export async function expectCause({ code, good, bad, says = '' }: Mistake): Promise<void> {
  const sent = await good();
  const before = verify(sent);
  expect(before.status, `before the mistake: ${before.message}`).toBe('valid');
  expect(diagnosed(sent).findings).toEqual([]);
  const { verdict, findings } = diagnosed(bad(sent));
  expect(['valid', 'unverified'], verdict.message).not.toContain(verdict.status);
  expect(findings[0]?.code, JSON.stringify(findings)).toBe(code);
  expect(findings[0]?.message).toContain(says);
}

/** A secret that is configured, but not for this check. */
export function stored(secret: SecretValue | undefined, place: Partial<Omit<OtherSecret, 'secret'>> = {}): OtherSecret {
  if (secret === undefined) throw new Error('there is no secret to store');
  return { secret, provider: null, endpoint: null, ...place };
}
