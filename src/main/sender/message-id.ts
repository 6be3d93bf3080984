// The id by which a target recognises a message again. Some providers carry it in a header, where signing writes it;
// Stripe and Slack carry it in the body, where it is read, or written byte-exactly when a person chose another one.

import { Buffer } from 'node:buffer';
import type { HeaderPair } from '../../shared/headers.ts';
import { makeId } from '../../shared/id.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { createValueReader } from '../../shared/providers/read-value.ts';
import type { Random } from '../ports.ts';
import { spliceJsonString } from './json-splice.ts';
import { makeUuid } from './variables.ts';

/** The delivery id that the request carries by the provider's rules, or null. */
export function readMessageId(
  provider: ProviderDefinition,
  headers: readonly HeaderPair[],
  body: Uint8Array,
): string | null {
  const text = (): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return createValueReader(headers, text)(provider.deliveryId);
}

/** `body` with `id` where the provider carries it in a JSON body; the same bytes where it does not. */
export function writeBodyId(
  provider: ProviderDefinition,
  headers: readonly HeaderPair[],
  body: Uint8Array,
  id: string,
): Uint8Array {
  for (const source of provider.deliveryId) {
    if (source.from !== 'json') continue;
    const present = readMessageId({ ...provider, deliveryId: [source] }, headers, body);
    if (present === id) return body;
    const written = present === null ? null : spliceJsonString(body, source.path, id);
    if (written) return written;
  }
  return body;
}

/** A new id in the manner of `old`: a UUID, the same prefix (`evt_...`), else `msg_...`. */
export function newIdLike(old: string | null, random: Random): string {
  if (old !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(old)) return makeUuid(random);
  const prefix = old === null ? null : /^([A-Za-z][A-Za-z0-9]{0,15})_/.exec(old);
  return makeId(prefix?.[1] ?? 'msg', random);
}
