// Removing the oldest requests: what goes, what stays, what goes along, that nothing else waits for it, and that a crash
// in the middle leaves a whole history.

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ReplyRecord } from '../../../src/shared/replies.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { Exchange, History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import { bundle, clock, exchange, keptLog, requestId, start, temporaryFolder } from './support.ts';

const now = 2_000_000;
const none = { maxCount: null, maxAgeDays: null, maxBytes: null };
const dayMs = 86_400_000;

function open(dir: string = temporaryFolder(), readOnly = false): History {
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly });
  onTestFinished(() => history.close());
  return history;
}

async function fill(
  history: History,
  count: number,
  more: (seq: number) => Partial<Parameters<typeof exchange>[0]> = () => ({}),
  extra: (seq: number) => Partial<Exchange> = () => ({}),
): Promise<void> {
  for (let left = count; left > 0; left -= 500) {
    await Promise.all(
      Array.from({ length: Math.min(left, 500) }, () => {
        const seq = history.nextSeq();
        return history.append({ ...exchange({ seq, ...more(seq) }), ...extra(seq) });
      }),
    );
  }
}

const answer = (why: string): ReplyRecord => ({
  status: 200,
  headers: [],
  body: Buffer.from(why),
  size: why.length,
  by: 'rule',
  why,
  delayMs: 0,
  fault: null,
});

/** Rows of every table, rows that belong to no request, bytes of the index, pages of the file. */
function rowsOf(dir: string): { counts: Record<string, number>; orphans: number; pages: number; indexBytes: number } {
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  const count = (sql: string): number => Number(connection.get(sql)?.['n']);
  try {
    const tables = ['requests', 'parts', 'reply_times', 'forwards', 'marks', 'reply_records', 'refused'];
    const orphan = (table: string, seq: string): number =>
      count(`SELECT count(*) AS n FROM ${table} WHERE ${seq} NOT IN (SELECT seq FROM requests)`);
    return {
      counts: Object.fromEntries(tables.map((table) => [table, count(`SELECT count(*) AS n FROM ${table}`)])),
      indexBytes: count('SELECT sum(length(entries)) AS n FROM key_runs'),
      pages: Number(connection.get('PRAGMA page_count')?.['page_count']),
      orphans: orphan('parts', 'key / 1024') + orphan('forwards', 'seq') + orphan('marks', 'seq'),
    };
  } finally {
    connection.close();
  }
}

const seqs = (history: History): number[] => history.list({ query: '', limit: 1_000, now }).rows.map((row) => row.seq);
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => last - n);

test('by count: the newest stay, older ones only where they are pinned', async () => {
  const history = open();
  await fill(history, 20);
  await history.setPinned([requestId(3), requestId(18)], true);
  expect(await history.retain({ ...none, maxCount: 20 }, now)).toEqual({ removed: 0 });
  expect(await history.retain({ ...none, maxCount: 5 }, now)).toEqual({ removed: 14 });
  expect(seqs(history)).toEqual([20, 19, 18, 17, 16, 3]);
  expect(history.count()).toBe(6);
  // The old pinned one takes nobody's place.
  expect(await history.retain({ ...none, maxCount: 5 }, now)).toEqual({ removed: 0 });
  await history.setPinned([requestId(3)], false);
  expect(await history.retain({ ...none, maxCount: 5 }, now)).toEqual({ removed: 1 });
  expect(await history.retain(none, now)).toEqual({ removed: 0 });
  expect(seqs(history)).toEqual([20, 19, 18, 17, 16]);
});

