// Ids: a prefix that says what they name, and 20 characters (about 100 bits) from a random source given by the caller.

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Fills and returns `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/** For example `makeId('req', bytes)` gives `req_` and 20 characters of Crockford's base 32 (lower case). */
export function makeId(prefix: string, random: RandomBytes): string {
  const bytes = random(20);
  let id = `${prefix}_`;
  for (let i = 0; i < 20; i += 1) id += alphabet[(bytes[i] as number) & 31];
  return id;
}
