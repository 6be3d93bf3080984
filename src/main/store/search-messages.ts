// What the search thread and the thread of the host say to each other.

import type { ActivityOptions } from './history-contract.ts';

/** What the thread is started with. */
export interface SearchThreadOptions {
  readonly dir: string;
  /** The greatest number that was given before the history was opened. */
  readonly openedSeq: number;
}

/** A page of the history, as numbers. */
export interface FindOptions {
  readonly query: string;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
  /** Epoch ms. */
  readonly now: number;
  /** It stops after about this long, ms; absent: at the end. */
  readonly budgetMs?: number | undefined;
}

/** What was found, greatest number first. */
export interface Found {
  readonly seqs: readonly number[];
  readonly more: boolean;
  /** How far down it has looked, where it stopped on the way; else null. */
  readonly scannedTo: number | null;
}

/** Counts as `requests.activity` gives them. */
export type Counts = { total: number; failed: number }[];

/** Which requests are counted, and into how many stretches. */
export type CountOptions = Omit<ActivityOptions, 'budgetMs' | 'belowSeq'> & { readonly buckets: number };

/** Of the host. */
export type SearchOrder =
  | { readonly kind: 'find'; readonly n: number; readonly options: FindOptions }
  | { readonly kind: 'count'; readonly n: number; readonly options: CountOptions }
  | { readonly kind: 'stop' };

/** Of the thread. */
export type SearchAnswer =
  | { readonly kind: 'found'; readonly n: number; readonly found: Found }
  | { readonly kind: 'counted'; readonly n: number; readonly counts: Counts }
  /** It could not be read, or the thread is ending. */
  | { readonly kind: 'failed'; readonly n: number; readonly message: string }
  /** All rows that are stored are in the index. */
  | { readonly kind: 'caught-up'; readonly rows: number }
  /** The index cannot be written; searches are still answered. */
  | { readonly kind: 'no-index'; readonly message: string };
