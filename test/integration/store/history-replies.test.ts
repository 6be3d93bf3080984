// What was answered, what became of the forwards, and what a person put on a request.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ForwardResult } from '../../../src/shared/forwards.ts';
import type { ReplyRecord } from '../../../src/shared/replies.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { Exchange, History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import type { Row } from '../../../src/main/store/sqlite.ts';
import { clock, exchange, keptLog, requestId, temporaryFolder } from './support.ts';

const now = 2_000_000;

function open(dir: string = temporaryFolder(), readOnly = false): History {
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly });
  onTestFinished(() => history.close());
  return history;
}

function answer(changes: Partial<ReplyRecord> = {}): ReplyRecord {
  const body = changes.body ?? Buffer.from('ok');
  return {
    status: 200,
    headers: [['Content-Type', 'text/plain']],
    body,
    size: body.length,
    by: 'endpoint',
    why: 'The reply of the endpoint.',
    delayMs: 0,
    fault: null,
    ...changes,
  };
}

async function add(history: History, more: Partial<Exchange> = {}): Promise<string> {
  const made = exchange({ seq: history.nextSeq() });
  await history.append({ ...made, ...more });
  return made.request.id;
}

/** Rows of a table as another connection sees them. */
function stored(dir: string, sql: string): Row[] {
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  try {
    return connection.all(sql);
  } finally {
    connection.close();
  }
}

const recordCount = (dir: string): unknown => stored(dir, 'SELECT count(*) AS n FROM reply_records')[0]?.['n'];

test('an answer comes back in full, the cut body with the size of the whole', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const plain = answer({
    headers: [
      ['X-Twice', 'a'],
      ['x-twice', '\u00fc'],
    ],
    by: 'rule',
    why: 'Rule \u201cfail\u201d',
    delayMs: 5,
  });
  const large = answer({ body: Buffer.alloc(70_000, 'x'), fault: 'slow', status: 201 });
  const never = answer({ status: null, body: new Uint8Array(0), fault: 'never' });
  const ids = [
    await add(history, { reply: plain }),
    await add(history, { reply: large, replyStatus: 201 }),
    await add(history, { reply: never, replyStatus: null }),
    await add(history),
  ];
  const check = (from: History): void => {
    const [first, second, third, none] = ids.map((id) => from.replyRecord(id));
    expect(first).toEqual({ ...plain, body: new Uint8Array(plain.body) });
    expect(second).toMatchObject({ size: 70_000, fault: 'slow', body: new Uint8Array(65_536).fill(0x78) });
    expect(third).toMatchObject({ status: null, fault: 'never', body: new Uint8Array(0) });
    expect(none).toBeNull();
    expect(from.replyRecord('req_unknown')).toBeNull();
    expect(from.list({ query: '', limit: 9, now }).rows.map((row) => row.reply)).toEqual([
      { status: 200, challenge: false },
      { status: null, challenge: false, by: 'endpoint' },
      { status: 201, challenge: false, by: 'endpoint' },
      { status: 200, challenge: false, by: 'rule' },
    ]);
  };
  check(history);
  await history.close();
  check(open(dir, true));
  check(open(dir));
});

test('the same answer is one row: by object, by content, over a restart and after a crash', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const same = answer();
  for (let n = 0; n < 5; n += 1) await add(history, { reply: same });
  await add(history, { reply: answer() });
  const other = await add(history, { reply: answer({ why: 'Another.' }) });
  expect(recordCount(dir)).toBe(2);
  const copy = temporaryFolder();
  for (const name of ['history.sqlite', 'history.sqlite-wal']) copyFileSync(join(dir, name), join(copy, name));
  for (const folder of [dir, copy]) {
    if (folder === dir) await history.close();
    const again = openHistory({ dir: folder, clock, logger: keptLog() });
    const id = await add(again, { reply: answer() });
    expect(recordCount(folder)).toBe(2);
    expect(again.replyRecord(id)?.why).toBe('The reply of the endpoint.');
    expect(again.replyRecord(other)?.why).toBe('Another.');
    await again.close();
  }
});

