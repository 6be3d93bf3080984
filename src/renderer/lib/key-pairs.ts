// What the buttons for test key pairs need. Between the hook that asks the host and the buttons that show the answer.

import type { PublicKeyForm } from '../../shared/contract.ts';
import type { Result } from '../../shared/errors.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';

/** A pair that was made. */
export interface MadeKeyPair {
  /** Name under which it is stored. */
  readonly name: string;
  readonly form: PublicKeyForm;
}

/** Makes key pairs and gives public halves. */
export interface KeyPairSource {
  /** A new pair for the provider, stored under a name of its own. */
  make(provider: ProviderDefinition): Promise<Result<MadeKeyPair>>;
  /** Null when the secret of this name holds no private key. */
  show(name: string, provider: ProviderDefinition): Promise<Result<PublicKeyForm | null>>;
}
