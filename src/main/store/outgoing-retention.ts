// Removes what was sent: the copies of requests that are gone, and the oldest delivered ones beyond the limits, with their
// attempts and the message bodies that nothing else needs. What unfinished deliveries need is the caller's to say.

import type { Delivery } from '../../shared/delivery.ts';
import type { Settings } from '../../shared/workspace.ts';
import type { Clock } from '../ports.ts';
import type { GroupCommit } from './group-commit.ts';
import type { RequestLookup } from './request-lookup.ts';
import type { Connection, Row } from './sqlite.ts';

// Most that one transaction removes.
const batchRows = 200;
const batchBytes = 8 * 1_048_576;
const dayMs = 86_400_000;
/**
 * What was kept within this time stays: a body waits for the delivery that will refer to it, and a delivery that was
 * just finished is taken out of the queue's file only after it was kept here.
 */
const youthMs = 120_000;
/** Copies that are remembered until they are finished. Those beyond fall to the limits. */
const mostOrphans = 10_000;

// The first digits are enough: a body that shares them by chance stays.
const bodyOf = "substr(json_extract(delivery, '$.message.bodyHash'), 1, 16)";
const makeIndex = `CREATE INDEX IF NOT EXISTS deliveries_by_body ON deliveries (${bodyOf})`;
const selectUse = `SELECT row FROM deliveries WHERE ${bodyOf} = substr(?, 1, 16) LIMIT 1`;
const selectBody = 'SELECT rowid AS row FROM message_bodies WHERE hash = ?';
const selectNewest =
  'SELECT (SELECT max(rowid) FROM message_bodies) AS bodies, (SELECT max(row) FROM deliveries) AS deliveries';
const selectOldest = `SELECT row, id, delivery FROM deliveries WHERE row > ? AND row <= ? ORDER BY row LIMIT ${batchRows}`;
const selectOne = 'SELECT row, id, delivery FROM deliveries WHERE id = ? AND row <= ?';
const selectCopies =
  "SELECT json_extract(result, '$.deliveryId') AS id FROM forwards WHERE seq BETWEEN ? AND ? " +
  "AND json_extract(result, '$.deliveryId') IS NOT NULL";

/** What it is given. */
export interface OutgoingRetentionOptions {
  readonly connection: Connection;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly group: Pick<GroupCommit, 'alone'>;
  readonly lookup: Pick<RequestLookup, 'seqOf'>;
  /** Once true, what is under way ends after its batch. */
  readonly isClosing: () => boolean;
}

/** The sending side of a history's retention. */
export interface OutgoingRetention {
  /** A body was kept under this hash, perhaps once more. */
  bodyKept(hash: string): void;
  /** The requests from `first` to `last` are about to go, inside the open transaction: their copies follow later. */
  requestsGo(first: number, last: number): void;
  /**
   * Removes in small transactions of their own and gives the ids of the deliveries that are gone. `needed` gives the
   * hashes of the bodies that other deliveries need; it is asked with every batch.
   */
  sweep(limits: Settings['retention'], now: number, needed: () => ReadonlySet<string>): Promise<readonly string[]>;
}

interface Sent {
  readonly row: number;
  readonly delivery: Delivery;
}

