// Removes the oldest requests beyond the limits, with all that belongs to them. In small transactions of their own that
// nobody's request waits for; the space in the file is used again by what comes later, the file does not shrink.

import type { Settings } from '../../shared/workspace.ts';
import type { GroupCommit } from './group-commit.ts';
import type { StoredBytes } from './history-bytes.ts';
import type { History } from './history-contract.ts';
import type { KeyIndex } from './history-keys.ts';
import type { ReplyRecords, SweepPlace } from './history-records.ts';
import { pageRows } from './history-replies.ts';
import type { Replies } from './history-replies.ts';
import { replyNumber } from './history-rows.ts';
import { partsPerRequest, raiseFloor, selectFloor } from './history-schema.ts';
import type { OutgoingRetention } from './outgoing-retention.ts';
import type { Connection, Row } from './sqlite.ts';

// Most that one transaction removes.
const batchRows = 200;
const batchBytes = 8 * 1_048_576;
const dayMs = 86_400_000;

/** What it is given. */
export interface RetentionOptions {
  readonly connection: Connection;
  readonly group: Pick<GroupCommit, 'alone'>;
  readonly keys: Pick<KeyIndex, 'count' | 'remove' | 'wasteful' | 'shrink'>;
  readonly bytes: Pick<StoredBytes, 'step' | 'total' | 'remove'>;
  readonly records: Pick<ReplyRecords, 'sweep'>;
  readonly replies: Pick<Replies, 'forget'>;
  readonly outgoing: Pick<OutgoingRetention, 'requestsGo' | 'sweep'>;
  /** Once true, what is under way ends after its batch. */
  readonly isClosing: () => boolean;
}

/** The retention of one history file. */
export interface Retention {
  /** As in History; calls wait for each other. */
  retain: History['retain'];
  retainSent: History['retainSent'];
  /** Resolves when nothing is under way. */
  readonly settled: Promise<unknown>;
  readonly isRunning: boolean;
}

/** How far a run has looked, and what it left behind. */
interface Progress {
  /** Rows up to this number are decided. */
  seq: number;
  /** Those that stay although they are older than others that go. */
  keptRows: number;
  keptBytes: number;
  removed: number;
  /** Pages of reply times below it are tidied up. */
  page: number;
}

/** The next rows, oldest first. */
interface Batch {
  readonly gone: readonly Row[];
  /** Numbers that stay and lie between them. */
  readonly kept: ReadonlySet<number>;
  readonly keptBytes: number;
  readonly upTo: number;
  /** What follows is within the limits. */
  readonly last: boolean;
}

const selectOldest =
  'SELECT seq, received_at, stored_size, endpoint, pinned FROM requests LEFT JOIN marks USING (seq) WHERE seq > ? ' +
  `ORDER BY seq LIMIT ${batchRows}`;
const deletePages =
  'DELETE FROM reply_times WHERE page BETWEEN ? AND ? AND NOT EXISTS ' +
  `(SELECT 1 FROM requests WHERE seq BETWEEN page * ${pageRows} AND page * ${pageRows} + ${pageRows - 1})`;

