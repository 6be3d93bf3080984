// Targets, schedules and the delivery rules through the command line alone.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import Stripe from 'stripe';
import { headerValue } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, CliResult } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';

const secret = 'whsec_test_example_not_real_0000';
const stripe = new Stripe('sk_test_not_a_key');

let cli: Cli;
let orders: TargetServer;
let all: TargetServer;
beforeEach(async () => {
  cli = await createCli();
  orders = await startTarget();
  all = await startTarget();
});
afterEach(async () => {
  await cli.dispose();
  await Promise.all([orders.close(), all.close()]);
});

const states = (result: CliResult) => result.lines.filter(({ type }) => type === 'delivery').map(({ state }) => state);
const body = () => cli.file('body.json', '{"id":"evt_EXAMPLE","type":"order.paid"}');

test('@sending 1 targets are added, listed, changed, paused, resumed and removed', async () => {
  const made = await cli.run(
    ...['target', 'add', 'Order desk', '--url', orders.url, '--provider', 'stripe', '--secret', secret],
    ...['--secret', 'whsec_test_example_not_real_1111', '--events', 'order.*, invoice.paid', '--schedule', 'classic'],
    ...['--header', 'X-Team: orders', '--concurrency', '2', '--rate', '50', '--connect-timeout', '2s'],
    ...['--total-timeout', '1500ms', '--follow-redirects', '--strict-order', '--allow-link-local', '--json'],
  );
  expect(made.code).toBe(0);
  expect(made.stderr).toContain('kept in the data folder');
  const wanted = {
    type: 'target',
    id: 'order-desk',
    name: 'Order desk',
    url: orders.url,
    provider: 'stripe',
    secretName: 'Order desk',
    alsoSecretNames: ['Order desk 2'],
    events: ['order.*', 'invoice.paid'],
    schedule: 'classic',
    headers: [['X-Team', 'orders']],
    concurrency: 2,
    ratePerSecond: 50,
    connectTimeoutMs: 2_000,
    totalTimeoutMs: 1_500,
    followRedirects: true,
    strictOrder: true,
    allowLinkLocal: true,
    state: 'active',
  };
  expect(made.lines).toEqual([expect.objectContaining(wanted)]);
  // No value of a secret is ever printed.
  expect(made.stdout + made.stderr).not.toContain(secret);

  const paused = await cli.run('target', 'pause', 'Order desk', '--json');
  expect(paused.lines).toEqual([{ ...made.lines[0], state: 'paused' }]);
  const changed = await cli.run(
    ...['target', 'set', 'order-desk', '--name', 'Desk', '--no-strict-order', '--rate', 'none', '--json'],
    ...['--connect-timeout', 'default', '--no-headers', '--secret', 'whsec_test_example_not_real_2222'],
  );
  expect(changed.lines[0]).toEqual({
    ...paused.lines[0],
    name: 'Desk',
    strictOrder: false,
    ratePerSecond: null,
    connectTimeoutMs: null,
    headers: [],
    alsoSecretNames: [],
  });
  expect((await cli.run('target', 'resume', 'Desk', '--json')).lines[0]).toMatchObject({ state: 'active' });
  const shown = await cli.run('target', 'list');
  expect(shown.stdout).toMatch(/^active {2}Desk {2}http.*follows redirects/);
  const removed = await cli.run('target', 'remove', 'Desk', '--with-secrets', '--json');
  expect(removed.lines).toEqual([{ type: 'target-removed', id: 'order-desk', name: 'Desk' }]);
  expect((await cli.run('target', 'list', '--json')).lines).toEqual([]);
});

test('@sending 1 an event reaches every active target whose filter takes it, signed with each one’s own secret', async () => {
  await cli.run('target', 'add', 'orders', '--url', orders.url, '--provider', 'stripe', '--secret', secret, '--events', 'order.*'); // prettier-ignore
  await cli.run('target', 'add', 'all', '--url', all.url, '--schedule', 'quick');
  await cli.run('target', 'add', 'asleep', '--url', all.url);
  await cli.run('target', 'pause', 'asleep');
  // One target's trouble is not another's.
  all.status = 500;
  const sent = await cli.run('send', '--body', await body(), '--event', 'order.paid', '--json');
  expect(states(sent)).toEqual(['waiting', 'waiting', 'delivered']);
  const [request] = orders.received;
  const signature = headerValue(request?.headers ?? [], 'Stripe-Signature') ?? '';
  expect(stripe.webhooks.constructEvent(request?.body ?? '', signature, secret).id).toBe('evt_EXAMPLE');
  expect([orders.received.length, all.received.length]).toEqual([1, 1]);

  const none = await cli.run('send', '--body', await body(), '--event', 'invoice.paid', '--to', 'nobody');
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nobody')]);
  await cli.run('target', 'pause', 'all');
  const unheard = await cli.run('send', '--body', await body(), '--event', 'invoice.paid');
  expect([unheard.code, unheard.stderr]).toEqual([1, expect.stringContaining('orders: order.* (active)')]);
});

