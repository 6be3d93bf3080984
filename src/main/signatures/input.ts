// What a check or a signature is given. Apart from verify.ts, so that its parts can name these types without a cycle.

import type { UrlSource } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { GenericOptions } from '../../shared/workspace.ts';
import type { SecretType } from '../../shared/secret-types.ts';

/** A secret with its value; only main ever holds one. */
export interface SecretValue {
  /** Also the key id, where a scheme has such (RFC 9421). */
  readonly name: string;
  readonly value: string;
  /** How the text becomes a key; the scheme's own type when absent. */
  readonly type?: SecretType;
  /** Address under which a certificate must be named by the request. */
  readonly url?: string;
  /** Algorithm that the key is for (RFC 9421 names, for example `rsa-pss-sha512`). */
  readonly alg?: string;
}

/** Everything a check looks at. */
export interface VerifyInput {
  /** Provider id, or null when none is configured or detected. */
  readonly provider: string | null;
  /** A person's own scheme; the registry's provider of this id when absent. */
  readonly definition?: ProviderDefinition | undefined;
  /** Scheme id; chosen by the headers and the secrets when absent. */
  readonly scheme?: string | undefined;
  readonly method: string;
  /** The URL that the provider called, as far as it is known. */
  readonly url: string;
  /** How `url` is known; `received` when absent. */
  readonly urlSource?: UrlSource | undefined;
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
