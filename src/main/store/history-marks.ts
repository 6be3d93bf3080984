// What is put on a request after it is stored: a person's pin and note, and what became of its forwards.

import { AppError } from '../../shared/errors.ts';
import type { ForwardResult } from '../../shared/forwards.ts';
import type { GroupCommit } from './group-commit.ts';
import type { History } from './history-contract.ts';
import type { RequestLookup } from './request-lookup.ts';
import type { Connection } from './sqlite.ts';

/** The part of {@link History} that this file makes. */
export type HistoryMarks = Pick<History, 'setPinned' | 'setNote' | 'noteForward' | 'forwardsOf'>;

/** What it is given. */
export interface HistoryMarksOptions {
  readonly connection: Connection;
  readonly lookup: Pick<RequestLookup, 'seqOf'>;
  /** Throws where the history is read-only. */
  readonly commits: () => Pick<GroupCommit, 'join'>;
  /** Null where nothing is written. */
  readonly joinLazily: () => GroupCommit['joinLazily'] | null;
  /** Called before look-ups: takes notice of what another process wrote. */
  readonly fresh: () => void;
}

const setPin = 'INSERT INTO marks (seq, pinned) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET pinned = excluded.pinned';
const setText =
  'INSERT INTO marks (seq, pinned, note, folded) VALUES (?, 0, ?, ?) ' +
  'ON CONFLICT (seq) DO UPDATE SET note = excluded.note, folded = excluded.folded';
const tidy = 'DELETE FROM marks WHERE seq = ? AND pinned = 0 AND note IS NULL';
/** A result that replaces another keeps its row, and so its place. */
const setForward =
  'INSERT INTO forwards (seq, forward_id, result) VALUES (?, ?, ?) ' +
  'ON CONFLICT (seq, forward_id) DO UPDATE SET result = excluded.result';

/** Reads and writes the tables marks and forwards. */
export function createHistoryMarks({
  connection,
  lookup,
  commits,
  joinLazily,
  fresh,
}: HistoryMarksOptions): HistoryMarks {
  return {
    async setPinned(ids, pinned) {
      await commits().join(() => {
        for (const id of ids) {
          const seq = lookup.seqOf(id);
          if (seq === null) continue;
          connection.run(setPin, seq, pinned ? 1 : 0);
          connection.run(tidy, seq);
        }
      });
    },
    async setNote(id, note) {
      const text = note === '' ? null : note;
      await commits().join(() => {
        const seq = lookup.seqOf(id);
        if (seq === null) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
        connection.run(setText, seq, text, text?.toLowerCase() ?? null);
        connection.run(tidy, seq);
      });
    },
    noteForward(requestId, result) {
      joinLazily()?.(() => {
        const seq = lookup.seqOf(requestId);
        if (seq !== null) connection.run(setForward, seq, result.forwardId, JSON.stringify(result));
      });
    },
    forwardsOf(requestId) {
      fresh();
      const seq = lookup.seqOf(requestId);
      if (seq === null) return [];
      return connection
        .all('SELECT result FROM forwards WHERE seq = ? ORDER BY row', seq)
        .map((row) => JSON.parse(row['result'] as string) as ForwardResult);
    },
  };
}
