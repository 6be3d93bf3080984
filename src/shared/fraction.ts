// A number between 0 and 1 from random bytes, for jitter and chance.

/** 0 to below 1. */
export function fraction(random: (size: number) => Uint8Array): number {
  const bytes = random(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
}
