// How the time of a right signature stands to the clock, when its unit may be a mistake too. A time that is fresh in
// another unit was meant in that unit; one that is old in every unit was replayed.

import type { Verdict } from '../../../shared/exchange.ts';
import type { RecipeScheme, TimestampRule } from '../../../shared/providers/define.ts';
import { formatTimestamp, judgeTime, parseTimestamp } from '../timestamp.ts';
import type { Hit } from './subject.ts';
import type { Cause } from './subject.ts';
import { clockSkew, replayedLate, timestampUnit } from './words.ts';

/** Units of a time in digits, beside ISO 8601. */
const units = ['seconds', 'milliseconds', 'iso'] as const;

/** What is wrong with the time of a right signature, or null when nothing is. */
export function timeCause(
  scheme: RecipeScheme,
  hit: Hit,
  now: number,
  toleranceSeconds: number | undefined,
): Cause | null {
  const rule = scheme.timestamp;
  if (rule === undefined || hit.time === undefined) return null;
  const own = parseTimestamp(hit.time, rule.unit);
  const others = units.flatMap((unit) => (unit === rule.unit ? [] : (parseTimestamp(hit.time ?? '', unit) ?? [])));
  const seconds = toleranceSeconds ?? rule.toleranceSeconds;
  if (seconds === null) return own === null && others.length > 0 ? timestampUnit(rule.unit) : null;
  return judge(own, others, now, seconds, rule);
}

/** The same for a check that already found a right signature with a wrong time. */
export function verdictTimeCause(verdict: Verdict, now: number, rule: TimestampRule | undefined): Cause {
  const { status, timestampAt, toleranceMs } = verdict;
  if (toleranceMs === undefined || verdict.reason === 'past-expires') return replayedLate(undefined, undefined);
  const direction = rule?.direction ?? 'both';
  // A time that no date can hold is left out of the verdict; such numbers come from a smaller unit.
  if (timestampAt === undefined)
    return status === 'future' ? timestampUnit(rule?.unit) : replayedLate(undefined, toleranceMs);
  const others = rule?.unit === 'iso' ? [] : [timestampAt * 1_000, timestampAt / 1_000];
  const found = judge(timestampAt, others, now, toleranceMs / 1_000, { direction, unit: rule?.unit });
  return found ?? (status === 'future' ? clockSkew(timestampAt - now) : replayedLate(now - timestampAt, toleranceMs));
}

/** All times epoch ms. */
function judge(
  own: number | null,
  others: readonly number[],
  now: number,
  toleranceSeconds: number,
  rule: Pick<TimestampRule, 'direction' | 'exclusive'> & { readonly unit: TimestampRule['unit'] | undefined },
): Cause | null {
  if (own !== null && judgeTime(own, now, toleranceSeconds, rule) === 'fresh') return null;
  const strict = { ...rule, direction: 'both' as const };
  if (others.some((at) => judgeTime(at, now, toleranceSeconds, strict) === 'fresh')) return timestampUnit(rule.unit);
  const all = own === null ? others : [own, ...others];
  if (all.length === 0) return timestampUnit(rule.unit);
  // Seconds read as milliseconds lie in 1970, the other way in the far future: the nearest time is the one meant.
  const at = all.reduce((best, next) => (Math.abs(next - now) < Math.abs(best - now) ? next : best));
  return at > now ? clockSkew(at - now) : replayedLate(now - at, toleranceSeconds * 1_000);
}

/** Texts that the same time has in other units; the signed text may be one of them. */
export function otherTimeTexts(text: string): readonly string[] {
  const whole = /^(\d{6,19})(?:\.\d+)?$/.exec(text)?.[1];
  const found = new Set<string>();
  if (whole !== undefined) {
    found.add(whole);
    const at = parseTimestamp(whole, 'iso');
    if (whole.length > 10) found.add(whole.slice(0, -3));
    else found.add(`${whole}000`);
    if (at !== null && at < latestMs) addIso(found, at);
  } else {
    const at = parseTimestamp(text, 'iso');
    if (at === null || at > latestMs) return [];
    found.add(formatTimestamp(at, 'seconds'));
    found.add(formatTimestamp(at, 'milliseconds'));
    addIso(found, at);
  }
  found.delete(text);
  return [...found];
}

/** The year 9999, ms: later times have another ISO form. */
const latestMs = 253_402_300_799_999;

function addIso(found: Set<string>, at: number): void {
  const text = formatTimestamp(at, 'iso');
  found.add(text);
  found.add(text.replace(/\.\d{3}Z$/, 'Z'));
}