test('@sending 2 the published schedules are listed; one’s own is made, used and kept while it is used', async () => {
  const listed = await cli.run('schedule', 'list', '--json');
  const ids = listed.lines.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['classic', 'svix', 'quick', 'stripe-like', 'github', 'shopify', 'slack', 'twilio', 'standard-webhooks'])); // prettier-ignore
  expect(listed.lines.find(({ id }) => id === 'github')).toMatchObject({ attempts: 1, deadlineMs: 10_000, own: false });

  const made = await cli.run('schedule', 'add', 'Three times', '--waits', '1h,2h', '--deadline', '5s', '--json');
  const own = {
    type: 'schedule',
    id: 'own-three-times',
    own: true,
    waitsMs: [3_600_000, 7_200_000],
    deadlineMs: 5_000,
  };
  expect(made.lines).toEqual([expect.objectContaining(own)]);
  expect((await cli.run('schedule', 'list', '--json')).lines).toContainEqual(made.lines[0]);

  orders.status = 500;
  const args = ['send', '--to', orders.url, '--body', await body(), '--schedule', 'own-three-times', '--json'];
  const dead = await cli.run(...args, '--speed', '100000', '--time', 'simulated', '--wait');
  expect([dead.code, states(dead)]).toEqual([1, ['waiting', 'dead']]);
  expect(dead.lines.filter(({ type }) => type === 'attempt')).toHaveLength(3);

  await cli.run('target', 'add', 'slow', '--url', orders.url, '--schedule', 'own-three-times');
  const used = await cli.run('schedule', 'remove', 'own-three-times');
  expect([used.code, used.stderr]).toEqual([2, expect.stringContaining('slow')]);
  await cli.run('target', 'remove', 'slow');
  const gone = await cli.run('schedule', 'remove', 'Three times', '--json');
  expect(gone.lines).toEqual([{ type: 'schedule-removed', id: 'own-three-times', name: 'Three times' }]);
});

test('@sending 2 a fast clock keeps the id; timestamps are real, or as if no wait had been shortened', async () => {
  orders.status = 500;
  await cli.run('schedule', 'add', 'Hourly', '--waits', '10m,10m');
  for (const [time, least, most] of [
    ['real', 0, 60],
    // Twice ten minutes, with 10 % of jitter either way; the time that sending takes runs fast too.
    ['simulated', 2 * 540, 2 * 660 + 600],
  ] as const) {
    const before = orders.received.length;
    const args = ['--provider', 'stripe', '--secret', secret, '--schedule', 'own-hourly', '--speed', '3600', '--wait'];
    await cli.run('send', '--to', orders.url, '--body', await body(), ...args, '--time', time);
    const signatures = orders.received
      .slice(before)
      .map(({ headers }) => headerValue(headers, 'Stripe-Signature') ?? '');
    const seconds = signatures.map((text) => Number(/t=(\d+)/.exec(text)?.[1]));
    expect(seconds).toHaveLength(3);
    const span = (seconds[2] as number) - (seconds[0] as number);
    expect(span, time).toBeGreaterThanOrEqual(least);
    expect(span, time).toBeLessThanOrEqual(most);
  }
  expect(new Set(orders.received.map((request) => request.body.toString())).size).toBe(1);
});

test('@sending 3 410 parks the target with its reason; a resumed one goes on', async () => {
  await cli.run('target', 'add', 'orders', '--url', orders.url, '--schedule', 'classic');
  orders.status = 410;
  const sent = await cli.run('send', '--body', await body(), '--json');
  expect(sent.lines.at(-1)).toMatchObject({ type: 'delivery', state: 'parked' });
  expect((await cli.run('target', 'list', '--json')).lines[0]).toMatchObject({ state: 'parked', parkedReason: 'gone' });
  expect((await cli.run('target', 'list')).stdout).toContain('parked (it answered 410)');
  orders.status = 200;
  await cli.run('target', 'resume', 'orders');
  expect((await cli.run('run-queue', '--until-empty', '--json')).code).toBe(0);
  expect((await cli.run('deliveries', '--state', 'delivered', '--json')).lines).toHaveLength(1);
});

