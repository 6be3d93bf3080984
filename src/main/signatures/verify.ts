// Judges a signature: recipe -> bytes that are signed -> constant-time compare with each secret. The result is data.
// The MAC is checked before the time, so `expired` always means: right, but too old.

import type { Verdict, VerdictStatus } from '../../shared/exchange.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import type { VerifyInput } from './input.ts';
import { parseKey } from './keys.ts';
import type { Key } from './keys.ts';
import { anyMatches } from './mac.ts';
import { applicableSchemes, readRequest } from './reading.ts';
import { signedPieces } from './recipe.ts';
import { parseSignatures } from './signature-header.ts';
import { describeDuration, isDate, judgeTime, parseTimestamp } from './timestamp.ts';
import { addTimeWarnings, warningsOf } from './warnings.ts';

export { explain } from './explain.ts';
export type { SecretValue, VerifyInput } from './input.ts';

/**
 * The judgement on one request. Never throws for anything in `headers` or `body`. A secret that is not of the scheme's
 * form is left out; when none is left, the verdict is `unverified`, reason `secret-malformed`.
 */
export function verify(input: VerifyInput): Verdict {
  if (input.provider === null) {
    return verdict('unverified', 'no-scheme', 'Not checked: no provider is configured, and the headers name none');
  }
  const provider = findProvider(input.provider, input.generic);
  if (!provider) {
    return verdict('unsupported', 'unknown-provider', 'Unsupported: Hookbench does not know this provider');
  }
  if (input.scheme !== undefined && !provider.schemes.some((scheme) => scheme.id === input.scheme)) {
    return verdict(
      'unsupported',
      'unknown-scheme',
      `Unsupported: ${provider.name} has no signature scheme of this name`,
    );
  }
  if (input.secrets.length === 0) {
    return verdict('unverified', 'no-secret', `Not checked: no secret is configured for ${provider.name}`);
  }
  let best: Verdict | undefined;
  let problem = '';
  for (const scheme of applicableSchemes(provider, input.scheme, input.headers)) {
    const keys: Key[] = [];
    for (const secret of input.secrets) {
      const key = parseKey(secret, scheme);
      if (key.kind !== 'problem') keys.push(key);
      else if (key.meant || problem === '') problem = key.message;
    }
    if (keys.length === 0) continue;
    const next = checkScheme(provider, scheme, keys, input);
    if (best === undefined || order.indexOf(next.status) < order.indexOf(best.status)) best = next;
  }
  return best ?? verdict('unverified', 'secret-malformed', `Not checked: ${problem}`);
}

/** Where several schemes share a header, the verdict that says most is given. */
const order: readonly VerdictStatus[] = [
  'valid',
  'expired',
  'future',
  'invalid',
  'missing',
  'malformed',
  'unsupported',
];

function checkScheme(
  provider: ProviderDefinition,
  scheme: SchemeDefinition,
  keys: readonly Key[],
  input: VerifyInput,
): Verdict {
  const rule = scheme.timestamp;
  const toleranceMs = (input.toleranceSeconds ?? rule?.toleranceSeconds ?? 0) * 1_000;
  const facts: Facts = { scheme: scheme.id, toleranceMs: rule ? toleranceMs : undefined };
  const reading = readRequest(scheme, input.headers);
  const { names } = reading;

  if (reading.signatures.length === 0) return missing(facts, 'signature', names.signature);
  if (names.id !== undefined && reading.id === undefined) return missing(facts, 'id', names.id);
  if (names.timestamp !== undefined && reading.timestamp === undefined) {
    return missing(facts, 'timestamp', names.timestamp);
  }
  if (reading.ambiguous !== undefined) {
    const message = `Malformed: header ${reading.ambiguous} was sent more than once with different values`;
    return verdict('malformed', 'repeated-header', message, facts);
  }
  const parsed = parseSignatures(scheme, reading.signatures);
  if (!parsed.ok) return verdict(parsed.status, parsed.reason, parsed.message, facts);

  let claimedAt: number | undefined;
  let judged = false;
  for (const claim of parsed.claims) {
    const timestamp = claim.timestamp ?? reading.timestamp ?? '';
    const at = rule ? parseTimestamp(timestamp, rule.unit) : undefined;
    if (at === null) continue;
    judged = true;
    claimedAt ??= at;
    const pieces = signedPieces(scheme, { id: reading.id ?? '', timestamp, body: input.body });
    for (const key of keys) {
      if (!anyMatches(scheme, key, pieces, claim.signatures)) continue;
      return matched(provider, scheme, key, at, reading.id, toleranceMs, facts, input.now);
    }
  }
  if (!judged) {
    const where = names.timestamp ?? names.signature;
    return verdict('malformed', 'timestamp-malformed', `Malformed: ${timeForm(scheme, where)}`, facts);
  }
  const warnings = parsed.cut ? ['Too many signatures were sent; only the first ones were compared.'] : [];
  return verdict('invalid', 'signature-mismatch', mismatch(keys), withTime(facts, claimedAt), warnings);
}

