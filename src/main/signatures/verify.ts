// Judges a signature: recipe -> bytes that are signed -> constant-time compare with each secret. The result is data.

import type { SignatureView, Verdict } from '../../shared/exchange.ts';
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

/** The judgement on one request. Never throws for anything in `headers` or `body`. */
export declare function verify(input: VerifyInput): Verdict;

/** What the Signature tab shows; null where no scheme applies. */
export declare function explain(input: VerifyInput): SignatureView | null;
