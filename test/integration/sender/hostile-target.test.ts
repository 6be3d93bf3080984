// Every hostile reply of the corpus, served from loopback to the real sender and the real queue.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/shared/delivery.ts';
import { attempt } from '../../../src/main/sender/wire.ts';
import { systemClock } from '../../../src/main/system.ts';
import { startRawServer } from '../../support/raw-server.ts';
import type { RawServer } from '../../support/raw-server.ts';
import { createWorld, newDelivery } from '../../support/queue-world.ts';

interface Case {
  readonly id: string;
  readonly file: string;
  readonly class: 'send-ok' | 'send-recorded' | 'send-fail-recorded' | 'send-parked';
}

const folder = 'test/fixtures/hostile/target';
const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Case[];

/** What each reply must be called, beyond its class. */
const expected: Record<string, Partial<Attempt>> = {
  'resp-not-http': { outcome: 'bad-response', status: null },
  'resp-status-999': { outcome: 'http-status', status: 999 },
  'resp-no-reason': { outcome: 'delivered', status: 200 },
  'resp-cl-te': { outcome: 'bad-response', status: null },
  'resp-cl-mismatch': { outcome: 'delivered', status: 200 },
  'resp-header-flood': { outcome: 'bad-response', status: null },
  'resp-1xx-flood': { outcome: 'bad-response', status: null },
  'resp-redirect-file': { outcome: 'http-status', status: 302 },
  'resp-redirect-self': { outcome: 'http-status', status: 307 },
  'resp-retry-after': { outcome: 'http-status', status: 503 },
  'resp-html-error': { outcome: 'http-status', status: 500 },
  'resp-410': { outcome: 'http-status', status: 410 },
};

let server: RawServer | undefined;
afterEach(() => server?.close());

describe('hostile replies', () => {
  it('the list is whole', () => {
    expect(cases.map(({ id }) => id).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(cases.map((one) => [one.id, one] as const))('%s', async (id, one) => {
    const bytes = readFileSync(join(folder, one.file));
    server = await startRawServer((socket) => socket.end(bytes));
    const attempts: Attempt[] = [];
    let recorded = (): void => {};
    const done = new Promise<void>((resolve) => (recorded = resolve));
    const world = createWorld({ answer: () => 200 });
    const queue = await world.open({
      clock: systemClock,
      attempt,
      sendTimeoutMs: 3_000,
      onAttempt: (_delivery, made) => {
        attempts.push(made);
        recorded();
      },
    });
    queue.start();
    const [made] = await queue.enqueue([newDelivery(server.url, 'a', { schedule: 'svix' })]);
    await done;
    const delivery = queue.find(made?.id ?? '');
    await queue.stop();

    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({ n: 1, ...expected[id] });
    expect(attempts[0]?.message).not.toBe('');
    expect(server.received).toHaveLength(1);
    const record = JSON.parse(world.disk.attempts[0] ?? '{}') as { request?: { method?: string } };
    expect(record.request?.method).toBe('POST');
    if (one.class === 'send-parked') expect(delivery).toMatchObject({ state: 'parked', parkedReason: 'gone' });
    if (one.class === 'send-ok') expect(delivery?.state).toBe('delivered');
    if (one.class === 'send-fail-recorded') {
      expect(delivery?.state).toBe('waiting');
      const wait = (delivery?.nextAt ?? 0) - Date.now();
      expect(wait).toBeGreaterThan(1_000);
      expect(wait).toBeLessThanOrEqual(24 * 3_600_000);
    }
    if (id === 'resp-cl-mismatch') expect(attempts[0]?.message).toContain('warning');
    if (id === 'resp-retry-after') expect((delivery?.nextAt ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });
});
