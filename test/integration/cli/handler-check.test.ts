// `handler-check` against the sample handlers: lines, the table, JUnit, exit codes, and what can be asked wrongly.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caseNames } from '../../../src/main/handler-check/handler-check.ts';
import { headerValue } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';
import { startExpressHandler } from '../../fixtures/handlers/express.mjs';
import { startFastifyHandler } from '../../fixtures/handlers/fastify.mjs';

const secret = 'whsec_test_example_not_real_0000';

type Handler = Awaited<ReturnType<typeof startExpressHandler>>;

let cli: Cli;
let handlers: Handler[];
beforeEach(async () => {
  cli = await createCli({ TEST_SECRET: secret });
  handlers = [];
});
afterEach(async () => {
  await cli.dispose();
  await Promise.all(handlers.map((handler) => handler.close()));
});

async function start(
  faults: NonNullable<Parameters<typeof startExpressHandler>[0]['faults']>,
  startHandler = startExpressHandler,
): Promise<Handler> {
  const handler = await startHandler({ scheme: 'stripe', secret, faults });
  handlers.push(handler);
  return handler;
}

const check = (url: string, ...more: readonly string[]) =>
  cli.run('handler-check', '--to', url, '--provider', 'stripe', '--secret-env', 'TEST_SECRET', ...more);

test('@sending 5 a right handler passes every case, told as lines and as JUnit', { timeout: 60_000 }, async () => {
  const handler = await start([]);
  const junit = join(cli.dataDir, '..', 'report.xml');
  const result = await check(handler.url, '--idempotency-url', handler.countUrl, '--junit', junit, '--json');
  const cases = result.lines.filter(({ type }) => type === 'case');
  expect(cases.map(({ name }) => name)).toEqual(caseNames);
  const failed = cases.filter(({ pass, skipped }) => pass !== true && skipped === undefined);
  expect(failed).toEqual([]);
  expect(cases.find(({ name }) => name === 'tampered-body')).toMatchObject({
    expected: 'reject',
    status: 401,
    pass: true,
    sent: expect.any(String),
    message: expect.any(String),
    ms: expect.any(Number),
  });
  const skipped = cases.filter((one) => one['skipped'] !== undefined).length;
  const passed = caseNames.length - skipped;
  expect(result.lines.at(-1)).toEqual({ type: 'summary', passed, failed: 0, skipped });
  expect(result.code).toBe(0);
  const xml = await readFile(junit, 'utf8');
  expect(xml).toContain(`tests="${caseNames.length}" failures="0" errors="0" skipped="${skipped}"`);
  expect(xml.match(/<testcase /g)).toHaveLength(caseNames.length);
  // Neither the report nor the lines hold the secret.
  expect(xml + result.stdout + result.stderr).not.toContain(secret);
});

test('@sending 5 faults are named in lines, table and JUnit; chosen cases only; exit 1', async () => {
  const handler = await start(['no-time-check', 'not-idempotent'], startFastifyHandler);
  const cases = ['--case', 'valid', '--case', 'old-timestamp', '--case', 'same-id-again'];
  const junit = join(cli.dataDir, '..', 'report.xml');
  const seen = ['--idempotency-header', 'X-Idempotent-Replay'];
  const lines = await check(handler.url, ...cases, ...seen, '--junit', junit, '--json');
  expect(lines.lines.map(({ name, pass, fault }) => [name, pass, fault])).toEqual([
    ['valid', true, undefined],
    ['old-timestamp', false, 'no-time-check'],
    ['same-id-again', false, 'not-idempotent'],
    [undefined, undefined, undefined],
  ]);
  expect([lines.code, lines.lines.at(-1)]).toEqual([1, { type: 'summary', passed: 1, failed: 2, skipped: 0 }]);
  expect(await readFile(junit, 'utf8')).toMatch(/<failure message="[^"]+" type="no-time-check">/);

  const table = await check(handler.url, ...cases, ...seen);
  expect(table.stdout).toMatch(/^pass {2}valid +accept +200 +\d+ ms$/m);
  expect(table.stdout).toMatch(/^FAIL {2}old-timestamp +reject +200 +\d+ ms\n {6}\S/m);
  expect(table.stdout).toMatch(/^1 passed, 2 failed$/m);
});

