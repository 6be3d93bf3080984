// Which deliveries count as dealt with: by their own id or body, by what left or what an app took, within the time.

import { expect, onTestFinished, test } from 'vitest';
import type { ForwardResult } from '../../../src/shared/forwards.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import type { History } from '../../../src/main/store/history.ts';
import { clock, exchange, keptLog, temporaryFolder } from './support.ts';
import type { ExchangeParts } from './support.ts';

const byId = { idKey: 'gh github d-1', bodyKey: null };

function open(dir = temporaryFolder()): History {
  const history = openHistory({ dir, clock, logger: keptLog() });
  onTestFinished(() => history.close());
  return history;
}

async function add(history: History, parts: Omit<ExchangeParts, 'seq'> = {}): Promise<string> {
  const made = exchange({ seq: history.nextSeq(), idKey: byId.idKey, status: 'valid', ...parts });
  await history.append(made);
  return made.request.id;
}

const was = (history: History, more: { sinceAt?: number; unverified?: boolean } = {}, keys = byId) =>
  history.wasProcessed(keys, { sinceAt: 0, unverified: false, ...more });

const forwarded = (changes: Partial<ForwardResult>): ForwardResult => ({
  ...{ forwardId: 'app', url: 'http://127.0.0.1:9', mode: 'answer', state: 'answered', status: 200 },
  ...{ ms: 1, at: 1, message: '', deliveryId: null },
  ...changes,
});

test('only a reply that left counts, and only one of success', async () => {
  const history = open();
  const first = await add(history);
  // Planned, and perhaps never sent.
  expect(was(history)).toBe(false);
  history.noteReply(first, 500, 1);
  expect(was(history)).toBe(false);
  history.noteReply(await add(history), null, 1);
  expect(was(history)).toBe(false);
  history.noteReply(await add(history), 204, 1);
  expect(was(history)).toBe(true);
  expect(history.arrivals(byId)).toBe(3);
});

test('what an app took or the queue holds counts, whatever became of the reply; what failed does not', async () => {
  const history = open();
  const id = await add(history);
  history.noteReply(id, 502, 1);
  history.noteForward(id, forwarded({ state: 'failed', status: null }));
  expect(was(history)).toBe(false);
  history.noteForward(id, forwarded({ status: 500 }));
  expect(was(history)).toBe(false);
  // The sender went away before the answer came.
  history.noteForward(id, forwarded({ status: 201 }));
  expect(was(history)).toBe(true);
  history.noteForward(id, forwarded({ forwardId: 'copy', mode: 'copy', state: 'failed', status: null }));
  expect(was(history)).toBe(false);
  history.noteForward(id, forwarded({ forwardId: 'copy', mode: 'copy', state: 'queued', status: null }));
  expect(was(history)).toBe(true);
});

test('a request that was not genuine does not count, one that could not be checked where nothing can be', async () => {
  const history = open();
  history.noteReply(await add(history, { status: 'invalid' }), 200, 1);
  expect(was(history, { unverified: true })).toBe(false);
  history.noteReply(await add(history, { status: 'unverified' }), 200, 1);
  expect(was(history)).toBe(false);
  expect(was(history, { unverified: true })).toBe(true);
});

test('only within the time, by the key alone, and after a restart too', async () => {
  const dir = temporaryFolder();
  const history = openHistory({ dir, clock, logger: keptLog() });
  const id = await add(history, { receivedAt: 5_000, bodyKey: 'the body' });
  history.noteReply(id, 200, 1);
  expect(was(history, { sinceAt: 5_001 })).toBe(false);
  expect(was(history, { sinceAt: 5_000 })).toBe(true);
  await history.close();
  const again = open(dir);
  expect(was(again)).toBe(true);
  expect(again.wasProcessed({ idKey: 'gh github d-2', bodyKey: null }, { sinceAt: 0, unverified: true })).toBe(false);
  expect(again.wasProcessed({ idKey: null, bodyKey: 'the body' }, { sinceAt: 0, unverified: false })).toBe(true);
  expect(again.arrivals({ idKey: null, bodyKey: null })).toBe(0);
});
