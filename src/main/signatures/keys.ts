// From the text of a secret to a key. What `whsec_` means depends on the scheme, not on the prefix: Stripe takes the
// whole text, Standard Webhooks decodes what follows it.

import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { SchemeDefinition } from '../../shared/providers/define.ts';
import type { SecretType } from '../../shared/workspace.ts';
import type { SecretValue } from './input.ts';

/** A secret that is ready for use. */
export type Key =
  | { readonly kind: 'hmac'; readonly name: string; readonly bytes: Uint8Array; readonly handle: KeyObject }
  /** A private key checks as well: its public half is derived. */
  | {
      readonly kind: 'ed25519';
      readonly name: string;
      readonly publicKey: KeyObject;
      readonly privateKey: KeyObject | null;
    };

/** Why a secret is no key of a scheme: which form it must have, never its value. */
interface KeyProblem {
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
};

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
  const isPair = type === 'whpk-ed25519' || type === 'whsk-ed25519';
  if (isPair !== (scheme.algorithm.kind === 'ed25519')) {
    const message = isPair ? 'is a key pair, but this scheme needs a shared secret' : forms[scheme.secretType];
    return problem(secret, message, false);
  }
  if (isPair) return pairKey(secret, type) ?? problem(secret, forms[type], true);
  const bytes = sharedBytes(secret.value, type);
  return bytes && bytes.length > 0 ? sharedKey(secret.name, bytes) : problem(secret, forms[type], true);
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
  if (key.kind === 'ed25519' && key.privateKey === null) {
    throw new AppError(
      'SECRET_MALFORMED',
      `Secret “${secret.name}” is a public key, which checks but cannot sign; it ${forms['whsk-ed25519']}`,
    );
  }
  return key;
}

/** Another key of the same form, for a signature that must not match. */
export function wrongKey(key: Key): Key {
  if (key.kind === 'hmac') return sharedKey(key.name, withFirstBitFlipped(key.bytes));
  const seed = key.privateKey?.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return seed ? (privatePair(key.name, withFirstBitFlipped(seed)) ?? key) : key;
}

function ownType(value: string, scheme: SchemeDefinition): SecretType {
  if (value.startsWith('whsk_')) return scheme.secretType === 'utf8' ? 'utf8' : 'whsk-ed25519';
  if (value.startsWith('whpk_')) return scheme.secretType === 'utf8' ? 'utf8' : 'whpk-ed25519';
  if (scheme.secretType === 'whpk-ed25519' && value.startsWith('whsec_')) return 'whsec';
  return scheme.secretType;
}

function problem(secret: SecretValue, form: string, meant: boolean): KeyProblem {
  return { kind: 'problem', message: `Secret “${secret.name}” ${form}`, meant };
}

function sharedKey(name: string, bytes: Uint8Array): Key {
  return { kind: 'hmac', name, bytes, handle: createSecretKey(bytes) };
}

function sharedBytes(value: string, type: SecretType): Uint8Array | null {
  if (type === 'whsec') return base64Bytes(value.startsWith('whsec_') ? value.slice(6) : value);
  if (type === 'hex') return /^(?:[0-9a-f]{2})+$/i.test(value) ? Buffer.from(value, 'hex') : null;
  return Buffer.from(value, 'utf8');
}

function base64Bytes(text: string): Uint8Array | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

// The fixed beginnings of RFC 8410's DER forms; the raw key is what follows.
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

function pairKey(secret: SecretValue, type: 'whpk-ed25519' | 'whsk-ed25519'): Key | null {
  // A private key where a public one was expected is still good for checking.
  const isPrivate = type === 'whsk-ed25519' || secret.value.startsWith('whsk_');
  const bytes = base64Bytes(secret.value.replace(/^wh[ps]k_/, ''));
  if (bytes === null) return null;
  if (isPrivate)
    return bytes.length === 32 || bytes.length === 64 ? privatePair(secret.name, bytes.subarray(0, 32)) : null;
  if (bytes.length !== 32) return null;
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' });
    return { kind: 'ed25519', name: secret.name, publicKey, privateKey: null };
  } catch {
    return null;
  }
}

function privatePair(name: string, seed: Uint8Array): Key | null {
  try {
    const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
    return { kind: 'ed25519', name, publicKey: createPublicKey(privateKey), privateKey };
  } catch {
    return null;
  }
}

function withFirstBitFlipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}
