// What a reader of a foreign file gives: requests as plain data, and a list of what it left out. Nothing here sends,
// evaluates or configures anything.

import type { HeaderPair } from '../../../shared/headers.ts';
import type { DuplicateKind, Verdict } from '../../../shared/exchange.ts';
import type { ImportFormat, LeftOut } from '../../../shared/imports.ts';
import type { ReplyRecord } from '../../../shared/replies.ts';

/** A request found in a file. */
export interface ImportedRequest {
  readonly method: string;
  /** Path and query; one character per byte. */
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** What the file says besides; absent where it says nothing. */
  readonly known: KnownFacts;
}

/** What only some formats tell. */
export interface KnownFacts {
  /** As in the file; kept where it is well-formed and free. */
  readonly id?: string;
  /** Epoch ms. */
  readonly receivedAt?: number;
  readonly provider?: string;
  readonly event?: string;
  readonly deliveryId?: string;
  readonly remoteAddress?: string;
  readonly note?: string;
  readonly pinned?: true;
  /** Size before it was cut, bytes. */
  readonly size?: number;
  readonly truncated?: true;
  /** Of the captured body, lower-case hex; differs from the body's where secrets are masked. */
  readonly sha256?: string;
  readonly verdict?: Verdict;
  readonly duplicate?: { readonly kind: DuplicateKind; readonly of: string | null; readonly n: number };
  readonly replyStatus?: number;
  readonly replyMs?: number;
  readonly reply?: ReplyRecord;
  /** Secrets were masked when it was written. */
  readonly redacted?: true;
}

/** What an import would do. */
export interface ImportPlan {
  readonly format: ImportFormat;
  readonly requests: readonly ImportedRequest[];
  readonly leftOut: readonly LeftOut[];
}

/** Where a reader puts what it finds. */
export interface Finds {
  readonly requests: ImportedRequest[];
  readonly leftOut: LeftOut[];
}

/** Deepest nesting of a document. */
export const maxDepth = 64;
/** Most requests of one file. */
export const maxRequests = 10_000;
/** Most entries in the list of what was left out; the last one counts the rest. */
export const maxLeftOut = 1_000;
