import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { createGroupCommit } from '../../../src/main/store/group-commit.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { Exchange, History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import type { Connection } from '../../../src/main/store/sqlite.ts';
import { bundle, clock, exchange, keptLog, requestId, start, temporaryFolder } from './support.ts';

const now = 2_000_000;

function open(dir: string, readOnly = false): History {
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly });
  onTestFinished(() => history.close());
  return history;
}

/** A closed history of `count` requests with bodies of 3,000 bytes. */
async function made(count: number, dir: string = temporaryFolder()): Promise<{ dir: string; file: string }> {
  const history = openHistory({ dir, clock, logger: keptLog() });
  await history.putMessageBody(Buffer.from('queued'));
  await Promise.all(
    Array.from({ length: count }, () => history.append(exchange({ seq: history.nextSeq(), body: 'x'.repeat(3_000) }))),
  );
  await history.close();
  return { dir, file: join(dir, 'history.sqlite') };
}

const queued = createHash('sha256').update('queued').digest('hex');

test('an append resolves only when other connections see the request', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const reader = open(dir, true);
  const one = exchange({ seq: history.nextSeq() });
  const stored = history.append(one);
  expect(history.get(one.request.id)).not.toBeNull();
  expect(reader.get(one.request.id)).toBeNull();
  await stored;
  expect(reader.get(one.request.id)?.sha256).toBe(one.request.sha256);
});

test('another process sees a request as soon as its append resolved', async () => {
  const script = await bundle('history-child');
  const dir = temporaryFolder();
  const history = open(dir);
  const child = start(script, 'read', dir);
  await child.line((line) => line === 'ready');
  for (let n = 1; n <= 20; n += 1) {
    const one = exchange({ seq: history.nextSeq(), body: `number ${n}` });
    await history.append(one);
    child.process.stdin?.write(`${one.request.id}\n`);
    const answer = await child.line((line) => line.includes(one.request.id));
    expect(JSON.parse(answer)).toEqual({ id: one.request.id, seen: true, count: n, body: `number ${n}` });
  }
});

test('what was acknowledged is there after kill -9, whole', async () => {
  const script = await bundle('history-child');
  const dir = temporaryFolder();
  let acknowledged: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const child = start(script, 'write', dir);
    const enough = acknowledged.length + 400;
    const before = acknowledged.length;
    await child.line(() => before + child.lines.length >= enough);
    child.process.kill('SIGKILL');
    await child.ended;
    acknowledged = acknowledged.concat(child.lines);
    // Without an owner a reader recovers the write-ahead log.
    const reader = openHistory({ dir, clock, logger: keptLog(), readOnly: true });
    expect(acknowledged.filter((id) => reader.get(id) === null)).toEqual([]);
    await reader.close();
  }
  const history = open(dir);
  expect(history.recovered).toEqual([]);
  expect(history.check()).toBe('ok');
  let rows = 0;
  for (const row of history.stream({ query: '', limit: 0, now })) {
    rows += 1;
    expect(
      createHash('sha256')
        .update(history.readBody(row.id) as Uint8Array)
        .digest('hex'),
    ).toBe(row.sha256);
  }
  expect(rows).toBe(history.count());
  expect(rows).toBeGreaterThanOrEqual(acknowledged.length);
  // At most the group that was being committed in each round is there without having been acknowledged.
  expect(rows - acknowledged.length).toBeLessThanOrEqual(3 * 8);
  expect(history.findById(`default  ${acknowledged[0]}`, '', 0)?.firstId).toBe(acknowledged[0]);
});