test('by size, and the bytes of each endpoint follow at once', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  await fill(history, 30, (seq) => ({ endpoint: seq % 3 === 0 ? 'third' : 'default', body: 'x'.repeat(seq) }));
  const bytes = (of: History): number[] => ['default', 'third', 'none'].map((id) => of.storedBytes(id));
  const sums = (first: number, more: readonly number[] = []): number[] => {
    const left = [...from(first, 30), ...more];
    const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
    return [sum(left.filter((n) => n % 3 !== 0)), sum(left.filter((n) => n % 3 === 0)), 0];
  };
  expect(bytes(history)).toEqual(sums(1));
  const stored = history.append(exchange({ seq: history.nextSeq(), endpoint: 'none', body: 'yy' }));
  expect(history.storedBytes('none')).toBe(2);
  await stored;
  await history.setPinned([requestId(6)], true);
  // 30 + ... + 22 and the two bytes of the last are 236.
  expect(await history.retain({ ...none, maxBytes: 240 }, now)).toEqual({ removed: 20 });
  expect(seqs(history)).toEqual([31, ...from(22, 30), 6]);
  const left = [...sums(22, [6]).slice(0, 2), 2];
  expect(bytes(history)).toEqual(left);
  expect(bytes(open(dir, true))).toEqual(left);
  await history.close();
  expect(bytes(open(dir))).toEqual(left);
});

test('by age: also what was refused; a clock that was ahead for a while keeps nothing else', async () => {
  const history = open();
  const later = now + 10 * dayMs;
  await fill(history, 10, (seq) => ({ receivedAt: seq === 2 ? later + dayMs : now + seq * dayMs }));
  for (const at of [now, later])
    history.appendRefused({ reason: 'rate', status: 429, at, remoteAddress: '::1', bytes: 0, head: new Uint8Array(0) });
  expect(await history.retain({ ...none, maxAgeDays: 3.5 }, later)).toEqual({ removed: 5 });
  expect(seqs(history)).toEqual([10, 9, 8, 7, 2]);
  expect(history.listRefused(9).map((entry) => entry.at)).toEqual([later]);
});

