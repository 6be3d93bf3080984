// Names that cannot be guessed: for paths that the whole internet can reach, and for what needs an id of its own.

/** Fills the array with random bytes. */
export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/** `bytes` random bytes as base64url (RFC 4648 section 5) without padding. */
export function randomToken(bytes: number, fill: FillRandom): string {
  const random = new Uint8Array(bytes);
  fill(random);
  return btoa(String.fromCharCode(...random))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** A path of 128 random bits. */
export function randomPath(fill: FillRandom): string {
  return `/in/${randomToken(16, fill)}`;
}
