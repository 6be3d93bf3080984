// Which stored request an id names, which one a new request repeats, and who belongs to its group.

import type { DuplicateMatch, Exchange } from './history-contract.ts';
import { createKeyIndex, keyDigest, keyHash } from './history-keys.ts';
import type { KeyIndex, RowEntries } from './history-keys.ts';
import type { Connection, Row } from './sqlite.ts';

/** Duplicate keys as they are stored: digests, null where there is no key. */
export interface StoredKeys {
  readonly idKey: string | null;
  readonly bodyKey: string | null;
}

/** Look-ups over the key index. */
export interface RequestLookup {
  readonly keys: KeyIndex;
  /** Enters a request whose row is written, inside the open transaction. */
  add(exchange: Exchange, stored: StoredKeys): void;
  /** Number of the request with this id, or null. */
  seqOf(id: string): number | null;
  findById(idKey: string, sha256: string, sinceAt: number): DuplicateMatch | null;
  findByBody(bodyKey: string, sinceAt: number): DuplicateMatch | null;
  /** Numbers of requests that may be of the group of the request `firstId`, that one not included; ascending. */
  groupSeqs(firstId: string, limit: number): number[];
}

const selectCandidate =
  'SELECT seq, id, received_at, sha256, duplicate_of, duplicate_n, id_key, body_key FROM requests WHERE seq = ?';
const selectTail =
  'SELECT seq, id, sha256, duplicate_kind, duplicate_of, id_key, body_key FROM requests WHERE seq > ? ORDER BY seq LIMIT 1000';

/** The digests that are stored with a request. */
export function storedKeys({ duplicateKeys: { idKey, bodyKey } }: Pick<Exchange, 'duplicateKeys'>): StoredKeys {
  return {
    idKey: idKey === null ? null : keyDigest('delivery', idKey),
    bodyKey: bodyKey === null ? null : keyDigest('body', bodyKey),
  };
}

/** Reads the unindexed rows of the file; every later look-up takes a few microseconds. */
export function createRequestLookup(connection: Connection): RequestLookup {
  const keys = createKeyIndex(connection, function* tail(aboveSeq) {
    for (let from = aboveSeq; ;) {
      const rows = connection.all(selectTail, from);
      for (const row of rows) yield { seq: row['seq'] as number, hashes: rowHashes(row) };
      const last = rows.at(-1);
      if (!last) return;
      from = last['seq'] as number;
    }
  });

  const newest = (hash: number, accept: (row: Row) => boolean): Row | null =>
    keys.newest(hash, (seq) => {
      const row = connection.get(selectCandidate, seq);
      return row && accept(row) ? row : null;
    });

  return {
    keys,
    add({ request, duplicate }, { idKey, bodyKey }) {
      keys.add(request.seq, entryHashes(request.id, request.sha256, duplicate.kind, duplicate.of, idKey, bodyKey));
    },
    seqOf(id) {
      const row = newest(keyHash(keyDigest('id', id)), (candidate) => candidate['id'] === id);
      return row ? (row['seq'] as number) : null;
    },
    findById(idKey, sha256, sinceAt) {
      const digest = keyDigest('delivery', idKey);
      const found = newest(keyHash(digest), (row) => row['id_key'] === digest);
      if (found === null || (found['received_at'] as number) < sinceAt) return null;
      const match = toMatch(found);
      if (match.sha256 === sha256) return match;
      // The newest has other bytes: an earlier conflict, or the first, may have these.
      const same =
        newest(bytesHash(digest, sha256), (row) => row['id_key'] === digest && row['sha256'] === sha256) ??
        newest(
          keyHash(keyDigest('id', match.firstId)),
          (row) => row['id'] === match.firstId && row['sha256'] === sha256,
        );
      return same && (same['received_at'] as number) >= sinceAt ? { ...match, sha256 } : match;
    },
    findByBody(bodyKey, sinceAt) {
      const digest = keyDigest('body', bodyKey);
      const found = newest(keyHash(digest), (row) => row['body_key'] === digest);
      return found && (found['received_at'] as number) >= sinceAt ? toMatch(found) : null;
    },
    groupSeqs: (firstId, limit) => keys.oldest(keyHash(keyDigest('group', firstId)), limit),
  };
}

function toMatch(row: Row): DuplicateMatch {
  return {
    firstId: (row['duplicate_of'] ?? row['id']) as string,
    sha256: row['sha256'] as string,
    n: row['duplicate_n'] as number,
  };
}

function rowHashes(row: Row): RowEntries['hashes'] {
  return entryHashes(
    row['id'] as string,
    row['sha256'] as string,
    row['duplicate_kind'] as string,
    row['duplicate_of'] as string | null,
    row['id_key'] as string | null,
    row['body_key'] as string | null,
  );
}

/** Only a conflict is entered by its bytes: the first of a group is found by its id. */
function entryHashes(
  id: string,
  sha256: string,
  kind: string,
  firstId: string | null,
  idKey: string | null,
  bodyKey: string | null,
): RowEntries['hashes'] {
  const hashes = [keyHash(keyDigest('id', id))];
  if (idKey !== null) hashes.push(keyHash(idKey));
  if (bodyKey !== null) hashes.push(keyHash(bodyKey));
  if (firstId !== null) hashes.push(keyHash(keyDigest('group', firstId)));
  if (idKey !== null && kind === 'conflict') hashes.push(bytesHash(idKey, sha256));
  return hashes;
}

function bytesHash(idKey: string, sha256: string): number {
  return keyHash(keyDigest('bytes', `${idKey}\n${sha256}`));
}
