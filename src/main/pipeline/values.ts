// Delivery id and event type of a request, read where its provider puts them. Bodies above a size are not looked into:
// parsing them would hold up everybody else.

import type { CapturedRequest } from '../../shared/exchange.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { lookAt, valueReader } from '../../shared/providers/read-value.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';

/** What a provider says about a request besides its signature. */
export interface RequestValues {
  readonly deliveryId: string | null;
  readonly event: string | null;
}

/** Largest body that is parsed, bytes. */
const parseLimit = 1_048_576;

const decoder = new TextDecoder();
const none: RequestValues = { deliveryId: null, event: null };

/** A look at a captured request, whose body is parsed at most once. */
export function lookAtRequest({
  headers,
  target,
  body,
}: Pick<CapturedRequest, 'headers' | 'target' | 'body'>): RequestLook {
  return lookAt(headers, target, () => (body.length > parseLimit ? '' : decoder.decode(body)));
}

/** The values of a request of `provider`; nulls for an unknown provider or where the request does not hold them. */
export function readValues(look: RequestLook, provider: ProviderDefinition | undefined): RequestValues {
  if (!provider) return none;
  const read = valueReader(look);
  return { deliveryId: read(provider.deliveryId), event: read(provider.eventType) };
}
