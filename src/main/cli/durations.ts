// Durations as a person writes and reads them: `500ms`, `10s`, `5m`, `2h`, `1d`.

import { AppError } from '../../shared/errors.ts';

/** Largest first, ms. */
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** Ms of `text`, within limits given in ms. Throws CONFIG_INVALID that names the option. */
export function readDuration(option: string, text: string, least: number, most: number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const size = units.find(([name]) => name === unit)?.[1];
  const ms = size === undefined ? Number.NaN : Math.round(Number(count) * size);
  // A comparison with NaN is false.
  if (ms >= least && ms <= most) return ms;
  const limits = `from ${formatDuration(least)} to ${formatDuration(most)}`;
  throw new AppError(
    'CONFIG_INVALID',
    `${option} must be a time such as 500ms, 10s, 5m or 2h, ${limits}, not "${text}".`,
  );
}

/** Exactly `ms`, in the largest unit of which it is a whole number: `90s`, `2h`. */
export function formatDuration(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms >= length && ms % length === 0) ?? (['ms', 1] as const);
  return `${ms / size}${unit}`;
}
