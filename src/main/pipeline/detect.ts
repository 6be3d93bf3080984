// Whose request it is: what the endpoint says, else whose marks the headers carry.

import type { HeaderPair } from '../../shared/headers.ts';
import { detectProvider } from '../../shared/providers/index.ts';
import type { Endpoint } from '../../shared/workspace.ts';

/** Provider id, or null when the endpoint names none and no header gives it away. */
export function providerOf(endpoint: Endpoint, headers: readonly HeaderPair[]): string | null {
  return endpoint.provider ?? detectProvider(headers);
}