test.each([
  ['--target', 'Order desk'],
  ['--to', 'Order desk'],
  ['--to', 'order-desk'],
])(
  '@sending 5 the stored target of %s %j is checked with its own secret',
  { timeout: 60_000 },
  async (option, name) => {
    const handler = await start([]);
    const args = ['--provider', 'stripe', '--secret', secret];
    await cli.run('target', 'add', 'Order desk', '--url', handler.url, ...args);
    const junit = join(cli.dataDir, '..', 'report.xml');
    const more = ['--idempotency-url', handler.countUrl, '--junit', junit, '--json'];
    const result = await cli.run('handler-check', option, name, ...more);
    expect(result.lines.filter(({ type }) => type === 'case').map(({ name: one }) => one)).toEqual(caseNames);
    expect([result.code, result.lines.at(-1)]).toEqual([0, expect.objectContaining({ type: 'summary', failed: 0 })]);
    expect(await readFile(junit, 'utf8')).toContain(`name="Hookbench handler check: ${name}"`);
  },
);

test(
  '@sending 5 a stored target in --to brings its headers and signs with its secret',
  { timeout: 60_000 },
  async () => {
    const target = await startTarget();
    const args = ['--provider', 'stripe', '--secret', secret, '--header', 'X-Team: orders'];
    await cli.run('target', 'add', 'desk', '--url', target.url, ...args);
    target.status = 401;
    const result = await cli.run('handler-check', '--to', 'desk', '--json');
    expect([result.code, result.lines.at(-1)]).toEqual([1, { type: 'summary', passed: 0, failed: 1, skipped: caseNames.length - 1 }]); // prettier-ignore
    expect(target.received.map(({ headers }) => headerValue(headers, 'X-Team'))).toEqual(['orders']);
    const signature = headerValue(target.received[0]?.headers ?? [], 'Stripe-Signature') ?? '';
    const body = target.received[0]?.body.toString() ?? '';
    const at = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature);
    expect(createHmac('sha256', secret).update(`${at?.[1]}.${body}`).digest('hex')).toBe(at?.[2]);
    await target.close();
  },
);

test('@sending 5 a handler that is not there, or takes nothing, fails; the rest says nothing', async () => {
  const target = await startTarget();
  target.status = 401;
  const refusing = await check(target.url, '--json');
  expect(refusing.code).toBe(1);
  expect(refusing.lines.at(-1)).toEqual({ type: 'summary', passed: 0, failed: 1, skipped: caseNames.length - 1 });
  await target.close();
  expect((await check(target.url, '--case', 'valid')).code).toBe(1);
  // Nothing of a check is kept.
  expect((await cli.run('deliveries', '--json')).lines).toEqual([]);
});

const to = ['--to', 'http://127.0.0.1:9'];
test.each([
  [[], /Give --to .* or --target/],
  [[...to, '--target', 'x'], /Give --to .* or --target/],
  [to, /--provider is needed/],
  [[...to, '--provider', 'nobody', '--secret', 'x'], /--provider: "nobody" is not known/],
  [[...to, '--provider', 'stripe'], /--secret is needed/],
  [[...to, '--provider', 'svix', '--secret', 'no-key'], /--secret: /],
  [['--to', 'ftp://x', '--provider', 'stripe', '--secret', 'x'], /--to: .*http or https/],
  [[...to, '--provider', 'stripe', '--secret', 'x', '--case', 'none'], /--case: "none" is not one of valid, /],
  [[...to, '--provider', 'stripe', '--secret', 'x', '--slow', '9'], /--slow must be a time/],
  [[...to, '--provider', 'stripe', '--secret', 'x', '--idempotency-url', 'nowhere'], /--idempotency-url: /],
  [[...to, '--idempotency-url', 'http://x', '--idempotency-header', 'x'], /one of --idempotency-url and/],
  [['--target', 'x', '--case', 'valid'], /--case: goes with --to/],
  [['--target', 'nobody'], /no target "nobody"/],
  [['--to', 'nobody'], /no target "nobody": there are none; add one with: target add/],
  [['--to', 'desk', '--secret', 'x'], /--secret: goes with --to and an address; the stored target "desk"/],
  [['--to', 'desk', '--provider', 'stripe'], /--provider: goes with --to and an address/],
  [['--to', 'desk', '--target', 'desk'], /Give --to .* or --target/],
])('what is wrong with handler-check %j is told with its cure', async (args, message) => {
  const result = await cli.run('handler-check', ...args);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(2);
});
