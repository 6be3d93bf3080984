// Fills a data folder with requests before the app is started on it: through the history itself, without a receiver.

import { createHash } from 'node:crypto';
import { openHistory } from '../../src/main/store/history.ts';
import type { Exchange } from '../../src/main/store/history.ts';
import { systemClock } from '../../src/main/system.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Stores requests to `/in/old/0` and so on, one a second until now; every other one is a PUT. */
export async function storeRequests(dir: string, count: number): Promise<void> {
  const history = openHistory({ dir, clock: systemClock, logger: quiet });
  const startAt = Date.now() - count * 1_000;
  const stored: Promise<void>[] = [];
  for (let n = 0; n < count; n += 1) stored.push(history.append(exchangeOf(n, history.nextSeq(), startAt + n * 1_000)));
  await Promise.all(stored);
  await history.close();
}

function exchangeOf(n: number, seq: number, receivedAt: number): Exchange {
  const body = Buffer.from(JSON.stringify({ id: n, note: `needle-${n}-` }));
  return {
    request: {
      id: `req_${String(seq).padStart(20, '0')}`,
      seq,
      receivedAt,
      method: n % 2 === 0 ? 'PUT' : 'POST',
      target: `/in/old/${n}`,
      httpVersion: '1.1',
      headers: [['Content-Type', 'application/json']],
      trailers: [],
      remoteAddress: '127.0.0.1',
      body,
      size: body.length,
      truncated: false,
      sha256: createHash('sha256').update(body).digest('hex'),
    },
    endpoint: 'default',
    provider: null,
    event: null,
    deliveryId: null,
    verdict: { status: 'unverified', reason: 'no-provider', message: 'Not checked.', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    duplicateKeys: { idKey: null, bodyKey: null },
    replyStatus: 200,
  };
}
