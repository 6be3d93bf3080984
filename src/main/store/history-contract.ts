// What the history offers to the rest of the host: every captured request, the bytes of outgoing messages, attempts in
// full, finished deliveries, refusals. history.ts makes it.

import type { AttemptRecord, Delivery } from '../../shared/delivery.ts';
import type {
  CapturedRequest,
  DuplicateVerdict,
  ExchangeSummary,
  Finding,
  RefusedEntry,
  Verdict,
} from '../../shared/exchange.ts';
import type { ForwardResult } from '../../shared/forwards.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyRecord } from '../../shared/replies.ts';
import type { Settings } from '../../shared/workspace.ts';

/** A request with its judgement, ready to be stored. */
export interface Exchange {
  readonly request: CapturedRequest;
  /** Id of the endpoint. */
  readonly endpoint: string;
  readonly provider: string | null;
  readonly event: string | null;
  readonly deliveryId: string | null;
  readonly verdict: Verdict;
  readonly duplicate: DuplicateVerdict;
  /** Keys under which later duplicates find this request. */
  readonly duplicateKeys: DuplicateKeys;
  /** Status that will be answered; null where nothing is. */
  readonly replyStatus: number | null;
  /** A provider handshake is answered; false when absent. */
  readonly challenge?: boolean;
  /** It was fetched from the provider's API: nothing arrived, and nothing is answered. */
  readonly pulled?: true;
  /** It was read from a file: nothing arrived, and nothing is answered. */
  readonly imported?: true;
  /** What will be answered; absent where nothing is, or where a forward decides. The same object for the same answer. */
  readonly reply?: ReplyRecord;
  /** As in ExchangeSummary. */
  readonly webPage?: true;
  /** As in ExchangeSummary. */
  readonly sender?: string;
  /** Address that a handshake waits for. */
  readonly needsConsent?: { readonly fetch: string };
}

/** Keys of the duplicate look-up. */
export interface DuplicateKeys {
  /** Endpoint, provider and delivery id; null without a delivery id. */
  readonly idKey: string | null;
  /** Hash over endpoint, method, target and body; null when neither says anything (empty body). */
  readonly bodyKey: string | null;
}

/** The newest earlier member of a duplicate group. */
export interface DuplicateMatch {
  /** Id of the first request of the group. */
  readonly firstId: string;
  readonly sha256: string;
  readonly n: number;
}

/** One stored request with headers, for printing and export. */
export interface StoredRequest extends ExchangeSummary {
  readonly httpVersion: string;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
  /** Bytes that are stored; less than `size` when truncated. */
  readonly storedSize: number;
}

/** Which requests are counted, and into how many stretches. Times in epoch ms. */
export interface ActivityOptions {
  readonly query: string;
  readonly fromAt: number;
  /** Not included. */
  readonly toAt: number;
  readonly now: number;
  readonly budgetMs: number;
  /** Null at first. */
  readonly belowSeq: number | null;
}

