// How verdicts are put together, the same in every scheme.

import type { UrlSource, Verdict, VerdictStatus } from '../../shared/exchange.ts';
import type { ProviderDefinition, SchemeDefinition, TimestampRule } from '../../shared/providers/define.ts';
import { addTimeWarnings, warningsOf } from './warnings.ts';
import { describeDuration, isDate, judgeTime } from './timestamp.ts';

/** What is known about a check besides its result. */
export interface Facts {
  readonly scheme: string;
  /** Tolerance that applies, ms; undefined where no time is judged. */
  readonly toleranceMs?: number | undefined;
  timestampAt?: number;
  secretName?: string;
  url?: string;
  urlSource?: UrlSource;
  match?: { readonly n: number; readonly of: number };
}

/** A verdict. Spreads would be shorter, and cost several times as much for every request. */
export function verdict(
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
  if (facts.url !== undefined) result.url = facts.url;
  if (facts.urlSource !== undefined) result.urlSource = facts.urlSource;
  if (facts.match !== undefined) result.match = facts.match;
  return result;
}

/** The facts of one judgement, which nobody else holds, with the time if it can be shown. */
export function withTime(facts: Facts, at: number | undefined): Facts {
  if (at !== undefined && isDate(at)) facts.timestampAt = at;
  return facts;
}

/** Something that the signature needs was not sent. `where` says in words where it would stand. */
export function missing(facts: Facts, what: 'signature' | 'id' | 'timestamp', where: string): Verdict {
  return verdict('missing', `missing-${what}`, `Missing: ${where} was not sent`, facts);
}

/** No key gives any of the signatures. */
export function mismatch(keyNames: readonly string[], facts: Facts, warnings: readonly string[] = []): Verdict {
  const [first] = keyNames;
  const message =
    keyNames.length === 1
      ? `Invalid: secret “${first}” does not give this signature; the body was changed, or another secret was used`
      : 'Invalid: no configured secret gives this signature; the body was changed, or another secret was used';
  return verdict('invalid', 'signature-mismatch', message, facts, warnings);
}

/**
 * The signature is right; now its time is judged, if it has one. `at` is the signed time (epoch ms), `rule` says how
 * it is judged; without tolerance in `facts` any age passes.
 */
export function matched(
  context: { readonly provider: ProviderDefinition; readonly scheme: SchemeDefinition; readonly now: number },
  secretName: string,
  facts: Facts,
  time: { readonly at: number; readonly rule: Pick<TimestampRule, 'direction' | 'exclusive'> } | null,
  id?: string,
): Verdict {
  const { provider, scheme, now } = context;
  const known = withTime(facts, time?.at);
  known.secretName = secretName;
  const warnings = warningsOf(scheme, id, facts.toleranceMs);
  const made =
    scheme.kind === 'token'
      ? `${provider.name} token equals secret “${secretName}”`
      : `${provider.name} signature made with secret “${secretName}”`;
  const { toleranceMs } = facts;
  if (time === null || toleranceMs === undefined) return verdict('valid', 'ok', `Valid: ${made}`, known, warnings);

  const { at, rule } = time;
  const distance = describeDuration(now - at);
  const allowed = describeDuration(toleranceMs);
  switch (judgeTime(at, now, toleranceMs / 1_000, rule)) {
    case 'expired': {
      const message = `Expired: ${made}, but ${distance} ago; at most ${allowed} are allowed`;
      return verdict('expired', 'too-old', message, known, warnings);
    }
    case 'future': {
      const message = `From the future: ${made}, but dated ${distance} ahead of this machine’s clock; at most ${allowed} are allowed`;
      return verdict('future', 'too-new', message, known, warnings);
    }
    case 'fresh': {
      const when = at > now + 999 ? `dated ${distance} ahead` : `${distance} ago`;
      addTimeWarnings(warnings, at, now, toleranceMs);
      return verdict('valid', 'ok', `Valid: ${made}, ${when}`, known, warnings);
    }
  }
}
