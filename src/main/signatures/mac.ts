// The cryptography: a signature for given bytes, and whether one of some given signatures is right. Signatures are
// compared as text, because the official libraries do: upper-case hex or missing padding is refused there too.

import { createHmac, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto';
import type { SchemeDefinition } from '../../shared/providers/define.ts';
import type { Key } from './keys.ts';
import { joinPieces } from './recipe.ts';

/** The signature as text, without prefix; null where the key cannot sign (a public key, or of another algorithm). */
export function signatureText(
  scheme: SchemeDefinition,
  key: Key,
  pieces: readonly (string | Uint8Array)[],
): string | null {
  if (scheme.algorithm.kind === 'hmac') {
    if (key.kind !== 'hmac') return null;
    const hmac = createHmac(scheme.algorithm.hash, key.handle);
    for (const piece of pieces) {
      if (typeof piece === 'string') hmac.update(piece, 'latin1');
      else hmac.update(piece);
    }
    return hmac.digest(scheme.encoding);
  }
  if (key.kind !== 'ed25519' || key.privateKey === null) return null;
  return signBytes(null, joinPieces(pieces), key.privateKey).toString(scheme.encoding);
}

/** Whether any of `signatures` is the key's signature of the pieces. Never throws for what a request may hold. */
export function anyMatches(
  scheme: SchemeDefinition,
  key: Key,
  pieces: readonly (string | Uint8Array)[],
  signatures: readonly string[],
): boolean {
  if (key.kind === 'ed25519') {
    const bytes = joinPieces(pieces);
    return signatures.some((text) => {
      const signature = Buffer.from(text, scheme.encoding);
      // Re-encoding refuses the other spellings of the same bytes.
      if (signature.length !== 64 || signature.toString(scheme.encoding) !== text) return false;
      return verifyBytes(null, bytes, key.publicKey, signature);
    });
  }
  const expected = signatureText(scheme, key, pieces);
  if (expected === null) return false;
  const expectedBytes = Buffer.from(expected, 'latin1');
  // timingSafeEqual throws on unequal lengths; the length of a MAC is no secret.
  return signatures.some(
    (text) => text.length === expected.length && timingSafeEqual(expectedBytes, Buffer.from(text, 'latin1')),
  );
}
