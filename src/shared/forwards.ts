// Where an endpoint passes its requests on to, and what became of it. Pure data; sender/forward.ts does it.

import * as v from 'valibot';
import { httpUrl, identifier } from './schema-parts.ts';

const verdicts = [
  'valid',
  'invalid',
  'missing',
  'expired',
  'future',
  'malformed',
  'unsupported',
  'unverified',
] as const;

/** Schema of one forward. */
export const forwardSchema = v.object({
  id: identifier,
  url: httpUrl,
  /**
   * `answer`: the app's answer goes to the provider (502 where it cannot be reached); at most one per endpoint.
   * `copy`: the request is answered by the endpoint and passed on through the retry queue.
   */
  mode: v.picklist(['answer', 'copy']),
  active: v.optional(v.boolean(), true),
  /** What follows the endpoint's path is added to the address. The query always goes along. */
  appendPath: v.optional(v.boolean(), false),
  /** Event names: exact, `order.*`, or `*` for all. */
  events: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)), ['*']),
  /** Only requests with one of these verdicts; empty for all. */
  verdicts: v.optional(v.array(v.picklist(verdicts)), []),
  /** Only requests of one of these kinds; empty for all. */
  duplicates: v.optional(v.array(v.picklist(['first', 'retry', 'conflict', 'same-body'])), []),
  /** Keeps the Host header as received. */
  keepHost: v.optional(v.boolean(), false),
  /** Deadline of the app's answer, ms. */
  timeoutMs: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(100, 'must be at least 100 ms'), v.maxValue(600_000)),
    30_000,
  ),
  /** Retry schedule of copies. */
  schedule: v.optional(v.string(), 'quick'),
});
/** One forward of an endpoint. */
export type Forward = v.InferOutput<typeof forwardSchema>;

/** What became of one forward of one request: stored beside the request. */
export interface ForwardResult {
  readonly forwardId: string;
  readonly url: string;
  readonly mode: 'answer' | 'copy';
  /**
   * `answered`: the app answered, whatever it said. `failed`: it did not. `queued`: the delivery says how it goes on.
   * `skipped`: filtered, or a rule answered in its place.
   */
  readonly state: 'answered' | 'failed' | 'queued' | 'skipped';
  readonly status: number | null;
  /** Ms; null where nothing was sent. */
  readonly ms: number | null;
  /** Epoch ms. */
  readonly at: number;
  /** A sentence. */
  readonly message: string;
  /** Of a copy. */
  readonly deliveryId: string | null;
}

/** How a local app does, as the last forwards to it saw it. */
export interface ForwardHealth {
  readonly endpointId: string;
  readonly forwardId: string;
  readonly url: string;
  readonly state: 'unknown' | 'up' | 'down';
  /** Since when, epoch ms; null while unknown. */
  readonly since: number | null;
  /** What was seen last, a sentence. */
  readonly message: string;
}