test('the pragmas that durability depends on are set', () => {
  const connection = openConnection(join(temporaryFolder(), 'a.sqlite'), { readOnly: false });
  onTestFinished(() => connection.close());
  expect(connection.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(connection.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
  expect(connection.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
  expect(connection.get('PRAGMA trusted_schema')).toEqual({ trusted_schema: 0 });
  expect(connection.get('PRAGMA busy_timeout')).toEqual({ timeout: 5_000 });
});

interface Trial {
  readonly connection: Connection;
  readonly commits: ReturnType<typeof createGroupCommit>;
  readonly events: string[];
  insert(text: string): Promise<void>;
  texts(): unknown[];
}

/** A group commit over a table of texts; `change` may stand between it and the database. */
function trial(change: (connection: Connection) => Connection = (connection) => connection): Trial {
  const connection = openConnection(join(temporaryFolder(), 'a.sqlite'), { readOnly: false });
  onTestFinished(() => connection.close());
  connection.exec('CREATE TABLE t (text TEXT UNIQUE)');
  const events: string[] = [];
  const listener = {
    beforeCommit: () => undefined,
    committed: () => void events.push('committed'),
    rolledBack: () => void events.push('rolled back'),
  };
  const commits = createGroupCommit({
    connection: change(connection),
    clock,
    logger: keptLog(),
    listeners: [listener],
  });
  return {
    connection,
    commits,
    events,
    insert: (text) => commits.join(() => void connection.run('INSERT INTO t VALUES (?)', text)),
    texts: () => connection.all('SELECT text FROM t ORDER BY text').map((row) => row['text']),
  };
}

test('changes of one turn of the event loop are one transaction', async () => {
  const { events, insert, texts } = trial();
  await Promise.all(['a', 'b', 'c'].map(insert));
  expect(events).toEqual(['committed']);
  expect(texts()).toEqual(['a', 'b', 'c']);
});

test('a group ends after 5 ms even when the event loop does not turn', async () => {
  const { events, insert } = trial();
  const first = insert('a');
  const began = performance.now();
  while (performance.now() - began < 6) {
    // Stands for a burst of requests that keeps the event loop busy.
  }
  void insert('b');
  expect(events).toEqual(['committed']);
  await first;
});

test('when a commit fails, the whole group is taken back and every waiting change rejects', async () => {
  const { connection, commits, events, insert, texts } = trial();
  await insert('before');
  connection.exec('PRAGMA max_page_count = 1');
  const outcomes = await Promise.allSettled([insert('a'), insert('b'.repeat(100_000)), insert('c')]);
  expect(
    outcomes.slice(0, 2).map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code),
  ).toEqual(['STORE_FULL', 'STORE_FULL']);
  expect(texts()).not.toContain('a');
  expect(events).toContain('rolled back');
  connection.exec('PRAGMA max_page_count = 100000');
  await insert('after');
  expect(commits.fault).toBeNull();
  expect(texts()).toEqual(outcomes[2]?.status === 'fulfilled' ? ['after', 'before', 'c'] : ['after', 'before']);
});

test('an I/O error at COMMIT: nothing is acknowledged, the database is opened anew, storing goes on', async () => {
  let failing = true;
  let reopened = 0;
  const { commits, events, insert, texts } = trial((connection) => ({
    ...connection,
    get inTransaction() {
      return connection.inTransaction;
    },
    exec(sql) {
      if (sql === 'COMMIT' && failing) throw Object.assign(new Error('disk I/O error'), { errcode: 1_034 });
      connection.exec(sql);
    },
    reopen() {
      reopened += 1;
      connection.reopen();
    },
  }));
  const outcomes = await Promise.allSettled(['a', 'b'].map(insert));
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code)).toEqual(
    ['STORE_FAULT', 'STORE_FAULT'],
  );
  expect(commits.fault).toContain('disk I/O error');
  expect(texts()).toEqual([]);
  failing = false;
  await insert('c');
  expect(reopened).toBe(1);
  expect(commits.fault).toBeNull();
  expect(events).toEqual(['rolled back', 'committed']);
  expect(texts()).toEqual(['c']);
});

test('an error of one statement rejects that change only', async () => {
  const { insert, texts } = trial();
  const outcomes = await Promise.allSettled(['a', 'a', 'b'].map(insert));
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(texts()).toEqual(['a', 'b']);
});

