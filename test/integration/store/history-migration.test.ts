// A history of version 1 (no marks, no forwards, no reply records) opens, keeps everything and takes the new things; a
// second process reads it as it is; a crash in the middle leaves version 1; a broken one is rescued.

import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { migrateSchema } from '../../../src/main/store/history-schema.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import { bundle, clock, exchange, keptLog, requestId, start, temporaryFolder } from './support.ts';

const now = 2_000_000;

/** As the first version wrote it. */
const version1 = `
PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;
CREATE TABLE requests (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, received_at INTEGER NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,
  size INTEGER NOT NULL, stored_size INTEGER NOT NULL, endpoint TEXT NOT NULL, provider TEXT, event TEXT,
  delivery_id TEXT, verdict_status TEXT NOT NULL, duplicate_kind TEXT NOT NULL, reply_status INTEGER,
  keys TEXT NOT NULL, rest TEXT NOT NULL
);
CREATE TABLE reply_times (page INTEGER PRIMARY KEY, ms BLOB NOT NULL);
CREATE TABLE parts (key INTEGER PRIMARY KEY, headers TEXT, trailers TEXT, body BLOB NOT NULL);
CREATE TABLE key_runs (row INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE late_keys (seq INTEGER PRIMARY KEY);
CREATE TABLE refused (
  n INTEGER PRIMARY KEY, reason TEXT NOT NULL, status INTEGER, at INTEGER NOT NULL, remote_address TEXT NOT NULL,
  bytes INTEGER NOT NULL, head BLOB NOT NULL
);
CREATE TABLE message_bodies (hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE attempts (row INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL, record TEXT NOT NULL, body BLOB);
CREATE INDEX attempts_by_delivery ON attempts (delivery_id);
CREATE TABLE deliveries (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, replay_of TEXT, delivery TEXT NOT NULL);
CREATE INDEX deliveries_by_replay ON deliveries (replay_of) WHERE replay_of IS NOT NULL;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('indexed', 0), ('count', 0);
PRAGMA application_id = 1212891720; PRAGMA user_version = 1;
`;
const requests = 150;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A file of version 1 with requests of every kind: each third is a retry, the fifth was pulled. */
function makeVersion1(dir: string = temporaryFolder()): string {
  const database = new DatabaseSync(join(dir, 'history.sqlite'));
  database.exec(version1);
  database.exec('BEGIN');
  const row = database.prepare(`INSERT INTO requests VALUES (${Array(16).fill('?').join(', ')})`);
  const part = database.prepare('INSERT INTO parts VALUES (?, ?, ?, ?)');
  const verdict = { status: 'valid', reason: 'ok', message: 'Right.', warnings: [], diagnosis: [] };
  for (let seq = 1; seq <= requests; seq += 1) {
    const body = `body of ${seq}`.repeat(100);
    const first = seq % 3 === 0 ? requestId(seq - 1) : null;
    const rest = ['1.1', '127.0.0.1', 0, sha256(body), first, first ? 2 : 1, 0, verdict, ...(seq === 5 ? [1] : [])];
    const digest = sha256(`delivery\nk${first ? seq - 1 : seq}`).slice(0, 44);
    row.run(
      ...[seq, requestId(seq), 1_000_000 + seq, 'POST', '/in', body.length, body.length, 'default', 'stripe'],
      ...['order.paid', `evt_${seq}`, 'valid', first ? 'retry' : 'first', seq === 5 ? null : 200],
      ...[`${digest} `, JSON.stringify(rest)],
    );
    part.run(seq * 1_024, '[["A","b"]]', null, Buffer.from(body));
  }
  const times = new Float64Array(128).fill(Number.NaN);
  times[7] = 12.5;
  database.prepare('INSERT INTO reply_times VALUES (0, ?)').run(new Uint8Array(times.buffer));
  database.prepare('INSERT INTO message_bodies VALUES (?, ?)').run(sha256('queued'), Buffer.from('queued'));
  database.prepare("INSERT INTO deliveries VALUES (1, 'dlv_1', ?, ?)").run(requestId(4), '{"id":"dlv_1"}');
  database.prepare("INSERT INTO refused VALUES (1, 'busy', 503, 7, '::1', 0, ?)").run(Buffer.alloc(0));
  database.exec('COMMIT');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  return dir;
}

