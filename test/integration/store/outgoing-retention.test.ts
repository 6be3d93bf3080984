// Removing what was sent: which deliveries go and which stay, what goes along, and that no body goes that is still needed.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Attempt, Delivery } from '../../../src/shared/delivery.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';
import { clock as systemClock, exchange, keptLog, requestId, temporaryFolder } from './support.ts';

const none = { maxCount: null, maxAgeDays: null, maxBytes: null };
const nothing = (): ReadonlySet<string> => new Set();
const dayMs = 86_400_000;
const now = 100 * dayMs;

/** A history whose monotonic clock a test moves. */
function open() {
  const dir = temporaryFolder();
  let time = 0;
  const clock = { ...systemClock, monotonic: () => time };
  const history = openHistory({ dir, clock, logger: keptLog() });
  onTestFinished(() => history.close());
  return {
    history,
    dir,
    later: () => void (time += 120_000),
    /** Looks until what is there now is old enough to go. */
    async grow(): Promise<void> {
      await history.retainSent(none, now, nothing);
      time += 120_000;
      await history.retainSent(none, now, nothing);
    },
  };
}

const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Keeps a delivered delivery with one attempt. */
async function deliver(history: History, id: string, body: string, more: Partial<Delivery> = {}): Promise<void> {
  const bodyHash = await history.putMessageBody(Buffer.from(body));
  const attempt: Attempt = {
    n: 1,
    at: now,
    outcome: 'delivered',
    status: 200,
    ms: 1,
    nextAt: null,
    message: 'HTTP 200',
  };
  await history.appendAttempt({
    ...attempt,
    deliveryId: id,
    request: { method: 'POST', url: 'http://127.0.0.1:9/', headers: [] },
    response: { status: 200, headers: [], body: Buffer.from('taken'), bodyCut: false },
    timings: { total: 1 },
  });
  const message = { messageId: id, provider: 'generic', event: null, method: 'POST', headers: [], bodyHash };
  await history.archiveDeliveries([
    {
      id,
      message: { ...message, bodySize: body.length, signature: 'keep' },
      targetId: null,
      url: 'http://127.0.0.1:9/',
      state: 'delivered',
      attempts: [attempt],
      nextAt: null,
      secretName: null,
      schedule: 'quick',
      speed: 1,
      createdAt: now,
      ...more,
    },
  ]);
}

/** Stores a request and a delivered copy of it. */
async function receive(history: History, body: string): Promise<string> {
  const seq = history.nextSeq();
  await history.append(exchange({ seq, body, receivedAt: now }));
  const id = requestId(seq);
  const deliveryId = `dlv_copy_${seq}`;
  await deliver(history, deliveryId, body, { forwardOf: id });
  const rest = { url: 'http://127.0.0.1:9/', status: null, ms: null, at: now, message: 'in the retry queue' };
  history.noteForward(id, { forwardId: 'f', mode: 'copy', state: 'queued', deliveryId, ...rest });
  return id;
}

const ids = (history: History): string[] => history.listArchived(0).map(({ id }) => id);

function attemptsIn(dir: string): number {
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: true });
  try {
    return Number(connection.get('SELECT count(*) AS n FROM attempts')?.['n']);
  } finally {
    connection.close();
  }
}

test('copies go with their request, with attempts and body, whether limits or a person removed it', async () => {
  const { history, dir, grow } = open();
  await receive(history, 'one');
  const second = await receive(history, 'two');
  const third = await receive(history, 'three');
  await deliver(history, 'dlv_own', 'one and a half');
  await grow();
  expect(ids(history)).toHaveLength(4);
  expect(await history.retain({ ...none, maxBytes: 8 }, now)).toEqual({ removed: 1 });
  expect(await history.retainSent(none, now, nothing)).toEqual(['dlv_copy_1']);
  await history.remove([second]);
  expect(await history.retainSent(none, now, nothing)).toEqual(['dlv_copy_2']);
  expect(ids(history)).toEqual(['dlv_own', 'dlv_copy_3']);
  expect(attemptsIn(dir)).toBe(2);
  expect(history.attempts('dlv_copy_1')).toEqual([]);
  expect(['one', 'two', 'three', 'one and a half'].map((body) => history.messageBody(hashOf(body)) !== null)).toEqual([
    ...[false, false, true, true],
  ]);
  expect(history.get(third)).not.toBeNull();
});

test('a body that another delivery needs stays, kept or still under way', async () => {
  const { history, grow } = open();
  const first = await receive(history, 'shared');
  await deliver(history, 'dlv_own', 'shared');
  const second = await receive(history, 'queued');
  await grow();
  await history.remove([first, second]);
  await history.retainSent(none, now, () => new Set([hashOf('queued')]));
  expect(ids(history)).toEqual(['dlv_own']);
  expect(history.messageBody(hashOf('shared'))).not.toBeNull();
  expect(history.messageBody(hashOf('queued'))).not.toBeNull();
});

test('what was kept a moment ago stays, also a body that was there before', async () => {
  const { history, grow, later } = open();
  const old = await receive(history, 'again');
  await grow();
  const young = await receive(history, 'young');
  // Somebody composes a message of these bytes; its delivery is not there yet.
  await history.putMessageBody(Buffer.from('again'));
  await history.remove([old, young]);
  expect(await history.retainSent(none, now, nothing)).toEqual(['dlv_copy_1']);
  expect(history.messageBody(hashOf('again'))).not.toBeNull();
  expect(ids(history)).toEqual(['dlv_copy_2']);
  // The copy that was too young is not forgotten.
  later();
  await history.retainSent(none, now, nothing);
  later();
  expect(await history.retainSent(none, now, nothing)).toEqual(['dlv_copy_2']);
  expect(history.messageBody(hashOf('young'))).toBeNull();
});

test('the oldest deliveries go by count and by age; those of a pinned request stay', async () => {
  const { history, grow } = open();
  const pinned = await receive(history, 'pinned');
  await history.setPinned([pinned], true);
  await deliver(history, 'dlv_replay', 'replay', { replayOf: pinned });
  for (let n = 1; n <= 300; n += 1) await deliver(history, `dlv_${n}`, `body ${n}`);
  await grow();
  const gone = await history.retainSent({ ...none, maxCount: 10 }, now, nothing);
  expect(gone).toEqual(Array.from({ length: 290 }, (_, n) => `dlv_${n + 1}`));
  expect(ids(history).slice(-3)).toEqual(['dlv_291', 'dlv_replay', 'dlv_copy_1']);
  expect(history.messageBody(hashOf('body 290'))).toBeNull();
  expect(history.messageBody(hashOf('body 291'))).not.toBeNull();
  await history.retainSent({ ...none, maxAgeDays: 1 }, now + 2 * dayMs, nothing);
  expect(ids(history)).toEqual(['dlv_replay', 'dlv_copy_1']);
});
