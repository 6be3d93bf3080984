// What a valid signature does not cover, in sentences for a person.

import type { SchemeDefinition } from '../../shared/providers/define.ts';
import { describeDuration } from './timestamp.ts';

/** Limits of the scheme itself, and of this message id under it. */
export function warningsOf(scheme: SchemeDefinition, id: string | undefined): string[] {
  const warnings: string[] = [];
  if (!scheme.timestamp) {
    warnings.push(
      'This scheme signs no time: a replayed request looks the same as a new one. Only the delivery id can tell them apart.',
    );
  } else if (!scheme.timestamp.signed) {
    warnings.push(
      'The timestamp is not covered by the signature: a replay with a fresh timestamp passes. Only the delivery id can tell.',
    );
  }
  if (scheme.algorithm.kind === 'hmac' && scheme.algorithm.hash === 'sha1') {
    warnings.push('HMAC-SHA1 is kept for old receivers only; check the SHA-256 signature where the sender offers one.');
  }
  if (id?.includes('.')) {
    warnings.push('The message id holds a dot, which also separates id, timestamp and body in what is signed.');
  }
  return warnings;
}

/** Adds to `warnings` a time ahead of the clock that the scheme's own library accepts. */
export function addTimeWarnings(warnings: string[], at: number, now: number, toleranceMs: number): void {
  if (at - now <= toleranceMs) return;
  warnings.push(
    `The timestamp is ${describeDuration(at - now)} ahead of this machine’s clock; the provider’s library accepts that.`,
  );
}
