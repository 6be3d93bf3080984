// What the running command line knows of schemes and causes: `listen` with own schemes and a public address, the cause
// of a failed request printed behind it, and `show` that finds it again or for the first time.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Stripe from 'stripe';
import twilio from 'twilio';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newCustomScheme } from '../../../src/shared/custom-scheme.ts';
import { headerValue } from '../../../src/shared/headers.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import { systemClock } from '../../../src/main/system.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, Listening } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';

let cli: Cli;
beforeEach(async () => {
  cli = await createCli();
});
afterEach(() => cli.dispose());

const secret = 'whsec_test_of_the_command_line';
const payload = '{"id":"evt_1","type":"invoice.paid"}';
const stripe = new Stripe('sk_test_not_a_key');

/** Sends a request of Stripe whose body lost its last newline on the way, and gives the printed line. */
async function sendWithoutNewline(listening: Listening, key = secret): Promise<Record<string, unknown>> {
  const header = stripe.webhooks.generateTestHeaderString({ payload: `${payload}\n`, secret: key });
  const headers = { 'Content-Type': 'application/json', 'Stripe-Signature': header };
  await fetch(listening.url, { method: 'POST', body: payload, headers });
  return listening.line((line) => line['type'] === 'request');
}

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}
const diagnosisOf = (line: Record<string, unknown> | undefined) =>
  ((line?.['verdict'] as { diagnosis?: unknown } | undefined)?.diagnosis ?? []) as readonly Finding[];

const noCause = expect.not.stringMatching(/cause:/) as string;

async function writeWorkspace(workspace: { endpoints?: readonly Endpoint[]; schemes?: readonly unknown[] }) {
  await cli.document('workspace.json', { endpoints: [], targets: [], schemes: [], ...workspace });
}

async function writeSecret(name: string, value: string, provider: string | null) {
  const entry = { storage: 'file', name, value, provider, oneOff: false };
  await cli.document('secrets.json', { secrets: [entry] });
}

test('the cause of a failed request follows it, is stored, and holds no secret', async () => {
  const listening = await cli.listen('--provider', 'stripe', '--secret', secret);
  const request = await sendWithoutNewline(listening);
  expect(request).toMatchObject({ verdict: { status: 'invalid', diagnosis: [] } });
  const line = await listening.line((other) => other['type'] === 'diagnosis');
  expect(line).toEqual({
    type: 'diagnosis',
    id: request['id'],
    findings: [{ code: 'body-newline', message: expect.any(String) as string, mend: expect.any(String) as string }],
  });
  expect(JSON.stringify(line)).not.toContain(secret);
  expect(await listening.stop()).toBe(0);

  const id = String(request['id']);
  const shown = await cli.run('show', id, '--json');
  expect(diagnosisOf(shown.lines[0])).toEqual(line['findings']);
  const human = await cli.run('show', id);
  expect(human.stdout).toMatch(/\n {10}cause: body-newline {2}\S.*\n {17}\S/);
  // The line of the list carries it as well.
  expect(diagnosisOf((await cli.run('requests', '--json')).lines[0])).toEqual(line['findings']);
});

test('a valid request has no cause', async () => {
  const listening = await cli.listen('--provider', 'stripe', '--secret', secret);
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
  await fetch(listening.url, { method: 'POST', body: payload, headers: { 'Stripe-Signature': header } });
  const { id } = await listening.line((line) => line['type'] === 'request');
  await listening.stop();
  expect((await cli.run('show', String(id))).stdout).toEqual(noCause);
});

/** Takes the stored causes away, as if the program had been killed before they were found. */
async function forgetCauses(id: string): Promise<void> {
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const history = openHistory({ dir: cli.dataDir, clock: systemClock, logger });
  history.noteDiagnosis(id, []);
  await history.close();
}

test('`show` finds a cause that was never stored, with the secrets of the data folder', async () => {
  const endpoint = { ...defaultEndpoint, provider: 'stripe', secretNames: ['Stripe test'] };
  await writeWorkspace({ endpoints: [endpoint] });
  await writeSecret('Stripe test', secret, 'stripe');
  const listening = await cli.listen();
  const { id } = await sendWithoutNewline(listening);
  await listening.line((line) => line['type'] === 'diagnosis');
  await listening.stop();
  await forgetCauses(String(id));
  const before = await readFile(join(cli.dataDir, 'history.sqlite'));
  const shown = await cli.run('show', String(id), '--json');
  expect(diagnosisOf(shown.lines[0]).map(({ code }) => code)).toEqual(['body-newline']);
  expect(await readFile(join(cli.dataDir, 'history.sqlite')), 'reading writes nothing').toEqual(before);
});

