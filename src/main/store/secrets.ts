// Secret values by name, kept in secrets.json or in memory. Values leave this file only for signing and verifying.

import type { SecretInfo } from '../../shared/workspace.ts';

/** Where a new value is kept. `keyring` seals it through the SecretBox. */
export type SecretStorage = SecretInfo['storage'];

/** The secret store. */
export interface Secrets {
  /** Sets or replaces a secret. One-off secrets belong to deliveries and are not listed. */
  set(name: string, value: string, options: { provider: string | null; storage: SecretStorage; oneOff?: boolean }): Promise<void>;
  /** The value, or null when there is none; throws SECRET_SEALED when a keyring that is not here sealed it. */
  value(name: string): string | null;
  has(name: string): boolean;
  remove(name: string): Promise<void>;
  list(): SecretInfo[];
  /** Every value known, for redaction. */
  values(): string[];
  readonly recovered: readonly string[];
}
