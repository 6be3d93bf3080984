// One request as the schemes look at it: the bytes as they came, and whatever has to be parsed, parsed at most once.

import type { HeaderPair } from '../../shared/headers.ts';
import { lookAt } from '../../shared/providers/read-value.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';

/** A request, or a message on its way to becoming one. */
export interface Message extends RequestLook {
  readonly method: string;
  readonly url: string;
  readonly body: Uint8Array;
}

/** Largest body that is parsed, bytes: parsing holds up everybody else. */
export const parsedBytes = 1_048_576;

const decoder = new TextDecoder();

/** A message over these bytes. Nothing is parsed before a scheme asks, and larger bodies never are. */
export function createMessage(input: {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}): Message {
  const { method, url, headers, body } = input;
  return Object.assign(
    lookAt(headers, url, () => (body.length > parsedBytes ? '' : decoder.decode(body))),
    { method, url, body },
  );
}
