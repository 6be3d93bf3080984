// What a person pastes where so that a provider's requests arrive here: the address, the secret, and what happens first.

import type { ProviderDefinition } from '../providers/define.ts';
import { addressPlaces } from './places.ts';

/** The steps in words; the address itself stands beside the first. */
export interface SetupSteps {
  /** Where the address is entered; ends without a full stop. */
  readonly address: string;
  /** Where the secret stands and what it looks like; ends without a full stop. */
  readonly secret: string;
  /** What the provider asks before events, a sentence; null where it asks nothing. */
  readonly first: string | null;
}

/** The steps for this provider; an own scheme gets the general ones. */
export function setupSteps(provider: ProviderDefinition): SetupSteps {
  const names = [...new Set((provider.handshakes ?? []).map(({ name }) => name))];
  return {
    address: addressPlaces[provider.id] ?? 'Enter this URL where your sender keeps the addresses of its receivers',
    secret: provider.secretHint,
    first:
      names.length === 0
        ? null
        : `${provider.name} asks first (${names.join(', ')}). Hookbench answers as the endpoint’s settings say.`,
  };
}
