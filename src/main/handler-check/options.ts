// What a handler check is given.

import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { Clock, Random } from '../ports.ts';
import type { attempt } from '../sender/wire.ts';
import type { SecretValue } from '../signatures/input.ts';
import type { CaseResult } from './result.ts';

/**
 * How one sees from outside whether an event was worked on once. `url`: answers GET with the number of events worked on
 * so far, as plain text or as JSON (a number, or an object with `count` or `processed`). `header`: a header of the
 * handler's answers; either a mark that only a repeat carries (`true`), or the number of times that the event was
 * worked on (1 or more).
 */
export type IdempotencyView = { readonly url: string } | { readonly header: string };

/** How a stored target is sent to. */
export interface HandlerRules {
  /** Fields that a request gets where it has none of the name. */
  readonly headers: readonly HeaderPair[];
  readonly allowLinkLocal: boolean;
  readonly skipTlsCheck: boolean;
}

/** The handler, how it is signed to, and the limits. */
export interface HandlerCheckOptions {
  /** The handler's address. */
  readonly url: string;
  /** Provider id. */
  readonly provider: string;
  /** A person's own scheme; the registry's provider of this id when absent. */
  readonly definition?: ProviderDefinition | undefined;
  /** Scheme id; the first that the secret fits when absent. */
  readonly scheme?: string | undefined;
  /** At least one, else nothing could be signed. */
  readonly secrets: readonly SecretValue[];
  readonly clock: Clock;
  readonly random: Random;
  /** An event that the handler knows, without variables. The provider's first sample when absent. */
  readonly body?: Uint8Array | undefined;
  /** Event type of `body`, where a header carries it. */
  readonly event?: string | null | undefined;
  /** Of `body`; the provider's own when absent. */
  readonly contentType?: string | undefined;
  /** Deadline of one request, ms; 30 s, or 5 s over `slowMs` if that is more. */
  readonly totalMs?: number | undefined;
  /** An answer that takes longer is slow, ms; how long the provider says it waits, else 10 s. */
  readonly slowMs?: number | undefined;
  readonly idempotency?: IdempotencyView | undefined;
  /** Names of the cases to run; all when absent. */
  readonly cases?: readonly string[] | undefined;
  /** Ends the check; cases that did not run are skipped. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each result as it is there, in order. */
  readonly onCase?: ((result: CaseResult) => void) | undefined;
  /** What a stored target adds to and allows for requests to the handler itself. */
  readonly rules?: HandlerRules | undefined;
  /** Replaces the sender for whole requests. */
  readonly attempt?: typeof attempt | undefined;
}
