// What a diagnosis is given and what it gives. Apart from diagnose.ts, so that its parts can name these types without
// a cycle.

import type { Finding, Verdict } from '../../../shared/exchange.ts';
import type { SecretValue, VerifyInput } from '../input.ts';

/** A secret that is configured somewhere, but not for this check. */
export interface OtherSecret {
  readonly secret: SecretValue;
  /** Provider it was entered for, or null. */
  readonly provider: string | null;
  /** Name of the endpoint it is configured at; null when it is only stored. */
  readonly endpoint: string | null;
}

/** A failed check, and what may explain it. */
export interface DiagnoseInput extends VerifyInput {
  /** What `verify()` said of the same input. */
  readonly verdict: Verdict;
  readonly others: readonly OtherSecret[];
  /** The endpoint's public URL as it was entered, with its query; null or absent where none is set. */
  readonly configuredUrl?: string | null | undefined;
  /**
   * Undoes a content encoding (gzip, deflate, br, zstd); null when the body is none or too large. The host gives it,
   * because this folder knows node:crypto only. Must not throw.
   */
  readonly decompress?: (body: Uint8Array, encoding: string) => Uint8Array | null;
  /** Compresses, for a body that arrived decompressed; null when it cannot. Must not throw. */
  readonly compress?: (body: Uint8Array, encoding: string) => Uint8Array | null;
}

/** What was found. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** MACs, hashes or signature checks computed. */
  readonly computed: number;
  /** Bytes hashed. */
  readonly bytes: number;
}
