// The mark of pulled requests in the history file: kept over a restart and beside what is noted later, absent in rows
// that were written before there was one, and found by id key however many rows there are.

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory } from '../../../src/main/store/history.ts';
import type { Exchange, History } from '../../../src/main/store/history.ts';
import { systemClock } from '../../../src/main/system.ts';

let dir: string;
let history: History;
const logger = { info: () => {}, warn: () => {}, error: () => {} };
const open = (): History => openHistory({ dir, clock: systemClock, logger });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hookbench-pulled-'));
  history = open();
});
afterEach(async () => {
  await history.close();
  await rm(dir, { recursive: true, force: true });
});

function exchange(id: string, idKey: string, changes: Partial<Exchange> = {}): Exchange {
  const body = new TextEncoder().encode(id);
  return {
    request: {
      id,
      seq: history.nextSeq(),
      receivedAt: 1_000,
      method: 'POST',
      target: '/',
      httpVersion: '1.1',
      headers: [],
      trailers: [],
      remoteAddress: '',
      body,
      size: body.length,
      truncated: false,
      sha256: createHash('sha256').update(body).digest('hex'),
    },
    endpoint: 'default',
    provider: 'stripe',
    event: null,
    deliveryId: idKey,
    verdict: { status: 'invalid', reason: 'no', message: 'No.', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    duplicateKeys: { idKey, bodyKey: null },
    replyStatus: 200,
    ...changes,
  };
}

test('it stays over a restart and beside a diagnosis, and only where it was set', async () => {
  await history.append(exchange('req_arrived', 'a'));
  await history.append(exchange('req_pulled', 'b', { pulled: true, replyStatus: null }));
  const finding = { code: 'clock-skew', message: 'Another.', mend: '' } as const;
  history.noteDiagnosis('req_pulled', [finding]);
  history.noteDiagnosis('req_arrived', [finding]);
  await history.close();
  history = open();
  expect(history.get('req_arrived')).not.toHaveProperty('pulled');
  expect(history.get('req_arrived')?.verdict).toMatchObject({ status: 'invalid', diagnosis: [finding] });
  expect(history.get('req_pulled')).toMatchObject({
    pulled: true,
    reply: { status: null, challenge: false },
    verdict: { status: 'invalid', diagnosis: [finding] },
  });
  expect(history.list({ query: '', limit: 9, now: 0 }).rows.map(({ pulled }) => pulled)).toEqual([true, undefined]);
});

test('a query asks for it, also with other keys', async () => {
  await history.append(exchange('req_1', 'a'));
  await history.append(exchange('req_2', 'b', { pulled: true, event: 'invoice.paid' }));
  await history.append(exchange('req_3', 'c', { event: 'invoice.paid' }));
  await history.append(exchange('req_4', 'd', { pulled: true }));
  // A finding put in later must not move the mark.
  history.noteDiagnosis('req_4', [{ code: 'clock-skew', message: '"],1]', mend: '' }]);
  const found = (query: string): string[] => history.list({ query, limit: 9, now: 0 }).rows.map(({ id }) => id);
  expect(found('pulled:true')).toEqual(['req_4', 'req_2']);
  expect(found('-pulled:false')).toEqual(['req_4', 'req_2']);
  expect(found('pulled:false')).toEqual(['req_3', 'req_1']);
  expect(found('-pulled:true')).toEqual(['req_3', 'req_1']);
  expect(found('pulled:true event:invoice.*')).toEqual(['req_2']);
  expect(found('pulled:true req_4')).toEqual(['req_4']);
  expect(() => found('pulled:perhaps')).toThrowError(expect.objectContaining({ code: 'CONFIG_QUERY' }) as Error);
});

test('an id key finds its newest request, however old', async () => {
  await history.append(exchange('req_1', 'stripe evt_1'));
  await history.append(exchange('req_2', 'stripe evt_1', { duplicate: { kind: 'conflict', of: 'req_1', n: 2 } }));
  expect(history.idOfKey('stripe evt_1')).toBe('req_2');
  expect(history.idOfKey('stripe evt_2')).toBeNull();
});
