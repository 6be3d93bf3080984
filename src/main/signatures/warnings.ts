// What a valid signature does not cover, in sentences for a person.

import type { SchemeDefinition } from '../../shared/providers/define.ts';
import { describeDuration } from './timestamp.ts';

/** Limits of the scheme itself, and of this message id under it. `toleranceMs` is undefined where no age is judged. */
export function warningsOf(
  scheme: SchemeDefinition,
  id: string | undefined,
  toleranceMs: number | undefined,
): string[] {
  const warnings: string[] = [];
  if (scheme.caveat !== undefined) warnings.push(scheme.caveat);
  if (scheme.kind === 'token') return warnings;
  const time = timeWarning(scheme, toleranceMs);
  if (time !== null) warnings.push(time);
  if (scheme.kind !== undefined && scheme.kind !== 'recipe') return warnings;
  if (scheme.algorithm.kind === 'hmac' && scheme.algorithm.hash === 'sha1') {
    warnings.push('HMAC-SHA1 is kept for old receivers only; check the SHA-256 signature where the sender offers one.');
  }
  if (id?.includes('.')) {
    warnings.push('The message id holds a dot, which also separates id, timestamp and body in what is signed.');
  }
  return warnings;
}

function timeWarning(scheme: SchemeDefinition, toleranceMs: number | undefined): string | null {
  if (scheme.kind === 'message-signature') return null;
  const time = scheme.kind === 'jwt' ? scheme.toleranceSeconds : scheme.kind === 'token' ? undefined : scheme.timestamp;
  if (time === undefined) {
    return 'This scheme signs no time: a replayed request looks the same as a new one. Only the delivery id can tell them apart.';
  }
  if (typeof time === 'object' && !time.signed) {
    return 'The timestamp is not covered by the signature: a replay with a fresh timestamp passes. Only the delivery id can tell.';
  }
  if (toleranceMs === undefined) {
    return 'The provider names no limit for the age, so none was checked; set a tolerance at the endpoint to refuse old requests.';
  }
  return null;
}

/** Adds to `warnings` a time ahead of the clock that the scheme's own library accepts. */
export function addTimeWarnings(warnings: string[], at: number, now: number, toleranceMs: number): void {
  if (at - now <= toleranceMs) return;
  warnings.push(
    `The timestamp is ${describeDuration(at - now)} ahead of this machine’s clock; the provider’s library accepts that.`,
  );
}
