// The parts of the history that write many requests at once: the key index in pieces, and the times of replies.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHistory } from '../../../src/main/store/history.ts';
import type { Exchange, History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import { clock, exchange, keptLog, requestId, temporaryFolder } from './support.ts';

const now = 2_000_000;

function open(dir: string = temporaryFolder()): History {
  const history = openHistory({ dir, clock, logger: keptLog() });
  onTestFinished(() => history.close());
  return history;
}

async function fill(
  history: History,
  count: number,
  more: (seq: number) => Partial<Parameters<typeof exchange>[0]> = () => ({}),
): Promise<Exchange[]> {
  const made = Array.from({ length: count }, () => {
    const seq = history.nextSeq();
    return exchange({ seq, ...more(seq) });
  });
  await Promise.all(made.map((one) => history.append(one)));
  return made;
}

test('a reply with another status than planned is found by it; times survive many pages', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  await fill(history, 400);
  const replied = new Set([1, 127, 128, 129, 255, 256, 400]);
  for (const seq of replied) history.noteReply(requestId(seq), seq === 129 ? 502 : 200, seq / 8);
  const check = (from: History): void => {
    expect(from.list({ query: 'status:502', limit: 10, now }).rows.map((row) => row.seq)).toEqual([129]);
    for (const row of from.list({ query: '', limit: 500, now }).rows)
      expect(row.reply.ms).toBe(replied.has(row.seq) ? row.seq / 8 : undefined);
    for (const row of from.stream({ query: '', limit: 0, now }))
      expect(row.reply.ms).toBe(replied.has(row.seq) ? row.seq / 8 : undefined);
  };
  check(history);
  const reader = openHistory({ dir, clock, logger: keptLog(), readOnly: true });
  await expect.poll(() => reader.get(requestId(400))?.reply.ms).toBe(50);
  check(reader);
  await reader.close();
  // Once more into a page that is written already.
  history.noteReply(requestId(2), 200, 0.5);
  replied.delete(1);
  await history.close();
  history.noteReply(requestId(3), 200, 1);
  const again = open(dir);
  expect(again.get(requestId(1))?.reply.ms).toBe(0.125);
  expect(again.get(requestId(2))?.reply.ms).toBe(0.5);
  expect(again.get(requestId(3))?.reply.ms).toBeUndefined();
});

test('the index of many short sessions stays in few pieces', async () => {
  const dir = temporaryFolder();
  for (let session = 0; session < 30; session += 1) {
    const history = openHistory({ dir, clock, logger: keptLog() });
    await fill(history, 3, (seq) => ({ idKey: `k${seq}`, bodyKey: 'same' }));
    expect(history.count()).toBe(3 * session + 3);
    await history.close();
  }
  const history = open(dir);
  for (let seq = 1; seq <= 90; seq += 1) {
    expect(history.get(requestId(seq))?.seq).toBe(seq);
    expect(history.findById(`k${seq}`, '', 0)?.firstId).toBe(requestId(seq));
  }
  expect(history.findByBody('same', 0)?.firstId).toBe(requestId(90));
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  onTestFinished(() => connection.close());
  expect(connection.get('SELECT count(*) AS n FROM key_runs')?.['n']).toBeLessThan(9);
});

test('a late request is found after a crash, and the count is right', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const late = history.nextSeq();
  for (let n = 0; n < 50; n += 1) await fill(history, 100);
  await history.append(exchange({ seq: late, idKey: 'late' }));
  const copy = temporaryFolder();
  for (const name of ['history.sqlite', 'history.sqlite-wal']) copyFileSync(join(dir, name), join(copy, name));
  const crashed = open(copy);
  expect(crashed.findById('late', '', 0)?.firstId).toBe(requestId(late));
  expect(crashed.count()).toBe(5_001);
  expect(history.count()).toBe(5_001);
});

test('damaged pieces of the index are made anew from the rows', async () => {
  const dir = temporaryFolder();
  const before = openHistory({ dir, clock, logger: keptLog() });
  await fill(before, 20, (seq) => ({ idKey: `k${seq}` }));
  await before.close();
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: false });
  connection.exec("UPDATE key_runs SET entries = x'00'");
  connection.exec("UPDATE requests SET rest = 'no JSON' WHERE seq = 7");
  connection.close();
  const history = open(dir);
  expect(history.count()).toBe(20);
  expect(history.findById('k5', '', 0)?.firstId).toBe(requestId(5));
  expect(history.findById('k7', '', 0)).toBeNull();
});
