// Removes the requests that a person chose, with all that belongs to them. As retention does it in small transactions
// of their own that nobody's request waits for; unlike there, what goes may lie anywhere, and the newest may go.

import type { GroupCommit } from './group-commit.ts';
import type { StoredBytes } from './history-bytes.ts';
import type { History } from './history-contract.ts';
import type { KeyIndex } from './history-keys.ts';
import { pageRows } from './history-replies.ts';
import type { Replies } from './history-replies.ts';
import { partsPerRequest } from './history-schema.ts';
import type { OutgoingRetention } from './outgoing-retention.ts';
import type { RequestLookup } from './request-lookup.ts';
import type { Connection, Row } from './sqlite.ts';

// Most that one transaction removes.
const batchRows = 200;
const batchBytes = 8 * 1_048_576;

/** What it is given. */
export interface RemovalOptions {
  readonly connection: Connection;
  readonly group: Pick<GroupCommit, 'alone'>;
  readonly lookup: Pick<RequestLookup, 'seqOf'> & { readonly keys: Pick<KeyIndex, 'remove' | 'wasteful' | 'shrink'> };
  readonly bytes: Pick<StoredBytes, 'step' | 'remove'>;
  readonly replies: Pick<Replies, 'forget'>;
  readonly outgoing: Pick<OutgoingRetention, 'requestsGo'>;
  /** The greatest number that was given. */
  readonly lastSeq: () => number;
  /** Once true, what is under way ends after its batch. */
  readonly isClosing: () => boolean;
}

/** Removing by hand from one history file. */
export interface Removal {
  remove: History['remove'];
  /** Resolves when nothing is under way. */
  readonly settled: Promise<unknown>;
}

const selectRow = 'SELECT seq, id, stored_size, endpoint FROM requests WHERE seq = ?';
const selectHighest = 'SELECT max(seq) AS seq FROM requests';
const deletePage =
  'DELETE FROM reply_times WHERE page = ? AND NOT EXISTS ' +
  `(SELECT 1 FROM requests WHERE seq BETWEEN ? * ${pageRows} AND ? * ${pageRows} + ${pageRows - 1})`;
const given = 'given';

/** The greatest number that was given to a request which a person removed, 0 where there is none. */
export function highestRemoved(connection: Connection): number {
  return Number(connection.get('SELECT value FROM meta WHERE name = ?', given)?.['value'] ?? 0);
}

/** Nothing is looked at before the first call. */
export function createRemoval(options: RemovalOptions): Removal {
  const { connection, group, lookup, bytes, replies, outgoing, lastSeq, isClosing } = options;
  const { keys } = lookup;
  let settled: Promise<unknown> = Promise.resolve();

  /** The rows of the first ids from `at` on, as many as one transaction takes, and where the next one begins. */
  function batchOf(ids: readonly string[], at: number): { readonly rows: readonly Row[]; readonly next: number } {
    const rows = new Map<number, Row>();
    let size = 0;
    let next = at;
    for (; next < ids.length && rows.size < batchRows; next += 1) {
      const seq = lookup.seqOf(ids[next] as string);
      const row = seq === null ? undefined : connection.get(selectRow, seq);
      if (seq === null || row === undefined) continue;
      const stored = row['stored_size'] as number;
      if (rows.size > 0 && size + stored > batchBytes) break;
      rows.set(seq, row);
      size += stored;
    }
    return { rows: [...rows.values()].sort((a, b) => (a['seq'] as number) - (b['seq'] as number)), next };
  }

  function removeRows(rows: readonly Row[]): void {
    const seqs = rows.map((row) => row['seq'] as number);
    for (const seq of seqs) {
      outgoing.requestsGo(seq, seq);
      const first = seq * partsPerRequest;
      connection.run('DELETE FROM parts WHERE key BETWEEN ? AND ?', first, first + partsPerRequest - 1);
      for (const table of ['requests', 'forwards', 'marks']) connection.run(`DELETE FROM ${table} WHERE seq = ?`, seq);
    }
    // A number is never given twice, also where the newest request is gone.
    if (Number(connection.get(selectHighest)?.['seq'] ?? 0) < lastSeq())
      connection.run(
        'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)',
        given,
        lastSeq(),
      );
    keys.remove(seqs);
    for (const row of rows) bytes.remove(row['seq'] as number, row['endpoint'] as string, row['stored_size'] as number);
  }

  async function run(ids: readonly string[]): Promise<readonly string[]> {
    while (!isClosing() && !bytes.step()) await turn();
    const gone: string[] = [];
    const seqs = new Set<number>();
    for (let at = 0; at < ids.length && !isClosing();) {
      let batch = batchOf(ids, at);
      if (batch.rows.length > 0) {
        // Looked at once more: what was true when the turn was asked for may have changed.
        const from = at;
        await group.alone(() => {
          batch = batchOf(ids, from);
          removeRows(batch.rows);
        });
      } else {
        await turn();
      }
      for (const row of batch.rows) {
        gone.push(row['id'] as string);
        seqs.add(row['seq'] as number);
      }
      at = batch.next;
    }
    if (gone.length === 0) return gone;
    while (keys.wasteful && !isClosing()) await group.alone(() => keys.shrink((seq) => seqs.has(seq)));
    if (isClosing()) return gone;
    // Last: times that were noted just before would be written again.
    replies.forget();
    const pages = [...new Set([...seqs].map((seq) => Math.floor(seq / pageRows)))];
    for (let from = 0; from < pages.length && !isClosing(); from += batchRows)
      await group.alone(() => {
        for (const page of pages.slice(from, from + batchRows)) connection.run(deletePage, page, page, page);
      });
    return gone;
  }

  return {
    remove(ids) {
      const result = settled.then(() => run(ids));
      settled = result.catch(() => undefined);
      return result;
    },
    get settled() {
      return settled;
    },
  };
}

/** Lets the loop turn, so that others run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
