// Ids: a prefix that says what they name, and 20 characters (about 100 bits) from a random source given by the caller.

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Fills and returns `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/** For example `makeId('req', bytes)` gives `req_` and 20 characters of Crockford's base 32 (lower case). */
export function makeId(prefix: string, random: RandomBytes): string {
  let id = `${prefix}_`;
  for (const byte of random(20)) id += alphabet[byte & 31];
  return id;
}
