import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AttemptRecord, Delivery } from '../../../src/shared/delivery.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { Exchange, History } from '../../../src/main/store/history.ts';
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

const seqs = (history: History, query: string): number[] =>
  history.list({ query, limit: 1_000, now }).rows.map((row) => row.seq);

test('a request comes back as it was stored, also after closing', async () => {
  const dir = temporaryFolder();
  const first = openHistory({ dir, clock, logger: keptLog() });
  const body = randomBytes(5_000);
  const made = exchange({
    seq: first.nextSeq(),
    body,
    target: '/in/\u00fc?q=%00',
    headers: [
      ['X-Twice', 'one'],
      ['x-twice', 'tw\u00f6'],
    ],
    event: 'charge.ok',
    deliveryId: 'evt_1',
  });
  await first.append({
    ...made,
    challenge: true,
    request: { ...made.request, trailers: [['T', '1']], truncated: true, size: 9_999 },
  });
  await first.close();
  const history = open(dir);
  const { request } = made;
  expect(history.get(request.id)).toEqual({
    id: request.id,
    seq: 1,
    receivedAt: request.receivedAt,
    method: 'POST',
    target: request.target,
    httpVersion: '1.1',
    headers: request.headers,
    trailers: [['T', '1']],
    remoteAddress: '127.0.0.1',
    size: 9_999,
    storedSize: 5_000,
    truncated: true,
    sha256: request.sha256,
    endpoint: 'default',
    provider: 'stripe',
    event: 'charge.ok',
    deliveryId: 'evt_1',
    verdict: made.verdict,
    duplicate: { kind: 'first', of: null, n: 1 },
    reply: { status: 200, challenge: true },
  });
  expect(Buffer.from(history.readBody(request.id) as Uint8Array)).toEqual(body);
  expect(history.nextSeq()).toBe(2);
  expect(history.get('req_unknown')).toBeNull();
  expect(history.readBody('req_unknown')).toBeNull();
});

test('the files are private', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  await fill(history, 1);
  for (const name of ['history.sqlite', 'history.sqlite-wal', 'history.sqlite-shm'])
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
});

test('slices of a body over several parts are right at every border', async () => {
  const history = open();
  const mib = 1_048_576;
  const body = randomBytes(2 * mib + 1_000);
  const [made] = await fill(history, 1, () => ({ body }));
  const id = (made as Exchange).request.id;
  const cuts = [
    [0, 10],
    [mib - 5, 10],
    [mib, mib],
    [2 * mib - 1, 2],
    [2 * mib, 5_000],
    [0, body.length],
    [body.length, 1],
    [body.length + 5, 1],
    [10, 0],
  ] as const;
  for (const [offset, length] of cuts) {
    const slice = history.readBody(id, offset, length) as Uint8Array;
    expect(Buffer.compare(slice, body.subarray(offset, offset + length)), `${offset}+${length}`).toBe(0);
  }
  expect(
    createHash('sha256')
      .update(history.readBody(id) as Uint8Array)
      .digest('hex'),
  ).toBe((made as Exchange).request.sha256);
});

test('an empty body is an empty slice', async () => {
  const history = open();
  await fill(history, 1, () => ({ body: '' }));
  expect(history.readBody(requestId(1))).toEqual(new Uint8Array(0));
});

