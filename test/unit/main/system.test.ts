import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../src/main/system.ts';

describe('systemRandom', () => {
  it('gives as many bytes as asked for', () => {
    for (const size of [0, 1, 6, 20, 32, 63, 64, 65, 5_000]) expect(systemRandom(size)).toHaveLength(size);
  });

  it('never gives the same bytes again, nor bytes that were not drawn', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 20_000; n += 1) seen.add(Buffer.from(systemRandom(n % 2 === 0 ? 20 : 13)).toString('hex'));
    expect(seen.size).toBe(20_000);
    const counts = new Array<number>(256).fill(0);
    for (let n = 0; n < 4_000; n += 1) for (const byte of systemRandom(64)) counts[byte] = (counts[byte] ?? 0) + 1;
    // 1,000 of each are expected; 8 standard deviations on either side.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(256);
  });

  it('keeps no hold on what it gave', () => {
    const bytes = systemRandom(20);
    const copy = Uint8Array.from(bytes);
    for (let n = 0; n < 1_000; n += 1) systemRandom(20).fill(7);
    expect(bytes).toEqual(copy);
    expect(bytes.buffer.byteLength).toBe(20);
  });
});
