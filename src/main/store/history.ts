// The history: every captured request, the bytes of outgoing messages, attempts in full, finished deliveries, refusals.
// One SQLite file, WAL with synchronous=FULL and group commit. It knows nothing of HTTP servers or windows.

import { AppError } from '../../shared/errors.ts';
import { createGroupCommit } from './group-commit.ts';
import type { CommitListener, GroupCommit } from './group-commit.ts';
import { createStoredBytes } from './history-bytes.ts';
import { createHistoryActivity } from './history-activity.ts';
import type { Exchange, History } from './history-contract.ts';
import { createHistoryMarks } from './history-marks.ts';
import { createHistoryProcessed } from './history-processed.ts';
import { openHistoryFile, quickCheck } from './history-open.ts';
import type { OpenedHistory, OpenHistoryOptions } from './history-open.ts';
import { createOutgoingHistory } from './history-outgoing.ts';
import { createHistoryReader } from './history-reader.ts';
import { createReplyRecords } from './history-records.ts';
import { createRemoval, highestRemoved } from './history-removal.ts';
import { createReplies } from './history-replies.ts';
import { createRetention } from './history-retention.ts';
import { writeDiagnosis, writeParts, writeRequest } from './history-rows.ts';
import { endCompletion, selectFloor } from './history-schema.ts';
import { createOutgoingRetention } from './outgoing-retention.ts';
import { createRequestLookup } from './request-lookup.ts';
import { createSearchReader, stampHistory } from './search-index.ts';
import type { Connection } from './sqlite.ts';
import { storageError } from './storage-errors.ts';

export type { DuplicateKeys, DuplicateMatch, Exchange, History, StoredRequest } from './history-contract.ts';
export type { OpenHistoryOptions } from './history-open.ts';

const sumOfEndpoint = 'SELECT sum(stored_size) AS bytes FROM requests WHERE endpoint = ?';

/** Refusals that are kept. */
const keptRefusals = 1_000;

/**
 * Opens (or makes) history.sqlite in the folder. A file that is not a database or is broken is set aside and its
 * readable rows are kept; `recovered` says so. Throws AppError STORE_UNREADABLE, STORE_FOREIGN, STORE_FULL, STORE_FAULT.
 */
export function openHistory(options: OpenHistoryOptions): History {
  const opened = openHistoryFile(options);
  const { connection, refusal } = opened;
  try {
    return createHistory(options, opened);
  } catch (error) {
    connection.close();
    throw refusal === null ? storageError(error, 'read the history') : new AppError('STORE_FOREIGN', refusal);
  }
}

function createHistory(
  { dir, clock, logger, readOnly }: OpenHistoryOptions,
  { connection, recovered, refusal, completed }: OpenedHistory,
): History {
  const writable = readOnly !== true && refusal === null;
  const lookup = createRequestLookup(connection);
  let lastSeq = highestSeq(connection);
  const bytes = createStoredBytes(connection);
  const records = createReplyRecords(connection, () => lastSeq);
  const listeners: CommitListener[] = [lookup.keys, bytes, records];
  const group = createGroupCommit({ connection, clock, logger, listeners });
  const replies = createReplies({ connection, lookup, records, joinLazily: group.joinLazily, logger });
  listeners.push(replies);
  const readOnlyError = (): AppError =>
    new AppError('STORE_READ_ONLY', refusal ?? 'The history is open for reading only.');
  const commits = (): GroupCommit => {
    if (writable) return group;
    throw readOnlyError();
  };
  let closed = false;
  const isClosing = (): boolean => closed;
  const outgoing = createOutgoingRetention({ connection, clock, group, lookup, isClosing });
  const retention = createRetention({
    connection,
    group,
    keys: lookup.keys,
    bytes,
    records,
    replies,
    outgoing,
    isClosing,
  });
  const removal = createRemoval({
    connection,
    group,
    lookup,
    bytes,
    replies,
    outgoing,
    lastSeq: () => lastSeq,
    isClosing,
  });
  if (writable) markForSearch(connection);
  const search = createSearchReader(dir);
  let seenVersion = 0;
  let incomplete = completed;
  const upgraded = (): void => {
    if (incomplete) incomplete = !endCompletion(connection);
  };
  const fresh = (): void => {
    if (writable) return;
    upgraded();
    const version = Number(connection.get('PRAGMA data_version')?.['data_version']);
    if (version === seenVersion) return;
    seenVersion = version;
    lookup.keys.refresh();
  };

  function insert(exchange: Exchange): void {
    const keys = lookup.storedKeys(exchange);
    const { request, replyStatus, reply } = exchange;
    writeRequest(connection, exchange, keys, reply === undefined ? null : records.refer(reply, request.seq));
    try {
      writeParts(connection, exchange);
    } catch (error) {
      // All or nothing, also where the transaction survives the error.
      if (connection.inTransaction) connection.run('DELETE FROM requests WHERE seq = ?', request.seq);
      throw error;
    }
    lookup.add(exchange, keys);
    bytes.add(request.seq, exchange.endpoint, request.body.length);
    if (!exchange.pulled && !exchange.imported) replies.expect(request.id, request.seq, replyStatus);
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
    ...createOutgoingHistory({ connection, commits, bodyKept: outgoing.bodyKept }),
    ...createHistoryReader({
      connection,
      lookup,
      records,
      replyTimes: replies.read,
      clock,
      fresh,
      upgraded,
      index: search.index,
    }),
    ...createHistoryActivity({ connection, clock, upgraded, index: search.index }),
    ...createHistoryMarks({
      connection,
      lookup,
      commits,
      joinLazily: () => (writable && !closed ? group.joinLazily : null),
      fresh,
    }),
    ...createHistoryProcessed({ connection, lookup, replyTimes: replies.read }),
    nextSeq: () => (lastSeq += 1),
    findById: lookup.findById,
    findByBody: lookup.findByBody,
    idOfKey: lookup.idOfKey,
    append(exchange) {
      return writable ? group.join(() => insert(exchange)) : Promise.reject(readOnlyError());
    },
    noteReply(id, status, ms, record) {
      if (!writable || closed) return;
      replies.note(id, status, ms, record);
    },
    storedBytes: (endpointId) =>
      writable ? bytes.of(endpointId) : Number(connection.get(sumOfEndpoint, endpointId)?.['bytes'] ?? 0),
    retain(limits, now) {
      return writable && !closed ? retention.retain(limits, now) : Promise.reject(readOnlyError());
    },
    retainSent(limits, now, needed) {
      return writable && !closed ? retention.retainSent(limits, now, needed) : Promise.reject(readOnlyError());
    },
    remove(ids) {
      return writable && !closed ? removal.remove(ids) : Promise.reject(readOnlyError());
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
      if (retention.isRunning) await retention.settled;
      await removal.settled;
      if (writable) {
        group.joinLazily(() => {
          replies.drain();
          lookup.keys.drain();
        });
        group.commit();
        checkpoint();
      }
      search.close();
      connection.close();
    },
  };
}

/** A history that cannot be marked is searched without an index. */
function markForSearch(connection: Connection): void {
  try {
    stampHistory(connection);
  } catch {
    // Writing will say why.
  }
}

/** The greatest number that was given: its request may be removed since. */
function highestSeq(connection: Connection): number {
  const stored = connection.get('SELECT max(seq) AS seq FROM requests')?.['seq'];
  return Math.max(
    Number(stored ?? 0),
    highestRemoved(connection),
    Number(connection.get(selectFloor)?.['value'] ?? 1) - 1,
  );
}