function open(dir: string, readOnly = false): History {
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly });
  onTestFinished(() => history.close());
  return history;
}

/** Everything that version 1 held is there. */
function checkAll(history: History): void {
  expect(history.recovered).toEqual([]);
  expect(history.fault).toBeNull();
  expect(history.check()).toBe('ok');
  expect(history.count()).toBe(requests);
  const rows = [...history.stream({ query: '', limit: 0, now })];
  expect(rows).toHaveLength(requests);
  for (const row of rows) {
    expect(row).toMatchObject({ provider: 'stripe', event: 'order.paid', headers: [['A', 'b']] });
    expect(row.sha256).toBe(sha256(Buffer.from(history.readBody(row.id) as Uint8Array).toString()));
    expect(row.pulled).toBe(row.seq === 5 ? true : undefined);
  }
  expect(history.get(requestId(7))?.reply).toEqual({ status: 200, challenge: false, ms: 12.5 });
  expect(history.get(requestId(8))?.reply).toEqual({ status: 200, challenge: false });
  expect(history.findById('k8', '', 0)).toMatchObject({ firstId: requestId(8), n: 2 });
  expect(history.group(requestId(9)).map((row) => row.seq)).toEqual([8, 9]);
  expect(history.messageBody(sha256('queued'))).not.toBeNull();
  expect(history.replaysOf(requestId(4))).toEqual(['dlv_1']);
  expect(history.listRefused(9)).toHaveLength(1);
  expect(history.storedBytes('default')).toBe(rows.reduce((sum, row) => sum + row.storedSize, 0));
  expect(history.replyRecord(requestId(7))).toBeNull();
  expect(history.forwardsOf(requestId(7))).toEqual([]);
  expect(history.needsConsent(requestId(7))).toBeNull();
}

const versionOf = (dir: string): unknown => {
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  try {
    return connection.get('PRAGMA user_version')?.['user_version'];
  } finally {
    connection.close();
  }
};

test('an owner brings it up to date and goes on with it', async () => {
  const dir = makeVersion1();
  const history = openHistory({ dir, clock, logger: keptLog() });
  checkAll(history);
  expect(versionOf(dir)).toBe(2);
  await history.setPinned([requestId(5)], true);
  await history.setNote(requestId(6), 'Old.');
  const late = { status: 204, headers: [], body: new Uint8Array(0), size: 0, by: 'forward', why: 'Answered.' } as const;
  history.noteReply(requestId(5), 204, 3, { ...late, delayMs: 0, fault: null });
  const seq = history.nextSeq();
  await history.append(exchange({ seq }));
  expect(seq).toBe(requests + 1);
  await history.close();
  const again = open(dir);
  // A row that was written before there were records takes one, and stays pulled.
  expect(again.get(requestId(5))).toMatchObject({ pinned: true, pulled: true, reply: { by: 'forward', status: 204 } });
  expect(again.replyRecord(requestId(5))?.why).toBe('Answered.');
  expect(again.list({ query: 'note:old', limit: 9, now }).rows.map((row) => row.seq)).toEqual([6]);
  await again.retain({ maxCount: 10, maxAgeDays: null, maxBytes: null }, now);
  expect(
    again
      .list({ query: '', limit: 99, now })
      .rows.map((row) => row.seq)
      .at(-1),
  ).toBe(5);
  expect(again.count()).toBe(11);
});

test('a reader reads it as it is, and sees what comes once an owner has brought it up to date', async () => {
  const dir = makeVersion1();
  const before = readFileSync(join(dir, 'history.sqlite'));
  const reader = open(dir, true);
  checkAll(reader);
  expect(reader.list({ query: 'pinned:true', limit: 9, now }).rows).toEqual([]);
  expect(reader.list({ query: 'pinned:false note:x', limit: 9, now }).rows).toEqual([]);
  expect(readFileSync(join(dir, 'history.sqlite')).equals(before)).toBe(true);
  expect(versionOf(dir)).toBe(1);
  const owner = open(dir);
  checkAll(owner);
  await owner.setPinned([requestId(3)], true);
  expect(reader.list({ query: 'pinned:true', limit: 9, now }).rows.map((row) => row.seq)).toEqual([3]);
  expect(reader.get(requestId(3))?.pinned).toBe(true);
  checkAll(reader);
});

