// The outbox and its dead letters, and many deliveries at a rate, through the command line alone.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { headerValue } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, CliResult } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';
import { startLongRun } from './long-run.ts';

const secret = 'whsec_test_example_not_real_0000';

let cli: Cli;
let target: TargetServer;
beforeEach(async () => {
  cli = await createCli();
  target = await startTarget();
});
afterEach(async () => {
  await cli.dispose();
  await target.close();
});

const body = () => cli.file('body.json', '{"id":"evt_EXAMPLE","type":"order.paid"}');
const linesOf = (result: CliResult, type: string) => result.lines.filter((line) => line['type'] === type);

/** Leaves a dead letter of this event behind, and gives its id. */
async function die(event: string, ...more: readonly string[]): Promise<string> {
  target.status = 500;
  const args = ['--body', await body(), '--event', event, '--schedule', 'github', '--json'];
  const sent = await cli.run('send', ...args, ...(more.length === 0 ? ['--to', target.url] : more));
  expect(sent.lines.at(-1)).toMatchObject({ type: 'delivery', state: 'dead' });
  target.status = 200;
  return String(sent.lines.at(-1)?.['id']);
}

test('@sending 4 deliveries are listed with timings and reasons; one by its id in full', async () => {
  const id = await die('order.paid', '--to', `${target.url}/hook`, '--provider', 'stripe', '--secret', secret);
  const [listed] = (await cli.run('deliveries', '--json')).lines;
  expect(listed).toMatchObject({ id, state: 'dead', schedule: 'github', speed: 1, time: 'real' });
  const [attempt] = (listed?.['attempts'] ?? []) as Record<string, unknown>[];
  expect(attempt).toMatchObject({ n: 1, outcome: 'http-status', status: 500, message: expect.stringContaining('500') });
  const timings = attempt?.['timings'] as Record<string, number>;
  expect(timings['total']).toBeGreaterThanOrEqual(timings['firstByte'] as number);
  expect(timings['firstByte']).toBeGreaterThan(0);
  expect(attempt).not.toHaveProperty('request');

  const full = await cli.run('deliveries', id, '--json');
  expect(full.lines).toHaveLength(1);
  type Kept = { readonly request: { readonly url: string }; readonly response: unknown };
  const [kept] = (full.lines[0]?.['attempts'] ?? []) as readonly Kept[];
  expect(kept?.request.url).toBe(`${target.url}/hook`);
  expect(kept?.response).toMatchObject({
    status: 500,
    bodyBase64: Buffer.from('no').toString('base64'),
    bodyCut: false,
  });
  const text = (await cli.run('deliveries', id)).stdout;
  for (const words of ['dead', 'first byte', 'POST http', 'Stripe-Signature', 'HTTP 500', 'no']) expect(text).toContain(words); // prettier-ignore

  const unknown = await cli.run('deliveries', 'dlv_00000000000000000000');
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('dlv_00000000000000000000')]);
});

test('@sending 4 dead letters are redriven by id, by target, by event, or all, and one of them changed', async () => {
  await cli.run('target', 'add', 'desk', '--url', target.url);
  const first = await die('order.paid');
  await die('order.void');
  const ofTarget = await die('order.sent', '--to', 'desk');
  const ids = (result: CliResult) => linesOf(result, 'delivery').map((line) => line['redriveOf']);
  expect(ids(await cli.run('redrive', '--event', 'order.void', '--json'))).toEqual([expect.stringMatching(/^dlv_/)]);
  expect(ids(await cli.run('redrive', '--target', 'desk', '--json'))).toEqual([ofTarget]);
  const none = await cli.run('redrive', '--event', 'order.none', '--json');
  expect([none.code, none.lines, none.stderr]).toEqual([0, [], expect.stringContaining('no such dead letter')]);

  const other = await cli.file('other.json', '{"mended":true}');
  const edited = await cli.run('redrive', first, '--to', `${target.url}/mended`, '--body', other, '--header', 'X-Why: mended', '--json'); // prettier-ignore
  expect(edited.lines).toEqual([expect.objectContaining({ redriveOf: first, url: `${target.url}/mended`, state: 'waiting' })]); // prettier-ignore
  expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
  const mended = target.received.find((request) => request.target === '/mended');
  expect(mended?.body.toString()).toBe('{"mended":true}');
  expect(headerValue(mended?.headers ?? [], 'X-Why')).toBe('mended');

  await die('order.paid');
  await die('order.paid');
  expect(ids(await cli.run('redrive', '--all', '--json'))).toHaveLength(2);
  expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
  expect((await cli.run('deliveries', '--state', 'dead', '--json')).lines).toEqual([]);
});

test('@sending 4 a delivery is paused, resumed, made now and removed', async () => {
  target.status = 500;
  const sent = await cli.run('send', '--to', target.url, '--body', await body(), '--schedule', 'svix', '--json');
  const id = String(sent.lines[0]?.['id']);
  expect((await cli.run('deliveries', '--pause', id, '--json')).lines[0]).toMatchObject({ state: 'parked', reason: 'paused' }); // prettier-ignore
  expect((await cli.run('run-queue', '--until-empty', '--json')).lines).toEqual([]);
  expect((await cli.run('deliveries', '--resume', id, '--json')).lines[0]).toMatchObject({ state: 'waiting' });
  const made = await cli.run('deliveries', '--run-now', id, '--json');
  expect(made.lines).toEqual([
    expect.objectContaining({ type: 'attempt', n: 2, status: 500 }),
    expect.objectContaining({ type: 'delivery', state: 'waiting' }),
  ]);
  // What is still to be sent is not deleted by mistake.
  const early = await cli.run('deliveries', '--remove', id);
  expect(early.code).toBe(2);
  await cli.run('deliveries', '--pause', id);
  expect((await cli.run('deliveries', '--remove', id, '--json')).lines).toEqual([{ type: 'removed', removed: 1 }]);
  await die('order.paid');
  expect((await cli.run('deliveries', '--remove', 'all', '--json')).lines).toEqual([{ type: 'removed', removed: 1 }]);
  expect((await cli.run('deliveries', '--json')).lines).toEqual([]);
});

