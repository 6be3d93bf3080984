// One attempt of one delivery: secret, bytes, signature, wire. What cannot be sent at all is parked with a reason and
// uses up no attempt.

import type { Delivery } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { History } from '../store/history.ts';
import { sign as realSign } from '../signatures/sign.ts';
import type { SecretValue } from '../signatures/verify.ts';
import type { Clock } from '../ports.ts';
import { attempt as realAttempt } from './wire.ts';
import type { WireOutcome } from './wire.ts';

/** What an attempt needs. */
export interface RunnerOptions {
  readonly history: Pick<History, 'messageBody'>;
  readonly clock: Clock;
  readonly secret: (name: string) => SecretValue | null;
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: ((provider: string) => ProviderDefinition | undefined) | undefined;
  readonly sendTimeoutMs: number;
  readonly sign?: typeof realSign | undefined;
  readonly attempt?: typeof realAttempt | undefined;
}

/** How it went: an outcome to record, or why nothing could be sent (`reason` is a stable code). */
export type RunResult =
  | { readonly kind: 'attempted'; readonly wire: WireOutcome }
  | { readonly kind: 'parked'; readonly reason: string; readonly message: string };

/** Signs `delivery` with the time of this attempt and sends it once. Rejects only for bugs. */
export async function runAttempt(delivery: Delivery, signal: AbortSignal, options: RunnerOptions): Promise<RunResult> {
  const { message, secretName, url } = delivery;
  const { sign = realSign, attempt = realAttempt, clock, history, sendTimeoutMs } = options;
  try {
    const secret = secretName === null ? null : options.secret(secretName);
    if (secretName !== null && secret === null) {
      return { kind: 'parked', reason: 'secret-unavailable', message: `the secret ${secretName} is not available` };
    }
    const body = history.messageBody(message.bodyHash);
    if (body === null) {
      return { kind: 'parked', reason: 'body-missing', message: 'the message body is no longer in the history' };
    }
    const { method, headers, provider, scheme, messageId, event, signature: mode } = message;
    const secrets = secret === null ? [] : [secret];
    const now = clock.now();
    const definition = options.definition?.(provider);
    const signed = sign({ provider, definition, scheme, method, url, headers, body, secrets, messageId, event, now, mode }); // prettier-ignore
    const wire = await attempt({ method, ...signed, clock, totalMs: sendTimeoutMs, signal });
    return { kind: 'attempted', wire };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const sealed = error.code === 'SECRET_SEALED' || error.code === 'SECRET_UNAVAILABLE';
    return { kind: 'parked', reason: sealed ? 'secret-unavailable' : 'cannot-send', message: error.message };
  }
}
