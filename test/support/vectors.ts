// The signed requests that the providers' own libraries made: one file for each provider.

import { readdirSync, readFileSync } from 'node:fs';
import type { SecretValue } from '../../src/main/signatures/verify.ts';

/** One signed request with the judgement it must get. */
export interface Vector {
  readonly id: string;
  readonly kind?: string;
  readonly provider: string;
  readonly scheme: string;
  readonly secrets: readonly SecretValue[];
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
  readonly now: string;
  readonly policy?: { readonly toleranceSeconds?: number; readonly maxAge?: number };
  readonly expected: string;
  readonly acceptable?: readonly string[];
  readonly expectedResponse?: {
    readonly status: number;
    readonly contentType?: string;
    readonly headers?: readonly (readonly [string, string])[];
    readonly body?: string;
    readonly bodyJson?: unknown;
  };
}

const folder = new URL('../fixtures/vectors/', import.meta.url);

/** Every vector, handshakes included, by provider. */
export const allVectors: readonly Vector[] = readdirSync(folder)
  .toSorted()
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector[]);

/** The vectors that are signature checks. */
export const vectors: readonly Vector[] = allVectors.filter(({ kind }) => kind !== 'challenge');
