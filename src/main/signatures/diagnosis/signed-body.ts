// A guess at what the provider signed. Apart from body-changes.ts, so that the guesses can name it without a cycle.

import type { Cause } from './subject.ts';

/** A body that may have been signed. */
export interface SignedBody {
  readonly body: Uint8Array;
  readonly cause: Cause;
}

/** Guesses as they are made, each in one pass or a few. Null where a pass gave none: the caller may pause there too. */
export type Guesses = Generator<SignedBody | null>;
