// The full-text index and the search thread: the same answers with and without them, whatever state the index is in.

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { createSearchBuilder, openSearchForWriting } from '../../../src/main/store/search-builder.ts';
import type { SearchBuilder } from '../../../src/main/store/search-builder.ts';
import { createSearch } from '../../../src/main/store/search.ts';
import type { Search } from '../../../src/main/store/search.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import { bundle, clock, exchange, keptLog, start, temporaryFolder } from './support.ts';

const now = 2_000_000;
const file = 'search.sqlite';

function open(dir: string, readOnly = false): History {
  const history = openHistory({ dir, clock, logger: keptLog(), readOnly });
  onTestFinished(() => history.close());
  return history;
}

function builderOf(dir: string, openedSeq = 0): { builder: SearchBuilder; close(): void } {
  const connection = openSearchForWriting(dir, () => now);
  const history = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  const close = (): void => {
    connection.close();
    history.close();
  };
  onTestFinished(close);
  return { builder: createSearchBuilder({ connection, history, openedSeq, now: () => now }), close };
}

function buildAll(builder: SearchBuilder): number {
  let rows = 0;
  for (;;) {
    const done = builder.step();
    rows += done.rows;
    if (!done.more) return rows;
  }
}

function seqs(history: History, query: string): number[] {
  return history.list({ query, limit: 1_000, now }).rows.map(({ seq }) => seq);
}

/** Rows among which the index leaves out what it can: `list` looks at them only where it must. */
function looks(history: History, query: string): number {
  let count = 0;
  for (let beforeSeq: number | undefined; ; count += 1) {
    const page = history.list({ query, limit: 1_000, now, beforeSeq, budgetMs: 0 });
    if (!page.more) return count;
    beforeSeq = page.scannedTo;
  }
}

