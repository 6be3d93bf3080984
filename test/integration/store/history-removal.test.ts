// Removing chosen requests: all that belongs to them goes along, all else stays as it was, no number is given twice, and
// others have their turn meanwhile. And the counts of what came when.

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import { clock, exchange, keptLog, requestId, temporaryFolder } from './support.ts';

const now = 2_000_000;

function open(dir: string = temporaryFolder(), readOnly = false): History {
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly });
  onTestFinished(() => history.close());
  return history;
}

async function fill(
  history: History,
  count: number,
  more: (seq: number) => Partial<Parameters<typeof exchange>[0]> = () => ({}),
): Promise<void> {
  for (let left = count; left > 0; left -= 500) {
    await Promise.all(
      Array.from({ length: Math.min(left, 500) }, () => {
        const seq = history.nextSeq();
        return history.append(exchange({ seq, ...more(seq) }));
      }),
    );
  }
}

const seqs = (history: History): number[] => history.list({ query: '', limit: 1_000, now }).rows.map((row) => row.seq);

function rowsOf(dir: string): Record<string, number> {
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  try {
    const tables = ['requests', 'parts', 'forwards', 'marks', 'reply_times'];
    return Object.fromEntries(
      tables.map((table) => [table, Number(connection.get(`SELECT count(*) AS n FROM ${table}`)?.['n'])]),
    );
  } finally {
    connection.close();
  }
}

test('chosen ones go wherever they lie, pinned ones too; unknown and repeated ids are left out', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  await fill(history, 20, (seq) => ({
    idKey: `k${seq}`,
    endpoint: seq % 2 === 0 ? 'even' : 'odd',
    body: 'x'.repeat(seq),
  }));
  await history.setPinned([requestId(3)], true);
  await history.setNote(requestId(4), 'kept');
  const forward = { forwardId: 'f', url: 'http://127.0.0.1:9/', mode: 'copy', state: 'queued' } as const;
  for (const seq of [3, 4])
    history.noteForward(requestId(seq), { ...forward, status: null, ms: null, at: 1, message: '', deliveryId: 'd' });
  const gone = [20, 3, 11].map(requestId);
  expect([...(await history.remove([...gone, gone[0] as string, 'req_no']))].toSorted()).toEqual(gone.toSorted());
  const check = (of: History): void => {
    expect(seqs(of)).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 10, 9, 8, 7, 6, 5, 4, 2, 1]);
    expect(of.count()).toBe(17);
    expect(of.get(requestId(3))).toBeNull();
    expect(of.readBody(requestId(11))).toBeNull();
    expect(of.findById('k20', '', 0)).toBeNull();
    expect(of.findById('k19', '', 0)?.firstId).toBe(requestId(19));
    expect(of.forwardsOf(requestId(4))).toHaveLength(1);
    expect(of.get(requestId(4))?.note).toBe('kept');
    expect(of.storedBytes('even')).toBe(110 - 20);
    expect(of.storedBytes('odd')).toBe(100 - 3 - 11);
    expect(of.check()).toBe('ok');
  };
  check(history);
  check(open(dir, true));
  expect(await history.remove(gone)).toEqual([]);
  await history.close();
  expect(rowsOf(dir)).toMatchObject({ requests: 17, parts: 17, forwards: 1, marks: 1 });
  const again = open(dir);
  check(again);
  // The newest was removed: its number is not given again.
  expect(again.nextSeq()).toBe(21);
});

test('everything can go; what comes later starts with a number of its own', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  await fill(history, 300);
  for (let seq = 1; seq <= 300; seq += 1) history.noteReply(requestId(seq), 200, seq);
  await history.remove(Array.from({ length: 300 }, (_, n) => requestId(n + 1)));
  expect(history.count()).toBe(0);
  await history.close();
  expect(rowsOf(dir)).toEqual({ requests: 0, parts: 0, forwards: 0, marks: 0, reply_times: 0 });
  const again = open(dir);
  await fill(again, 1);
  expect(seqs(again)).toEqual([301]);
  expect(again.get(requestId(301))?.reply.ms).toBeUndefined();
});