test('lists are newest first, in pages', async () => {
  const history = open();
  await fill(history, 25);
  const first = history.list({ query: '', limit: 10, now });
  expect(first.rows.map((row) => row.seq)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
  expect(first).toMatchObject({ more: true, scannedTo: 16 });
  const last = history.list({ query: '', limit: 15, now, beforeSeq: 16 });
  expect(last.rows).toHaveLength(15);
  expect(last.more).toBe(false);
  expect(history.count()).toBe(25);
});

test('streams are oldest first and take the newest that match', async () => {
  const history = open();
  await fill(history, 600, (seq) => ({ event: seq % 2 ? 'odd' : 'even' }));
  const all = [...history.stream({ query: '', limit: 0, now })];
  expect(all.map((row) => row.seq)).toEqual(Array.from({ length: 600 }, (_, n) => n + 1));
  expect(all[0]?.headers).toContainEqual(['X-Number', '1']);
  expect([...history.stream({ query: 'event:odd', limit: 3, now })].map((row) => row.seq)).toEqual([595, 597, 599]);
  expect([...history.stream({ query: 'event:none', limit: 0, now })]).toEqual([]);
});

test('a stream goes on while requests are stored', async () => {
  const history = open();
  await fill(history, 300);
  const seen: number[] = [];
  for (const row of history.stream({ query: '', limit: 0, now })) {
    seen.push(row.seq);
    if (row.seq % 100 === 0) await fill(history, 10);
  }
  expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
});

test('queries', async () => {
  const history = open();
  const rows: Partial<Parameters<typeof exchange>[0]>[] = [
    {
      event: 'order.created',
      deliveryId: 'Evt_A',
      target: '/in/Shop?x=100%',
      status: 'valid',
      body: '{"data":{"amount":1000,"tags":["a","b"]},"no":null}',
    },
    { event: null, method: 'GET', endpoint: 'stripe', status: 'invalid', body: 'x'.repeat(20_000), replyStatus: 404 },
    {
      event: 'order_paid',
      duplicate: { kind: 'retry', of: requestId(1), n: 2 },
      body: 'Gr\u00fc\u00dfe an ALLE',
      replyStatus: 500,
    },
    { headers: [['X-Kind', 'Special "quoted" \\ value']], body: 'plain', receivedAt: now - 1_000 },
  ];
  await fill(history, 4, (seq) => rows[seq - 1] ?? {});
  const expected: Record<string, number[]> = {
    'event:order.*': [1],
    'event:order_paid': [3],
    'event:order%': [],
    '-event:order*': [4, 2],
    'endpoint:STRIPE': [2],
    'provider:stripe': [4, 3, 2, 1],
    'method:get': [2],
    [`id:${requestId(4)}`]: [4],
    'id:evt_a': [1],
    'path:/in/shop': [1],
    'path:100%': [1],
    'path:_n/shop': [],
    'verdict:invalid': [2],
    '-verdict:valid': [2],
    'duplicate:retry': [3],
    'status:404': [2],
    'status:>=400': [3, 2],
    'size:>10k': [2],
    'size:5': [4],
    'since:10s': [4],
    [`before:${new Date(now - 1_000).toISOString()}`]: [3, 2, 1],
    'header.x-kind:special': [4],
    'header.x-kind:': [4],
    '-header.x-kind:': [3, 2, 1],
    'body.data.amount:1000': [1],
    'body.data.amount:1*': [1],
    'body.data.amount:2': [],
    'body.data.tags.1:b': [1],
    'body.data:': [1],
    'body.no:': [1],
    'body.missing:': [],
    grüße: [3],
    alle: [3],
    '-alle': [4, 2, 1],
    '"an alle"': [3],
    EVT_a: [1],
    quoted: [4],
    '"x-kind: special \\"quoted\\""': [4],
    'xxxx -shop': [2],
    'pinned:true': [],
    'pinned:false': [4, 3, 2, 1],
    'note:x': [],
    'order*': [],
    "' OR 1=1 --": [],
  };
  for (const [query, found] of Object.entries(expected)) expect(seqs(history, query), query).toEqual(found);
  expect(() => seqs(history, 'nonsense:1')).toThrowError(expect.objectContaining({ code: 'CONFIG_QUERY' }) as Error);
});

test('words are found across the borders of parts and beyond the head of a body', async () => {
  const history = open();
  const body = Buffer.alloc(1_048_576 + 100, 0x20);
  body.write('NEEDLE', 1_048_576 - 3);
  body.write('p\u00fcre', 1_048_576 + 50);
  await fill(history, 1, () => ({ body }));
  expect(seqs(history, 'needle')).toEqual([1]);
  expect(seqs(history, 'P\u00dcRE')).toEqual([1]);
  expect(seqs(history, 'needles')).toEqual([]);
});

test('hostile searches match literally or are refused; none breaks', async () => {
  const history = open();
  await fill(history, 3);
  const { queries } = JSON.parse(readFileSync('test/fixtures/hostile/search/search-syntax.json', 'utf8')) as {
    queries: string[];
  };
  const { cases } = JSON.parse(readFileSync('test/fixtures/hostile/search/redos.json', 'utf8')) as {
    cases: { pattern: string }[];
  };
  const { pattern } = cases[0] as { pattern: string };
  await fill(history, 1, () => ({ body: `the pattern ${pattern} itself` }));
  for (const query of [...queries, ...cases.map((one) => one.pattern)]) {
    try {
      history.list({ query, limit: 10, now });
    } catch (error) {
      expect(error, query).toMatchObject({ code: 'CONFIG_QUERY' });
    }
  }
  expect(seqs(history, `"${pattern}"`)).toEqual([4]);
  expect(history.check()).toBe('ok');
});

test('a slow search stops at its budget and can be continued', async () => {
  const history = open();
  await fill(history, 300, () => ({ body: 'x'.repeat(20_000) }));
  const first = history.list({ query: 'absent', limit: 10, now, budgetMs: 0 });
  expect(first).toMatchObject({ rows: [], more: true });
  expect(first.scannedTo).toBeGreaterThan(1);
  expect(history.list({ query: 'absent', limit: 10, now, beforeSeq: first.scannedTo })).toMatchObject({
    rows: [],
    more: false,
    scannedTo: 1,
  });
});

test('duplicates are found at once, before the commit, and after closing', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const a = exchange({ seq: history.nextSeq(), idKey: 'k', bodyKey: 'b', body: 'A', receivedAt: 1_000 });
  const stored = history.append(a);
  const match = { firstId: a.request.id, sha256: a.request.sha256, n: 1 };
  const check = (from: History): void => {
    expect(from.findById('k', 'other', 0)).toEqual(match);
    expect(from.findByBody('b', 0)).toEqual(match);
    expect(from.findById('k', 'other', 1_000)).toEqual(match);
    expect(from.findById('k', 'other', 1_001)).toBeNull();
    expect(from.findByBody('b', 1_001)).toBeNull();
    expect(from.findById('b', 'other', 0)).toBeNull();
    expect(from.findByBody('k', 0)).toBeNull();
  };
  check(history);
  await stored;
  check(history);
  await history.close();
  check(open(dir));
});

