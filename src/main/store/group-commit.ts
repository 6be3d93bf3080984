// Many changes, one fsync. A change is made at once in an open transaction, where the same connection sees it; the
// transaction is committed when the event loop turns, and only then do the promises of its changes resolve.

import { AppError } from '../../shared/errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Connection } from './sqlite.ts';
import { sqliteCode, storageError } from './storage-errors.ts';

const longestGroupMs = 5;
/** Share of the last commit's time for which the next group may collect: on a slow disk a commit is worth waiting for. */
const collectShare = 0.25;
/** Turns of the event loop without a new change that end the collecting: one takes a connection, one reads from it. */
const quietTurns = 4;
const lazyGroupMs = 100;
/** Least time between two attempts to open the database anew. */
const reopenEveryMs = 250;
/** Groups that a change of its own lets pass before it follows the next one at once. */
const groupsAhead = 20;
const ioError = 10;
/** Errors of one statement; the transaction stays good: general (1), too big (18), constraint (19), mismatch (20), range (25). */
const statementErrors = new Set([0, 1, 18, 19, 20, 25]);

/** What takes part in every commit. */
export interface CommitListener {
  /** May write; runs inside the transaction. */
  beforeCommit(): void;
  committed(): void;
  rolledBack(): void;
}

/** What a group commit is given. */
export interface GroupCommitOptions {
  readonly connection: Connection;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly logger: Logger;
  readonly listeners: readonly CommitListener[];
}

/** Changes to the database, in groups. */
export interface GroupCommit {
  /** Runs `change` now; resolves after the commit that holds it. Rejects with AppError STORE_FULL or STORE_FAULT. */
  join(change: () => void): Promise<void>;
  /** Runs `change` now; it goes with the next commit, 100 ms later at most. Failure only shows in `fault`. */
  joinLazily(change: () => void): void;
  /**
   * Runs `change` in a transaction of its own, while nobody waits for another one; resolves after its commit. When it
   * throws, all of it is taken back. Rejects as `join` does.
   */
  alone(change: () => void): Promise<void>;
  /** Commits what is pending. */
  commit(): void;
  /** Sentence about the last commit when it failed. */
  readonly fault: string | null;
}

interface Group {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
  readonly startedAt: number;
  soon: boolean;
  changes: number;
}

/** Starts without a transaction; the first change opens one. */
export function createGroupCommit({ connection, clock, logger, listeners }: GroupCommitOptions): GroupCommit {
  let group: Group | null = null;
  let timer: NodeJS.Timeout | null = null;
  let fault: string | null = null;
  let distrusted = false;
  let lastCommitMs = 0;
  let reopenedAt = Number.NEGATIVE_INFINITY;

  function begin(): Group {
    if (distrusted) {
      if (clock.monotonic() - reopenedAt < reopenEveryMs)
        throw new AppError('STORE_FAULT', fault ?? 'The disk reported an error.');
      reopenedAt = clock.monotonic();
      // After a failed fsync nothing in the WAL may be relied on: open anew and move all of it into the database.
      connection.reopen();
      const state = connection.get('PRAGMA wal_checkpoint(TRUNCATE)');
      if (state?.['busy'] !== 0) throw new Error('the write-ahead log could not be checkpointed after an error');
      distrusted = false;
    }
    connection.exec('BEGIN IMMEDIATE');
    let resolve = (): void => undefined;
    let reject: (error: AppError) => void = () => undefined;
    const promise = new Promise<void>((onDone, onFailed) => {
      resolve = onDone;
      reject = onFailed;
    });
    // A group of lazy changes has nobody who waits for it.
    promise.catch(() => undefined);
    return { promise, resolve, reject, startedAt: clock.monotonic(), soon: false, changes: 0 };
  }

  function change(run: () => void): Group {
    try {
      group ??= begin();
    } catch (error) {
      throw fail(error);
    }
    try {
      run();
    } catch (error) {
      if (statementErrors.has(sqliteCode(error)) && connection.inTransaction) throw error;
      throw fail(error);
    }
    return group;
  }

  /** Takes the whole group back. */
  function fail(error: unknown): AppError {
    const failed = group;
    const appError = storageError(error, 'store in the history');
    group = null;
    clearTimeout(timer ?? undefined);
    timer = null;
    try {
      if (connection.inTransaction) connection.exec('ROLLBACK');
    } catch {
      distrusted = true;
    }
    if (sqliteCode(error) === ioError) distrusted = true;
    if (fault === null) logger.error(appError.message);
    fault = appError.message;
    for (const listener of listeners) listener.rolledBack();
    failed?.reject(appError);
    return appError;
  }

  function commit(): void {
    const done = group;
    if (done === null) return;
    try {
      for (const listener of listeners) listener.beforeCommit();
      const startedAt = clock.monotonic();
      connection.exec('COMMIT');
      lastCommitMs = clock.monotonic() - startedAt;
    } catch (error) {
      fail(error);
      return;
    }
    group = null;
    clearTimeout(timer ?? undefined);
    timer = null;
    if (fault !== null) logger.info('Storing works again.');
    fault = null;
    for (const listener of listeners) listener.committed();
    done.resolve();
  }

  function join(run: () => void): Promise<void> {
    let joined: Group;
    try {
      joined = change(run);
    } catch (error) {
      commitLater();
      return Promise.reject(storageError(error, 'store in the history'));
    }
    joined.changes += 1;
    if (!joined.soon) {
      joined.soon = true;
      setImmediate(collect, joined, joined.changes, 0);
    } else if (clock.monotonic() - joined.startedAt >= longestMs()) {
      commit();
    }
    return joined.promise;
  }

  /** How long a group may collect, ms. */
  function longestMs(): number {
    return Math.max(longestGroupMs, lastCommitMs * collectShare);
  }

  /**
   * Commits when the event loop has turned. Where commits are slow, first lets those in that the last one kept waiting:
   * a turn takes one new connection only, and a commit stops all turns.
   */
  function collect(joined: Group, changes: number, quiet: number): void {
    if (group !== joined) return;
    const quietNow = joined.changes === changes ? quiet + 1 : 0;
    const isSlow = lastCommitMs > longestGroupMs;
    if (!isSlow || quietNow >= quietTurns || clock.monotonic() - joined.startedAt >= longestMs()) commit();
    else setImmediate(collect, joined, joined.changes, quietNow);
  }

  function joinLazily(run: () => void): void {
    try {
      change(run);
    } catch (error) {
      if (sqliteCode(error) !== 0 && group !== null) logger.error('A note was not stored', error);
    }
    commitLater();
  }

  /** No transaction stays open, also where its first change failed. */
  function commitLater(): void {
    // Real time: this paces the disk. The timer keeps no process alive, `close` commits.
    if (group?.soon === false) timer ??= setTimeout(commit, lazyGroupMs).unref();
  }

  function alone(run: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let passed = 0;
      const attempt = (): void => {
        if (group?.soon === true && passed < groupsAhead) {
          passed += 1;
          // A tick comes after all that the promise set going: replies leave first.
          const again = (): void => process.nextTick(attempt);
          group.promise.then(again, again);
          return;
        }
        commit();
        let own: Group;
        try {
          own = change(run);
        } catch (error) {
          reject(group === null ? storageError(error, 'store in the history') : fail(error));
          return;
        }
        commit();
        own.promise.then(resolve, reject);
      };
      setImmediate(attempt);
    });
  }

  return {
    join,
    joinLazily,
    alone,
    commit,
    get fault() {
      return fault;
    },
  };
}