/** The history store. Readers may be used by a second process; writers only by the owner of the data folder. */
export interface History {
  /** Allocates the next sequence number (kept in memory, seeded from the file). */
  nextSeq(): number;
  /** Earlier request with this id key within the window, the same bytes preferred; includes what is not committed yet. */
  findById(idKey: string, sha256: string, sinceAt: number): DuplicateMatch | null;
  /** Earlier request with this body key within the window. */
  findByBody(bodyKey: string, sinceAt: number): DuplicateMatch | null;
  /** Stored requests of the delivery that the keys name: by the id where there is one, else by the body. At most 1,000. */
  arrivals(keys: DuplicateKeys): number;
  /**
   * Whether one of them, since then, was genuine (`unverified`: or could not be checked) and dealt with: the app took it,
   * its copies were queued, or without either it was answered with success.
   */
  wasProcessed(keys: DuplicateKeys, options: { readonly sinceAt: number; readonly unverified: boolean }): boolean;
  /** Id of the newest request with this id key, however old; null when there is none. */
  idOfKey(idKey: string): string | null;
  /** Stores a request; resolves after the commit (fsync) that holds it. Rejects with STORE_FULL or STORE_FAULT. */
  append(exchange: Exchange): Promise<void>;
  /**
   * Notes what was really answered (null: the connection ended without an answer); `record` where it was not known at
   * `append`. Joins the next commit, not awaited by anyone.
   */
  noteReply(id: string, status: number | null, ms: number, record?: ReplyRecord): void;
  /** What was answered in full; null where it was not kept. */
  replyRecord(id: string): ReplyRecord | null;
  /** Address that the request's handshake waits for. */
  needsConsent(id: string): { readonly fetch: string } | null;
  /** Keeps or replaces (same `forwardId`) what became of a forward; joins the next commit, not awaited by anyone. */
  noteForward(requestId: string, result: ForwardResult): void;
  /** In the order of their first note. */
  forwardsOf(requestId: string): ForwardResult[];
  /** Pins or releases; unknown ids are left out. Resolves after the commit. */
  setPinned(ids: readonly string[], pinned: boolean): Promise<void>;
  /** Sets a note; an empty one removes it. Resolves after the commit. Throws STORE_NOT_FOUND. */
  setNote(id: string, note: string): Promise<void>;
  /** Bytes of the stored bodies of this endpoint's requests, what is not committed yet included. Cheap. */
  storedBytes(endpointId: string): number;
  /**
   * Removes the oldest requests beyond the limits, in small batches that let others run between them; pinned ones stay.
   * Resolves when the limits hold, with the number of removed ones.
   */
  retain(limits: Settings['retention'], now: number): Promise<{ readonly removed: number }>;
  /**
   * As `retain` for what was sent: removes delivered copies of requests that are gone, and the oldest delivered ones
   * beyond count and age unless they belong to a pinned request; with them attempts, and bodies that no other delivery
   * needs. `needed` gives the hashes of those that unfinished and dead deliveries need. What was kept in the last minutes
   * waits for a later call. Resolves with the ids of the deliveries that are gone.
   */
  retainSent(limits: Settings['retention'], now: number, needed: () => ReadonlySet<string>): Promise<readonly string[]>;
  /**
   * Removes these requests with all that belongs to them, in small batches that let others run between them; unknown
   * ids are left out. Resolves after the commits with the ids that are gone.
   */
  remove(ids: readonly string[]): Promise<readonly string[]>;
  /** Keeps what was found about a failed check; joins the next commit, not awaited by anyone. */
  noteDiagnosis(id: string, findings: readonly Finding[]): void;
  /** Keeps a refusal (newest 1,000). */
  appendRefused(entry: RefusedEntry): void;
  /** Newest refusals first. */
  listRefused(limit: number): RefusedEntry[];

  /**
   * Newest first, `seq` below `beforeSeq` if given. `query` is the query language; throws CONFIG_QUERY. It stops after
   * `budgetMs` (for ever when absent) with what it has and `more`; to go on, pass `scannedTo` as the next `beforeSeq`.
   */
  list(options: {
    query: string;
    beforeSeq?: number | undefined;
    limit: number;
    now: number;
    budgetMs?: number | undefined;
  }): {
    rows: ExchangeSummary[];
    more: boolean;
    /** The lowest number that was looked at. */
    scannedTo: number;
  };
  /** Those of these numbers that are stored, newest first. */
  rows(seqs: readonly number[]): ExchangeSummary[];
  /**
   * Counts those that the query takes by when they came, newest first, for `budgetMs`. Adds to `counts`; gives the
   * `belowSeq` to go on with, or null when all is counted. Throws CONFIG_QUERY.
   */
  countActivity(options: ActivityOptions, counts: { total: number; failed: number }[]): number | null;
  /** Oldest first; the newest `limit` (0 for all) that match. Streams: holds a bounded number of rows in memory. */
  stream(options: { query: string; limit: number; now: number }): Iterable<StoredRequest>;
  get(id: string): StoredRequest | null;
  /** Body bytes from `offset`, at most `length`; empty past the end. Null for an unknown id. */
  readBody(id: string, offset?: number, length?: number): Uint8Array | null;
  /** All members of the request's duplicate group, oldest first, at most 200. */
  group(id: string): ExchangeSummary[];
  count(): number;

  /** Keeps the bytes of an outgoing message under their SHA-256 (lower-case hex, returned); resolves after the commit. */
  putMessageBody(bytes: Uint8Array): Promise<string>;
  messageBody(hash: string): Uint8Array | null;
  /** Keeps one attempt in full; resolves after the commit. */
  appendAttempt(record: AttemptRecord): Promise<void>;
  attempts(deliveryId: string): AttemptRecord[];
  /** Keeps finished (delivered) deliveries that leave the queue; resolves after the commit. */
  archiveDeliveries(deliveries: readonly Delivery[]): Promise<void>;
  archivedDelivery(id: string): Delivery | null;
  /** Delivered ones, newest first; 0 for all. */
  listArchived(limit: number): Delivery[];
  /** Ids of deliveries that replayed this request. */
  replaysOf(requestId: string): string[];

  /** Null while storing works; else the sentence for the status bar. */
  readonly fault: string | null;
  /** What was found broken at open and what became of it, one sentence each. */
  readonly recovered: readonly string[];
  /** SQLite's quick_check: `ok` or what is wrong. */
  check(): string;
  /** Commits what is pending, checkpoints the WAL, closes. */
  close(): Promise<void>;
}
