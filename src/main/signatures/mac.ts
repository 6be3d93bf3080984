// The MAC or signature of some bytes, and whether one of some given signatures is right. Signatures are compared as
// text, because the official libraries do: upper-case hex or missing padding is refused there too.

import { createHash, createHmac, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RecipeScheme } from '../../shared/providers/define.ts';
import { equalText } from './compare.ts';
import type { Key } from './keys.ts';
import { joinPieces } from './recipe.ts';
import type { Pieces } from './recipe.ts';

/** The signature as text, without prefix; null where the key cannot sign (a public key, or of another algorithm). */
export function signatureText(
  scheme: Pick<RecipeScheme, 'algorithm' | 'encoding'>,
  key: Key,
  pieces: Pieces,
): string | null {
  const { algorithm, encoding } = scheme;
  if (algorithm.kind === 'hmac' || algorithm.kind === 'hash') {
    if (key.kind !== 'shared') return null;
    const hash = algorithm.kind === 'hmac' ? createHmac(algorithm.hash, key.handle) : createHash(algorithm.hash);
    for (const piece of pieces) {
      if (typeof piece === 'string') hash.update(piece, 'latin1');
      else hash.update(piece);
    }
    return hash.digest(encoding);
  }
  if (key.kind !== 'pair' || key.privateKey === null) return null;
  return signBytes(digestName(algorithm), joinPieces(pieces), key.privateKey).toString(encoding);
}

/** Position of the first of `signatures` that is the key's signature of the pieces, or -1. Never throws. */
export function findMatch(
  scheme: Pick<RecipeScheme, 'algorithm' | 'encoding'>,
  key: Key,
  pieces: Pieces,
  signatures: readonly string[],
): number {
  if (key.kind === 'pair') {
    const { algorithm, encoding } = scheme;
    if (algorithm.kind === 'hmac' || algorithm.kind === 'hash') return -1;
    const bytes = joinPieces(pieces);
    return signatures.findIndex((text) => {
      const signature = Buffer.from(text, encoding);
      // Re-encoding refuses the other spellings of the same bytes.
      return signature.toString(encoding) === text && isRight(digestName(algorithm), bytes, key.publicKey, signature);
    });
  }
  const expected = signatureText(scheme, key, pieces);
  return expected === null ? -1 : signatures.findIndex((text) => equalText(expected, text));
}

function isRight(digest: string | null, bytes: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verifyBytes(digest, bytes, key, signature);
  } catch {
    // A signature that is no DER, or of another length.
    return false;
  }
}

function digestName(
  algorithm: Extract<RecipeScheme['algorithm'], { kind: 'ed25519' | 'ecdsa' | 'rsa' }>,
): string | null {
  if (algorithm.kind === 'ed25519') return null;
  return algorithm.kind === 'rsa' ? algorithm.hash : 'sha256';
}
