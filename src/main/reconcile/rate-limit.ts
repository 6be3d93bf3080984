// What an answer says about how often the API may be asked. Three spellings are in use: Retry-After (RFC 9110 section
// 10.2.3), X-RateLimit-* (GitHub and many others), and RateLimit (draft-ietf-httpapi-ratelimit-headers, old and new).

import { headerValue, headerValues } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/** Wait where an answer says "too many" and nothing else, ms; GitHub asks for at least a minute. */
const untoldWaitMs = 60_000;
/** Nobody waits longer, whatever is asked, ms. */
const longestWaitMs = 7 * 86_400_000;

/** What an answer says. */
export interface RateLimit {
  /** The request was refused for its frequency and has to be made again. */
  readonly limited: boolean;
  /** Ms from now before the next request; 0 when nothing is asked. */
  readonly waitMs: number;
}

/**
 * Reads the rate limit of an answer. 429 is a limit; so is 503 with a Retry-After, and 403 where a header or the text
 * (`body`, the beginning is enough) says so, as GitHub answers. Other answers ask for a wait when nothing remains.
 */
export function readRateLimit(status: number, headers: readonly HeaderPair[], body: string, now: number): RateLimit {
  const retryAfter = retryAfterMs(headerValue(headers, 'retry-after'), now);
  const window = readWindow(headers, now);
  const limited =
    status === 429 ||
    (status === 503 && retryAfter !== null) ||
    (status === 403 && (retryAfter !== null || window.remaining === 0 || /rate limit/i.test(body)));
  if (limited) return { limited, waitMs: clamp(retryAfter ?? window.resetMs ?? untoldWaitMs) };
  return { limited, waitMs: window.remaining === 0 ? clamp(window.resetMs ?? 0) : 0 };
}

interface Window {
  /** Requests that are left; null when not told. */
  readonly remaining: number | null;
  /** Ms until there are new ones; null when not told. */
  readonly resetMs: number | null;
}

function readWindow(headers: readonly HeaderPair[], now: number): Window {
  for (const prefix of ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-']) {
    const remaining = numberIn(headerValue(headers, `${prefix}remaining`));
    if (remaining === null) continue;
    const reset = numberIn(headerValue(headers, `${prefix}reset`));
    return { remaining, resetMs: reset === null ? null : untilReset(reset, now) };
  }
  return readFields(headerValues(headers, 'ratelimit').join(','));
}

/** `limit=100, remaining=0, reset=50`, or `"default";r=0;t=50, "hourly";r=3;t=900`: the longest wait of an empty one. */
function readFields(value: string): Window {
  const old = /(?:^|,)\s*remaining\s*=\s*(\d+)/i.exec(value);
  if (old) {
    const reset = numberIn(/(?:^|,)\s*reset\s*=\s*(\d+)/i.exec(value)?.[1]);
    return { remaining: Number(old[1]), resetMs: reset === null ? null : reset * 1_000 };
  }
  let remaining: number | null = null;
  let resetMs: number | null = null;
  for (const item of value.split(',')) {
    const left = numberIn(/;\s*r=(\d+)/.exec(item)?.[1]);
    if (left === null) continue;
    remaining = Math.min(remaining ?? left, left);
    const seconds = numberIn(/;\s*t=(\d+)/.exec(item)?.[1]);
    if (left === 0 && seconds !== null) resetMs = Math.max(resetMs ?? 0, seconds * 1_000);
  }
  return { remaining, resetMs };
}

/** Resets are written as epoch seconds, epoch ms or seconds from now; their sizes tell them apart. */
function untilReset(reset: number, now: number): number {
  if (reset >= 1e12) return reset - now;
  return reset >= 1e9 ? reset * 1_000 - now : reset * 1_000;
}

function retryAfterMs(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const seconds = numberIn(value);
  if (seconds !== null) return seconds * 1_000;
  // Date.parse alone takes almost any text with a number in it for a date.
  const at = / \d{2}:\d{2}:\d{2} /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : at - now;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d{1,15}(\.\d{1,6})?\s*$/.test(text) ? Number(text) : null;
}

/** At least a second: clocks differ, and an API that says "now" is not asked in a tight loop. */
function clamp(ms: number): number {
  return Math.min(longestWaitMs, Math.max(1_000, Math.ceil(ms)));
}
