// Where the bytes of a body come from: a viewer neither knows nor cares whether they are stored, decoded or a part of
// something larger.

import type { Result } from '../../../shared/errors.ts';

/** Largest slice that is asked for, bytes. */
export const sliceSize = 1_048_576;

/** A body, or a part of one. */
export interface BodySource {
  /** The same for the same bytes. */
  readonly key: string;
  /** Bytes in all. */
  readonly size: number;
  /** Bytes from `offset` on; shorter at the end. */
  read(offset: number, length: number): Promise<Result<Uint8Array>>;
  /** Saves a range where the person says and tells them. */
  save(offset: number, length: number, name: string): Promise<void>;
}

/** The range of `source` that begins at `offset`. */
export function partOfSource(source: BodySource, offset: number, size: number): BodySource {
  return {
    key: `${source.key}+${offset}`,
    size,
    read: (from, length) => source.read(offset + from, Math.min(length, size - from)),
    save: (from, length, name) => source.save(offset + from, Math.min(length, size - from), name),
  };
}

/** `head` and then all of `source`. */
export function sourceAfter(head: Uint8Array, source: BodySource): BodySource {
  return {
    key: `${source.key} after ${head.length}`,
    size: head.length + source.size,
    async read(offset, length) {
      const first = head.subarray(offset, offset + length);
      if (first.length === length) return { ok: true, value: first };
      const rest = await source.read(Math.max(0, offset - head.length), length - first.length);
      if (!rest.ok || first.length === 0) return rest;
      const both = new Uint8Array(first.length + rest.value.length);
      both.set(first);
      both.set(rest.value, first.length);
      return { ok: true, value: both };
    },
    save: (offset, length, name) => source.save(offset, length, name),
  };
}