test('more different answers than are remembered: each request keeps its own', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const steady = answer();
  const ids: string[] = [];
  for (let n = 0; n < 1_200; n += 1) {
    void add(history, { reply: steady });
    ids.push(await add(history, { reply: answer({ why: `Number ${n}.` }) }));
  }
  expect(recordCount(dir)).toBe(1_201);
  expect(ids.every((id, n) => history.replyRecord(id)?.why === `Number ${n}.`)).toBe(true);
  expect(history.replyRecord(requestId(2_399))?.why).toBe(steady.why);
  const last = await add(history, { reply: answer({ why: 'Number 0.' }) });
  expect(history.replyRecord(last)?.why).toBe('Number 0.');
});

test('what a forward answered is noted late, with status and decider; a connection that ended has none', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const forwarded = await add(history, { replyStatus: null });
  const failed = await add(history, { replyStatus: null });
  const cut = await add(history, { reply: answer() });
  const gone = await add(history, { replyStatus: null, webPage: true });
  const open502 = answer({ status: 502, by: 'forward', why: 'Connection refused.' });
  expect(history.get(forwarded)?.reply).toEqual({ status: null, challenge: false });
  expect(history.replyRecord(forwarded)).toBeNull();
  history.noteReply(forwarded, 204, 9, answer({ status: 204, by: 'forward', body: new Uint8Array(0) }));
  history.noteReply(failed, 502, 3, open502);
  history.noteReply(cut, null, 7);
  history.noteReply(gone, null, 8);
  history.noteReply('req_unknown', 200, 1, answer());
  // Noting findings keeps what is noted here, and the other way round.
  history.noteDiagnosis(forwarded, [{ code: 'clock-skew', message: 'Late.', mend: '' }]);
  history.noteReply(failed, 502, 4, answer({ ...open502, why: 'Once more.' }));
  const check = (from: History): void => {
    expect(from.list({ query: '', limit: 9, now }).rows.map((row) => row.reply)).toEqual([
      { status: null, challenge: false, ms: 8 },
      { status: null, challenge: false, by: 'endpoint', ms: 7 },
      { status: 502, challenge: false, by: 'forward', ms: 4 },
      { status: 204, challenge: false, by: 'forward', ms: 9 },
    ]);
    expect(from.list({ query: 'status:502', limit: 9, now }).rows.map((row) => row.id)).toEqual([failed]);
    expect(from.replyRecord(forwarded)?.status).toBe(204);
    expect(from.replyRecord(failed)?.why).toBe('Once more.');
    expect(from.replyRecord(cut)?.status).toBe(200);
    expect(from.get(forwarded)?.verdict.diagnosis).toHaveLength(1);
    expect(from.get(gone)?.webPage).toBe(true);
  };
  check(history);
  await history.close();
  check(open(dir));
});

test('a web page, a sender behind a tunnel and an open consent are kept', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const consent = { fetch: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription' };
  const page = await add(history, { webPage: true });
  const behind = await add(history, {
    sender: '203.0.113.9',
    reply: answer({ by: 'handshake' }),
    needsConsent: consent,
  });
  const pulled = await add(history, { pulled: true, replyStatus: null, sender: '203.0.113.9' });
  await history.close();
  const again = open(dir);
  const plain = ['webPage', 'sender', 'pinned', 'note', 'pulled'];
  const present = (id: string): string[] => plain.filter((name) => name in (again.get(id) ?? {}));
  expect([page, behind, pulled].map(present)).toEqual([['webPage'], ['sender'], ['sender', 'pulled']]);
  expect(again.list({ query: '', limit: 1, now, beforeSeq: 3 }).rows[0]?.sender).toBe('203.0.113.9');
  expect(again.needsConsent(behind)).toEqual(consent);
  expect(again.needsConsent(page)).toBeNull();
  expect(again.needsConsent('req_unknown')).toBeNull();
});

