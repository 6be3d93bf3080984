// Bytes that grow without ever being copied as a whole: blocks of one size, so that a slice far inside is found at once
// and the memory in use stays close to what is kept.

const blockSize = 1_048_576;

/** Bytes that were written so far. */
export interface ByteBlocks {
  readonly size: number;
  /** Takes as much of `bytes` as `limit` (bytes in all) leaves room for; false when something did not fit. */
  append(bytes: Uint8Array, limit: number): boolean;
  /** A copy of these bytes, shorter at the end. */
  slice(offset: number, length: number): Uint8Array;
}

/** Creates an empty store. */
export function createByteBlocks(): ByteBlocks {
  const blocks: Uint8Array[] = [];
  let size = 0;
  let room = 0;

  return {
    get size() {
      return size;
    },
    append(bytes, limit) {
      const taken = Math.min(bytes.length, limit - size);
      for (let from = 0; from < taken;) {
        if (room === 0) {
          // Small bodies are many: their only block is as small as they are.
          const wanted = blocks.length === 0 ? Math.min(blockSize, Math.max(taken, 4_096)) : blockSize;
          grow(wanted);
        }
        const last = blocks.at(-1) as Uint8Array;
        const count = Math.min(room, taken - from);
        last.set(bytes.subarray(from, from + count), last.length - room);
        room -= count;
        size += count;
        from += count;
      }
      return taken === bytes.length;
    },
    slice(offset, length) {
      const start = Math.min(offset, size);
      const end = Math.min(size, start + length);
      const copy = new Uint8Array(end - start);
      for (let at = start; at < end;) {
        const inside = at % blockSize;
        const block = blocks[(at - inside) / blockSize] as Uint8Array;
        const part = block.subarray(inside, Math.min(block.length, inside + end - at));
        copy.set(part, at - start);
        at += part.length;
      }
      return copy;
    },
  };

  function grow(wanted: number): void {
    const only = blocks.length === 1 ? blocks[0] : undefined;
    if (only !== undefined && only.length < blockSize) {
      const bigger = new Uint8Array(Math.min(blockSize, only.length * 4));
      bigger.set(only);
      blocks[0] = bigger;
      room = bigger.length - only.length;
      return;
    }
    blocks.push(new Uint8Array(wanted));
    room = wanted;
  }
}
