// Many deliveries at a rate go where a person agreed to, also when a target changes its address on the way.

import { afterEach, beforeEach, expect, test } from 'vitest';
import * as v from 'valibot';
import type { CommandParsed } from '../../../src/shared/contract.ts';
import { targetSchema } from '../../../src/shared/workspace.ts';
import type { Target } from '../../../src/shared/workspace.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';
import { createWaiting } from '../../support/waiting.ts';
import type { Waiting } from '../../support/waiting.ts';

const outside = 'http://203.0.113.7/hooks';

let tested: TestHost;
let server: TargetServer;
let waiting: Waiting;
beforeEach(async () => {
  tested = await startTestHost();
  waiting = createWaiting(() => JSON.stringify(latest()));
  tested.host.onChange(() => waiting.notify());
  server = await startTarget();
});
afterEach(async () => {
  await tested.stop();
  await server.close();
});

const latest = () => tested.changes.flatMap((change) => (change.type === 'volume' ? [change.run] : [])).at(-1);

const target = (url: string): Target =>
  v.parse(targetSchema, {
    id: 'app',
    name: 'App',
    url,
    provider: 'generic',
    secretName: null,
    events: ['*'],
    headers: [],
    schedule: 'quick',
    state: 'active',
    connectTimeoutMs: 100,
  });

const run: CommandParsed<'volume.start'> = {
  runId: 'volume-1',
  draft: {
    method: 'POST',
    urls: [],
    targetIds: ['app'],
    provider: 'generic',
    event: 'order.created',
    headers: [['Content-Type', 'application/json']],
    body: new TextEncoder().encode('{}'),
    variables: false,
    secret: null,
    signature: 'none',
    schedule: 'quick',
    speed: 1,
  },
  count: 1_000,
  ratePerSecond: 40,
  confirmed: false,
};

/** Addresses of deliveries that were made since `from`, an index into the changes. */
function newUrls(from: number): ReadonlySet<string> {
  const known = new Set(
    tested.changes.slice(0, from).flatMap((change) => (change.type === 'delivery' ? [change.delivery.id] : [])),
  );
  const made = tested.changes
    .slice(from)
    .flatMap((change) => (change.type === 'delivery' && !known.has(change.delivery.id) ? [change.delivery.url] : []));
  return new Set(made);
}

test('@sending 7: a target that is given an outside address ends a run that nobody confirmed', async () => {
  const { handlers } = tested.host;
  await handlers['targets.save'](target(`${server.url}/hooks`));
  await handlers['volume.start'](run);
  await waiting.until(() => (latest()?.delivered ?? 0) > 5);
  const before = tested.changes.length;
  await handlers['targets.save'](target(outside));
  await waiting.until(() => latest()?.state === 'stopped');
  expect(latest()?.enqueued).toBeLessThan(1_000);
  expect(newUrls(before)).not.toContain(outside);
  expect(tested.logged.join('\n')).toContain('203.0.113.7 lies outside');
});

test('@sending 7: another near address, and an outside one that was confirmed, do not end it', async () => {
  const { handlers } = tested.host;
  await handlers['targets.save'](target(`${server.url}/hooks`));
  await handlers['volume.start'](run);
  await waiting.until(() => (latest()?.delivered ?? 0) > 2);
  await handlers['targets.save'](target(`${server.url}/moved`));
  await waiting.until(() => server.received.some((request) => request.target === '/moved'));
  expect(latest()?.state).toBe('running');
  await handlers['volume.stop']({ runId: 'volume-1' });
  await waiting.until(() => latest()?.state === 'stopped');

  // Paused, so that nothing leaves.
  await handlers['targets.save']({ ...target(outside), state: 'paused' });
  await expect(handlers['volume.start']({ ...run, runId: 'volume-2' })).rejects.toMatchObject({
    details: { field: 'confirmed', address: '203.0.113.7' },
  });
  const confirmed = await handlers['volume.start']({ ...run, runId: 'volume-2', count: 1, confirmed: true });
  expect(confirmed).toMatchObject({ id: 'volume-2', enqueued: 1 });
});
