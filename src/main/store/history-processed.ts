// What became of earlier requests of a delivery: how often it arrived, and whether one of them was dealt with. Groups of
// duplicates do not tell that: they also join requests of different deliveries that carry the same body.

import type { ForwardResult } from '../../shared/forwards.ts';
import { isSuccess } from '../../shared/http-status.ts';
import type { DuplicateKeys, History } from './history-contract.ts';
import type { ReplyTimes } from './history-rows.ts';
import type { RequestLookup } from './request-lookup.ts';
import type { Connection } from './sqlite.ts';

/** Newest requests of a delivery that are looked at. */
const most = 1_000;

const selectOutcome = 'SELECT received_at, verdict_status, reply_status FROM requests WHERE seq = ?';
const selectForwards = 'SELECT result FROM forwards WHERE seq = ?';

/** What it is given. */
interface ProcessedOptions {
  readonly connection: Connection;
  readonly lookup: Pick<RequestLookup, 'seqsOfKey'>;
  readonly replyTimes: () => ReplyTimes;
}

/** Answers over one history file. */
export function createHistoryProcessed({
  connection,
  lookup,
  replyTimes,
}: ProcessedOptions): Pick<History, 'arrivals' | 'wasProcessed'> {
  /** Where forwards were asked or queued, they decide; else the reply that left. */
  function isDone(seq: number, status: number | null, times: ReplyTimes): boolean {
    const results = connection
      .all(selectForwards, seq)
      .map((row) => JSON.parse(row['result'] as string) as ForwardResult);
    const asked = results.filter(({ state }) => state !== 'skipped');
    if (asked.length > 0) return asked.every(hasTaken);
    return isSuccess(status) && times(seq) !== null;
  }

  return {
    arrivals: (keys) => seqs(keys).length,
    wasProcessed(keys, { sinceAt, unverified }) {
      const times = replyTimes();
      return seqs(keys).some((seq) => {
        const row = connection.get(selectOutcome, seq);
        if (!row || (row['received_at'] as number) < sinceAt) return false;
        const verdict = row['verdict_status'];
        if (verdict !== 'valid' && !(unverified && verdict === 'unverified')) return false;
        return isDone(seq, row['reply_status'] as number | null, times);
      });
    },
  };

  function seqs({ idKey, bodyKey }: DuplicateKeys): readonly number[] {
    if (idKey !== null) return lookup.seqsOfKey('delivery', idKey, most);
    return bodyKey === null ? [] : lookup.seqsOfKey('body', bodyKey, most);
  }
}

function hasTaken({ state, status }: ForwardResult): boolean {
  return state === 'queued' || (state === 'answered' && isSuccess(status));
}
