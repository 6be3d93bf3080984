// A check of a stored target goes by that target's rules, and gives none of them away: what was allowed for the handler
// is allowed for no other origin, not even for the address that counts the handler's work.

import { createServer as createHttps } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as v from 'valibot';
import { targetSchema } from '../../../src/shared/workspace.ts';
import type { Target } from '../../../src/shared/workspace.ts';
import type { CheckRun } from '../../../src/shared/trials.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { createTestAuthority } from '../../support/test-certificates.ts';

const secret = 'whsec_test_example_not_real_0000';
const leaf = createTestAuthority().issue('127.0.0.1');

/** A handler behind a certificate that nobody vouches for: takes everything, and counts it. */
interface Handler {
  readonly url: string;
  readonly asked: { readonly method: string; readonly url: string; readonly team: string | undefined }[];
}

let tested: TestHost;
let servers: Server[];
beforeEach(async () => {
  servers = [];
  tested = await startTestHost({ listen: null });
  await tested.host.handlers['secrets.set']({ name: 'key', value: secret, provider: 'stripe' });
});
afterEach(async () => {
  await tested.stop();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function start(): Promise<Handler> {
  const asked: { method: string; url: string; team: string | undefined }[] = [];
  let count = 0;
  const server = createHttps(leaf, (request: IncomingMessage, response: ServerResponse) => {
    const team = request.headers['x-team'];
    asked.push({ method: request.method ?? '', url: request.url ?? '', team: Array.isArray(team) ? team[0] : team });
    if (request.method === 'POST') count += 1;
    request.resume().on('end', () => response.end(String(count)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, asked };
}

const target = (changes: Partial<Target>): Target => ({
  ...v.parse(targetSchema, {
    id: 'app',
    name: 'App',
    url: 'https://127.0.0.1/',
    provider: 'stripe',
    secretName: 'key',
    events: ['*'],
    headers: [['X-Team', 'orders']],
    schedule: 'quick',
    state: 'active',
    skipTlsCheck: true,
    allowLinkLocal: true,
    connectTimeoutMs: 500,
  }),
  ...changes,
});

/** Runs until the case `last` is there, and gives what was found. */
async function check(idempotency: { readonly url: string } | null, last = 'work-done'): Promise<CheckRun> {
  const { handlers } = tested.host;
  const stop = tested.host.onChange((change) => {
    if (change.type !== 'check' || !change.run.cases.some(({ name }) => name === last)) return;
    void handlers['check.stop']({ runId: 'check-1' });
  });
  const run = await handlers['check.run']({ runId: 'check-1', targetId: 'app', idempotency });
  if (typeof stop === 'function') stop();
  return run;
}

const work = (run: CheckRun) => run.cases.find(({ name }) => name === 'work-done');

test('@sending 5: certificates are not checked at the origin of the target, wherever the count stands there', async () => {
  const handler = await start();
  await tested.host.handlers['targets.save'](target({ url: handler.url }));
  const run = await check({ url: new URL('/count', handler.url).href });
  expect(work(run)).toMatchObject({ pass: true, status: 200, message: expect.stringContaining('worked on once') });
  // The target's headers go to the handler alone.
  expect(handler.asked.filter(({ method, team }) => method === 'POST' && team !== 'orders')).toEqual([]);
  expect(handler.asked.filter(({ method, team }) => method === 'GET' && team !== undefined)).toEqual([]);
});

test('@sending 5: at another origin the certificate of the idempotency URL is checked', async () => {
  const [handler, counter] = [await start(), await start()];
  await tested.host.handlers['targets.save'](target({ url: handler.url }));
  const run = await check({ url: counter.url });
  expect(work(run)).toMatchObject({ pass: false, message: expect.stringContaining('could not be read') });
  expect(work(run)?.message).toContain('certificate');
  expect(counter.asked).toEqual([]);
});

test('@sending 5: at another origin a link-local idempotency URL needs a permission of its own', async () => {
  const handler = await start();
  await tested.host.handlers['targets.save'](target({ url: handler.url }));
  const run = await check({ url: 'http://169.254.7.7/count' });
  expect(work(run)).toMatchObject({ pass: false });
  expect(work(run)?.message).toMatch(/nothing is sent to 169\.254\.7\.7 \(link-local/);
});

test('@sending 5: requests in pieces go by the same rules as whole ones', { timeout: 60_000 }, async () => {
  const handler = await start();
  await tested.host.handlers['targets.save'](target({ url: handler.url }));
  const run = await check(null, 'slow-client');
  expect(run.cases.find(({ name }) => name === 'slow-client')).toMatchObject({ pass: true, status: 200 });
  const posts = handler.asked.filter(({ method }) => method === 'POST');
  expect(posts.length).toBeGreaterThan(2);
  expect(new Set(posts.map(({ team }) => team))).toEqual(new Set(['orders']));
});
