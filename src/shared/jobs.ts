// Work that takes longer than a moment and can be ended by the person: how far it is.

/** How a job stands. */
export interface JobState {
  /** Names it in `jobs.cancel`. */
  readonly id: string;
  readonly kind: 'export' | 'import';
  /** Requests that were worked on so far. */
  readonly done: number;
  /** Requests in all; null where that is not known. */
  readonly total: number | null;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** What went wrong, or an empty text. */
  readonly message: string;
}