test('pins and notes: set, shown, found, taken away', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  for (let n = 0; n < 5; n += 1) await add(history);
  await history.setPinned([requestId(1), 'req_unknown', requestId(4)], true);
  await history.setNote(requestId(4), 'Gr\u00dcSSE an 100% Anna');
  await history.setNote(requestId(2), 'later');
  await history.setNote(requestId(3), 'not for long');
  await history.setNote(requestId(3), '');
  await history.setPinned([requestId(5)], true);
  await history.setPinned([requestId(5), requestId(3)], false);
  const found = (from: History, query: string): number[] =>
    from.list({ query, limit: 9, now }).rows.map((row) => row.seq);
  const check = (from: History): void => {
    expect(from.get(requestId(4))).toMatchObject({ pinned: true, note: 'Gr\u00dcSSE an 100% Anna' });
    expect('pinned' in (from.get(requestId(2)) ?? {})).toBe(false);
    expect(from.list({ query: '', limit: 9, now }).rows.map((row) => [row.pinned, row.note])).toEqual([
      [undefined, undefined],
      [true, 'Gr\u00dcSSE an 100% Anna'],
      [undefined, undefined],
      [undefined, 'later'],
      [true, undefined],
    ]);
    const expected: Record<string, number[]> = {
      'pinned:true': [4, 1],
      'pinned:false': [5, 3, 2],
      '-pinned:true': [5, 3, 2],
      '-pinned:false': [4, 1],
      'note:gr\u00fcsse': [4],
      'note:"100% anna"': [4],
      'note:100_': [],
      'note:LATER': [2],
      'note:*': [4, 2],
      '-note:*': [5, 3, 1],
      'note:an*%': [4],
      'pinned:true note:anna': [4],
      'pinned:true body': [4, 1],
      '-note:anna body': [5, 3, 2, 1],
    };
    for (const [query, seqs] of Object.entries(expected)) expect(found(from, query), query).toEqual(seqs);
  };
  check(history);
  check(open(dir, true));
  await history.close();
  const again = open(dir);
  check(again);
  await expect(again.setNote('req_unknown', 'x')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  expect(stored(dir, 'SELECT seq FROM marks ORDER BY seq').map((row) => row['seq'])).toEqual([1, 2, 4]);
  const reader = open(dir, true);
  await expect(reader.setPinned([requestId(1)], false)).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  await expect(reader.setNote(requestId(1), '')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
});

test('results of forwards stay in the order of their first note, the newest of each', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const id = await add(history);
  const other = await add(history);
  const result = (forwardId: string, changes: Partial<ForwardResult> = {}): ForwardResult => ({
    forwardId,
    url: 'http://127.0.0.1:3000/hook',
    mode: 'copy',
    state: 'queued',
    status: null,
    ms: null,
    at: 5,
    message: 'It waits in the queue.',
    deliveryId: 'dlv_1',
    ...changes,
  });
  history.noteForward(id, result('b'));
  history.noteForward(other, result('b'));
  history.noteForward(id, result('a', { mode: 'answer', state: 'failed', ms: 4, deliveryId: null }));
  history.noteForward(id, result('b', { state: 'answered', status: 200, ms: 12 }));
  history.noteForward('req_unknown', result('b'));
  const expected = [
    result('b', { state: 'answered', status: 200, ms: 12 }),
    result('a', { mode: 'answer', state: 'failed', ms: 4, deliveryId: null }),
  ];
  expect(history.forwardsOf(id)).toEqual(expected);
  expect(history.forwardsOf('req_unknown')).toEqual([]);
  const reader = open(dir, true);
  await expect.poll(() => reader.forwardsOf(id)).toEqual(expected);
  reader.noteForward(id, result('c'));
  await history.close();
  history.noteForward(id, result('c'));
  expect(open(dir).forwardsOf(id)).toEqual(expected);
});

test('a taken-back transaction takes its answers along; the next one stores them anew', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const same = answer();
  expect(history.storedBytes('default')).toBe(0);
  const first = exchange({ seq: history.nextSeq() });
  const appended = history.append({ ...first, reply: same });
  // As when the disk is full: the whole group goes.
  const broken = exchange({ seq: history.nextSeq() });
  const body = new Proxy(broken.request.body, {
    get(target, name) {
      if (name === 'length') throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
      return Reflect.get(target, name) as unknown;
    },
  });
  const failed = history.append({ ...broken, request: { ...broken.request, body } });
  await expect(failed).rejects.toMatchObject({ code: 'STORE_FULL' });
  await expect(appended).rejects.toMatchObject({ code: 'STORE_FULL' });
  expect(history.storedBytes('default')).toBe(0);
  const id = await add(history, { reply: same });
  expect(history.replyRecord(id)?.why).toBe(same.why);
  expect(recordCount(dir)).toBe(1);
});
