// The history: every captured request, the bytes of outgoing messages, attempts in full, finished deliveries, refusals.
// One SQLite file, WAL with synchronous=FULL and group commit. It knows nothing of HTTP servers or windows.

import { AppError } from '../../shared/errors.ts';
import { createGroupCommit } from './group-commit.ts';
import type { CommitListener, GroupCommit } from './group-commit.ts';
import type { Exchange, History } from './history-contract.ts';
import { openHistoryFile, quickCheck } from './history-open.ts';
import type { OpenHistoryOptions } from './history-open.ts';
import { createOutgoingHistory } from './history-outgoing.ts';
import { createHistoryReader } from './history-reader.ts';
import { createReplies } from './history-replies.ts';
import { writeDiagnosis, writeParts, writeRequest } from './history-rows.ts';
import { createRequestLookup } from './request-lookup.ts';
import type { Connection } from './sqlite.ts';
import { storageError } from './storage-errors.ts';

export type { DuplicateKeys, DuplicateMatch, Exchange, History, StoredRequest } from './history-contract.ts';
export type { OpenHistoryOptions } from './history-open.ts';

/** Refusals that are kept. */
const keptRefusals = 1_000;

/**
 * Opens (or makes) history.sqlite in the folder. A file that is not a database or is broken is set aside and its
 * readable rows are kept; `recovered` says so. Throws AppError STORE_UNREADABLE, STORE_FOREIGN, STORE_FULL, STORE_FAULT.
 */
export function openHistory(options: OpenHistoryOptions): History {
  const { connection, recovered, refusal } = openHistoryFile(options);
  try {
    return createHistory(options, connection, recovered, refusal);
  } catch (error) {
    connection.close();
    throw refusal === null ? storageError(error, 'read the history') : new AppError('STORE_FOREIGN', refusal);
  }
}

function createHistory(
  { clock, logger, readOnly }: OpenHistoryOptions,
  connection: Connection,
  recovered: readonly string[],
  refusal: string | null,
): History {
  const writable = readOnly !== true && refusal === null;
  const lookup = createRequestLookup(connection);
  let lastSeq = Number(connection.get('SELECT max(seq) AS seq FROM requests')?.['seq'] ?? 0);
  const listeners: CommitListener[] = [lookup.keys];
  const group = createGroupCommit({ connection, clock, logger, listeners });
  const replies = createReplies({ connection, lookup, joinLazily: group.joinLazily, logger });
  listeners.push(replies);
  const readOnlyError = (): AppError =>
    new AppError('STORE_READ_ONLY', refusal ?? 'The history is open for reading only.');
  const commits = (): GroupCommit => {
    if (writable) return group;
    throw readOnlyError();
  };
  let closed = false;
  let seenVersion = 0;
  const fresh = (): void => {
    if (writable) return;
    const version = Number(connection.get('PRAGMA data_version')?.['data_version']);
    if (version === seenVersion) return;
    seenVersion = version;
    lookup.keys.refresh();
  };

  function insert(exchange: Exchange): void {
    const keys = lookup.storedKeys(exchange);
    writeRequest(connection, exchange, keys);
    try {
      writeParts(connection, exchange);
    } catch (error) {
      // All or nothing, also where the transaction survives the error.
      if (connection.inTransaction) connection.run('DELETE FROM requests WHERE seq = ?', exchange.request.seq);
      throw error;
    }
    lookup.add(exchange, keys);
    const { request, replyStatus } = exchange;
    if (replyStatus !== null) replies.expect(request.id, request.seq, replyStatus);
  }

  /** The binding closes for good only when its statements are collected, which may be never. */
  function checkpoint(): void {
    try {
      connection.get('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // Nothing is lost: the write-ahead log stays and is read at the next start.
      logger.error('The history was not checkpointed', error);
    }
  }

  return {
    ...createOutgoingHistory({ connection, commits }),
    ...createHistoryReader({ connection, lookup, replyTimes: replies.read, clock, fresh }),
    nextSeq: () => (lastSeq += 1),
    findById: lookup.findById,
    findByBody: lookup.findByBody,
    idOfKey: lookup.idOfKey,
    append(exchange) {
      return writable ? group.join(() => insert(exchange)) : Promise.reject(readOnlyError());
    },
    noteReply(id, status, ms) {
      if (!writable || closed) return;
      replies.note(id, status, ms);
    },
    noteDiagnosis(id, findings) {
      if (!writable || closed) return;
      group.joinLazily(() => {
        const seq = lookup.seqOf(id);
        if (seq !== null) writeDiagnosis(connection, seq, findings);
      });
    },
    appendRefused(entry) {
      if (!writable) return;
      group.joinLazily(() => {
        connection.run(
          'INSERT INTO refused (reason, status, at, remote_address, bytes, head) VALUES (?, ?, ?, ?, ?, ?)',
          entry.reason,
          entry.status,
          entry.at,
          entry.remoteAddress,
          entry.bytes,
          entry.head,
        );
        connection.run('DELETE FROM refused WHERE n <= (SELECT max(n) FROM refused) - ?', keptRefusals);
      });
    },
    count() {
      fresh();
      return lookup.keys.count();
    },
    get fault() {
      return refusal ?? group.fault;
    },
    recovered,
    check: () => quickCheck(connection),
    async close() {
      if (closed) return;
      closed = true;
      if (writable) {
        group.joinLazily(() => {
          replies.drain();
          lookup.keys.drain();
        });
        group.commit();
        checkpoint();
      }
      connection.close();
    },
  };
}
