// What Hookbench's own files tell about a request beyond its bytes: taken only where it has the right shape.

import * as v from 'valibot';
import { findingCodes } from '../../../shared/findings.ts';
import type { KnownFacts } from './plan.ts';
import { member } from './untrusted.ts';

const shortText = v.pipe(v.string(), v.maxLength(2_000));
const verdict = v.object({
  status: v.picklist(['valid', 'invalid', 'missing', 'expired', 'future', 'malformed', 'unsupported', 'unverified']),
  reason: v.pipe(v.string(), v.maxLength(100)),
  message: shortText,
  warnings: v.pipe(v.array(shortText), v.maxLength(50)),
  diagnosis: v.pipe(
    v.array(v.object({ code: v.picklist(findingCodes), message: shortText, mend: v.optional(shortText, '') })),
    v.maxLength(50),
  ),
  scheme: v.exactOptional(shortText),
  timestampAt: v.exactOptional(v.number()),
  toleranceMs: v.exactOptional(v.number()),
  url: v.exactOptional(shortText),
  urlSource: v.exactOptional(v.picklist(['configured', 'forwarded', 'received'])),
});
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Each is taken or left by itself. */
const facts = {
  id: v.pipe(v.string(), v.regex(/^req_[0-9A-Za-z]{20}$/)),
  receivedAt: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8_640_000_000_000_000)),
  provider: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)),
  event: v.pipe(v.string(), v.maxLength(500)),
  deliveryId: v.pipe(v.string(), v.maxLength(500)),
  remoteAddress: v.pipe(v.string(), v.ip()),
  note: v.pipe(v.string(), v.minLength(1), v.maxLength(10_000)),
  pinned: v.literal(true),
  size: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  redacted: v.literal(true),
  truncated: v.literal(true),
  verdict,
  duplicate: v.object({
    kind: v.picklist(['first', 'retry', 'conflict', 'same-body']),
    of: v.nullable(v.pipe(v.string(), v.maxLength(200))),
    n: v.pipe(count, v.minValue(1)),
  }),
} as const;

/** The facts that the object tells under their names with `prefix`. */
export function knownFacts(value: unknown, prefix: '' | '_'): KnownFacts {
  const found: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(facts)) {
    const result = v.safeParse(schema, member(value, prefix + name));
    if (result.success) found[name] = result.output;
  }
  return found;
}