test(
  '20,000 rows with pins: all that belongs to a removed request goes along, look-ups stay right',
  { timeout: 60_000 },
  async () => {
    const dir = temporaryFolder();
    const history = openHistory({ dir, clock, logger: keptLog() });
    const answers = Array.from({ length: 5 }, (_, n) => answer(`Answer ${n}.`));
    // The first four change over time, the last is given all along; each thousandth request has its own.
    const replyOf = (seq: number): ReplyRecord =>
      seq % 1_000 === 0 ? answer(`Own ${seq}.`) : (answers[seq % 7 === 0 ? 4 : Math.floor(seq / 5_001)] as ReplyRecord);
    await fill(
      history,
      20_000,
      (seq) => ({ idKey: `k${seq}`, bodyKey: `b${seq}`, body: 'x'.repeat(500) }),
      (seq) => ({ reply: replyOf(seq) }),
    );
    for (let seq = 1; seq <= 20_000; seq += 1) history.noteReply(requestId(seq), 200, seq);
    const result = { forwardId: 'f', url: 'http://127.0.0.1:9/', mode: 'copy', state: 'queued' } as const;
    for (let seq = 50; seq <= 20_000; seq += 50)
      history.noteForward(requestId(seq), { ...result, status: null, ms: null, at: 1, message: '', deliveryId: 'd' });
    const noted = Array.from({ length: 200 }, (_, n) => 10 + n * 100);
    await Promise.all(noted.map((seq) => history.setNote(requestId(seq), `note ${seq}`)));
    const pinned = Array.from({ length: 40 }, (_, n) => 1 + n * 333);
    await history.setPinned(pinned.map(requestId), true);
    const before = rowsOf(dir).pages;
    expect(await history.retain({ ...none, maxCount: 19_990 }, now)).toEqual({ removed: 9 });
    let turns = 0;
    let watching = true;
    const watch = (): void => {
      turns += 1;
      if (watching) setImmediate(watch);
    };
    watch();
    // One is stored while others are removed.
    const kept = history.retain({ ...none, maxCount: 5_000 }, now);
    const slow = history.nextSeq();
    await history.append(exchange({ seq: slow, idKey: 'meanwhile' }));
    const { removed } = await kept;
    watching = false;
    const old = pinned.filter((seq) => seq <= 15_001);
    expect(removed).toBe(15_001 - 9 - old.length);
    // Others had their turn after each batch.
    expect(turns).toBeGreaterThan(15_000 / 200);
    const check = (of: History): void => {
      expect(of.count()).toBe(5_000 + old.length);
      expect([...of.stream({ query: '', limit: 0, now })].map((row) => row.seq)).toEqual([
        ...old,
        ...from(15_002, slow).reverse(),
      ]);
      expect(of.list({ query: 'pinned:true', limit: 1_000, now }).rows).toHaveLength(pinned.length);
      for (let seq = 1; seq <= 20_000; seq += 37) {
        const stays = seq > 15_001 || old.includes(seq);
        expect(of.get(requestId(seq)) !== null).toBe(stays);
        expect(of.findById(`k${seq}`, '', 0)?.firstId).toBe(stays ? requestId(seq) : undefined);
        expect(of.findByBody(`b${seq}`, 0)?.firstId).toBe(stays ? requestId(seq) : undefined);
      }
      for (const seq of [...old, 15_002, 20_000]) {
        expect(of.replyRecord(requestId(seq))?.why).toBe(replyOf(seq).why);
        expect(of.get(requestId(seq))?.reply.ms).toBe(seq);
      }
      expect(of.findById('meanwhile', '', 0)?.firstId).toBe(requestId(slow));
      expect(of.storedBytes('default')).toBe((4_999 + old.length) * 500 + `body of ${slow}`.length);
      expect(of.forwardsOf(requestId(15_050))).toHaveLength(1);
      expect(of.check()).toBe('ok');
    };
    check(history);
    const reader = open(dir, true);
    check(reader);
    await reader.close();
    await history.close();
    const { counts, orphans, indexBytes } = rowsOf(dir);
    // Three entries of 12 bytes for each request; pieces of 4,096 requests go once half of one is gone.
    expect(indexBytes).toBeLessThan((5_000 + 4_096) * 3 * 12);
    const left = [...old, ...from(15_002, 20_000)];
    const which = (fits: (seq: number) => boolean): number => left.filter(fits).length;
    expect(orphans).toBe(0);
    expect(counts).toMatchObject({
      requests: left.length + 1,
      parts: left.length + 1,
      forwards: which((seq) => seq % 50 === 0),
      marks: which((seq) => seq % 100 === 10 || old.includes(seq)),
      reply_records: new Set(left.map((seq) => replyOf(seq).why)).size,
    });
    expect(counts['reply_times']).toBeLessThan(100);
    const again = open(dir);
    check(again);
    expect(again.nextSeq()).toBe(slow + 1);
    // What comes later takes the place of what is gone.
    await fill(again, 10_000, () => ({ body: 'x'.repeat(500) }));
    expect(rowsOf(dir).pages).toBeLessThanOrEqual(before);
  },
);

test('answers that nobody refers to any more are removed, also those of an earlier run', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const shared = answer('Shared.');
  await fill(history, 10, undefined, () => ({ reply: shared }));
  await fill(history, 10, undefined, (seq) => ({ reply: answer(`Own ${seq}.`) }));
  history.noteReply(requestId(3), 201, 1, answer('Late.'));
  await history.setPinned([requestId(12)], true);
  await history.retain({ ...none, maxCount: 5 }, now);
  // The object was used for a row that is gone: it is stored anew.
  await fill(history, 1, undefined, () => ({ reply: shared }));
  expect(history.replyRecord(requestId(21))?.why).toBe('Shared.');
  await history.close();
  expect(rowsOf(dir).counts['reply_records']).toBe(7);
  const again = openHistory({ dir, clock, logger: keptLog() });
  expect(again.replyRecord(requestId(12))?.why).toBe('Own 12.');
  await fill(again, 5, undefined, () => ({ reply: shared }));
  await again.retain({ ...none, maxCount: 3 }, now);
  expect(again.replyRecord(requestId(26))?.why).toBe('Shared.');
  await again.setPinned([requestId(12)], false);
  await fill(again, 3, undefined, () => ({ reply: answer('New.') }));
  await again.retain({ ...none, maxCount: 3 }, now);
  expect(again.replyRecord(requestId(29))?.why).toBe('New.');
  await again.close();
  expect(rowsOf(dir).counts).toMatchObject({ requests: 3, parts: 3, reply_records: 1, marks: 0 });
});

