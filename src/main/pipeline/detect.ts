// Whose request it is: what the endpoint says, else whose marks the headers or the body carry.

import { detectProvider } from '../../shared/providers/index.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';
import type { Endpoint } from '../../shared/workspace.ts';

/** Provider id, or null when the endpoint names none and nothing gives it away. */
export function providerOf(endpoint: Endpoint, look: RequestLook): string | null {
  return endpoint.provider ?? detectProvider(look.headers, look.json);
}