test('a change of its own is its own transaction, after the one that somebody waits for', async () => {
  const { connection, commits, events, insert, texts } = trial();
  const alone = commits.alone(() => {
    // Nothing of the others is in this transaction: they are committed.
    expect(events[0]).toBe('committed');
    connection.run('INSERT INTO t VALUES (?)', 'alone');
    events.push('alone');
  });
  const first = insert('a').then(() => events.push('a is answered'));
  await Promise.all([alone, first]);
  expect(events).toEqual(['committed', 'a is answered', 'alone', 'committed']);
  expect(texts()).toEqual(['a', 'alone']);
});

test('a change of its own that throws is taken back whole, and only that', async () => {
  const { connection, commits, insert, texts } = trial();
  await insert('a');
  commits.joinLazily(() => void connection.run('INSERT INTO t VALUES (?)', 'lazy'));
  const alone = commits.alone(() => {
    connection.run('INSERT INTO t VALUES (?)', 'b');
    connection.run('INSERT INTO t VALUES (?)', 'a');
  });
  await expect(alone).rejects.toMatchObject({ code: 'STORE_FAULT' });
  expect(connection.inTransaction).toBe(false);
  await insert('c');
  expect(texts()).toEqual(['a', 'c', 'lazy']);
  expect(commits.fault).toBeNull();
});

test('a change of its own follows soon even when there is always somebody who waits', async () => {
  const { commits, insert } = trial();
  const state = { done: false };
  const alone = commits.alone(() => undefined).then(() => (state.done = true));
  let n = 0;
  while (!state.done && n < 1_000) await insert(`number ${(n += 1)}`);
  await alone;
  expect(n).toBeLessThan(100);
});

test('where the first change of a group fails, no transaction stays open', async () => {
  const { connection, insert } = trial();
  await insert('a');
  await expect(insert('a')).rejects.toMatchObject({ code: 'STORE_FAULT' });
  await expect.poll(() => connection.inTransaction).toBe(false);
});

test('a request that cannot be stored leaves nothing behind and harms no other', async () => {
  const history = open(temporaryFolder());
  const good = exchange({ seq: history.nextSeq() });
  const bad = exchange({ seq: history.nextSeq(), idKey: 'bad' });
  const broken = { ...bad, request: { ...bad.request, body: { length: 3 } } } as unknown as Exchange;
  const outcomes = await Promise.allSettled([history.append(good), history.append(broken)]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
  expect(history.count()).toBe(1);
  expect(history.get(bad.request.id)).toBeNull();
  expect(history.findById('bad', '', 0)).toBeNull();
  await history.append(bad);
  expect(history.findById('bad', '', 0)?.firstId).toBe(bad.request.id);
});

const canMount = process.getuid?.() === 0 && process.platform === 'linux';
test.skipIf(!canMount)(
  'a full disk: appends reject, look-ups forget them, what was stored stays, storing resumes (needs root for tmpfs)',
  async () => {
    const dir = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', dir]);
    onTestFinished(() => void execFileSync('umount', ['-l', dir]));
    const history = open(dir);
    const stored: string[] = [];
    let refused: string | null = null;
    for (let n = 0; n < 200 && refused === null; n += 1) {
      const one = exchange({ seq: history.nextSeq(), idKey: `k${n}`, body: 'y'.repeat(50_000) });
      try {
        await history.append(one);
        stored.push(one.request.id);
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORE_FULL' });
        refused = one.request.id;
        expect(history.findById(`k${n}`, '', 0)).toBeNull();
      }
    }
    expect(refused).not.toBeNull();
    expect(stored.length).toBeGreaterThan(10);
    expect(history.fault).toContain('disk is full');
    expect(history.count()).toBe(stored.length);
    execFileSync('mount', ['-o', 'remount,size=32m', dir]);
    await history.append(exchange({ seq: history.nextSeq() }));
    expect(history.fault).toBeNull();
    expect(history.count()).toBe(stored.length + 1);
    expect(stored.filter((id) => history.get(id) === null)).toEqual([]);
    expect(history.check()).toBe('ok');
  },
);

test('a reader without a file, or of an empty one, sees nothing and makes nothing', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly: true });
  expect(history.list({ query: '', limit: 10, now }).rows).toEqual([]);
  await expect(history.append(exchange({ seq: 1 }))).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  await history.close();
  expect(readdirSync(dir)).toEqual([]);
});