function matched(
  provider: ProviderDefinition,
  scheme: SchemeDefinition,
  key: Key,
  at: number | undefined,
  id: string | undefined,
  toleranceMs: number,
  facts: Facts,
  now: number,
): Verdict {
  const known = withTime(facts, at);
  known.secretName = key.name;
  const warnings = warningsOf(scheme, id);
  const made = `${provider.name} signature made with secret “${key.name}”`;
  if (at === undefined || !scheme.timestamp) return verdict('valid', 'ok', `Valid: ${made}`, known, warnings);

  const distance = describeDuration(now - at);
  switch (judgeTime(at, now, toleranceMs / 1_000, scheme.timestamp.direction)) {
    case 'expired':
      return verdict(
        'expired',
        'too-old',
        `Expired: ${made}, but ${distance} ago; at most ${describeDuration(toleranceMs)} are allowed`,
        known,
        warnings,
      );
    case 'future':
      return verdict(
        'future',
        'too-new',
        `From the future: ${made}, but dated ${distance} ahead of this machine’s clock; at most ${describeDuration(toleranceMs)} are allowed`,
        known,
        warnings,
      );
    case 'fresh': {
      const when = at > now + 999 ? `dated ${distance} ahead` : `${distance} ago`;
      addTimeWarnings(warnings, at, now, toleranceMs);
      return verdict('valid', 'ok', `Valid: ${made}, ${when}`, known, warnings);
    }
  }
}

interface Facts {
  readonly scheme: string;
  readonly toleranceMs: number | undefined;
  timestampAt?: number;
  secretName?: string;
}

/** Spreads would be shorter, and cost several times as much for every request. */
function verdict(
  status: VerdictStatus,
  reason: string,
  message: string,
  facts?: Facts,
  warnings: readonly string[] = [],
): Verdict {
  const result: { -readonly [Name in keyof Verdict]: Verdict[Name] } = {
    status,
    reason,
    message,
    warnings,
    diagnosis: [],
  };
  if (facts === undefined) return result;
  result.scheme = facts.scheme;
  if (facts.toleranceMs !== undefined) result.toleranceMs = facts.toleranceMs;
  if (facts.timestampAt !== undefined) result.timestampAt = facts.timestampAt;
  if (facts.secretName !== undefined) result.secretName = facts.secretName;
  return result;
}

/** The facts of one judgement, which nobody else holds, with the time if it can be shown. */
function withTime(facts: Facts, at: number | undefined): Facts {
  if (at !== undefined && isDate(at)) facts.timestampAt = at;
  return facts;
}

function missing(facts: Facts, what: 'signature' | 'id' | 'timestamp', name: string): Verdict {
  return verdict('missing', `missing-${what}`, `Missing: header ${name} was not sent`, facts);
}

function mismatch(keys: readonly Key[]): string {
  const [first] = keys;
  return keys.length === 1 && first
    ? `Invalid: secret “${first.name}” does not give this signature; the body was changed, or another secret was used`
    : 'Invalid: no configured secret gives this signature; the body was changed, or another secret was used';
}

function timeForm(scheme: SchemeDefinition, header: string): string {
  const form =
    scheme.timestamp?.unit === 'iso'
      ? 'an ISO 8601 time'
      : `a whole number of ${scheme.timestamp?.unit ?? 'seconds'} since 1970`;
  return `the timestamp in header ${header} is not ${form}`;
}