test('a crash at any point of it leaves version 1 or version 2, whole', { timeout: 60_000 }, async () => {
  const script = await bundle('history-child');
  let last: unknown = null;
  let steps = 0;
  for (; last !== 2 && steps < 20; steps += 1) {
    const dir = makeVersion1();
    const child = start(script, 'migrate', dir, String(steps));
    await child.ended;
    expect(child.process.signalCode).toBe('SIGKILL');
    last = versionOf(dir);
    expect(last === 1 || last === 2).toBe(true);
    checkAll(open(dir, true));
    checkAll(open(dir));
    expect(versionOf(dir)).toBe(2);
  }
  // Begin, four statements, the version, the commit; then it is done.
  expect(steps).toBeGreaterThan(6);
});

test('where it fails, the file stays as it was', () => {
  const dir = makeVersion1();
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: false });
  const failing = {
    ...connection,
    get inTransaction() {
      return connection.inTransaction;
    },
    exec(sql: string) {
      if (sql === 'COMMIT') throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
      connection.exec(sql);
    },
  };
  expect(() => migrateSchema(failing)).toThrowError(/disk is full/);
  expect(connection.inTransaction).toBe(false);
  connection.close();
  expect(versionOf(dir)).toBe(1);
  checkAll(open(dir));
});

test('a broken file of version 1 is set aside and its readable rows are saved', () => {
  const dir = makeVersion1();
  const file = join(dir, 'history.sqlite');
  const bytes = readFileSync(file);
  bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 16_384);
  writeFileSync(file, bytes);
  const history = open(dir);
  expect(history.recovered).toHaveLength(1);
  expect(history.count()).toBeGreaterThan(75);
  expect(history.count()).toBeLessThan(requests);
  expect(history.messageBody(sha256('queued'))).not.toBeNull();
  expect(versionOf(dir)).toBe(2);
});

test('of a broken file of version 2 pins, notes, forwards and answers are saved with their requests', async () => {
  const dir = temporaryFolder();
  const made = openHistory({ dir, clock, logger: keptLog() });
  const reply = { status: 200, headers: [], body: Buffer.from('ok'), size: 2, by: 'rule', why: 'Rule.' } as const;
  for (let n = 0; n < 400; n += 1)
    await made.append({
      ...exchange({ seq: made.nextSeq(), body: 'x'.repeat(3_000) }),
      reply: { ...reply, delayMs: 0, fault: null },
    });
  await made.retain({ maxCount: 395, maxAgeDays: null, maxBytes: null }, now);
  await made.setPinned([requestId(10), requestId(390)], true);
  await made.setNote(requestId(11), 'Eleven.');
  const forward = { forwardId: 'f', url: 'http://127.0.0.1:9/', mode: 'answer', state: 'failed' } as const;
  made.noteForward(requestId(12), { ...forward, status: null, ms: 1, at: 1, message: 'No.', deliveryId: null });
  await made.close();
  const file = join(dir, 'history.sqlite');
  const copy = temporaryFolder();
  copyFileSync(file, join(copy, 'history.sqlite'));
  const bytes = readFileSync(file);
  const middle = Math.floor(statSync(file).size / 2);
  bytes.fill(0xa5, middle, middle + 4 * 16_384);
  writeFileSync(join(copy, 'history.sqlite'), bytes);
  const history = open(copy);
  expect(history.recovered).toHaveLength(1);
  expect(history.count()).toBeGreaterThan(300);
  expect(history.count()).toBeLessThan(395);
  expect(history.get(requestId(10))?.pinned).toBe(true);
  expect(history.get(requestId(390))?.pinned).toBe(true);
  expect(history.get(requestId(11))?.note).toBe('Eleven.');
  expect(history.forwardsOf(requestId(12))).toHaveLength(1);
  expect(history.replyRecord(requestId(12))?.why).toBe('Rule.');
  expect(history.list({ query: '', limit: 1, now }).rows[0]?.reply.by).toBe('rule');
  expect(history.nextSeq()).toBe(401);
});
