// What the tests with the providers' own packages have in common: keys as the app makes them, messages as the app
// composes them, and the shape of a package that judges and of one that signs.

import { fillVariables } from '../../src/main/sender/variables.ts';
import { newKeyPair, publicFormOf } from '../../src/main/signatures/key-pair.ts';
import { randomSecret, sign } from '../../src/main/signatures/sign.ts';
import type { SignInput } from '../../src/main/signatures/sign.ts';
import { verify } from '../../src/main/signatures/verify.ts';
import type { SecretValue } from '../../src/main/signatures/verify.ts';
import type { Verdict } from '../../src/shared/exchange.ts';
import type { HeaderPair } from '../../src/shared/headers.ts';
import type { ProviderDefinition, SampleEvent } from '../../src/shared/providers/define.ts';
import { findProvider } from '../../src/shared/providers/index.ts';

/** A request as it goes over the wire. */
export interface Wire {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** One secret, in the forms that the two sides have of it. */
export interface Keys {
  /** What the app signs with. */
  readonly signing: SecretValue;
  /** What the app checks with. */
  readonly checking: SecretValue;
  /** What the app shows a person, who gives it to the package. */
  readonly shown: string;
}

/** What a signer is told. */
export interface Making {
  readonly keys: Keys;
  readonly body: Buffer;
  readonly url: string;
  /** Epoch ms; whole seconds. */
  readonly now: number;
  readonly id: string;
}

/** A package at work. */
export interface Judge {
  /** Whether the package takes the request. It may also refuse by throwing. */
  accepts(request: Wire, keys: Keys): boolean | Promise<boolean>;
  /** A signed request in which nothing comes from the code under test. */
  makes(making: Making): Wire | Promise<Wire>;
}

/** The forms of body that are tried. */
export type BodyName = 'sample' | 'compact' | 'emoji' | 'CRLF' | 'not UTF-8';

/** One scheme of one provider, judged by one package. */
export interface Oracle {
  readonly provider: string;
  readonly scheme: string;
  /** Package that judges, by its npm name. */
  readonly package: string;
  /** `provider`: published by the provider, or by those who made the scheme; `others`: by somebody else. */
  readonly by: 'provider' | 'others';
  /** Package that signs. */
  readonly maker: string;
  /** It gives only a MAC or a bare signature, over bytes laid out here from the provider's page. */
  readonly bare?: true;
  /** Name of the sample; the provider's first when absent. */
  readonly sample?: string;
  /** A message of our own instead of a sample. */
  readonly own?: { readonly contentType: string; readonly body: string };
  /** Dotted path of a signed member that takes odd text; a new member when absent. */
  readonly textPath?: string;
  /** Forms of body besides `sample`. */
  readonly bodies: readonly BodyName[];
  /** Seconds of age that both sides accept at most; null: any age; absent: no time is signed. */
  readonly limit?: number | null;
  /** At the limit exactly the request is refused. */
  readonly exclusive?: true;
  /** What the package does with a time beyond the limit ahead of its clock. */
  readonly future?: 'refuses' | 'accepts';
  /** Why the app judges a time ahead of the clock otherwise than the package. */
  readonly futureDiffers?: string;
  /** Nothing of the body is protected: the request carries the secret itself. */
  readonly token?: true;
  readonly url?: string;
  /** Changes a signed byte where the last letter or digit of the body is not signed. */
  tampers?(body: Buffer): Buffer;
  /** Changes what the sample says of the scheme. */
  prepares?(body: Buffer): Buffer;
  keys?(n: number): Promise<Keys>;
  load(): Promise<Judge>;
}

/** 14 March 2026, in whole seconds. */
export const now = Date.parse('2026-03-14T09:26:54.000Z');
export const id = '0a1b2c3d-0000-4000-8000-00000000beef';
export const oddText = 'Grüße – “naïve” 🪝 ключ \u2028 \\u00e9 100 %';
const url = 'https://hooks.example.test/in?team=7&note=a%20b';

/** The provider of an oracle. Throws where there is none. */
export function providerOf(oracle: Pick<Oracle, 'provider'>): ProviderDefinition {
  const provider = findProvider(oracle.provider, undefined);
  if (!provider) throw new Error(`no provider ${oracle.provider}`);
  return provider;
}

function sampleOf(oracle: Oracle): SampleEvent {
  const { samples } = providerOf(oracle);
  if (oracle.own) return { ...oracle.own, name: 'test' };
  const sample = oracle.sample === undefined ? samples[0] : samples.find(({ name }) => name === oracle.sample);
  if (!sample) throw new Error(`${oracle.provider} has no sample ${oracle.sample}`);
  return sample;
}

/** A secret as the app would make it. Another `n` gives another one. */
export async function keysOf(oracle: Oracle, n: number): Promise<Keys> {
  if (oracle.keys) return oracle.keys(n);
  const provider = providerOf(oracle);
  const name = `test key ${n}`;
  if (provider.secretForm.kind !== 'key-pair') {
    const value = randomSecret(provider.id, (size) => new Uint8Array(size).fill(0xa0 + n));
    return { signing: { name, value }, checking: { name, value }, shown: value };
  }
  const value = await pairOf(provider, n);
  const scheme = provider.schemes.find((candidate) => candidate.id === oracle.scheme);
  const shown = publicFormOf(value, scheme?.secretType ?? 'spki-pem')?.text;
  if (shown === undefined) throw new Error(`${provider.id} shows no public key`);
  return { signing: { name, value }, checking: { name, value: shown }, shown };
}

const pairs = new Map<string, string>();

/** Made once for each provider, because RSA takes long. */
async function pairOf(provider: ProviderDefinition, n: number): Promise<string> {
  const made = pairs.get(`${provider.id} ${n}`) ?? (await newKeyPair(provider, now));
  if (made === null) throw new Error(`${provider.id} has no key pair`);
  pairs.set(`${provider.id} ${n}`, made);
  return made;
}

/** The body in one of its forms, with the variables of the sample filled in as the app does. */
export function bodyOf(oracle: Oracle, form: BodyName): Buffer {
  const body = formedBody(oracle, form);
  return oracle.prepares?.(body) ?? body;
}

function formedBody(oracle: Oracle, form: BodyName): Buffer {
  const variables = { uuid: id, now: new Date(now).toISOString(), unix: `${now / 1_000}`, unixMs: `${now}` };
  const filled = Buffer.from(fillVariables(Buffer.from(sampleOf(oracle).body), variables));
  if (form === 'sample') return filled;
  const value: unknown = JSON.parse(filled.toString());
  if (form === 'compact') return Buffer.from(JSON.stringify(value));
  put(value, (oracle.textPath ?? (Array.isArray(value) ? '0.note' : 'note')).split('.'), oddText);
  if (form === 'CRLF') return Buffer.from(`${JSON.stringify(value, null, 2).replaceAll('\n', '\r\n')}\r\n`);
  const text = Buffer.from(JSON.stringify(value));
  return form === 'emoji' ? text : notUtf8(text);
}

function put(value: unknown, [key = '', ...rest]: readonly string[], text: string): void {
  if (typeof value !== 'object' || value === null) throw new Error(`no place for ${key}`);
  const parent = value as Record<string, unknown>;
  if (rest.length === 0) parent[key] = text;
  else put(parent[key], rest, text);
}

/** The hook's four bytes become bytes that no UTF-8 text holds. */
function notUtf8(text: Buffer): Buffer {
  const at = text.indexOf('🪝');
  if (at === -1) throw new Error('the odd text is not there');
  return Buffer.concat([text.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), text.subarray(at + 4)]);
}