test('among requests with one id the same bytes are preferred, and the ordinal is of the newest', async () => {
  const history = open();
  const ids = ['A', 'B', 'A', 'C'].map((body, index) => {
    const seq = history.nextSeq();
    const kind = index === 0 ? 'first' : body === 'A' ? 'retry' : 'conflict';
    const one = exchange({
      seq,
      body,
      idKey: 'k',
      duplicate: { kind, of: index === 0 ? null : requestId(1), n: index + 1 },
    });
    void history.append(one);
    return one.request;
  });
  const sha = (body: string): string => createHash('sha256').update(body).digest('hex');
  for (const body of ['A', 'B', 'C'])
    expect(history.findById('k', sha(body), 0)).toEqual({ firstId: requestId(1), sha256: sha(body), n: 4 });
  expect(history.findById('k', sha('D'), 0)).toEqual({ firstId: requestId(1), sha256: sha('C'), n: 4 });
  expect(history.group(ids[2]?.id ?? '').map((row) => row.seq)).toEqual([1, 2, 3, 4]);
  expect(history.group(requestId(1)).map((row) => row.duplicate.n)).toEqual([1, 2, 3, 4]);
  expect(history.group('req_unknown')).toEqual([]);
});

test('a group shows at most 200 members', async () => {
  const history = open();
  await fill(history, 250, (seq) => ({
    duplicate: seq === 1 ? { kind: 'first', of: null, n: 1 } : { kind: 'retry', of: requestId(1), n: seq },
  }));
  expect(history.group(requestId(100)).map((row) => row.seq)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
});

test('look-ups hold through the batches of the key index, late requests and a reopen', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const late = history.nextSeq();
  const check = (from: History, upTo: number): void => {
    for (let seq = 1; seq <= upTo; seq += 97) {
      if (seq === late) continue;
      expect(from.get(requestId(seq))?.seq).toBe(seq);
      expect(from.findById(`k${seq}`, '', 0)?.firstId).toBe(requestId(seq));
    }
    expect(from.get(requestId(late))?.seq).toBe(late);
    expect(from.findById('late', '', 0)?.firstId).toBe(requestId(late));
    expect(from.findById('k0', '', 0)).toBeNull();
  };
  for (let n = 0; n < 130; n += 1) await fill(history, 100, (seq) => ({ idKey: `k${seq}` }));
  // Its number lies below the watermark by now.
  await history.append(exchange({ seq: late, idKey: 'late' }));
  check(history, 13_001);
  const reader = openHistory({ dir, clock, logger: keptLog(), readOnly: true });
  check(reader, 13_001);
  await fill(history, 10, (seq) => ({ idKey: `k${seq}` }));
  expect(reader.get(requestId(13_005))?.seq).toBe(13_005);
  expect(reader.count()).toBe(13_011);
  await reader.close();
  await history.close();
  const again = open(dir);
  check(again, 13_011);
  expect(again.count()).toBe(13_011);
});

