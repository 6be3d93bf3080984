// What a provider's API looks like to the engine: how a page is asked for, and what stands in it. One file per provider
// makes a source; none of them sends anything, sees the token outside `headers`, or knows the history.

import type { HeaderPair } from '../../shared/headers.ts';
import type { JsonText } from './json-text.ts';

/** One event as the provider's API tells it. */
export interface RemoteEvent {
  /** As the history's delivery id. */
  readonly id: string;
  /** Event type, named as the history names it (`issues.opened`). */
  readonly event: string | null;
  /** When the provider made or sent it, epoch ms. */
  readonly at: number;
  /** `failed`: the provider counts its delivery as failed. Sources that cannot tell say `delivered`. */
  readonly state: 'delivered' | 'failed';
  /** Headers it was sent with, as far as the API tells them; null when it tells none. */
  readonly headers: readonly HeaderPair[] | null;
  /** The body as the API tells it; null when it does not (any more). */
  readonly body: Uint8Array | null;
  /** Path and query it was sent to, where the API tells them. */
  readonly target?: string;
  /**
   * Only where arrived requests do not carry `id` (Shopify): an arrived one is a request of the same event whose body
   * fulfils all of these. See `bodyMatches`.
   */
  readonly match?: readonly BodyCondition[];
}

/** A value that a JSON body must hold at a dotted path. Times are equal when they mean the same moment. */
export interface BodyCondition {
  readonly path: string;
  readonly value: string;
}

/** An event of a page, perhaps without headers and body yet. */
export interface ListedEvent {
  readonly event: RemoteEvent;
  /** Under which the API tells the rest (see `PullSource.detail`); null when the page has told everything. */
  readonly detailId: string | null;
}

/** One page of events, in the API's order. */
export interface SourcePage {
  readonly events: readonly ListedEvent[];
  /** What asks for the next page (see `PullSource.pageUrl`); null on the last one. */
  readonly next: string | null;
}

/** A whole answer of the API. */
export interface ApiAnswer {
  readonly headers: readonly HeaderPair[];
  readonly json: JsonText;
}

/** A provider's API, with the person's choice of what to list already made. */
export interface PullSource {
  /** Provider id, or `generic`. */
  readonly id: string;
  /** For messages. */
  readonly name: string;
  /** What is listed, for example `github repos/octo/hello/hooks/7`. A kept cursor belongs to one scope and address. */
  readonly scope: string;
  /** What the API cannot tell and how far it reaches back; sentences for a person. */
  readonly limits: string;
  readonly needsToken: boolean;
  /** Right that the token must have, as the provider calls it. */
  readonly tokenRight: string;
  readonly method: 'GET' | 'POST';
  /** Pages run from new to old; null where that is not known. */
  readonly newestFirst: boolean | null;
  /** The provider's address, without a slash at its end. Svix tells the region by the token. */
  baseUrl(token: string | null): string;
  /** Headers of every request. Nothing else holds the token. */
  headers(token: string | null): readonly HeaderPair[];
  /** Address of the first page (`page` null), or of what an earlier page named. `base` has no slash at its end. */
  pageUrl(base: string, sinceAt: number, page: string | null): string;
  /** Reads a page. Throws BrokenPage when it is not of the documented shape. `url` is where it came from. */
  readPage(
    answer: ApiAnswer,
    context: { readonly url: string; readonly page: string | null; readonly now: number },
  ): SourcePage;
  /** How headers and body of a listed event are fetched; absent where pages tell everything. */
  readonly detail?: {
    url(base: string, detailId: string): string;
    read(event: RemoteEvent, answer: ApiAnswer): RemoteEvent;
  };
}