test('without the secret that judged it, `show` does not claim that nothing fits', async () => {
  const listening = await cli.listen('--provider', 'stripe', '--secret', secret);
  const { id } = await sendWithoutNewline(listening);
  await listening.line((line) => line['type'] === 'diagnosis');
  await listening.stop();
  await forgetCauses(String(id));
  expect((await cli.run('show', String(id))).stdout).toEqual(noCause);
});

test('`show` names another endpoint’s secret that fits', async () => {
  const own = { ...defaultEndpoint, provider: 'stripe', secretNames: ['Mine'] };
  const other = { ...defaultEndpoint, id: 'shop', name: 'Shop', path: '/shop', secretNames: ['Shop secret'] };
  await writeWorkspace({ endpoints: [own, other] });
  const entries = [
    { storage: 'file', name: 'Mine', value: 'whsec_another', provider: 'stripe', oneOff: false },
    { storage: 'file', name: 'Shop secret', value: secret, provider: 'stripe', oneOff: false },
  ];
  await cli.document('secrets.json', { secrets: entries });
  const listening = await cli.listen();
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
  await fetch(listening.url, { method: 'POST', body: payload, headers: { 'Stripe-Signature': header } });
  const { id } = await listening.line((line) => line['type'] === 'request');
  await listening.line((line) => line['type'] === 'diagnosis');
  await listening.stop();
  await forgetCauses(String(id));
  const [finding] = diagnosisOf((await cli.run('show', String(id), '--json')).lines[0]);
  expect(finding).toMatchObject({
    code: 'other-endpoint-secret',
    message: expect.stringContaining('Shop') as string,
  });
});

test('a public address decides schemes that sign the URL', async () => {
  const token = 'obviously-fake-auth-token';
  const fields = { To: '+15005550001', From: '+15005550006' };
  const signature = twilio.getExpectedTwilioSignature(token, 'https://tunnel.example/sms?x=1', fields);
  const post = async (listening: Listening) => {
    const headers = { 'X-Twilio-Signature': signature };
    await fetch(`${listening.url}/sms?x=1`, { method: 'POST', body: new URLSearchParams(fields), headers });
    return listening.line((line) => line['type'] === 'request');
  };
  const args = ['--provider', 'twilio', '--secret', token];
  const bare = await cli.listen(...args);
  expect(await post(bare)).toMatchObject({ verdict: { status: 'invalid' } });
  await bare.stop();
  const known = await cli.listen(...args, '--public-url', 'https://tunnel.example');
  expect(await post(known)).toMatchObject({ verdict: { status: 'valid' } });
  await known.stop();
});

const scheme = { ...newCustomScheme, id: 'custom-acme', name: 'Acme', signatureHeader: 'X-Acme-Signature' };
const acmeMac = (body: string) => createHmac('sha256', 'acme-key').update(body).digest('hex');

test('an own scheme of the data folder judges what arrives', async () => {
  await writeWorkspace({ schemes: [scheme] });
  const listening = await cli.listen('--provider', 'custom-acme', '--secret', 'acme-key');
  await fetch(listening.url, { method: 'POST', body: payload, headers: { 'X-Acme-Signature': acmeMac(payload) } });
  const line = await listening.line((other) => other['type'] === 'request');
  expect(line).toMatchObject({ provider: 'custom-acme', verdict: { status: 'valid' } });
  await listening.stop();
});

test('an own scheme of the data folder signs what is sent, now and from the queue', async () => {
  await writeWorkspace({ schemes: [scheme] });
  const target = await startTarget();
  try {
    const body = await cli.file('body.json', payload);
    const args = ['--provider', 'custom-acme', '--secret', 'acme-key', '--speed', '1000'];
    target.status = 503;
    expect((await cli.run('send', '--to', target.url, ...args, '--body', body)).code).toBe(0);
    target.status = 200;
    expect((await cli.run('run-queue', '--until-empty')).code).toBe(0);
    expect((await cli.run('send', '--to', target.url, ...args, '--sample', 'test.event')).code).toBe(0);
    expect(target.received).toHaveLength(3);
    for (const request of target.received) {
      const mac = acmeMac(request.body.toString());
      expect(headerValue(request.headers, 'x-acme-signature')).toBe(mac);
    }
  } finally {
    await target.close();
  }
});

test.each([
  [['listen', '--port', '0', '--provider', 'custom-other'], /--provider.*custom-other.*custom-acme/],
  [['send', '--to', 'http://127.0.0.1:9/', '--provider', 'custom-other', '--sample', 'test.event'], /custom-acme/],
  [['listen', '--port', '0', '--public-url', 'tunnel.example'], /--public-url.*must start with http/],
  [['listen', '--port', '0', '--public-url', 'https://a b/'], /--public-url.*https:\/\/tunnel\.example/],
])('%j: exit 2 and the option is named', async (args, message) => {
  await writeWorkspace({ schemes: [scheme] });
  const result = await cli.run(...args);
  expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(message) as string]);
});