test('what was really answered is noted', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  await fill(history, 2);
  history.noteReply(requestId(1), 503, 12.5);
  history.noteReply('req_unknown', 200, 1);
  expect(history.get(requestId(1))?.reply).toEqual({ status: 503, challenge: false, ms: 12.5 });
  await history.close();
  expect(open(dir).get(requestId(1))?.reply).toEqual({ status: 503, challenge: false, ms: 12.5 });
});

test('the newest 1,000 refusals are kept', async () => {
  const history = open();
  for (let n = 0; n < 1_005; n += 1) {
    history.appendRefused({
      reason: 'bad-request',
      status: n % 2 ? 400 : null,
      at: n,
      remoteAddress: '::1',
      bytes: 3,
      head: Uint8Array.of(1, 2, n & 0xff),
    });
  }
  expect(history.listRefused(2)).toEqual([
    {
      reason: 'bad-request',
      status: null,
      at: 1_004,
      remoteAddress: '::1',
      bytes: 3,
      head: Uint8Array.of(1, 2, 1_004 & 0xff),
    },
    {
      reason: 'bad-request',
      status: 400,
      at: 1_003,
      remoteAddress: '::1',
      bytes: 3,
      head: Uint8Array.of(1, 2, 1_003 & 0xff),
    },
  ]);
  expect(history.listRefused(5_000)).toHaveLength(1_000);
});

test('refusals and replies alone are committed within moments', async () => {
  const dir = temporaryFolder();
  const history = open(dir);
  history.appendRefused({
    reason: 'busy',
    status: 503,
    at: 1,
    remoteAddress: '::1',
    bytes: 0,
    head: new Uint8Array(0),
  });
  const reader = openHistory({ dir, clock, logger: keptLog(), readOnly: true });
  onTestFinished(() => reader.close());
  expect(reader.listRefused(10)).toEqual([]);
  await expect.poll(() => reader.listRefused(10).length).toBe(1);
});

test('messages, attempts and finished deliveries', async () => {
  const history = open();
  const bytes = randomBytes(100);
  const hash = await history.putMessageBody(bytes);
  expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(await history.putMessageBody(bytes)).toBe(hash);
  expect(Buffer.from(history.messageBody(hash) as Uint8Array)).toEqual(bytes);
  expect(history.messageBody('00')).toBeNull();
  expect(Buffer.from(history.messageBody(await history.putMessageBody(new Uint8Array(0))) as Uint8Array)).toHaveLength(
    0,
  );

  const attempt = { n: 1, at: 5, outcome: 'http-status', status: 500, ms: 3, nextAt: 9, message: 'HTTP 500' } as const;
  const full: AttemptRecord = {
    ...attempt,
    deliveryId: 'dlv_1',
    request: { method: 'POST', url: 'http://127.0.0.1:9/', headers: [['A', 'b']] },
    response: { status: 500, headers: [['C', 'd']], body: new Uint8Array([1, 2, 0, 255]), bodyCut: true },
    timings: { connect: 1, total: 3 },
  };
  const bare: AttemptRecord = { ...full, n: 2, response: null };
  await history.appendAttempt(full);
  await history.appendAttempt(bare);
  expect(history.attempts('dlv_1')).toEqual([full, bare]);
  expect(history.attempts('dlv_2')).toEqual([]);

  const delivery = (id: string, replayOf?: string): Delivery => ({
    id,
    message: {
      messageId: 'm',
      provider: 'generic',
      event: null,
      method: 'POST',
      headers: [],
      bodyHash: hash,
      bodySize: 100,
      signature: 'fresh',
    },
    targetId: null,
    url: 'http://127.0.0.1:9/',
    state: 'delivered',
    attempts: [attempt],
    nextAt: null,
    secretName: null,
    schedule: 'quick',
    speed: 1,
    createdAt: 1,
    ...(replayOf === undefined ? {} : { replayOf }),
  });
  await history.archiveDeliveries([delivery('dlv_1'), delivery('dlv_2', 'req_1')]);
  await history.archiveDeliveries([delivery('dlv_2', 'req_1'), delivery('dlv_3', 'req_1')]);
  expect(history.archivedDelivery('dlv_2')).toEqual(delivery('dlv_2', 'req_1'));
  expect(history.archivedDelivery('dlv_9')).toBeNull();
  expect(history.listArchived(2).map((one) => one.id)).toEqual(['dlv_3', 'dlv_2']);
  expect(history.listArchived(0)).toHaveLength(3);
  expect(history.replaysOf('req_1')).toEqual(['dlv_2', 'dlv_3']);
});
