// From the text of a secret to a key. What `whsec_` means depends on the scheme, not on the prefix: Stripe takes the
// whole text, Standard Webhooks decodes what follows it.

import { createPrivateKey, createPublicKey, createSecretKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { SchemeDefinition } from '../../shared/providers/define.ts';
import type { SecretType } from '../../shared/secret-types.ts';
import type { SecretValue } from './input.ts';

/** A shared secret, ready for use. */
export interface SharedKey {
  readonly kind: 'shared';
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly handle: KeyObject;
}

/** A public key; a private key checks as well, its public half is derived. */
export interface PairKey {
  readonly kind: 'pair';
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | null;
  /** Address that the request must name for the certificate, where it is known. */
  readonly url?: string | undefined;
  /** RFC 9421 algorithm that the key is for, where it is known. */
  readonly alg?: string | undefined;
}

/** A secret that is ready for use. */
export type Key = SharedKey | PairKey;

/** Why a secret is no key of a scheme: which form it must have, never its value. */
export interface KeyProblem {
  readonly kind: 'problem';
  readonly message: string;
  /** The secret is meant for this scheme, but broken; otherwise it belongs to another scheme. */
  readonly meant: boolean;
}

const forms: Readonly<Record<SecretType, string>> = {
  utf8: 'must not be empty',
  whsec: 'must be whsec_ followed by base64 (of 24 to 64 bytes)',
  hex: 'must be hexadecimal digits, two for each byte',
  'whpk-ed25519': 'must be whpk_ followed by base64 of the 32-byte public key, or a whsk_ private key',
  'whsk-ed25519': 'must be whsk_ followed by base64 of the 32-byte private key (or of 64 bytes: private, then public)',
  'ed25519-public-hex': 'must be 64 hexadecimal digits (the public key), or an Ed25519 private key in PEM',
  'ecdsa-p256-spki-base64': 'must be base64 of the P-256 public key (SPKI), or a P-256 key in PEM',
  'x509-pem': 'must be a certificate in PEM (-----BEGIN CERTIFICATE-----), perhaps with its private key',
  jwk: 'must be a key as JSON ({"kty":"EC",...}), or a P-256 key in PEM',
  'spki-pem': 'must be a key in PEM, or base64 of a shared key',
  'hmac-base64': 'must be base64 of a shared key, or a key in PEM',
};

const pairTypes: ReadonlySet<SecretType> = new Set([
  'whpk-ed25519',
  'whsk-ed25519',
  'ed25519-public-hex',
  'ecdsa-p256-spki-base64',
  'x509-pem',
  'jwk',
  'spki-pem',
]);

/** Both keys are objects that others own: an entry goes when the secret or the scheme goes. */
const parsedKeys = new WeakMap<SecretValue, WeakMap<SchemeDefinition, Key | KeyProblem>>();

/** The secret as a key of the scheme, or which form it must have. Lengths other than the advised ones are accepted. */
export function parseKey(secret: SecretValue, scheme: SchemeDefinition): Key | KeyProblem {
  let ofSecret = parsedKeys.get(secret);
  if (ofSecret === undefined) parsedKeys.set(secret, (ofSecret = new WeakMap()));
  let key = ofSecret.get(scheme);
  if (key === undefined) ofSecret.set(scheme, (key = readKey(secret, scheme)));
  return key;
}

function readKey(secret: SecretValue, scheme: SchemeDefinition): Key | KeyProblem {
  const type = secret.type ?? ownType(secret.value, scheme);
  const isPair = pairTypes.has(type);
  if (scheme.kind !== 'message-signature' && isPair !== needsPair(scheme)) {
    const message = isPair ? 'is a key pair, but this scheme needs a shared secret' : forms[scheme.secretType];
    return problem(secret, message, false);
  }
  if (isPair) {
    const key = pairKey(secret, type);
    if (key === null) return problem(secret, forms[type], true);
    return fits(key, scheme) ? key : problem(secret, `${forms[scheme.secretType]}; this is another kind of key`, true);
  }
  const bytes = sharedBytes(secret.value, type);
  return bytes && bytes.length > 0
    ? { kind: 'shared', name: secret.name, bytes, handle: createSecretKey(bytes) }
    : problem(secret, forms[type], true);
}

/** Whether the scheme is checked with a public key. */
function needsPair(scheme: SchemeDefinition): boolean {
  switch (scheme.kind) {
    case 'token':
      return false;
    case 'jwt':
      return scheme.algorithm === 'ES256';
    case 'message-signature':
      return true;
    default:
      return scheme.algorithm.kind !== 'hmac' && scheme.algorithm.kind !== 'hash';
  }
}

function fits(key: PairKey, scheme: SchemeDefinition): boolean {
  const type = key.publicKey.asymmetricKeyType;
  const isP256 = type === 'ec' && key.publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (scheme.kind === 'jwt') return isP256;
  if (scheme.kind === 'message-signature') {
    return isP256 || type === 'ed25519' || type === 'rsa' || type === 'rsa-pss';
  }
  if (scheme.kind === 'token') return false;
  switch (scheme.algorithm.kind) {
    case 'ed25519':
      return type === 'ed25519';
    case 'ecdsa':
      return isP256;
    case 'rsa':
      return type === 'rsa';
    default:
      return false;
  }
}

/**
 * Where a secret fits among these schemes: those it is a key of, else those it is meant for though it is broken, else
 * all of them.
 */
export function schemesFor(secret: SecretValue, schemes: readonly SchemeDefinition[]): readonly SchemeDefinition[] {
  const parsed = schemes.map((scheme) => ({ scheme, key: parseKey(secret, scheme) }));
  const usable = parsed.filter(({ key }) => key.kind !== 'problem');
  const meant = usable.length > 0 ? usable : parsed.filter(({ key }) => key.kind === 'problem' && key.meant);
  return meant.length > 0 ? meant.map(({ scheme }) => scheme) : schemes;
}

/**
 * As {@link parseKey}, for signing: of a key pair the private half is needed. Throws AppError SECRET_MALFORMED with the
 * form that the secret must have.
 */
export function requireSigningKey(secret: SecretValue, scheme: SchemeDefinition): Key {
  const key = parseKey(secret, scheme);
  if (key.kind === 'problem') throw new AppError('SECRET_MALFORMED', key.message);
  if (key.kind === 'pair' && key.privateKey === null) {
    const wanted = scheme.secretType === 'whpk-ed25519' ? forms['whsk-ed25519'] : 'must be a private key in PEM';
    throw new AppError(
      'SECRET_MALFORMED',
      `Secret “${secret.name}” is a public key, which checks but cannot sign; it ${wanted}`,
    );
  }
  return key;
}

/** Text beside the key that a recipe may need: a line `Webhook-ID: ...` above a PEM block, or a secret that is no key. */
export function companionsOf(
  name: string,
  secrets: readonly SecretValue[],
  scheme: SchemeDefinition,
): readonly string[] {
  const found: string[] = [];
  const line = new RegExp(`^${name}:[ \\t]*(\\S+)[ \\t]*$`, 'im');
  for (const { value, type } of secrets) {
    const inside = line.exec(value)?.[1];
    if (inside !== undefined) found.push(inside);
    else if (type === 'utf8' || (type !== scheme.secretType && !value.includes('-----BEGIN'))) found.push(value.trim());
  }
  return found;
}

/** Another shared key of the same form, for a signature that must not match. */
export function wrongKey(key: SharedKey): SharedKey {
  const bytes = Uint8Array.from(key.bytes);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return { kind: 'shared', name: key.name, bytes, handle: createSecretKey(bytes) };
}

/** The type that a secret's own look gives it under this scheme. */
function ownType(value: string, scheme: SchemeDefinition): SecretType {
  const { secretType } = scheme;
  if (secretType === 'spki-pem' || secretType === 'hmac-base64') {
    if (value.includes('-----BEGIN')) return 'spki-pem';
    // A public key taken for a shared secret would let everybody sign who knows it.
    return isSpki(value) ? 'ecdsa-p256-spki-base64' : 'hmac-base64';
  }
  if (scheme.bareSecretIsText && !/^(?:v1,)?whsec_/.test(value)) return 'utf8';
  if (secretType === 'utf8') return 'utf8';
  if (value.startsWith('whsk_')) return 'whsk-ed25519';
  if (value.startsWith('whpk_')) return 'whpk-ed25519';
  if (secretType === 'whpk-ed25519' && value.startsWith('whsec_')) return 'whsec';
  return secretType;
}

function isSpki(value: string): boolean {
  const bytes = base64Bytes(value.trim());
  if (bytes === null) return false;
  try {
    publicDer(bytes);
    return true;
  } catch {
    return false;
  }
}

function problem(secret: SecretValue, form: string, meant: boolean): KeyProblem {
  return { kind: 'problem', message: `Secret “${secret.name}” ${form}`, meant };
}

function sharedBytes(value: string, type: SecretType): Uint8Array | null {
  // Supabase shows `v1,whsec_...`.
  if (type === 'whsec') return base64Bytes(value.replace(/^(?:v1,)?whsec_/, ''));
  if (type === 'hmac-base64') return base64Bytes(value.trim());
  if (type === 'hex') return /^(?:[0-9a-f]{2})+$/i.test(value) ? Buffer.from(value, 'hex') : null;
  return Buffer.from(value, 'utf8');
}

function base64Bytes(text: string): Uint8Array | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

// The fixed beginnings of RFC 8410's DER forms; the raw key is what follows.
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key of any public form. Never throws: text that is none gives null. */
function pairKey(secret: SecretValue, type: SecretType): PairKey | null {
  try {
    const found = readPair(secret.value, type);
    if (found === null) return null;
    const privateKey = found.type === 'private' ? found : null;
    const publicKey = privateKey ? createPublicKey(privateKey) : found;
    return { kind: 'pair', name: secret.name, publicKey, privateKey, url: secret.url, alg: secret.alg };
  } catch {
    return null;
  }
}

function readPair(value: string, type: SecretType): KeyObject | null {
  if (value.includes('-----BEGIN')) return readPem(value);
  const text = value.trim();
  switch (type) {
    case 'ed25519-public-hex':
      return /^[0-9a-f]{64}$/i.test(text) ? publicDer(Buffer.concat([spkiPrefix, Buffer.from(text, 'hex')])) : null;
    case 'ecdsa-p256-spki-base64': {
      const bytes = base64Bytes(text);
      return bytes === null ? null : publicDer(bytes);
    }
    case 'jwk':
      return readJwk(text);
    case 'whpk-ed25519':
    case 'whsk-ed25519':
      return readWhKey(value, type);
    default:
      return null;
  }
}

/** A bundle may hold text, a certificate and a private key; the private key says most. */
function readPem(text: string): KeyObject | null {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g)];
  const block = (label: RegExp): string | undefined => blocks.find(([, name]) => label.test(name ?? ''))?.[0];
  const privatePem = block(/PRIVATE KEY$/);
  if (privatePem !== undefined) return createPrivateKey(privatePem);
  const certificate = block(/^CERTIFICATE$/);
  if (certificate !== undefined) return new X509Certificate(certificate).publicKey;
  const publicPem = block(/PUBLIC KEY$/);
  return publicPem === undefined ? null : createPublicKey(publicPem);
}

function readJwk(text: string): KeyObject | null {
  const jwk: unknown = JSON.parse(text);
  if (typeof jwk !== 'object' || jwk === null) return null;
  return 'd' in jwk
    ? createPrivateKey({ key: jwk as Record<string, string>, format: 'jwk' })
    : createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' });
}

function readWhKey(value: string, type: SecretType): KeyObject | null {
  // A private key where a public one was expected is still good for checking.
  const isPrivate = type === 'whsk-ed25519' || value.startsWith('whsk_');
  const bytes = base64Bytes(value.replace(/^wh[ps]k_/, ''));
  if (bytes === null) return null;
  if (!isPrivate) return bytes.length === 32 ? publicDer(Buffer.concat([spkiPrefix, bytes])) : null;
  if (bytes.length !== 32 && bytes.length !== 64) return null;
  return createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, bytes.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  });
}

function publicDer(der: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
}
