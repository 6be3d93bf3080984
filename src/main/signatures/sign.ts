// Signs an outgoing message with the recipe that verifies it.

import type { SignatureMode } from '../../shared/delivery.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { GenericOptions } from '../../shared/workspace.ts';
import type { SecretValue } from './verify.ts';

/** What to sign. */
export interface SignInput {
  readonly provider: string;
  readonly scheme?: string | undefined;
  readonly method: string;
  readonly url: string;
  /** Headers the person gave; fields that signing makes are replaced in place or appended. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** Null: nothing is signed. The first signs; a second one adds a second signature where the scheme allows it. */
  readonly secrets: readonly SecretValue[];
  readonly messageId: string;
  readonly event: string | null;
  /** Time of the signature, epoch ms. */
  readonly now: number;
  readonly mode: SignatureMode;
  readonly generic?: GenericOptions | undefined;
}

/** A request ready for the wire. `tampered` changes the body after signing. */
export interface SignedRequest {
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Throws AppError CONFIG_UNKNOWN_PROVIDER or SECRET_MALFORMED (names the form the secret must have). */
export declare function sign(input: SignInput): SignedRequest;
