// One attempt of one delivery: secrets, bytes, signature, wire. What cannot be sent at all is parked with a reason and
// uses up no attempt. The rules of a stored target are read anew for each attempt, so that a change counts at once.

import type { Attempt, Delivery, OutgoingMessage } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import type { FindOwn } from '../../shared/providers/index.ts';
import { findSchedule } from '../../shared/schedules.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import type { Target } from '../../shared/workspace.ts';
import type { History } from '../store/history.ts';
import { engineOf } from '../signatures/engines.ts';
import { sign as realSign } from '../signatures/sign.ts';
import type { SecretValue } from '../signatures/verify.ts';
import type { Clock } from '../ports.ts';
import { isAt } from './target-rules.ts';
import { momentOf, signingTime, sleptDuring } from './timing.ts';
import type { Moment } from './timing.ts';
import { attempt as realAttempt } from './wire.ts';
import type { WireOutcome } from './wire.ts';

/** Deadline of a connection where the target names none, ms. */
const defaultConnectMs = 10_000;

/** What an attempt needs. */
export interface RunnerOptions {
  readonly history: Pick<History, 'messageBody'>;
  readonly clock: Clock;
  readonly secret: (name: string) => SecretValue | null;
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: FindOwn | undefined;
  /** The stored target as it is now; null when it is gone. */
  readonly target?: ((id: string) => Target | null) | undefined;
  /** A person's own schedules as they are now. */
  readonly ownSchedules?: (() => readonly OwnSchedule[]) | undefined;
  /** Total deadline where neither the target nor the schedule names one, ms. */
  readonly sendTimeoutMs: number;
  /** Replaces the delivery's stored speed. */
  readonly speed?: number | undefined;
  readonly sign?: typeof realSign | undefined;
  readonly attempt?: typeof realAttempt | undefined;
}

/** How it went: an outcome to record, or why nothing could be sent (`reason` is a stable code). */
export type RunResult =
  | { readonly kind: 'attempted'; readonly wire: WireOutcome & Pick<Attempt, 'signedAt'> }
  | { readonly kind: 'parked'; readonly reason: string; readonly message: string };

/**
 * Signs `delivery` with the time of this attempt, real or simulated, and sends it once. All of a target's secrets sign;
 * one that is missing parks. The total deadline is the target's, else the schedule's, else `sendTimeoutMs`. Rejects only
 * for bugs.
 */
export async function runAttempt(delivery: Delivery, signal: AbortSignal, options: RunnerOptions): Promise<RunResult> {
  const { message, url } = delivery;
  const { sign = realSign, attempt = realAttempt, clock, history } = options;
  try {
    const target = delivery.targetId === null ? null : (options.target?.(delivery.targetId) ?? null);
    const secrets: SecretValue[] = [];
    for (const name of secretNames(delivery, target)) {
      const secret = options.secret(name);
      if (secret === null) {
        return { kind: 'parked', reason: 'secret-unavailable', message: `the secret ${name} is not available` };
      }
      secrets.push(secret);
    }
    const body = history.messageBody(message.bodyHash);
    if (body === null) {
      return { kind: 'parked', reason: 'body-missing', message: 'the message body is no longer in the history' };
    }
    const { method, headers, provider, scheme, messageId, event, signature: mode } = message;
    const before = momentOf(clock);
    const now = signingTime(delivery, before.wall, options.speed ?? delivery.speed);
    const definition = options.definition?.(provider);
    const signed = sign({ provider, definition, scheme, method, url, headers, body, secrets, messageId, event, now, mode }); // prettier-ignore
    const limits = limitsOf(delivery, target, options);
    const secretHeaders = secretFields(message, signed.headers, target, definition);
    const wire = await attempt({
      method,
      ...signed,
      clock,
      signal,
      ...limits,
      ...permissionsOf(target !== null && isAt(delivery, target) ? target : null),
      secretHeaders,
    });
    const judged = judgeSleep(wire, before, momentOf(clock), limits);
    const simulated = delivery.time === 'simulated' && mode !== 'keep';
    return { kind: 'attempted', wire: simulated ? { ...judged, signedAt: now } : judged };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const sealed = error.code === 'SECRET_SEALED' || error.code === 'SECRET_UNAVAILABLE';
    return { kind: 'parked', reason: sealed ? 'secret-unavailable' : 'cannot-send', message: error.message };
  }
}

/** A delivery that brings a secret of its own is signed with that one alone. */
function secretNames({ secretName }: Delivery, target: Target | null): readonly string[] {
  if (secretName === null) return [];
  return target?.secretName === secretName ? [...new Set([secretName, ...target.alsoSecretNames])] : [secretName];
}

interface Limits {
  readonly totalMs: number;
  readonly connectMs: number;
}

function limitsOf(delivery: Delivery, target: Target | null, options: RunnerOptions): Limits {
  const deadlineMs = findSchedule(delivery.schedule, options.ownSchedules?.())?.deadlineMs;
  const totalMs = target?.totalTimeoutMs ?? deadlineMs ?? options.sendTimeoutMs;
  return { totalMs, connectMs: Math.min(target?.connectTimeoutMs ?? defaultConnectMs, totalMs) };
}

function permissionsOf(target: Target | null): Pick<Target, 'followRedirects' | 'allowLinkLocal' | 'skipTlsCheck'> {
  const { followRedirects = false, allowLinkLocal = false, skipTlsCheck = false } = target ?? {};
  return { followRedirects, allowLinkLocal, skipTlsCheck };
}

/**
 * Lower-case names of the fields that must not reach another origin: what signing wrote, what carries the provider's
 * signatures (a replay may hold captured ones), and what the target adds to each request.
 */
function secretFields(
  message: OutgoingMessage,
  sent: readonly HeaderPair[],
  target: Target | null,
  definition: ProviderDefinition | undefined,
): readonly string[] {
  const given = new Set(message.headers.map((pair) => pair.join('\n')));
  const written = sent.filter((pair) => !given.has(pair.join('\n'))).map(([name]) => name);
  const schemes = (definition ?? findProvider(message.provider))?.schemes ?? [];
  const signatures = schemes.flatMap((scheme) => engineOf(scheme).headerNames(scheme));
  const own = (target?.headers ?? []).map(([name]) => name);
  return [...new Set([...written, ...signatures, ...own].map((name) => name.toLowerCase()))];
}

/**
 * An attempt that failed while the machine slept or the process stood still says nothing about the target: it is
 * interrupted, so it is made again and uses up nothing. A status that came all the same counts. Where the wall clock was
 * set meanwhile, the start is told by the new one, so that the next wait is measured on one clock.
 */
function judgeSleep(wire: WireOutcome, before: Moment, after: Moment, limits: Limits): WireOutcome {
  const passed = after.mono - before.mono;
  const moved = Math.abs(after.wall - before.wall - passed) > 2_000;
  const timed: WireOutcome = moved ? { ...wire, at: after.wall - wire.ms } : wire;
  const limitMs = wire.outcome === 'timeout-connect' ? limits.connectMs : limits.totalMs;
  if (wire.status !== null || wire.outcome === 'delivered' || !sleptDuring(before, after, limitMs)) return timed;
  return { ...timed, outcome: 'interrupted', message: 'the machine slept during the attempt' };
}
