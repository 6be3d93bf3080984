// What a pull takes and gives. It talks to the rest of the host only through these values and callbacks.

import * as v from 'valibot';
import type { PullHttp } from './http.ts';
import type { PullSource, RemoteEvent } from './source.ts';

const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

/** Schema of a kept cursor, for whoever reads it back from a file. */
export const pullCursorSchema = v.object({
  /** The next run asks for events from then on, epoch ms. */
  sinceAt: time,
  /** Page at which a run that did not come to its end goes on; null after a whole run. */
  page: v.nullable(v.pipe(v.string(), v.maxLength(8_192))),
  /** Newest event read so far, epoch ms. */
  newestAt: time,
  /** Validator of the first page of the last whole run, and the address it belongs to. */
  validator: v.nullable(v.object({ url: v.string(), etag: v.string() })),
});
/** Where the next run begins. JSON; holds no token. Belongs to one `scope` of a source and one base address. */
export type PullCursor = v.InferOutput<typeof pullCursorSchema>;

/**
 * `arrived`: in the history, though perhaps only since an earlier pull put it there (`pulled`). Else `failed` where the
 * provider counts its delivery as failed, or `missed`.
 */
export type PullState = 'arrived' | 'missed' | 'failed';

/** One judged event, as the command line prints it. */
export interface PullLine {
  readonly type: 'event';
  /** The provider's id of the delivery or event. */
  readonly id: string;
  readonly event: string | null;
  /** Epoch ms. */
  readonly at: number;
  readonly state: PullState;
  /** The request in the history: the one that arrived, or the one just put there. */
  readonly requestId: string | null;
  /** With `arrived`: it never arrived; an earlier pull put it into the history. Else absent. */
  readonly pulled?: true;
}

/** Time for the engine; a host's clock fits. */
export interface PullClock {
  /** Epoch ms. */
  now(): number;
  /** Calls `run` after `ms`; returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** What one run needs. */
export interface PullOptions {
  readonly source: PullSource;
  /** The person's read token; null for an API that needs none. */
  readonly token: string | null;
  /** Replaces the provider's address (GitHub Enterprise, a test server). Https, or http on loopback. */
  readonly baseUrl?: string | undefined;
  /** Events before this are not looked at, epoch ms. A `cursor` takes its place. */
  readonly sinceAt: number;
  /** Of an earlier run over the same scope and address; null or absent to begin at `sinceAt`. */
  readonly cursor?: PullCursor | null | undefined;
  /** Id of the request in the history that is this event, or null. */
  isKnown(id: string, event: RemoteEvent): string | null;
  /** Whether this request of the history was put there by a pull. Absent: none was. */
  isPulled?: ((requestId: string) => boolean) | undefined;
  /** Puts an event that is not in the history there and gives its id; null when it chose not to. */
  record(event: RemoteEvent): Promise<string | null>;
  /** Called once per event, after it was recorded. */
  onEvent(line: PullLine): void;
  /** Called after every whole page and at the end, so that a run that is killed can be gone on with. */
  saveCursor?: ((cursor: PullCursor) => void | Promise<void>) | undefined;
  /** Ids judged before, which are passed over; new ones are added. For runs that overlap. */
  readonly judged?: Set<string> | undefined;
  readonly clock: PullClock;
  /** Node's client when absent. */
  readonly http?: PullHttp | undefined;
  /** 1,000 when absent. */
  readonly maxPages?: number | undefined;
  /** Longest that a run waits for rate limits, all in all, ms; 15 minutes when absent. */
  readonly maxWaitMs?: number | undefined;
  /** Events younger than this that are not in the history yet are left for the next run, ms; 0 when absent. */
  readonly graceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a run went. */
export interface PullSummary {
  /** Events that were in the history before, those of `pulled` included. */
  readonly arrived: number;
  /** Of `arrived`: put into the history by earlier pulls. */
  readonly pulled: number;
  readonly missed: number;
  readonly failed: number;
  /** Events that were not in the history and now are: the missed ones and those that failed at the provider. */
  readonly recorded: number;
  /** Whole pages read. */
  readonly pages: number;
  readonly cursor: PullCursor;
  /** `complete`, or why it ended before the last page; the cursor goes on from there. */
  readonly ended: 'complete' | 'rate-limited' | 'page-limit' | 'stopped';
  /** When the API wants to be asked again, epoch ms; absent unless it asked for a pause that still lasts. */
  readonly rateLimitedUntil?: number;
}