/** Nothing is looked at before the first sweep, and nothing goes within the first two minutes after it. */
export function createOutgoingRetention(options: OutgoingRetentionOptions): OutgoingRetention {
  const { connection, clock, group, lookup, isClosing } = options;
  /** Rows up to these are old enough; `next` takes their place when it has its age. */
  let old = { bodies: -1, deliveries: -1 };
  let next: { readonly bodies: number; readonly deliveries: number; readonly at: number } | null = null;
  /** Old bodies that were asked for anew, lately and a little earlier. */
  let reused = new Set<string>();
  let reusedBefore = new Set<string>();
  let orphans = new Set<string>();
  let hasIndex = false;

  /** Moves the line between old and young. */
  function age(): void {
    const at = clock.monotonic();
    if (next !== null && at - next.at < youthMs) return;
    if (next !== null) old = next;
    const newest = connection.get(selectNewest);
    next = { bodies: Number(newest?.['bodies'] ?? 0), deliveries: Number(newest?.['deliveries'] ?? 0), at };
    reusedBefore = reused;
    reused = new Set();
  }

  function isFree(hash: string, needed: ReadonlySet<string>): boolean {
    if (needed.has(hash) || reused.has(hash) || reusedBefore.has(hash)) return false;
    const row = connection.get(selectBody, hash)?.['row'];
    return typeof row === 'number' && row <= old.bodies && connection.get(selectUse, hash) === undefined;
  }

  async function remove(found: readonly Sent[], needed: () => ReadonlySet<string>): Promise<void> {
    if (!hasIndex) await group.alone(() => connection.exec(makeIndex));
    hasIndex = true;
    await group.alone(() => {
      for (const { row, delivery } of found) {
        connection.run('DELETE FROM deliveries WHERE row = ?', row);
        connection.run('DELETE FROM attempts WHERE delivery_id = ?', delivery.id);
      }
      const others = needed();
      for (const hash of new Set(found.map(({ delivery }) => delivery.message.bodyHash)))
        if (isFree(hash, others)) connection.run('DELETE FROM message_bodies WHERE hash = ?', hash);
    });
  }

  /** The person keeps what belongs to a pinned request. */
  function isPinned({ forwardOf, replayOf }: Delivery): boolean {
    const seq = lookup.seqOf(forwardOf ?? replayOf ?? '');
    return seq !== null && connection.get('SELECT pinned FROM marks WHERE seq = ?', seq)?.['pinned'] === 1;
  }

  /** The next ones beyond the limits after row `from`, and the last row that was looked at; null at the end. */
  function overLimits(
    { maxCount, maxAgeDays }: Settings['retention'],
    now: number,
    from: { readonly row: number; readonly left: number },
  ): { readonly found: readonly Sent[]; readonly row: number; readonly left: number; readonly last: boolean } {
    const oldest = maxAgeDays === null ? Number.NEGATIVE_INFINITY : now - maxAgeDays * dayMs;
    let { row, left } = from;
    const found: Sent[] = [];
    let size = 0;
    const rows = connection.all(selectOldest, from.row, old.deliveries);
    for (const sent of rows.map(readRow)) {
      const over = maxCount !== null && left > maxCount;
      const endedAt = sent.delivery.attempts.at(-1)?.at ?? sent.delivery.createdAt;
      // A clock that was ahead must not keep all that came after.
      if (!over && endedAt >= oldest && !(maxAgeDays !== null && endedAt > now))
        return { found, row, left, last: true };
      if ((over || endedAt < oldest) && !isPinned(sent.delivery)) {
        size += sent.delivery.message.bodySize;
        if (found.length > 0 && size > batchBytes) return { found, row, left, last: false };
        found.push(sent);
      }
      row = sent.row;
      left -= 1;
    }
    return { found, row, left, last: rows.length < batchRows };
  }

  async function sweepOrphans(needed: () => ReadonlySet<string>, gone: string[]): Promise<void> {
    const waiting = [...orphans];
    orphans = new Set();
    let found: Sent[] = [];
    let size = 0;
    for (const [n, id] of waiting.entries()) {
      const row = isClosing() ? undefined : connection.get(selectOne, id, old.deliveries);
      // Not finished yet, or too young: another time.
      if (row === undefined) note(id);
      else {
        const sent = readRow(row);
        found.push(sent);
        gone.push(id);
        size += sent.delivery.message.bodySize;
      }
      const isLast = n === waiting.length - 1;
      if (found.length > 0 && (isLast || found.length >= batchRows || size > batchBytes)) {
        await remove(found, needed);
        found = [];
        size = 0;
      } else if (n % batchRows === batchRows - 1) {
        await turn();
      }
    }
  }

  function note(id: string): void {
    if (orphans.size < mostOrphans) orphans.add(id);
  }

  async function sweepOldest(
    limits: Settings['retention'],
    now: number,
    needed: () => ReadonlySet<string>,
    gone: string[],
  ): Promise<void> {
    if (limits.maxCount === null && limits.maxAgeDays === null) return;
    const count = Number(connection.get('SELECT count(*) AS n FROM deliveries')?.['n'] ?? 0);
    let place = { row: -1, left: count };
    for (let last = false; !last && !isClosing();) {
      const batch = overLimits(limits, now, place);
      if (batch.found.length > 0) await remove(batch.found, needed);
      else await turn();
      gone.push(...batch.found.map(({ delivery }) => delivery.id));
      place = { row: batch.row, left: batch.left };
      ({ last } = batch);
    }
  }

  return {
    bodyKept(hash) {
      if (next === null) return;
      const row = connection.get(selectBody, hash)?.['row'];
      if (typeof row === 'number' && row <= next.bodies) reused.add(hash);
    },
    requestsGo(first, last) {
      for (const row of connection.all(selectCopies, first, last)) note(row['id'] as string);
    },
    async sweep(limits, now, needed) {
      age();
      const gone: string[] = [];
      if (old.deliveries < 0) return gone;
      await sweepOrphans(needed, gone);
      await sweepOldest(limits, now, needed, gone);
      return gone;
    },
  };
}

function readRow(row: Row): Sent {
  return { row: row['row'] as number, delivery: JSON.parse(row['delivery'] as string) as Delivery };
}

/** Lets the loop turn, so that others run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
