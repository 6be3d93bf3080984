// The main job through the command line alone: receive, judge, send, retry, redrive, replay, export.
// Judges that this project did not write: Stripe's library, HAR's schema, the vectors.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile, readdir, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { headerValue } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, CliResult } from '../../support/cli.ts';
import { harValidator } from '../../support/har-schema.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';

const secret = 'whsec_test_of_the_command_line';
const stripe = new Stripe('sk_test_not_a_key');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

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

const signed = (payload: string) => stripe.webhooks.generateTestHeaderString({ payload, secret });

async function post(url: string, payload: string, header: string): Promise<number> {
  const headers = { 'Content-Type': 'application/json', 'Stripe-Signature': header };
  return (await fetch(url, { method: 'POST', body: payload, headers })).status;
}

const types = (result: CliResult) => result.lines.map((line) => line['type']);

test('received requests are judged, told apart, kept over a restart, and printed byte for byte', async () => {
  const listening = await cli.listen('--provider', 'stripe', '--secret', secret);
  const payload = '{"id":"evt_1","type":"invoice.paid","note":"Größe 🎉\\r\\n"}';
  const header = signed(payload);
  expect(await post(`${listening.url}/in/stripe?x=1`, payload, header)).toBe(200);
  expect(await post(`${listening.url}/in/stripe?x=1`, payload, header)).toBe(200);
  expect(await post(`${listening.url}/in/stripe?x=1`, payload.replace('paid', 'void'), header)).toBe(200);
  const last = await listening.line((line) => line['seq'] === 3);
  expect(last).toMatchObject({
    verdict: { status: 'invalid', reason: 'signature-mismatch' },
    duplicate: { kind: 'conflict' },
  });
  expect(await listening.stop()).toBe(0);

  const { lines, code } = await cli.run('requests', '--json', '--limit', '0');
  expect(code).toBe(0);
  expect(
    lines.map((line) => [(line['verdict'] as { status: string }).status, (line['duplicate'] as { kind: string }).kind]),
  ).toEqual([
    ['valid', 'first'],
    ['valid', 'retry'],
    ['invalid', 'conflict'],
  ]);
  const [first] = lines;
  expect(first).toMatchObject({
    target: '/in/stripe?x=1',
    provider: 'stripe',
    event: 'invoice.paid',
    deliveryId: 'evt_1',
    size: Buffer.byteLength(payload),
  });
  expect(Buffer.from(String(first?.['bodyBase64']), 'base64').toString('utf8')).toBe(payload);
  expect(first?.['sha256']).toBe(sha256(Buffer.from(payload)));
  expect(first?.['headers']).toContainEqual(['Stripe-Signature', header]);

  const invalid = await cli.run('requests', '--json', '--query', 'verdict:invalid');
  expect(invalid.lines.map((line) => line['seq'])).toEqual([3]);
});

test('what `sign` makes Stripe’s library accepts, and `verify` accepts it too', async () => {
  const payload = '{"id":"evt_2","emoji":"🎉"}\r\n';
  const body = await cli.file('body.json', payload);
  const { lines } = await cli.run('sign', '--provider', 'stripe', '--secret', secret, '--body', body, '--json');
  const headers = lines[0]?.['headers'] as [string, string][];
  const event = stripe.webhooks.constructEvent(payload, headerValue(headers, 'Stripe-Signature') ?? '', secret);
  expect(event.id).toBe('evt_2');
  const headerFile = await cli.file('headers.json', JSON.stringify(headers));
  const good = await cli.run(
    'verify',
    '--provider',
    'stripe',
    '--secret',
    secret,
    '--headers',
    headerFile,
    '--body',
    body,
    '--json',
  );
  expect([good.code, good.lines[0]?.['status']]).toEqual([0, 'valid']);
  const bad = await cli.run(
    'verify',
    '--provider',
    'stripe',
    '--secret',
    'other',
    '--headers',
    headerFile,
    '--body',
    body,
    '--json',
  );
  expect([bad.code, bad.lines[0]?.['status']]).toEqual([1, 'invalid']);
});