/** Small and always the same. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  ...[
    'invoice',
    'Paid',
    'cus_',
    'A1b2',
    ' ',
    '-',
    '"',
    "'",
    '\\',
    '/',
    '*',
    '%',
    '_',
    '(',
    ':',
    'AND',
    'NEAR',
    'Σ',
    'ς',
  ],
  ...[
    'σοφός',
    'É',
    'é',
    'ß',
    'ſ',
    'K',
    'İ',
    'ı',
    'ﬁ',
    '漢字',
    'кот',
    '🐢',
    '\u0000',
    '\n',
    '\t',
    '\ufeff',
    '\ufffd',
    '1e3',
    '1000',
  ],
];

test('random bodies, headers and words: the same answers with the index as without', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const below = numbers(20_261_123);
  const text = (length: number): string =>
    Array.from({ length: 1 + below(length) }, () => pieces[below(pieces.length)] as string).join('');
  const made: string[] = [];
  for (let n = 0; n < 120; n += 1) {
    const value = text(8);
    const plain = [
      JSON.stringify({ data: { name: value, n: 1_000 } }),
      text(20),
      `{"data":{"name":"\\u0070aid ${below(9)}"}}`,
    ];
    const body = [
      ...plain,
      Buffer.from([0xff, 0xc3, below(256), below(256), 0x61, 0x62, 0x63]),
      'x'.repeat(70_000) + value,
    ];
    made.push(value);
    await history.append(
      exchange({
        seq: history.nextSeq(),
        body: body[below(body.length)] as string,
        headers: [['X-Name', value.replace(/[\0\n]/g, '')]],
        target: `/in/${encodeURIComponent(value)}`,
      }),
    );
  }
  const quoted = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  const queries = Array.from({ length: 240 }, (_, n) => {
    const whole = made[below(made.length)] as string;
    const from = below(whole.length);
    const part = quoted(n % 3 === 0 ? text(4) : whole.slice(from, from + 1 + below(12)));
    return [
      part,
      `-${part}`,
      `header.x-name:${part}`,
      `body.data.name:${part}`,
      `body.data.name:*${part}*`,
      `${part} paid`,
    ][n % 6] as string;
  });
  queries.push('body.data.n:1000', 'body.data.n:1e3', 'body.data.name:paid*', 'header.x-name:', 'body.data.length:3');
  const before = queries.map((query) => seqs(history, query));
  expect(before.filter((found) => found.length > 0).length).toBeGreaterThan(60);
  expect(buildAll(builderOf(dir).builder)).toBe(120);
  queries.forEach((query, n) => expect(seqs(history, query), query).toEqual(before[n]));
  const reader = open(dir, true);
  queries.forEach((query, n) => expect(seqs(reader, query), query).toEqual(before[n]));
  // Not only right: what is in no request is not looked for in any, large bodies apart.
  expect(looks(history, 'nowhere')).toBeLessThan(100);
});

test('rows above the watermark, late rows and removed rows', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const late = [history.nextSeq()];
  const add = async (seq: number, body: string): Promise<void> => history.append(exchange({ seq, body }));
  await add(history.nextSeq(), 'needle one');
  late.push(history.nextSeq(), history.nextSeq());
  await add(history.nextSeq(), 'needle two');
  const { builder } = builderOf(dir);
  expect(buildAll(builder)).toBe(2);
  await add(late[1] as number, 'needle late');
  expect(seqs(history, 'needle')).toEqual([5, 3, 2]);
  expect(buildAll(builder)).toBe(1);
  await add(late[2] as number, 'needle later');
  await add(late[0] as number, 'needle latest');
  await add(history.nextSeq(), 'needle above');
  expect(seqs(history, 'needle')).toEqual([6, 5, 4, 3, 2, 1]);
  buildAll(builder);
  buildAll(builder);
  expect(seqs(history, 'needle')).toEqual([6, 5, 4, 3, 2, 1]);
  await history.remove(history.list({ query: '"needle late" -later -latest', limit: 9, now }).rows.map(({ id }) => id));
  expect(seqs(history, 'needle')).toEqual([6, 5, 4, 2, 1]);
});

test('an index of another history, another program or in pieces is not relied on and made anew', async () => {
  const dir = temporaryFolder();
  const first = openHistory({ dir, clock, logger: keptLog() });
  for (let n = 0; n < 5; n += 1) await first.append(exchange({ seq: first.nextSeq(), body: `first ${n}` }));
  const once = builderOf(dir);
  buildAll(once.builder);
  once.close();
  await first.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, `history.sqlite${suffix}`), { force: true });
  const history = open(dir);
  for (let n = 0; n < 7; n += 1) await history.append(exchange({ seq: history.nextSeq(), body: `second ${n}` }));
  expect(seqs(history, 'second')).toHaveLength(7);
  const again = builderOf(dir);
  expect(buildAll(again.builder)).toBe(7);
  again.close();
  if (process.platform !== 'win32') expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, file + suffix), { force: true });
  const strange = openConnection(join(dir, file), { readOnly: false });
  strange.exec('CREATE TABLE theirs (x)');
  strange.close();
  expect(seqs(open(dir, true), 'second')).toHaveLength(7);
  const beside = builderOf(dir);
  expect(buildAll(beside.builder)).toBe(7);
  beside.close();
  for (const suffix of ['-wal', '-shm']) rmSync(join(dir, file + suffix), { force: true });
  writeFileSync(join(dir, file), 'not a database at all');
  expect(seqs(open(dir, true), 'second')).toHaveLength(7);
  expect(buildAll(builderOf(dir).builder)).toBe(7);
  expect(seqs(open(dir, true), 'second')).toHaveLength(7);
});

function startSearch(
  dir: string,
  program: string | null,
): { search: Search; caughtUp: Promise<void>; lines: string[] } {
  let tell = (): void => undefined;
  const caughtUp = new Promise<void>((resolve) => (tell = resolve));
  const logger = keptLog();
  const search = createSearch({ dir, program, logger, openedSeq: 0, onCaughtUp: () => tell() });
  onTestFinished(() => search.stop());
  search.start();
  return { search, caughtUp, lines: logger.lines };
}

test('the thread finds, counts, stops at its budget, and says when it is gone', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  for (let n = 0; n < 50; n += 1)
    await history.append(exchange({ seq: history.nextSeq(), body: n % 2 ? 'odd one' : 'even one' }));
  const { search, caughtUp } = startSearch(dir, await bundle('search-child'));
  await caughtUp;
  expect(existsSync(join(dir, file))).toBe(true);
  const expected = seqs(history, 'odd');
  expect(await search.find({ query: 'odd', limit: 100, now })).toEqual({
    seqs: expected,
    more: false,
    scannedTo: null,
  });
  expect(await search.find({ query: 'odd', limit: 5, now })).toMatchObject({ seqs: expected.slice(0, 5), more: true });
  expect(await search.find({ query: 'odd', limit: 100, now, beforeSeq: 20 })).toMatchObject({
    seqs: expected.filter((seq) => seq < 20),
  });
  const counts = await search.count({ query: 'even', fromAt: 1_000_000, toAt: 1_000_100, buckets: 2, now });
  expect(counts).toEqual([
    { total: 25, failed: 0 },
    { total: 0, failed: 0 },
  ]);
  await expect(search.find({ query: 'nokey:x', limit: 5, now })).rejects.toMatchObject({ code: 'CONFIG_QUERY' });
  await search.stop();
  expect(await search.find({ query: 'odd', limit: 5, now })).toBeNull();
});

test('without a thread, or with one that cannot start, whoever asks is told so', async () => {
  const dir = temporaryFolder();
  open(dir);
  expect(await startSearch(dir, null).search.find({ query: 'x', limit: 5, now })).toBeNull();
  const { search, lines } = startSearch(dir, join(dir, 'missing.mjs'));
  expect(await search.find({ query: 'x', limit: 5, now })).toBeNull();
  expect(lines.join()).toContain('Searches are slower');
});

test('killed again and again while it builds, the index goes on where it was', { timeout: 60_000 }, async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  for (let n = 0; n < 40; n += 1)
    await Promise.all(
      Array.from({ length: 50 }, () => {
        const seq = history.nextSeq();
        return history.append(exchange({ seq, body: `number ${seq} `.repeat(100) }));
      }),
    );
  const script = await bundle('search-child');
  for (const after of [1, 3, 7, 12]) {
    const child = start(script, dir);
    await child.line((line) => line === `step ${after}`);
    child.process.kill('SIGKILL');
    await child.ended;
    for (const seq of [1, 64, 65, 500, 2_000]) expect(seqs(history, `"number ${seq} number"`)).toEqual([seq]);
  }
  const { builder } = builderOf(dir);
  expect(buildAll(builder)).toBeLessThan(2_000);
  for (const seq of [1, 64, 65, 500, 2_000]) expect(seqs(history, `"number ${seq} number"`)).toEqual([seq]);
});

test('queries made to be slow or to be taken for syntax stay bounded', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  const cases = (
    JSON.parse(readFileSync('test/fixtures/hostile/search/redos.json', 'utf8')) as {
      cases: { pattern: string; subject: { text: string; repeat: number; tail: string } }[];
    }
  ).cases;
  const { queries } = JSON.parse(readFileSync('test/fixtures/hostile/search/search-syntax.json', 'utf8')) as {
    queries: string[];
  };
  const all = [...queries, ...cases.map(({ pattern }) => pattern)].map(
    (query) => `"${query.replace(/[\\"]/g, '\\$&')}"`,
  );
  for (const { subject } of cases)
    await history.append(
      exchange({ seq: history.nextSeq(), body: subject.text.repeat(subject.repeat * 100) + subject.tail }),
    );
  for (const query of all)
    await history.append(exchange({ seq: history.nextSeq(), body: `before ${query.slice(1, -1)} after` }));
  const before = all.map((query) => seqs(history, query));
  buildAll(builderOf(dir).builder);
  all.forEach((query, n) => {
    const startedAt = performance.now();
    expect(seqs(history, query), query).toEqual(before[n]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
