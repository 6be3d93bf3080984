// Keeps the bodies that were decoded last, so that paging through one decodes it once. Two at most: what a person
// compares; together no more than one body may grow to.

import { decodeCap } from './decode.ts';
import type { Decoded } from './decode.ts';

const maxKept = 2;

/** The bodies that are kept. */
export interface DecodedCache {
  /** The body under `key`, decoded by `decode` unless it is there already or on its way. */
  get(key: string, decode: () => Promise<Decoded>): Promise<Decoded>;
}

/** Creates an empty one. */
export function createDecodedCache(): DecodedCache {
  /** The one used last comes last. */
  const kept = new Map<string, Promise<Decoded>>();
  const sizes = new Map<string, number>();
  const drop = (key: string): void => {
    kept.delete(key);
    sizes.delete(key);
  };

  return {
    async get(key, decode) {
      const earlier = kept.get(key);
      if (earlier !== undefined) {
        kept.delete(key);
        kept.set(key, earlier);
        return earlier;
      }
      const coming = decode();
      kept.set(key, coming);
      while (kept.size > maxKept) drop(kept.keys().next().value as string);
      try {
        const decoded = await coming;
        if (kept.get(key) === coming) sizes.set(key, decoded.content.size);
        for (const [other, size] of sizes) {
          if (other !== key && size + decoded.content.size > decodeCap) drop(other);
        }
        return decoded;
      } catch (error) {
        drop(key);
        throw error;
      }
    },
  };
}