test('a duplicate whose first is gone: nothing throws, its group goes on', async () => {
  const history = open();
  await fill(history, 4, (seq) => ({
    idKey: 'k',
    bodyKey: 'b',
    body: 'same',
    duplicate: seq === 1 ? { kind: 'first', of: null, n: 1 } : { kind: 'retry', of: requestId(1), n: seq },
  }));
  await history.retain({ ...none, maxCount: 2 }, now);
  expect(history.group(requestId(4)).map((row) => row.seq)).toEqual([3, 4]);
  expect(history.group(requestId(1))).toEqual([]);
  expect(history.readBody(requestId(1))).toBeNull();
  expect(history.findById('k', '', 0)).toMatchObject({ firstId: requestId(1), n: 4 });
  expect(history.findByBody('b', 0)).toMatchObject({ firstId: requestId(1), n: 4 });
  expect(history.idOfKey('k')).toBe(requestId(4));
  await history.retain({ ...none, maxBytes: 1 }, now);
  expect([history.findById('k', '', 0), history.findByBody('b', 0), history.idOfKey('k')]).toEqual([null, null, null]);
  expect(history.count()).toBe(0);
});

test('when all is gone, numbers go on where they were, over a restart and for slow requests', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const slow = history.nextSeq();
  await fill(history, 300);
  history.noteReply(requestId(200), 200, 5);
  await history.retain({ ...none, maxAgeDays: 1 }, now + 10 * dayMs);
  expect(history.count()).toBe(0);
  await history.append(exchange({ seq: slow, receivedAt: now + 10 * dayMs }));
  expect(history.get(requestId(slow))?.seq).toBe(slow);
  expect(history.count()).toBe(1);
  await history.close();
  const again = open(dir);
  expect(again.nextSeq()).toBe(302);
  expect(again.count()).toBe(1);
  expect(rowsOf(dir).counts).toMatchObject({ requests: 1, parts: 1, reply_times: 0 });
  await again.retain({ ...none, maxAgeDays: 1 }, now + 20 * dayMs);
  expect(again.count()).toBe(0);
});

test('a large body goes in a batch of its own', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  for (let n = 0; n < 4; n += 1)
    await history.append(exchange({ seq: history.nextSeq(), body: new Uint8Array(6_000_000) }));
  expect(await history.retain({ ...none, maxCount: 1 }, now)).toEqual({ removed: 3 });
  expect(rowsOf(dir)).toMatchObject({ counts: { requests: 1, parts: 6 }, orphans: 0 });
});

test('many rounds with few requests: the index does not grow without end', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  for (let round = 0; round < 60; round += 1) {
    await fill(history, 500, (seq) => ({ idKey: `k${seq}` }));
    await history.retain({ ...none, maxCount: 100 }, now);
  }
  expect(history.count()).toBe(100);
  await history.close();
  // 30,000 requests have been; 12 bytes for each of two entries.
  expect(rowsOf(dir).indexBytes).toBeLessThan(12_000 * 24);
  const again = open(dir);
  expect(again.count()).toBe(100);
  expect(again.findById('k29950', '', 0)?.firstId).toBe(requestId(29_950));
  expect(again.findById('k29850', '', 0)).toBeNull();
});

