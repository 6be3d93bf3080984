// Catching up: which provider APIs are asked for events that never arrived, and what was found.

import * as v from 'valibot';
import { name } from './schema-parts.ts';

/** What can be pulled from; but for `generic` provider ids. */
export const pullProviders = ['github', 'stripe', 'svix', 'shopify', 'generic'] as const;

/** Schema of one stored pull. */
export const pullSetupSchema = v.object({
  id: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  ),
  name,
  provider: v.picklist(pullProviders),
  /** The source's own settings (repository and hook, application, page rule...), checked by the source. */
  config: v.record(v.string(), v.unknown()),
  /** Name of the secret that holds the read token; null for an API that needs none. */
  tokenName: v.nullable(v.string()),
  /** Replaces the provider's address; null for its own. */
  baseUrl: v.nullable(
    v.pipe(v.string(), v.regex(/^https?:\/\//i, 'must start with http:// or https://'), v.maxLength(2_000)),
  ),
  /** Endpoint under which missed events are put into the history. */
  endpointId: v.string(),
  /** Minutes between two looks; null: only when asked. */
  everyMinutes: v.nullable(
    v.pipe(v.number(), v.minValue(1, 'must be at least 1'), v.maxValue(1_440, 'must be at most 1,440')),
  ),
});
/** One stored pull. */
export type PullSetup = v.InferOutput<typeof pullSetupSchema>;

/** One event that a provider says it sent. */
export interface PulledEvent {
  /** The provider's id of the delivery or event. */
  readonly id: string;
  readonly event: string | null;
  /** Epoch ms. */
  readonly at: number;
  /** In the history; not there; or counted as failed by the provider. */
  readonly state: 'arrived' | 'missed' | 'failed';
  /** The request in the history, or null. */
  readonly requestId: string | null;
  /** With `arrived`: it never arrived; an earlier look put it into the history. Else absent. */
  readonly pulled?: true;
}

/** How a pull stands. */
export interface PullStatus {
  readonly id: string;
  readonly running: boolean;
  /** End of the last whole look, epoch ms; null before the first. */
  readonly lastAt: number | null;
  /** Due time of the next look, epoch ms; null when none is planned. */
  readonly nextAt: number | null;
  /** Of the last look, newest first, at most 500. */
  readonly events: readonly PulledEvent[];
  /** Events of this run of Hookbench that were missed or failed. */
  readonly missed: number;
  /** What went wrong in the last look, a sentence; null when nothing did. */
  readonly problem: string | null;
}