test.each([
  [['redrive'], /--all, or --target and --event/],
  [['redrive', 'dlv_00000000000000000000', '--all'], /--all, or --target and --event/],
  [['redrive', '--all', '--to', 'http://127.0.0.1:9'], /change one: give its id/],
  [['redrive', '--target', 'nobody'], /no target "nobody"/],
  [['redrive', 'dlv_00000000000000000000', '--schedule', 'never'], /--schedule: "never"/],
  [['redrive', 'dlv_00000000000000000000', '--to', 'http://127.0.0.1:9'], /dlv_00000000000000000000/],
  [['deliveries', '--pause', 'a', '--resume', 'b'], /--pause, --resume: give one of them alone/],
  [['deliveries', '--run-now', 'dlv_00000000000000000000'], /--run-now: there is no delivery/],
  [['deliveries', '--state', 'lost'], /--state must be one of waiting/],
  [
    ['send', '--to', 'http://192.0.2.1', '--sample', 'order.created', '--count', '2', '--rate', '1'],
    /--yes-outside: 192\.0\.2\.1 lies outside/,
  ],
  [
    ['send', '--to', 'http://192.0.2.1', '--sample', 'order.created', '--count', '2'],
    /--yes-outside: 192\.0\.2\.1 lies outside/,
  ],
  [
    ['send', '--to', 'http://127.0.0.1:9', '--sample', 'order.created', '--rate', '3000'],
    /--rate must be a number from 0\.1 to 2000/,
  ],
  [
    ['send', '--to', 'http://127.0.0.1:9', '--sample', 'order.created', '--rate', '5', '--id', 'x'],
    /--id: with --rate/,
  ],
  [
    ['send', '--to', 'http://127.0.0.1:9', '--sample', 'order.created', '--rate', '5', '--enqueue-only'],
    /--enqueue-only: with --rate/,
  ],
])('what is wrong with %j is told with its cure', async (args, message) => {
  const result = await cli.run(...args);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(2);
  expect((await cli.run('deliveries', '--json')).lines).toEqual([]);
});

test('@sending 7 many at a rate: a live figure on stderr, a line for each that is over, and a summary', async () => {
  const args = ['--provider', 'stripe', '--secret', secret, '--sample', 'checkout.session.completed', '--json'];
  const startedAt = performance.now();
  const sent = await cli.run('send', '--to', target.url, ...args, '--count', '60', '--rate', '60');
  expect(sent.stderr).toMatch(/\d+ of 60 queued, \d+ delivered, 0 dead, .*p50/);
  const [summary] = linesOf(sent, 'volume');
  expect(summary).toMatchObject({ count: 60, ratePerSecond: 60, enqueued: 60, delivered: 60, dead: 0, unfinished: 0 });
  expect(summary).toMatchObject({ answers: { 200: 60 }, state: 'done' });
  expect(summary?.['p50']).toBeGreaterThan(0);
  expect(summary?.['p99']).toBeGreaterThanOrEqual(Number(summary?.['p50']));
  expect(sent.code).toBe(0);
  // The rate is kept to: a burst of half a second is allowed at the beginning.
  expect(performance.now() - startedAt).toBeGreaterThan(450);
  expect(target.received).toHaveLength(60);
  expect(linesOf(sent, 'delivery')).toHaveLength(60);
  expect(new Set(linesOf(sent, 'delivery').map((line) => line['messageId'])).size).toBe(60);
  // The secret of the run is gone with its last delivery.
  expect(await readFile(join(cli.dataDir, 'secrets.json'), 'utf8')).not.toContain(secret);

  target.status = 500;
  const dead = await cli.run('send', '--to', target.url, '--body', await body(), '--schedule', 'github', '--count', '5', '--rate', '100'); // prettier-ignore
  expect(dead.code).toBe(1);
  expect(dead.stdout).toMatch(/0 of 5 delivered, 5 dead, 0 unfinished in .*answers: 500 x 5/);
});

test('@sending 7 a signal stops it: what was queued stays, and is told', async () => {
  const running = startLongRun(cli.dataDir, ['send', '--to', target.url, '--body', await body(), '--count', '1000', '--rate', '20']); // prettier-ignore
  await running.until(3, (line) => line['type'] === 'delivery');
  expect(await running.stop()).toBe(1);
  const summary = running.lines.at(-1);
  expect(summary).toMatchObject({ type: 'volume', state: 'stopped', count: 1_000, dead: 0 });
  const kept = await cli.run('deliveries', '--json');
  expect(kept.lines).toHaveLength(Number(summary?.['enqueued']));
  expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
});

test('without a rate each of --count makes its first attempt, and nothing is summed up', async () => {
  const sent = await cli.run('send', '--to', target.url, '--body', await body(), '--count', '3', '--json');
  expect([sent.code, linesOf(sent, 'attempt').length, linesOf(sent, 'volume').length]).toEqual([0, 3, 0]);
});