test('a file of a newer version is open for reading only', async () => {
  const { dir, file } = await made(3);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const history = open(dir);
  expect(history.list({ query: '', limit: 10, now }).rows).toHaveLength(3);
  expect(history.fault).toContain('newer');
  expect(history.recovered).toHaveLength(1);
  await expect(history.append(exchange({ seq: 9 }))).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  // Nobody waits for these, so they must not throw either.
  history.noteReply(requestId(1), 500, 1);
  expect(history.get(requestId(1))?.reply.status).toBe(200);
});

test("another program's database is refused and left alone", () => {
  const dir = temporaryFolder();
  const file = join(dir, 'history.sqlite');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)');
  database.close();
  const before = readFileSync(file);
  for (const readOnly of [false, true]) {
    expect(() => openHistory({ dir, clock, logger: keptLog(), readOnly })).toThrowError(
      expect.objectContaining({ code: 'STORE_FOREIGN' }) as Error,
    );
  }
  expect(readFileSync(file).subarray(100)).toEqual(before.subarray(100));
});

test('a reader of a file that is no database gets an error and changes nothing', () => {
  const dir = temporaryFolder();
  copyFileSync(join('test', 'fixtures', 'hostile', 'state', 'history-not-a-db.sqlite'), join(dir, 'history.sqlite'));
  expect(() => openHistory({ dir, clock, logger: keptLog(), readOnly: true })).toThrowError(
    expect.objectContaining({ code: 'STORE_FOREIGN' }) as Error,
  );
  expect(readdirSync(dir)).toEqual(['history.sqlite']);
});

test('a folder in place of the file is an error that names it', () => {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'history.sqlite'));
  expect(() => openHistory({ dir, clock, logger: keptLog() })).toThrowError(
    expect.objectContaining({ code: 'STORE_UNREADABLE' }) as Error,
  );
});

test('of a history with broken pages the readable rows are saved and the others counted', async () => {
  const { dir, file } = await made(300);
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 4096 / 2) * 4096;
  bytes.fill(0xa5, middle, middle + 4 * 4096);
  writeFileSync(file, bytes);
  const history = open(dir);
  const saved = history.count();
  expect(saved).toBeGreaterThan(250);
  expect(saved).toBeLessThan(300);
  expect(history.recovered[0]).toContain(
    `${saved} requests and 1 other rows were saved from it; ${300 - saved} requests are gone`,
  );
  expect(history.messageBody(queued)).not.toBeNull();
  let rows = 0;
  for (const row of history.stream({ query: '', limit: 0, now })) {
    rows += 1;
    expect(
      createHash('sha256')
        .update(history.readBody(row.id) as Uint8Array)
        .digest('hex'),
    ).toBe(row.sha256);
  }
  expect(rows).toBe(saved);
  expect(history.get(requestId(1))?.seq).toBe(1);
  await history.append(exchange({ seq: history.nextSeq() }));
  expect(history.get(requestId(301))?.seq).toBe(301);
});

test('a request whose body changed on disk is not saved as if it were good', async () => {
  const dir = temporaryFolder();
  const before = openHistory({ dir, clock, logger: keptLog() });
  for (let n = 1; n <= 50; n += 1)
    await before.append(exchange({ seq: before.nextSeq(), body: `marker ${n}.`.repeat(50) }));
  await before.close();
  const file = join(dir, 'history.sqlite');
  const bytes = readFileSync(file);
  // Pages may hold stale copies, too.
  for (let at = bytes.indexOf('marker 7.'); at >= 0; at = bytes.indexOf('marker 7.', at)) bytes[at] = 0x4d;
  // Damage to the structure, so that the file is found broken at all.
  bytes.fill(0xa5, bytes.length - 4_096);
  writeFileSync(file, bytes);
  const history = open(dir);
  expect(history.recovered).toHaveLength(1);
  expect(history.get(requestId(6))).not.toBeNull();
  expect(history.get(requestId(7))).toBeNull();
});

