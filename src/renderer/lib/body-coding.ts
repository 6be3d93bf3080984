// Content codings that give themselves away, for bodies whose sender forgot the header.

/** The coding whose magic number these bytes begin with (RFC 1952, RFC 8878), or null. Brotli and deflate have none. */
export function sniffCoding([a, b, c, d]: Uint8Array): 'gzip' | 'zstd' | null {
  if (a === 0x1f && b === 0x8b && c === 0x08) return 'gzip';
  return a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd ? 'zstd' : null;
}