test('@sending 3 redirects are failures unless a target follows them, and then no credentials cross an origin', async () => {
  const redirecting = createServer((_request, response) => {
    response.writeHead(307, { Location: `${all.url}/elsewhere` });
    response.end();
  });
  await new Promise<void>((done) => redirecting.listen(0, '127.0.0.1', done));
  try {
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
    await cli.run('target', 'add', 'hop', '--url', url, '--header', 'Authorization: Bearer test-not-a-token');
    const refused = await cli.run('send', '--to', 'hop', '--body', await body(), '--json');
    expect(refused.lines.at(-1)).toMatchObject({ type: 'attempt', status: 307 });
    expect(all.received).toEqual([]);
    await cli.run('target', 'set', 'hop', '--follow-redirects');
    await cli.run('send', '--to', 'hop', '--body', await body());
    expect(all.received).toHaveLength(1);
    expect(headerValue(all.received[0]?.headers ?? [], 'Authorization')).toBeUndefined();
    expect(all.received[0]?.body.length).toBe(0);
  } finally {
    await new Promise((done) => redirecting.close(done));
  }
});

test('@sending 3 an address of the link is refused with the reason, until the target says that it is meant', async () => {
  await cli.run('target', 'add', 'link', '--url', 'http://169.254.77.77/', '--connect-timeout', '100ms');
  const first = await cli.run('send', '--to', 'link', '--body', await body(), '--json');
  expect(first.lines.find(({ type }) => type === 'attempt')).toMatchObject({ outcome: 'blocked-address' });
  await cli.run('target', 'set', 'link', '--allow-link-local');
  const second = await cli.run('send', '--to', 'link', '--body', await body(), '--json');
  expect(second.lines.find(({ type }) => type === 'attempt')).not.toMatchObject({ outcome: 'blocked-address' });
});

test.each([
  ['target', ['target', 'add', 'x'], /--url/],
  ['target', ['target', 'add', 'x', '--url', 'ftp://x'], /--url: must start with http/],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--provider', 'nobody'], /--provider: "nobody" is not known/],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--schedule', 'never'], /--schedule: .*never/],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--concurrency', '65'], /--concurrency .*1 to 64/],
  [
    'target',
    ['target', 'add', 'x', '--url', 'http://x', '--total-timeout', '30'],
    /--total-timeout must be a time such as 500ms/,
  ],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--events', ','], /--events/],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--header', 'bad'], /--header: "bad" is not Name:value/],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--unsigned', '--secret', 'y'], /--unsigned/],
  ['target', ['target', 'add', 'x', '--url', 'http://x', '--provider', 'svix', '--secret', 'no-key'], /--secret: /],
  [
    'target',
    ['target', 'set', 'nobody', '--rate', '1'],
    /no target "nobody": there are none; add one with: target add/,
  ],
  ['schedule', ['schedule', 'add', 'x', '--waits', '5'], /--waits must be a time/],
  [
    'schedule',
    ['schedule', 'add', 'x', '--waits', '5s', '--deadline', '1ms'],
    /--deadline must be a time .*from 100ms/,
  ],
  ['schedule', ['schedule', 'remove', 'quick'], /"quick" is not a schedule of your own/],
  [
    'send',
    ['send', '--to', 'http://127.0.0.1:9', '--sample', 'order.created', '--time', 'fast'],
    /--time must be real or simulated/,
  ],
])('what is wrong with `%s` is told with its cure, and nothing is kept: %j', async (group, args, message) => {
  const result = await cli.run(...args);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(2);
  if (group === 'target') expect((await cli.run('target', 'list', '--json')).lines).toEqual([]);
});

test('every command of this kind explains itself', async () => {
  for (const [args, words] of [
    [['target'], ['pause', 'resume', 'remove']],
    [
      ['target', 'add'],
      ['--events', '--schedule', '--follow-redirects', '--allow-link-local', '--strict-order'],
    ],
    [
      ['schedule', 'add'],
      ['--waits', '--deadline'],
    ],
    [['send'], ['--time', '--count', '--rate', '--yes-outside']],
    [['redrive'], ['--all', '--target', '--event']],
    [['handler-check'], ['--junit', '--idempotency-url', 'Cases: valid']],
    [['pull'], ['--since', '--token-env', '--every', 'hookId']],
  ] as const) {
    const { code, stdout } = await cli.run(...args, '--help');
    expect(code, args.join(' ')).toBe(0);
    for (const word of words) expect(stdout, args.join(' ')).toContain(word);
  }
  expect((await cli.run('target')).code).toBe(2);
});
