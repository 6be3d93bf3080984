// Delivery id and event type of a request, read where its provider puts them. Bodies above a size are not looked into:
// parsing them would hold up everybody else.

import type { CapturedRequest } from '../../shared/exchange.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { createValueReader } from '../../shared/providers/read-value.ts';
import type { GenericOptions } from '../../shared/workspace.ts';

/** What a provider says about a request besides its signature. */
export interface RequestValues {
  readonly deliveryId: string | null;
  readonly event: string | null;
}

/** Largest body that is parsed, bytes. */
const parseLimit = 1_048_576;

const decoder = new TextDecoder();
const none: RequestValues = { deliveryId: null, event: null };

/** The values of a request of `provider`; nulls for an unknown provider or where the request does not hold them. */
export function readValues(
  request: Pick<CapturedRequest, 'headers' | 'body'>,
  provider: string | null,
  generic: GenericOptions | undefined,
): RequestValues {
  const definition = provider === null ? undefined : findProvider(provider, generic);
  if (!definition) return none;
  const { body } = request;
  const read = createValueReader(request.headers, () => (body.length > parseLimit ? '' : decoder.decode(body)));
  return { deliveryId: read(definition.deliveryId), event: read(definition.eventType) };
}
