// Which stored request an id names, which one a new request repeats, and who belongs to its group.

import type { DuplicateMatch, Exchange } from './history-contract.ts';
import { createKeyIndex, idHash, keyDigest, keyHash } from './history-keys.ts';
import type { KeyIndex, KeyKind, RowEntries } from './history-keys.ts';
import { toMember } from './history-rows.ts';
import type { Member, StoredKeys } from './history-rows.ts';
import type { Connection, Row } from './sqlite.ts';

/** Look-ups over the key index. */
export interface RequestLookup {
  readonly keys: KeyIndex;
  /** The digests that are stored with a request. */
  storedKeys(exchange: Pick<Exchange, 'duplicateKeys'>): StoredKeys;
  /** Enters a request whose row is written, inside the open transaction. */
  add(exchange: Exchange, stored: StoredKeys): void;
  /** Number of the request with this id, or null. */
  seqOf(id: string): number | null;
  findById(idKey: string, sha256: string, sinceAt: number): DuplicateMatch | null;
  findByBody(bodyKey: string, sinceAt: number): DuplicateMatch | null;
  /** Id of the newest request with this id key, however old. */
  idOfKey(idKey: string): string | null;
  /** Numbers of the newest requests with this key, newest first. */
  seqsOfKey(kind: 'delivery' | 'body', key: string, limit: number): number[];
  /** Numbers of requests that may be of the group of the request `firstId`, that one not included; ascending. */
  groupSeqs(firstId: string, limit: number): number[];
}

interface Found extends Member {
  readonly seq: number;
  readonly receivedAt: number;
}

const selectCandidate = 'SELECT seq, id, received_at, keys, rest FROM requests WHERE seq = ?';
const selectEntries = 'SELECT seq, id, duplicate_kind, keys, rest FROM requests WHERE';
const selectTail = `${selectEntries} seq > ? ORDER BY seq LIMIT 1000`;
const selectLate = `${selectEntries} seq <= ? AND seq IN (SELECT seq FROM late_keys) ORDER BY seq`;

/** A request is looked up with the keys with which it is stored next: the last digest is kept. */
function createDigest(kind: KeyKind): (key: string) => string {
  let lastKey: string | null = null;
  let last = '';
  return (key) => {
    if (key === lastKey) return last;
    last = keyDigest(kind, key);
    lastKey = key;
    return last;
  };
}

/** Reads the unindexed rows of the file; every later look-up takes a microsecond or few. */
export function createRequestLookup(connection: Connection): RequestLookup {
  const keys = createKeyIndex(connection, function* tail(aboveSeq) {
    for (const row of connection.all(selectLate, aboveSeq)) yield toEntries(row);
    for (let from = aboveSeq; ;) {
      const rows = connection.all(selectTail, from);
      for (const row of rows) yield toEntries(row);
      const last = rows.at(-1);
      if (!last) return;
      from = last['seq'] as number;
    }
  });

  const idDigest = createDigest('delivery');
  const bodyDigest = createDigest('body');

  const newest = (hash: number, accept: (member: Member) => boolean): Found | null =>
    keys.newest(hash, (seq) => {
      const row = connection.get(selectCandidate, seq);
      const member = row ? toMember(row) : null;
      return row && member && accept(member) ? { ...member, seq, receivedAt: row['received_at'] as number } : null;
    });

  return {
    keys,
    storedKeys: ({ duplicateKeys: { idKey, bodyKey } }) => ({
      idKey: idKey === null ? null : idDigest(idKey),
      bodyKey: bodyKey === null ? null : bodyDigest(bodyKey),
    }),
    add({ request, duplicate }, { idKey, bodyKey }) {
      keys.add(request.seq, entryHashes(request.id, request.sha256, duplicate.kind, duplicate.of, idKey, bodyKey));
    },
    seqOf(id) {
      return newest(idHash('id', id), (member) => member.id === id)?.seq ?? null;
    },
    findById(idKey, sha256, sinceAt) {
      const digest = idDigest(idKey);
      const found = newest(keyHash(digest), (member) => member.keys.idKey === digest);
      if (found === null || found.receivedAt < sinceAt) return null;
      const match = toMatch(found);
      if (match.sha256 === sha256) return match;
      // The newest has other bytes: an earlier conflict, or the first, may have these.
      const same =
        newest(bytesHash(digest, sha256), (member) => member.keys.idKey === digest && member.sha256 === sha256) ??
        newest(idHash('id', match.firstId), (member) => member.id === match.firstId && member.sha256 === sha256);
      return same && same.receivedAt >= sinceAt ? { ...match, sha256 } : match;
    },
    findByBody(bodyKey, sinceAt) {
      const digest = bodyDigest(bodyKey);
      const found = newest(keyHash(digest), (member) => member.keys.bodyKey === digest);
      return found && found.receivedAt >= sinceAt ? toMatch(found) : null;
    },
    idOfKey(idKey) {
      const digest = idDigest(idKey);
      return newest(keyHash(digest), (member) => member.keys.idKey === digest)?.id ?? null;
    },
    seqsOfKey(kind, key, limit) {
      const digest = kind === 'delivery' ? idDigest(key) : bodyDigest(key);
      const found: number[] = [];
      keys.newest(keyHash(digest), (seq) => {
        const row = connection.get(selectCandidate, seq);
        const member = row ? toMember(row) : null;
        const own = kind === 'delivery' ? member?.keys.idKey : member?.keys.bodyKey;
        if (own === digest) found.push(seq);
        return found.length >= limit ? found : null;
      });
      return found;
    },
    groupSeqs: (firstId, limit) => keys.oldest(idHash('group', firstId), limit),
  };
}

function toMatch({ id, firstId, sha256, n }: Member): DuplicateMatch {
  return { firstId: firstId ?? id, sha256, n };
}

function toEntries(row: Row): RowEntries {
  const member = toMember(row);
  const seq = row['seq'] as number;
  if (member === null) return { seq, hashes: [idHash('id', String(row['id']))] };
  const { id, sha256, firstId, keys } = member;
  return { seq, hashes: entryHashes(id, sha256, row['duplicate_kind'] as string, firstId, keys.idKey, keys.bodyKey) };
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
  const hashes = [idHash('id', id)];
  if (idKey !== null) hashes.push(keyHash(idKey));
  if (bodyKey !== null) hashes.push(keyHash(bodyKey));
  if (firstId !== null) hashes.push(idHash('group', firstId));
  if (idKey !== null && kind === 'conflict') hashes.push(bytesHash(idKey, sha256));
  return hashes;
}

function bytesHash(idKey: string, sha256: string): number {
  return keyHash(keyDigest('bytes', `${idKey}\n${sha256}`));
}
