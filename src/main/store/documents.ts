// Small JSON documents (workspace, settings, queue, dead letters, secrets) kept in lowdb over the durable adapter.

/** A document in memory whose changes are written durably, coalesced, one write in flight. */
export interface Document<T> {
  /** The current value. Treat as read-only; change it through `update`. */
  readonly data: T;
  /** A newer version wrote the file: reading only; `update` throws STORE_READ_ONLY. */
  readonly readOnly: boolean;
  /** What was found broken at load and what became of it, one sentence each. */
  readonly recovered: readonly string[];
  /**
   * Applies `change` to `data` at once (it may mutate or return a new value) and resolves when a durable write that
   * holds the change is done. Rejects with AppError STORE_FULL or STORE_FAULT when that write failed; the change stays
   * in memory and goes with the next write.
   */
  update(change: (data: T) => T | void): Promise<void>;
  /** Resolves when everything applied so far is on disk. */
  flush(): Promise<void>;
}