test('6,000 of 12,000 go while requests are stored, which never wait long; retention works beside it', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  await fill(history, 12_000, (seq) => ({ idKey: `k${seq}` }));
  const removing = history.remove(Array.from({ length: 6_000 }, (_, n) => requestId(2 * n + 2)));
  const retaining = history.retain({ maxCount: 11_000, maxAgeDays: null, maxBytes: null }, now);
  let turns = 0;
  let isDone = false;
  const watch = (): void => {
    turns += 1;
    if (!isDone) setImmediate(watch);
  };
  watch();
  await fill(history, 10);
  const [gone] = await Promise.all([removing, retaining]);
  isDone = true;
  expect(turns).toBeGreaterThan(6_000 / 200);
  expect(history.count()).toBe(history.list({ query: '', limit: 20_000, now }).rows.length);
  expect(gone.length).toBeLessThanOrEqual(6_000);
  for (let seq = 1; seq <= 12_000; seq += 37)
    expect(history.findById(`k${seq}`, '', 0) !== null).toBe(history.get(requestId(seq)) !== null);
  expect(history.get(requestId(11_000))).toBeNull();
  expect(history.get(requestId(11_999))).not.toBeNull();
});

test('a reader cannot remove', async () => {
  const dir = temporaryFolder();
  await fill(open(dir), 1);
  await expect(open(dir, true).remove([requestId(1)])).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
});

interface Look {
  readonly query?: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly buckets: number;
  readonly budgetMs?: number;
}

/** Counts in as many looks as it takes; `looks` is their number. */
function countAll(history: History, { query = '', fromAt, toAt, buckets, budgetMs = 25 }: Look) {
  const counts = Array.from({ length: buckets }, () => ({ total: 0, failed: 0 }));
  let looks = 0;
  let belowSeq: number | null = null;
  do {
    belowSeq = history.countActivity({ query, fromAt, toAt, now, budgetMs, belowSeq }, counts);
    looks += 1;
  } while (belowSeq !== null);
  return { looks, total: counts.map(({ total }) => total), failed: counts.map(({ failed }) => failed) };
}

test('requests are counted by when they came; the end is not included', async () => {
  const history = open();
  expect(countAll(history, { fromAt: 0, toAt: 10, buckets: 2 })).toMatchObject({ total: [0, 0], looks: 1 });
  await fill(history, 40, (seq) => ({
    receivedAt: now + seq * 1_000,
    status: seq % 10 === 0 ? 'invalid' : 'valid',
    replyStatus: seq % 8 === 0 ? 500 : 200,
    method: seq % 2 === 0 ? 'PUT' : 'POST',
    body: seq > 20 ? 'late' : 'early',
  }));
  const range = { fromAt: now + 10_000, toAt: now + 30_000, buckets: 2 };
  // Failed are 10, 16, 20 and 24.
  expect(countAll(history, range)).toMatchObject({ total: [10, 10], failed: [2, 2] });
  expect(countAll(history, { ...range, query: 'method:put' })).toMatchObject({ total: [5, 5], failed: [2, 2] });
  expect(countAll(history, { ...range, query: 'late' })).toMatchObject({ total: [0, 9], failed: [0, 1] });
  expect(countAll(history, { ...range, query: '-late' })).toMatchObject({ total: [10, 1], failed: [2, 1] });
  expect(() => countAll(history, { ...range, query: 'nonsense:1' })).toThrow(/Unknown key/);
  await history.remove([requestId(16), requestId(20)]);
  expect(countAll(history, range)).toMatchObject({ total: [9, 9], failed: [1, 1] });
});

test('a count in many small looks is the count in one, also where clocks were set back', async () => {
  const history = open();
  await fill(history, 9_000, (seq) => ({ receivedAt: now + (seq > 5_000 ? seq - 1_000 : seq) * 1_000 }));
  const range = { fromAt: now, toAt: now + 9_000_000, buckets: 9 };
  // 5,000 seconds long, then once more from 4,001 on.
  const expected = [999, 1_000, 1_000, 1_000, 1_999, 1_001, 1_000, 1_000, 1];
  for (const query of ['', 'body']) {
    const all = countAll(history, { ...range, query, budgetMs: 60_000 });
    const sliced = countAll(history, { ...range, query, budgetMs: query === '' ? 0 : 10 });
    expect(all.total).toEqual(expected);
    expect(sliced.total).toEqual(expected);
    expect(sliced.looks).toBeGreaterThan(2);
  }
});
