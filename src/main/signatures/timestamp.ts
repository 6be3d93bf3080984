// Reads, writes and judges the time of a signature. Limits are inclusive and counted in whole seconds, as the
// official libraries count them: 300 s old passes, 301 s does not.

import type { TimestampRule } from '../../shared/providers/define.ts';

/** How a time stands to the receiver's clock. */
type Freshness = 'fresh' | 'expired' | 'future';

/** Latest time that a Date can hold, ms. */
const latestDateMs = 8.64e15;

/**
 * Epoch ms, or null when the text is no time of this unit. Digits may go far beyond what a Date can hold (see
 * {@link isDate}). `iso` also reads Unix time in digits: ten or fewer are seconds, more are milliseconds.
 */
export function parseTimestamp(text: string, unit: TimestampRule['unit']): number | null {
  if (/^\d{1,30}$/.test(text)) {
    const isSeconds = unit === 'seconds' || (unit === 'iso' && text.length <= 10);
    return Number(text) * (isSeconds ? 1_000 : 1);
  }
  if (unit !== 'iso' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Whether the time can be shown as a date. */
export function isDate(at: number): boolean {
  return at <= latestDateMs;
}

/** `at` (epoch ms) as a header of this unit carries it. */
export function formatTimestamp(at: number, unit: TimestampRule['unit']): string {
  if (unit === 'iso') return new Date(at).toISOString();
  return String(Math.floor(unit === 'seconds' ? at / 1_000 : at));
}

/** Compares `at` with `now` (both epoch ms). With direction `age` only too old is refused. */
export function judgeTime(
  at: number,
  now: number,
  toleranceSeconds: number,
  { direction, exclusive }: Pick<TimestampRule, 'direction' | 'exclusive'>,
): Freshness {
  if (exclusive && now - at >= toleranceSeconds * 1_000) return 'expired';
  const ageSeconds = Math.floor(now / 1_000) - Math.floor(at / 1_000);
  if (ageSeconds > toleranceSeconds) return 'expired';
  if (direction === 'both' && -ageSeconds > toleranceSeconds) return 'future';
  return 'fresh';
}

/** A length of time in words: `3 s`, `4 min`, `2 h`, `5 days`. */
export function describeDuration(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${Math.round(seconds / 3_600)} h`;
  const days = Math.round(seconds / 86_400);
  return days < 100_000 ? `${days} days` : 'more than 200 years';
}
