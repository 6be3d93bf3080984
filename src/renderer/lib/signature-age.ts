// How old a signature was on arrival, against what is tolerated: as words and as a share for a bar.

import { formatDuration } from './format.ts';

/** The age of a signature. */
export interface SignatureAge {
  /** For example `12 s of 300 s`, `660 s of 300 s`, `3 s ahead, 300 s tolerated`. */
  readonly words: string;
  /** Share of the tolerance that is used, 0 to 1; null where there is no limit. */
  readonly share: number | null;
  /** More than what is tolerated. */
  readonly over: boolean;
}

/** All in ms: epoch of arrival and of the signed time, and the tolerance, if one applied. */
export function signatureAge(receivedAt: number, timestampAt: number, toleranceMs: number | undefined): SignatureAge {
  const age = receivedAt - timestampAt;
  const ahead = age < 0;
  const size = Math.abs(age);
  if (toleranceMs === undefined) {
    const words = ahead ? `${duration(size)} ahead of arrival` : `${duration(size)} before arrival`;
    return { words: `${words}, no limit`, share: null, over: false };
  }
  // Both in one unit as long as that reads well: the point is the comparison.
  const write = Math.max(size, toleranceMs) < 3_600_000 ? seconds : formatDuration;
  const words = ahead
    ? `${write(size)} ahead, ${write(toleranceMs)} tolerated`
    : `${write(size)} of ${write(toleranceMs)}`;
  return { words, share: toleranceMs > 0 ? Math.min(1, size / toleranceMs) : 1, over: size > toleranceMs };
}

function seconds(ms: number): string {
  const value = ms / 1_000;
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} s`;
}

function duration(ms: number): string {
  return ms < 120_000 ? seconds(ms) : formatDuration(ms);
}
