// Keeps a target that is down from being hammered: after failures of several deliveries in a row it lets one probe
// through per pause. It only ever delays; it uses up no attempt and needs no person.

import type { AttemptOutcome } from '../../shared/delivery.ts';

const pauseMs = 30_000;
/** A target that fails every other time must stay open for business: ten in a row are chance only once in a thousand. */
const failuresToOpen = 10;

/** Breaker of one target. Times are monotonic ms. */
export interface Breaker {
  /** When the next attempt may leave: 0 when closed, Infinity while a probe is out. */
  freeAt(): number;
  /** An attempt leaves. While open it is the probe. */
  started(id: string): void;
  /** An attempt ended; `null` when it says nothing about the target. */
  ended(id: string, down: boolean | null, now: number, speed: number): void;
  /** Nothing failed since the last success. */
  isIdle(): boolean;
}

/**
 * Only failures of different deliveries count: one delivery that fails again and again keeps its own schedule. Speed
 * divides the pause.
 */
export function createBreaker(): Breaker {
  const failed = new Set<string>();
  let openUntil: number | null = null;
  let probe: string | null = null;
  return {
    freeAt: () => (openUntil === null ? 0 : probe === null ? openUntil : Infinity),
    isIdle: () => openUntil === null && failed.size === 0,
    started: (id) => {
      if (openUntil !== null) probe ??= id;
    },
    ended: (id, down, now, speed) => {
      const wasProbe = probe === id;
      if (wasProbe) probe = null;
      if (down === null) return;
      if (!down) {
        failed.clear();
        openUntil = null;
        probe = null;
        return;
      }
      if (openUntil === null) failed.add(id);
      if (openUntil === null ? failed.size >= failuresToOpen : wasProbe) openUntil = now + pauseMs / speed;
    },
  };
}

/**
 * Whether an attempt says that the target is down (true), up (false), or neither (null). A reply such as 400 or 401
 * judges the message, not the target: testing a handler with bad signatures must not slow the good ones down.
 */
export function saysDown(outcome: AttemptOutcome, status: number | null): boolean | null {
  if (outcome === 'interrupted' || outcome === 'blocked-address') return null;
  if (status === null) return true;
  return status >= 500 || status === 429;
}