/** The body with one letter or digit changed, so that JSON stays JSON. */
export function tamperedBody(oracle: Oracle, body: Buffer): Buffer {
  if (oracle.tampers) return oracle.tampers(body);
  const changed = Buffer.from(body);
  const at = changed.findLastIndex((byte) => /[0-9a-z]/.test(String.fromCharCode(byte)));
  changed[at] = changed[at] === 0x30 ? 0x31 : 0x30;
  return changed;
}

/** The body signed by the code under test, as the app would send it. */
export function signedByUs(oracle: Oracle, keys: Keys, body: Buffer, changes: Partial<SignInput> = {}): Wire {
  const { name, contentType, headers } = sampleOf(oracle);
  const signed = sign({
    provider: oracle.provider,
    scheme: oracle.scheme,
    method: 'POST',
    url: urlOf(oracle),
    headers: [['Content-Type', contentType], ...(headers ?? [])],
    body,
    secrets: [keys.signing],
    messageId: id,
    event: name,
    now,
    mode: 'fresh',
    ...changes,
  });
  return { method: 'POST', url: signed.url, headers: signed.headers, body: Buffer.from(signed.body) };
}

/** The same body signed by the oracle's maker. */
export async function signedByThem(oracle: Oracle, judge: Judge, keys: Keys, body: Buffer): Promise<Wire> {
  return judge.makes({ keys, body, url: urlOf(oracle), now, id });
}

function urlOf(oracle: Oracle): string {
  return oracle.url ?? url;
}

/** The app's judgement; the scheme is for it to find. */
export function judgedByUs(oracle: Oracle, request: Wire, keys: Keys, at = now): Verdict {
  return verify({ provider: oracle.provider, ...request, secrets: [keys.checking], now: at });
}

/** The package's judgement. What looks like a fault of the test is thrown, not taken for a refusal. */
export async function judgedByThem(judge: Judge, request: Wire, keys: Keys): Promise<boolean> {
  try {
    return await judge.accepts(request, keys);
  } catch (error) {
    if (error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError) throw error;
    return false;
  }
}

/** The value of a header that must be there once. */
export function field(request: Wire, name: string): string {
  const values = request.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase());
  if (values.length !== 1) throw new Error(`header ${name} is there ${values.length} times`);
  return values[0]?.[1] ?? '';
}

/** The headers under lower-case names. */
export function fields(request: Wire): Record<string, string> {
  return Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The request as web frameworks hand it to a handler. */
export function webRequest({ url, method, headers, body }: Wire): Request {
  return new Request(url, {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    body: new Uint8Array(body),
  });
}

/** A POST of JSON with these headers. */
export function posted({ url, body }: Making, headers: Readonly<Record<string, string>>): Wire {
  const all = { 'content-type': 'application/json', ...headers };
  return { method: 'POST', url, headers: Object.entries(all), body };
}

/** A MAC over the pieces from a package that is not the provider's, where the provider's signs nothing. */
export async function mac(
  hash: 'sha256' | 'sha1',
  secret: string,
  pieces: readonly (string | Buffer)[],
  encoding: 'hex' | 'base64' | 'base64url' = 'hex',
): Promise<string> {
  const { default: XHubSignature } = await import('x-hub-signature');
  const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
  const [, hex = ''] = new XHubSignature(hash, secret).sign(bytes).split('=');
  return Buffer.from(hex, 'hex').toString(encoding);
}