test('calls follow each other; closing ends the one that runs after its batch; readers may not', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  await fill(history, 2_000);
  const both = await Promise.all([
    history.retain({ ...none, maxCount: 1_500 }, now),
    history.retain({ ...none, maxCount: 1_000 }, now),
  ]);
  expect(both).toEqual([{ removed: 500 }, { removed: 500 }]);
  const running = history.retain({ ...none, maxCount: 1 }, now);
  await history.close();
  const { removed } = await running;
  expect(removed).toBeLessThan(1_000);
  await expect(history.retain(none, now)).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  const reader = open(dir, true);
  expect(reader.count()).toBe(1_000 - removed);
  await expect(reader.retain({ ...none, maxCount: 1 }, now)).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
});

test('while requests keep coming, removing goes on and none of them is refused', async () => {
  const history = open();
  await fill(history, 3_000);
  const state = { stop: false };
  let stored = 0;
  const busy = (async () => {
    // Stands for a sender that never leaves the store a free moment.
    while (!state.stop) {
      await history.append(exchange({ seq: history.nextSeq() }));
      stored += 1;
    }
  })();
  await history.retain({ ...none, maxCount: 500 }, now);
  state.stop = true;
  await busy;
  expect(stored).toBeGreaterThan(0);
  expect(history.count()).toBeLessThan(500 + stored + 1);
  expect(history.check()).toBe('ok');
});

test(
  'kill -9 while requests are removed: what is left is whole, and removing goes on',
  { timeout: 60_000 },
  async () => {
    const script = await bundle('history-child');
    const dir = temporaryFolder();
    const history = openHistory({ dir, clock, logger: keptLog() });
    await fill(
      history,
      4_000,
      (seq) => ({ idKey: `k${seq}`, body: `body of ${seq}`.repeat(40) }),
      (seq) => ({ reply: answer(seq % 3 === 0 ? `Own ${seq}.` : 'Shared.') }),
    );
    const pinned = Array.from({ length: 20 }, (_, n) => 5 + n * 150);
    await history.setPinned(pinned.map(requestId), true);
    await history.close();
    let limit = 4_000;
    for (let round = 0; round < 4; round += 1) {
      limit -= 900;
      const child = start(script, 'retain', dir, String(limit));
      await child.line((line) => line === 'begun');
      // At another place each time: a few batches later.
      await child.line((line) => line === `turn ${3 + round * 2}` || line === 'ended');
      child.process.kill('SIGKILL');
      await child.ended;
      const again = openHistory({ dir, clock, logger: keptLog() });
      expect(again.recovered).toEqual([]);
      expect(again.check()).toBe('ok');
      const rows = [...again.stream({ query: '', limit: 0, now })];
      expect(again.count()).toBe(rows.length);
      expect(again.storedBytes('default')).toBe(rows.reduce((sum, row) => sum + row.storedSize, 0));
      expect(rows.filter((row) => row.pinned).map((row) => row.seq)).toEqual(pinned);
      for (const row of rows) {
        expect(Buffer.from(again.readBody(row.id) as Uint8Array).toString()).toBe(`body of ${row.seq}`.repeat(40));
        if (row.seq % 3 === 0) expect(again.replyRecord(row.id)?.why).toBe(`Own ${row.seq}.`);
        if (row.seq % 50 === 0) expect(again.findById(`k${row.seq}`, '', 0)?.firstId).toBe(row.id);
      }
      // What is left without gaps but for pinned ones: the newest.
      const lowest = rows.find((row) => !row.pinned)?.seq ?? 0;
      expect(rows.filter((row) => row.seq >= lowest)).toHaveLength(4_000 - lowest + 1);
      expect(rowsOf(dir).orphans).toBe(0);
      await again.close();
    }
    const last = open(dir);
    await last.retain({ ...none, maxCount: 100 }, now);
    expect(last.count()).toBe(100 + pinned.filter((seq) => seq <= 3_900).length);
    expect(rowsOf(dir).counts['reply_records']).toBeLessThan(60);
  },
);
