// What a handler check gives back: plain data without bodies, headers or URLs, so that no secret can stand in it.

import type { FaultCode } from './faults.ts';

/** What a right handler does: `answer` means any answer of 2xx or 4xx, as long as there is one. */
export type Expectation = 'accept' | 'reject' | 'accept-once' | 'answer';

/** How one case ended. */
export interface CaseResult {
  /** Stable, for example `tampered-body`. */
  readonly name: string;
  readonly title: string;
  /** What was sent, a sentence. */
  readonly sent: string;
  readonly expected: Expectation;
  /** Status of the answer that decided; null when there was none. */
  readonly status: number | null;
  /** Time of the slowest answer of the case, ms. */
  readonly ms: number;
  /** False also where `skipped` is set: such a case neither passed nor failed. */
  readonly pass: boolean;
  /** Why the case was not judged, a sentence. */
  readonly skipped?: string;
  /** What happened, for a person; on failure with the mend. */
  readonly message: string;
  /** The fault that the failure points to; absent where it points to none. */
  readonly fault?: FaultCode;
}

/** The whole check. */
export interface CheckReport {
  readonly results: readonly CaseResult[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
