// The one place where something secret is compared with something received.

import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether both texts (one character per byte) are equal, in a time that depends on `given` alone. */
export function equalText(expected: string, given: string): boolean {
  // timingSafeEqual throws on unequal lengths; the length of a MAC is no secret.
  return (
    given.length === expected.length && timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(given, 'latin1'))
  );
}

/** As {@link equalText} for values whose length is secret too: tokens and passcodes. Compares hashes. */
export function equalSecret(expected: Uint8Array, given: Uint8Array): boolean {
  const hash = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(hash(expected), hash(given));
}