test('an event is enqueued, sent and signed; a failing one dies, is redriven and arrives; its secret is then gone', async () => {
  const payload = '{"id":"evt_3","type":"invoice.paid"}';
  const body = await cli.file('body.json', payload);
  const args = [
    '--provider',
    'stripe',
    '--secret',
    secret,
    '--body',
    body,
    '--event',
    'invoice.paid',
    '--schedule',
    'classic',
    '--speed',
    '1000',
    '--json',
  ];
  const delivered = await cli.run('send', '--to', `${target.url}/hook`, ...args);
  expect([delivered.code, types(delivered)]).toEqual([0, ['delivery', 'attempt', 'delivery']]);
  expect(delivered.lines[0]).toMatchObject({ state: 'waiting', messageId: 'evt_3', event: 'invoice.paid' });
  expect(
    stripe.webhooks.constructEvent(
      target.received[0]?.body ?? '',
      headerValue(target.received[0]?.headers ?? [], 'stripe-signature') ?? '',
      secret,
    ).id,
  ).toBe('evt_3');

  target.status = 500;
  const failed = await cli.run('send', '--to', `${target.url}/hook`, ...args, '--wait');
  expect(failed.code).toBe(1);
  expect(failed.lines.at(-1)).toMatchObject({ type: 'delivery', state: 'dead' });
  expect(failed.lines.at(-1)?.['attempts']).toHaveLength(5);
  expect(await readFile(join(cli.dataDir, 'secrets.json'), 'utf8')).toContain(secret);
  expect((await stat(join(cli.dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  expect(failed.stdout).not.toContain(secret);
  expect(failed.stderr).toMatch(/secret is kept/);

  target.status = 200;
  const redriven = await cli.run('redrive', '--all', '--json');
  expect(redriven.lines[0]).toMatchObject({ state: 'waiting', redriveOf: failed.lines.at(-1)?.['id'] });
  const run = await cli.run('run-queue', '--until-empty', '--json');
  expect(run.code).toBe(0);
  expect(run.lines.at(-1)).toMatchObject({ type: 'delivery', state: 'delivered', messageId: 'evt_3' });
  const states = (await cli.run('deliveries', '--json')).lines.map((line) => line['state']);
  expect(states).toEqual(['delivered', 'delivered']);
  for (const name of await readdir(cli.dataDir)) {
    if (name.includes('.json')) expect(await readFile(join(cli.dataDir, name), 'utf8'), name).not.toContain(secret);
  }
});

test('a content type of the person replaces the provider’s', async () => {
  const body = await cli.file('body.txt', 'plain');
  const args = ['--body', body, '--header', 'content-type: text/plain'];
  expect((await cli.run('send', '--to', target.url, ...args)).code).toBe(0);
  const types = target.received[0]?.headers.filter(([name]) => name.toLowerCase() === 'content-type');
  expect(types).toEqual([['content-type', 'text/plain']]);
});

test('a batch goes to several addresses, queued first and delivered later', async () => {
  const batch = await cli.file(
    'batch.jsonl',
    '{"body":"{\\"n\\":1}","event":"a","id":"m1"}\n{"bodyBase64":"/wD+","id":"m2"}\n',
  );
  const queued = await cli.run(
    'send',
    '--to',
    `${target.url}/one`,
    '--to',
    `${target.url}/two`,
    '--batch',
    batch,
    '--enqueue-only',
    '--json',
  );
  expect([queued.code, types(queued)]).toEqual([0, ['delivery', 'delivery', 'delivery', 'delivery']]);
  expect(target.received).toHaveLength(0);
  const run = await cli.run('run-queue', '--until-empty', '--speed', '1000', '--json');
  expect(run.code).toBe(0);
  expect(target.received.map((request) => `${request.target} ${request.body.toString('hex')}`).toSorted()).toEqual(
    ['/one', '/two'].flatMap((path) => [`${path} 7b226e223a317d`, `${path} ff00fe`]).toSorted(),
  );
});

test('an event without --to and without targets: exit 1, said why', async () => {
  const body = await cli.file('body.json', '{}');
  const result = await cli.run('send', '--body', body, '--event', 'a.b');
  expect([result.code, result.stderr]).toEqual([1, expect.stringMatching(/target/)]);
});

test('a replay is edited, signed anew with the same id, and accepted; the original is named', async () => {
  const listening = await cli.listen('--provider', 'stripe', '--secret', secret);
  const payload = '{"id":"evt_4","type":"invoice.paid","amount":1}';
  await post(listening.url, payload, signed(payload));
  const { id } = await listening.line((line) => line['type'] === 'request');
  await listening.stop();

  const edited = payload.replace('1}', '2}');
  const body = await cli.file('edited.json', edited);
  const result = await cli.run(
    'replay',
    String(id),
    '--to',
    `${target.url}/hook`,
    '--resign',
    'same-id',
    '--secret',
    secret,
    '--body',
    body,
    '--set-header',
    'X-Edited: yes',
    '--json',
  );
  expect(result.code).toBe(0);
  expect(result.lines.at(-1)).toMatchObject({ state: 'delivered', replayOf: id, messageId: 'evt_4' });
  const [arrived] = target.received;
  expect(arrived?.body.toString()).toBe(edited);
  expect(headerValue(arrived?.headers ?? [], 'x-edited')).toBe('yes');
  expect(
    stripe.webhooks.constructEvent(
      arrived?.body ?? '',
      headerValue(arrived?.headers ?? [], 'stripe-signature') ?? '',
      secret,
    ).id,
  ).toBe('evt_4');

  const shown = await cli.run('show', String(id), '--json');
  expect(shown.lines[0]).toMatchObject({ id, deliveries: [{ state: 'delivered', replayOf: id }] });

  const again = await cli.run(
    'replay',
    String(id),
    '--to',
    `${target.url}/hook`,
    '--resign',
    'new-id',
    '--secret',
    secret,
    '--json',
  );
  expect(again.code).toBe(0);
  const event = stripe.webhooks.constructEvent(
    target.received[1]?.body ?? '',
    headerValue(target.received[1]?.headers ?? [], 'stripe-signature') ?? '',
    secret,
  );
  expect(event.id).not.toBe('evt_4');

  const kept = await cli.run('replay', String(id), '--to', `${target.url}/hook`, '--json');
  expect(kept.code).toBe(0);
  expect(target.received[2]?.body.toString()).toBe(payload);
});

test('exports are valid HAR, mask secrets unless asked, and keep bytes in JSON lines', async () => {
  const listening = await cli.listen();
  const bytes = new Uint8Array([0xff, 0x00, 0xfe, 0x0a]);
  await fetch(`${listening.url}/a?token=CANARY-query`, {
    method: 'POST',
    body: bytes,
    headers: { Authorization: 'Bearer CANARY-bearer', 'X-Gitlab-Token': 'CANARY-token' },
  });
  await fetch(`${listening.url}/b`, {
    method: 'POST',
    body: '{"password":"CANARY-field"}',
    headers: { 'Content-Type': 'application/json' },
  });
  await listening.stop();

  const validate = harValidator();
  const path = join(cli.dataDir, '..', 'out.har');
  expect((await cli.run('export', '--format', 'har', '--out', path)).code).toBe(0);
  const har: unknown = JSON.parse(await readFile(path, 'utf8'));
  validate(har);
  expect(validate.errors).toBeNull();
  expect((har as { log: { entries: unknown[] } }).log.entries).toHaveLength(2);

  for (const format of ['har', 'curl', 'jsonl']) {
    const masked = await cli.run('export', '--format', format);
    expect(masked.stdout, format).not.toContain('CANARY');
    expect(masked.stdout, format).toContain('redacted:');
    const open = await cli.run('export', '--format', format, '--include-secrets');
    for (const canary of ['query', 'bearer', 'token', 'field'])
      expect(Buffer.from(open.stdout).toString(), format).toMatch(
        new RegExp(`CANARY-${canary}|Q0FOQVJZ|eyJwYXNzd29yZCI6IkNBTkFSWS1maWVsZCJ9`),
      );
  }
  const { stdout } = await cli.run('export', '--format', 'jsonl', '--include-secrets');
  const first = JSON.parse(stdout.split('\n')[0] ?? '') as { bodyBase64: string; sha256: string };
  expect(new Uint8Array(Buffer.from(first.bodyBase64, 'base64'))).toEqual(bytes);
});

test('captured control bytes never reach the terminal raw', async () => {
  const listening = await cli.listen();
  const evil = '\u001b]52;c;ZXZpbA==\u0007\u009b31mred\u202e';
  await fetch(`${listening.url}/x`, {
    method: 'POST',
    body: `{"type":${JSON.stringify(evil)},"raw":"${evil}"}`,
    headers: { 'X-Webhook-Signature': 'aa', 'X-Webhook-Event': 'a' },
  });
  const { id } = await listening.line((line) => line['type'] === 'request');
  await listening.stop();
  for (const args of [['requests'], ['show', String(id)], ['requests', '--json'], ['show', String(id), '--json']]) {
    const { stdout } = await cli.run(...args);
    expect(stdout, args.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

test('a secret left by a run that was killed is gone after the next one', async () => {
  const body = await cli.file('body.json', '{}');
  target.status = 500;
  const args = ['--provider', 'stripe', '--secret', secret, '--body', body, '--schedule', 'classic', '--speed', '1000'];
  await cli.run('send', '--to', target.url, ...args, '--enqueue-only');
  const secretsFile = join(cli.dataDir, 'secrets.json');
  const orphan = await readFile(secretsFile, 'utf8');
  expect(orphan).toContain(secret);
  target.status = 200;
  expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
  expect(await readFile(secretsFile, 'utf8')).not.toContain(secret);
  // The state that a kill between the delivery and the clean-up leaves behind.
  await writeFile(secretsFile, orphan);
  expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
  expect(await readFile(secretsFile, 'utf8')).not.toContain(secret);
});

test('an export follows a link to its file and leaves the link', async () => {
  const listening = await cli.listen();
  await fetch(listening.url, { method: 'POST', body: 'x' });
  await listening.stop();
  const real = await cli.file('real.jsonl', 'old');
  const link = `${real}.link`;
  await symlink(real, link);
  expect((await cli.run('export', '--format', 'jsonl', '--out', link)).code).toBe(0);
  expect(await readlink(link)).toBe(real);
  expect(await readFile(real, 'utf8')).toContain('"type":"request"');
});

test('a send whose reader went away is made all the same', async () => {
  const body = await cli.file('body.json', '{}');
  const script = `${process.execPath} out/main/cli.js send --to ${target.url} --body ${body} --json | true`;
  await promisify(execFile)('sh', ['-c', script], { env: { ...process.env, HOOKBENCH_DATA_DIR: cli.dataDir } });
  await vi.waitFor(() => expect(target.received).toHaveLength(1));
  await vi.waitFor(async () => expect(await readdir(cli.dataDir)).not.toContain('lock'));
  expect((await cli.run('deliveries', '--json')).lines).toMatchObject([{ state: 'delivered' }]);
});

test('output that cannot be written is a failure: exit 3', async () => {
  await (await cli.listen()).stop();
  const body = await cli.file('body.json', '{}');
  const script = `${process.execPath} out/main/cli.js sign --provider stripe --secret x --body ${body} > /dev/full`;
  await expect(promisify(execFile)('sh', ['-c', script])).rejects.toMatchObject({ code: 3 });
});
