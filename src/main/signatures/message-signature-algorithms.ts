// The algorithms of RFC 9421, section 3.3. The key decides which of them are possible; what a request says can only
// choose among those, never add one.

import { constants, createHmac, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { equalText } from './compare.ts';
import type { Key, PairKey } from './keys.ts';
import { parameterOf } from './message-signature-entries.ts';
import type { SignatureEntry } from './message-signature-entries.ts';

/** Name in the registry of HTTP signature algorithms. */
export type Algorithm = 'hmac-sha256' | 'ed25519' | 'ecdsa-p256-sha256' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';

/** The algorithms in words. */
export const algorithmNames: Readonly<Record<Algorithm, string>> = {
  'hmac-sha256': 'HMAC-SHA256',
  ed25519: 'Ed25519',
  'ecdsa-p256-sha256': 'ECDSA P-256 with SHA-256',
  'rsa-pss-sha512': 'RSA-PSS with SHA-512',
  'rsa-v1_5-sha256': 'RSA PKCS#1 v1.5 with SHA-256',
};

/** Which key gives a signature, and how. */
export interface Match {
  readonly key: Key;
  readonly algorithm: Algorithm;
  /** RSA-PSS with another salt than the 64 bytes that section 3.3.1 demands. */
  readonly otherSalt: boolean;
}

/** Whether the name is one that Hookbench knows. */
export function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(algorithmNames, name);
}

/** What the key can be used with, the first choice first; none when it is meant for an algorithm that it does not fit. */
export function algorithmsOf(key: Key): readonly Algorithm[] {
  if (key.kind === 'shared') return ['hmac-sha256'];
  const possible = algorithmsOfType(key);
  return key.alg === undefined ? possible : possible.filter((algorithm) => algorithm === key.alg);
}

/** The keys that may have made the signature: those of its key id, else all. */
export function candidatesOf(entry: SignatureEntry, keys: readonly Key[]): readonly Key[] {
  const id = parameterOf(entry, 'keyid');
  const named = keys.filter(({ name }) => name === id);
  return named.length > 0 ? named : keys;
}

/** What may be tried with the key: its own algorithms that agree with the signature's `alg`. */
export function usableAlgorithms(entry: SignatureEntry, key: Key): readonly Algorithm[] {
  const declared = parameterOf(entry, 'alg');
  const own = algorithmsOf(key);
  return declared === undefined ? own : own.filter((algorithm) => algorithm === declared);
}

/** The first key that gives the signature of these bytes, or null. */
export function findMatch(entry: SignatureEntry, keys: readonly Key[], base: Uint8Array): Match | null {
  if (entry.signature === null) return null;
  const signature = Buffer.from(entry.signature, 'base64');
  for (const key of candidatesOf(entry, keys)) {
    for (const algorithm of usableAlgorithms(entry, key)) {
      const result = judge(algorithm, key, base, signature);
      if (result !== 'wrong') return { key, algorithm, otherSalt: result === 'other-salt' };
    }
  }
  return null;
}

/** The signature of these bytes; null when the key cannot make one. */
export function makeSignature(algorithm: Algorithm, key: Key, base: Uint8Array): Uint8Array | null {
  if (key.kind === 'shared') return createHmac('sha256', key.handle).update(base).digest();
  if (key.privateKey === null) return null;
  try {
    return signBytes(hashOf(algorithm), base, { key: key.privateKey, ...optionsOf(algorithm) });
  } catch {
    // An RSA key may be too short for the hash and its salt.
    return null;
  }
}

function algorithmsOfType({ publicKey }: PairKey): readonly Algorithm[] {
  switch (publicKey.asymmetricKeyType) {
    case 'ed25519':
      return ['ed25519'];
    case 'ec':
      return publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? ['ecdsa-p256-sha256'] : [];
    case 'rsa':
      return ['rsa-pss-sha512', 'rsa-v1_5-sha256'];
    case 'rsa-pss':
      return ['rsa-pss-sha512'];
    default:
      return [];
  }
}

function judge(algorithm: Algorithm, key: Key, base: Uint8Array, signature: Buffer): 'right' | 'other-salt' | 'wrong' {
  if (key.kind === 'shared') {
    const expected = createHmac('sha256', key.handle).update(base).digest('base64');
    return equalText(expected, signature.toString('base64')) ? 'right' : 'wrong';
  }
  const fits = (options: object): boolean => {
    try {
      return verifyBytes(hashOf(algorithm), base, { key: key.publicKey, ...options }, signature);
    } catch {
      return false;
    }
  };
  if (fits(optionsOf(algorithm))) return 'right';
  const anySalt = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  return algorithm === 'rsa-pss-sha512' && fits(anySalt) ? 'other-salt' : 'wrong';
}

function hashOf(algorithm: Algorithm): string | null {
  switch (algorithm) {
    case 'ed25519':
      return null;
    case 'rsa-pss-sha512':
      return 'sha512';
    default:
      return 'sha256';
  }
}

function optionsOf(algorithm: Algorithm): object {
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return { dsaEncoding: 'ieee-p1363' };
    case 'rsa-pss-sha512':
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };
    case 'rsa-v1_5-sha256':
      return { padding: constants.RSA_PKCS1_PADDING };
    default:
      return {};
  }
}