test('where the newest rows are broken, the older ones are saved', async () => {
  const { dir, file } = await made(300);
  truncateSync(file, Math.floor(statSync(file).size / 4096 / 2) * 4096);
  const history = open(dir);
  expect(history.count()).toBeGreaterThan(50);
  expect(history.recovered[0]).toMatch(/requests are gone/);
});

test('an emptied file with a log beside it is set aside, together with the log', async () => {
  const dir = temporaryFolder();
  const live = open(dir);
  await live.append(exchange({ seq: live.nextSeq() }));
  const copy = temporaryFolder();
  for (const name of ['history.sqlite', 'history.sqlite-wal']) copyFileSync(join(dir, name), join(copy, name));
  truncateSync(join(copy, 'history.sqlite'), 0);
  const history = open(copy);
  expect(history.recovered).toHaveLength(1);
  expect(readdirSync(copy).filter((name) => name.includes('.corrupt-') && name.endsWith('-wal'))).toHaveLength(1);
});

test('with the log cut, removed or its index broken, what is whole is there and storing goes on', async () => {
  const dir = temporaryFolder();
  const live = open(dir);
  for (let n = 0; n < 20; n += 1) await live.append(exchange({ seq: live.nextSeq() }));
  const wal = join(dir, 'history.sqlite-wal');
  for (const damage of ['cut', 'gone', 'index'] as const) {
    const copy = temporaryFolder();
    for (const name of readdirSync(dir)) copyFileSync(join(dir, name), join(copy, name));
    if (damage === 'cut') truncateSync(join(copy, 'history.sqlite-wal'), statSync(wal).size - 5_000);
    if (damage === 'gone') rmSync(join(copy, 'history.sqlite-wal'));
    if (damage === 'index') writeFileSync(join(copy, 'history.sqlite-shm'), Buffer.alloc(32_768, 0x5a));
    const history = open(copy);
    expect(history.count(), damage).toBe(
      damage === 'index' ? 20 : history.list({ query: '', limit: 100, now }).rows.length,
    );
    if (damage === 'cut') expect(history.count()).toBeGreaterThan(10);
    await history.append(exchange({ seq: history.nextSeq() + 100 }));
    expect(history.check()).toBe('ok');
  }
});

test('seeded damage of every kind: it opens and stores again', async () => {
  const { file } = await made(60);
  const good = readFileSync(file);
  let seed = 20_261_123;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  for (let round = 0; round < 60; round += 1) {
    const dir = temporaryFolder();
    let bytes = Buffer.from(good);
    const at = random(bytes.length);
    const kind = round % 5;
    if (kind === 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    if (kind === 1) bytes = bytes.subarray(0, at);
    if (kind === 2) bytes.fill(0, at, Math.min(at + 4_096, bytes.length));
    if (kind === 3) bytes = Buffer.concat([bytes, Buffer.alloc(random(9_000), 0x77)]);
    if (kind === 4) bytes.copyWithin(at, random(bytes.length), random(bytes.length));
    writeFileSync(join(dir, 'history.sqlite'), bytes);
    const history = openHistory({ dir, clock, logger: keptLog() });
    const one = exchange({ seq: history.nextSeq(), id: 'req_new' });
    await history.append(one);
    expect(history.get('req_new')?.sha256, `round ${round}`).toBe(one.request.sha256);
    expect([...history.stream({ query: '', limit: 0, now })].length).toBeGreaterThan(0);
    await history.close();
    expect(existsSync(join(dir, 'history.sqlite'))).toBe(true);
  }
});
