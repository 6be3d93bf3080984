// Fetches bodies in slices, as the host gives them.

import type { Bridge } from '../../shared/contract.ts';
import type { Result } from '../../shared/errors.ts';

/** Largest slice that the host gives, bytes. */
export const sliceSize = 1_048_576;

/** The `size` stored bytes of a request's body. */
export async function readWholeBody(bridge: Bridge, id: string, size: number): Promise<Result<Uint8Array>> {
  const whole = new Uint8Array(size);
  for (let offset = 0; offset < size; offset += sliceSize) {
    const slice = await bridge.call('requests.body', { id, offset, length: Math.min(sliceSize, size - offset) });
    if (!slice.ok) return slice;
    whole.set(slice.value, offset);
  }
  return { ok: true, value: whole };
}