/** Nothing is looked at before the first call. */
export function createRetention(options: RetentionOptions): Retention {
  const { connection, group, keys, bytes, records, replies, outgoing, isClosing } = options;
  let settled: Promise<unknown> = Promise.resolve();
  let running = 0;

  function next({ maxCount, maxAgeDays, maxBytes }: Settings['retention'], now: number, from: Progress): Batch {
    const oldest = maxAgeDays === null ? Number.NEGATIVE_INFINITY : now - maxAgeDays * dayMs;
    let rows = keys.count() - from.keptRows;
    let size = bytes.total() - from.keptBytes;
    const gone: Row[] = [];
    const kept = new Set<number>();
    let keptBytes = 0;
    let goneBytes = 0;
    let upTo = from.seq;
    const found = connection.all(selectOldest, from.seq);
    for (const row of found) {
      const over = (maxCount !== null && rows > maxCount) || (maxBytes !== null && size > maxBytes);
      const receivedAt = row['received_at'] as number;
      const goes = (over || receivedAt < oldest) && row['pinned'] !== 1;
      const stored = row['stored_size'] as number;
      // A clock that was ahead must not keep all that came after.
      const beyond = over || receivedAt < oldest || (maxAgeDays !== null && receivedAt > now);
      if (!beyond) return { gone, kept, keptBytes, upTo, last: true };
      if (goes && gone.length > 0 && goneBytes + stored > batchBytes)
        return { gone, kept, keptBytes, upTo, last: false };
      upTo = row['seq'] as number;
      rows -= 1;
      size -= stored;
      if (goes) {
        gone.push(row);
        goneBytes += stored;
      } else {
        kept.add(upTo);
        keptBytes += stored;
      }
    }
    return { gone, kept, keptBytes, upTo, last: found.length < batchRows };
  }

  function remove({ gone, kept }: Batch, page: number): void {
    const seqs = gone.map((row) => row['seq'] as number);
    for (const [first, last] of ranges(seqs, kept)) {
      outgoing.requestsGo(first, last);
      connection.run(
        'DELETE FROM parts WHERE key BETWEEN ? AND ?',
        first * partsPerRequest,
        (last + 1) * partsPerRequest - 1,
      );
      for (const table of ['requests', 'forwards', 'marks'])
        connection.run(`DELETE FROM ${table} WHERE seq BETWEEN ? AND ?`, first, last);
    }
    const highest = seqs.at(-1) as number;
    connection.run(deletePages, page, Math.floor(highest / pageRows));
    raiseFloor(connection, highest + 1);
    keys.remove(seqs);
    for (const row of gone) bytes.remove(row['seq'] as number, row['endpoint'] as string, row['stored_size'] as number);
  }

  /** Rows below the floor that are there all the same: pinned ones, and slow requests. */
  function survivors(floor: number): Row[] {
    return connection.all('SELECT seq, rest FROM requests WHERE seq < ?', floor);
  }

  async function tidy(): Promise<void> {
    const floor = Number(connection.get(selectFloor)?.['value'] ?? 0);
    const sweep = { place: null as SweepPlace | null };
    do {
      await group.alone(() => {
        const referred = survivors(floor).map(replyNumber);
        sweep.place = records.sweep(floor, new Set(referred.filter((number) => number !== null)), sweep.place);
      });
    } while (sweep.place !== null && !isClosing());
    while (keys.wasteful && !isClosing()) {
      await group.alone(() => {
        const there = new Set(survivors(floor).map((row) => row['seq'] as number));
        keys.shrink((seq) => seq < floor && !there.has(seq));
      });
    }
    if (!isClosing()) replies.forget();
  }

  async function run(limits: Settings['retention'], now: number): Promise<{ readonly removed: number }> {
    while (!isClosing() && !bytes.step()) await turn();
    const progress: Progress = { seq: -1, keptRows: 0, keptBytes: 0, removed: 0, page: 0 };
    let last = false;
    while (!last && !isClosing()) {
      let batch = next(limits, now, progress);
      if (batch.gone.length > 0) {
        // Looked at once more: what was true when the turn was asked for may have changed.
        await group.alone(() => {
          batch = next(limits, now, progress);
          if (batch.gone.length > 0) remove(batch, progress.page);
        });
        progress.page = Math.floor(batch.upTo / pageRows);
      } else {
        await turn();
      }
      ({ last } = batch);
      progress.seq = batch.upTo;
      progress.keptRows += batch.kept.size;
      progress.keptBytes += batch.keptBytes;
      progress.removed += batch.gone.length;
    }
    if (progress.removed > 0 && !isClosing()) await tidy();
    if (limits.maxAgeDays !== null && !isClosing()) {
      const oldest = now - limits.maxAgeDays * dayMs;
      if (connection.get('SELECT n FROM refused WHERE at < ? LIMIT 1', oldest))
        await group.alone(() => void connection.run('DELETE FROM refused WHERE at < ?', oldest));
    }
    return { removed: progress.removed };
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    running += 1;
    const result = settled.then(work);
    settled = result.catch(() => undefined).finally(() => (running -= 1));
    return result;
  }

  return {
    retain: (limits, now) => inTurn(() => run(limits, now)),
    retainSent: (limits, now, needed) =>
      inTurn(async () => (isClosing() ? [] : await outgoing.sweep(limits, now, needed))),
    get settled() {
      return settled;
    },
    get isRunning() {
      return running > 0;
    },
  };
}

/** First and last of runs of numbers that have none of the kept ones between them. */
function ranges(seqs: readonly number[], kept: ReadonlySet<number>): (readonly [first: number, last: number])[] {
  const stays = [...kept];
  const found: (readonly [number, number])[] = [];
  let first: number | null = null;
  let last = 0;
  let at = 0;
  for (const seq of seqs) {
    let broken = false;
    for (; at < stays.length && (stays[at] as number) < seq; at += 1) broken = true;
    if (first !== null && broken) found.push([first, last]);
    if (first === null || broken) first = seq;
    last = seq;
  }
  if (first !== null) found.push([first, last]);
  return found;
}

/** Lets the loop turn, so that others run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
