// What a check or a signature is given. Apart from verify.ts, so that its parts can name these types without a cycle.

import type { HeaderPair } from '../../shared/headers.ts';
import type { GenericOptions, SecretType } from '../../shared/workspace.ts';

/** A secret with its value; only main ever holds one. */
export interface SecretValue {
  readonly name: string;
  readonly value: string;
  /** How the text becomes a key; the scheme's own type when absent. */
  readonly type?: SecretType;
}

/** Everything a check looks at. */
export interface VerifyInput {
  /** Provider id, or null when none is configured or detected. */
  readonly provider: string | null;
  /** Scheme id; chosen by the headers and the secrets when absent. */
  readonly scheme?: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly secrets: readonly SecretValue[];
  /** Epoch ms. */
  readonly now: number;
  /** Replaces the provider's own tolerance. */
  readonly toleranceSeconds?: number | undefined;
  /** Names and encoding of the `generic` scheme. */
  readonly generic?: GenericOptions | undefined;
}
