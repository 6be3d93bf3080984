// Counts when requests came, for the line above the Inbox. Only numbers are read; the stretch of the history that can
// hold them is found by halving, since numbers rise with time, so that a look at the last minutes costs no more where
// there are 100,000 requests.

import type { Clock } from '../ports.ts';
import type { ActivityOptions, History } from './history-contract.ts';
import { compileFilter, scan } from './history-query.ts';
import type { Filter } from './history-query.ts';
import { toSummary } from './history-rows.ts';
import type { SearchIndex } from './search-index.ts';
import type { Connection, Row } from './sqlite.ts';
import { storageError } from './storage-errors.ts';

/** The part of {@link History} that this file makes. */
export type HistoryActivity = Pick<History, 'countActivity'>;

type Counts = Parameters<History['countActivity']>[1];

/** What it is given. */
export interface HistoryActivityOptions {
  readonly connection: Connection;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Called before a look: an owner may have brought the file up to date. */
  readonly upgraded: () => void;
  readonly index: () => SearchIndex | null;
}

/** Numbers that are counted at a time: some milliseconds. */
const windowRows = 4_096;
/** Numbers rise with time but for clocks that are set, by an hour where summer ends, and slow requests, ms. */
const slackMs = 3_700_000;
const failed = "(verdict_status NOT IN ('valid', 'unverified') OR ifnull(reply_status, 0) >= 400)";
/** What was pulled or imported has old times under new numbers. */
const selectNext =
  "SELECT seq, received_at FROM requests WHERE seq >= ? AND NOT (json_valid(rest) AND ifnull(json_extract(rest, '$[8]'), 0) > 0) ORDER BY seq LIMIT 1";
/** Each alone looks at one row; both in one SELECT would look at all. */
const selectEnds = 'SELECT (SELECT min(seq) FROM requests) AS lowest, (SELECT max(seq) FROM requests) AS highest';

/** Nothing is read before the first call. */
export function createHistoryActivity({ connection, clock, upgraded, index }: HistoryActivityOptions): HistoryActivity {
  /** The lowest number from which on requests came at `at` or later. */
  function seqAt(at: number, lowest: number, highest: number): number {
    let low = lowest;
    let high = highest + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = connection.get(selectNext, middle);
      if (row !== undefined && (row['received_at'] as number) < at) low = (row['seq'] as number) + 1;
      else high = middle;
    }
    return low;
  }

  function count(options: ActivityOptions, counts: Counts): number | null {
    upgraded();
    const { fromAt, toAt, query, now, budgetMs } = options;
    const filter = compileFilter(connection, query, now);
    const deadline = clock.monotonic() + budgetMs;
    const ends = connection.get(selectEnds);
    if (typeof ends?.['lowest'] !== 'number') return null;
    const { lowest, highest } = ends as { lowest: number; highest: number };
    const floor = seqAt(fromAt - slackMs, lowest, highest);
    const below = options.belowSeq ?? seqAt(toAt + slackMs, lowest, highest);
    const bucketMs = (toAt - fromAt) / counts.length;
    const add = (bucket: number, total: number, bad: number): void => {
      const entry = counts[Math.min(counts.length - 1, Math.max(0, bucket))];
      if (entry === undefined) return;
      entry.total += total;
      entry.failed += bad;
    };
    const inTime: Filter = {
      ...filter,
      where: `received_at >= ? AND received_at < ? AND ${filter.where}`,
      values: [fromAt, toAt, ...filter.values],
    };
    return filter.tests.length > 0 ? countTested() : countPlain();

    function countPlain(): number | null {
      const sql =
        `SELECT CAST((received_at - ?) / ? AS INTEGER) AS bucket, count(*) AS total, sum(${failed}) AS failed ` +
        `FROM requests WHERE seq >= ? AND seq < ? AND ${inTime.where} GROUP BY bucket`;
      let upTo = below;
      while (upTo > floor) {
        const from = Math.max(floor, upTo - windowRows);
        for (const row of connection.allOnce(sql, [fromAt, bucketMs, from, upTo, ...inTime.values]))
          add(row['bucket'] as number, row['total'] as number, row['failed'] as number);
        upTo = from;
        if (clock.monotonic() >= deadline) break;
      }
      return upTo > floor ? upTo : null;
    }

    function countTested(): number | null {
      let upTo = below;
      const goOn = (seq: number): boolean => {
        upTo = seq;
        return seq > floor && clock.monotonic() < deadline;
      };
      // A row is given before its progress is told: none is counted twice, and none is left out.
      let stopped = false;
      const onProgress = (seq: number): boolean => {
        stopped = !goOn(seq);
        return !stopped;
      };
      for (const row of scan(connection, inTime, { belowSeq: below, wanted: 1, onProgress, index: index() }))
        add(Math.floor(((row['received_at'] as number) - fromAt) / bucketMs), 1, isFailed(row) ? 1 : 0);
      return stopped && upTo > floor ? upTo : null;
    }
  }

  return {
    countActivity(options, counts) {
      try {
        return count(options, counts);
      } catch (error) {
        throw storageError(error, 'read the history');
      }
    },
  };
}

/** The same as `failed`. */
function isFailed(row: Row): boolean {
  const { verdict, reply } = toSummary(row, () => null);
  return (verdict.status !== 'valid' && verdict.status !== 'unverified') || (reply.status ?? 0) >= 400;
}
