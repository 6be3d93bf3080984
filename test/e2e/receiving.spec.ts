// Receiving like a real endpoint in the real app, by accessible names only: one test per numbered item of the plan, with
// real requests to the receiver's port. Each new screen is judged by axe on the way.

import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { headerValue } from '../../src/shared/headers.ts';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { startTarget } from '../support/target-server.ts';
import type { TargetServer } from '../support/target-server.ts';

let running: RunningApp;
let page: Page;
let axe: string;
let folder: string;
const faults: string[] = [];

test.beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'hookbench-receiving-'));
  running = await launchApp();
  page = running.page;
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  await page
    .getByRole('region', { name: 'Secret storage' })
    .getByRole('button', { name: /this run/ })
    .click();
});
test.afterAll(async () => {
  await running?.close();
  await rm(folder, { recursive: true, force: true });
});
test.describe.configure({ mode: 'serial' });

const view = (name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();
const form = (name: string) => page.getByRole('form', { name, exact: true });
const endpoint = () => form('Endpoint');
const details = () => page.getByRole('region', { name: 'Request details' });
const rows = () => page.getByRole('grid', { name: 'Requests' }).getByRole('row');

/** Reports of earlier actions would cover what comes next. */
async function dismissToasts(): Promise<void> {
  const dismiss = page.getByRole('alert').getByRole('button', { name: 'Dismiss' });
  await expect(async () => {
    // One that goes by itself meanwhile is as good as dismissed.
    if ((await dismiss.count()) > 0) await dismiss.first().click({ timeout: 1_000 });
    await expect(dismiss).toHaveCount(0, { timeout: 100 });
  }).toPass({ timeout: 20_000 });
}

/** What axe finds serious or critical, in both themes. */
async function expectNothingSerious(screen: string): Promise<void> {
  await page.evaluate(axe);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
    const bad = results.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
      );
    expect(bad, `${screen}, ${colorScheme}`).toEqual([]);
  }
}

/** Opens the form of a new endpoint with this name; its path is `/in/` and the name. */
async function addEndpoint(name: string): Promise<void> {
  await page.getByRole('link', { name: 'Add endpoint' }).click();
  await endpoint().getByRole('textbox', { name: 'Name', exact: true }).fill(name);
}

async function addSecret(name: string, value: string): Promise<void> {
  await page.getByLabel('New secret’s name').fill(name);
  await page.getByLabel('New secret’s value').fill(value);
}

async function save(what = 'Endpoint'): Promise<void> {
  await form(what).getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(`${what} saved`).first()).toBeVisible();
  await dismissToasts();
}

/** Opens or closes a folded part. */
async function unfold(within: Locator, title: string): Promise<Locator> {
  const part = within.getByRole('group', { name: title, exact: true });
  await part.locator('summary').first().click();
  return part;
}

/** What came back, or what became of the connection. */
interface Answer {
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly error: string | null;
}

/** One request over a socket of its own, so that a broken connection breaks nothing else. */
function send(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<Answer>((resolve) => {
    const sent = httpRequest(
      `${running.url}${path}`,
      { method: options.method ?? 'POST', headers: options.headers ?? {}, agent: false },
      (response) => {
        let body = '';
        const end = (error: string | null) =>
          resolve({ status: response.statusCode ?? null, headers: response.headers, body, error });
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => end(null));
        response.on('error', (error) => end(error.message));
      },
    );
    sent.on('error', (error) => resolve({ status: null, headers: {}, body: '', error: error.message }));
    sent.end(options.body ?? '{}');
  });
}

const json = (value: unknown) => ({
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

/** Headers of the `generic` scheme for a body. */
function signed(secret: string, body: string, id: string): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'X-Webhook-Timestamp': new Date().toISOString(),
    'X-Webhook-Delivery': id,
    'X-Webhook-Event': 'order.created',
    'X-Webhook-Signature': createHmac('sha256', secret).update(body).digest('hex'),
  };
}

/** Opens the newest request. */
async function openNewest(name: RegExp): Promise<void> {
  await view('Inbox');
  await rows().filter({ hasText: name }).first().click();
}

async function openTab(name: string): Promise<void> {
  await details()
    .getByRole('tab', { name: new RegExp(`^${name}`) })
    .click();
}

async function setCatchAll(on: boolean): Promise<void> {
  await view('Everything else');
  await endpoint().getByRole('switch', { name: 'Take requests that no endpoint takes' }).setChecked(on);
  await save();
}

test('@receiving 1: endpoints on one port, strict or not, with a path that cannot be guessed', async () => {
  await addEndpoint('Shop');
  await expect(endpoint().getByRole('textbox', { name: 'Path' })).toHaveValue('/in/shop');
  await endpoint().getByRole('button', { name: 'Random path' }).click();
  await expect(endpoint().getByRole('textbox', { name: 'Path' })).toHaveValue(/^\/in\/[A-Za-z0-9_-]{22}$/);
  const path = await endpoint().getByRole('textbox', { name: 'Path' }).inputValue();
  await endpoint().getByRole('radio', { name: 'Strict' }).check();
  await endpoint().getByRole('combobox', { name: 'Provider' }).selectOption('generic');
  await addSecret('shop secret', 'shop-secret-e2e');
  await expectNothingSerious('new endpoint');
  await save();

  const body = '{"a":1}';
  expect((await send(path, { body, headers: signed('shop-secret-e2e', body, 'd-1') })).status).toBe(200);
  expect((await send(path, { body, headers: signed('another-secret', body, 'd-2') })).status).toBe(401);
  expect((await send(path, { body })).status).toBe(401);

  // A request in flight is answered as it was promised, whatever becomes of its endpoint meanwhile.
  await endpoint().getByRole('radio', { name: 'Capture' }).check();
  await endpoint().getByRole('spinbutton', { name: 'Delay' }).fill('1500');
  await save();
  const slow = send(path, { body: '{"b":2}' });
  await expect(page.getByRole('link', { name: 'Inbox', exact: true })).toHaveAttribute('title', /4 requests/);
  await endpoint().getByRole('spinbutton', { name: 'Delay' }).fill('0');
  await endpoint().getByRole('spinbutton', { name: 'Status' }).fill('202');
  await save();
  expect((await slow).status).toBe(200);
  expect((await send(path, { body: '{"b":3}' })).status).toBe(202);

  // What is wrong stands beside its field, and nothing is saved.
  await endpoint().getByRole('textbox', { name: 'Path' }).fill('no slash');
  await endpoint().getByRole('button', { name: 'Save', exact: true }).click();
  await expect(endpoint().getByText('must start with / and hold no blank')).toBeVisible();
  expect((await send(path)).status).toBe(202);

  await setCatchAll(false);
  expect((await send('/nowhere')).status).toBe(404);
  await view('Inbox');
  await page.getByRole('button', { name: /refused/ }).click();
  await expect(page.getByRole('dialog', { name: /refused/ })).toContainText('No endpoint takes this path');
  await page.keyboard.press('Escape');
  await setCatchAll(true);
  expect((await send('/nowhere')).status).toBe(200);
});

test('@receiving 2: replies fixed, by rule, in turn and by chance, late and broken', async () => {
  await addEndpoint('Replies');
  const path = '/in/replies';
  await endpoint().getByRole('textbox', { name: 'Reply body' }).fill('{"event":"');
  await endpoint().getByRole('button', { name: '{{body.JSON.PATH}}' }).click();
  await endpoint().getByRole('textbox', { name: 'Reply body' }).fill('{"got":"{{body.order.id}}","by":"{{method}}"}');
  const rules = await unfold(endpoint(), 'Rules');
  await rules.getByRole('button', { name: 'Add rule' }).click();
  const first = rules.getByRole('group', { name: 'Rule 1', exact: true });
  await first.getByRole('textbox', { name: 'Rule name' }).fill('Maintenance');
  await first.getByRole('combobox', { name: 'Condition 1 field' }).selectOption('header');
  await first.getByRole('textbox', { name: 'Condition 1 value' }).fill('yes');
  await first.getByRole('spinbutton', { name: 'Status' }).fill('418');

  // The header of the condition has no name yet: the message stands there, and the rule is open.
  await endpoint().getByRole('button', { name: 'Save', exact: true }).click();
  await expect(first.getByText('must name the header')).toBeInViewport();
  expect(await page.evaluate('document.scrollingElement.scrollTop')).toBe(0);
  await first.getByRole('textbox', { name: 'Condition 1 name' }).fill('X-Maintenance');
  await rules.getByRole('button', { name: 'Duplicate rule 1' }).click();
  const second = rules.getByRole('group', { name: 'Rule 2', exact: true });
  await second.getByRole('textbox', { name: 'Rule name' }).fill('Resets');
  await second.getByRole('textbox', { name: 'Condition 1 name' }).fill('X-Reset');
  await second.getByRole('combobox', { name: 'Fault' }).selectOption('reset');
  await second.getByRole('textbox', { name: 'Rule name' }).press('Alt+ArrowUp');
  await expect(rules.getByRole('list', { name: 'Rules' }).getByRole('listitem').first()).toContainText('Resets');
  await rules.getByRole('button', { name: 'Remove rule 1' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rules.getByRole('list', { name: 'Rules' }).getByRole('listitem')).toHaveCount(2);
  await expectNothingSerious('rules');
  await save();

  const plain = await send(path, json({ order: { id: 'A7' } }));
  expect([plain.status, plain.body]).toEqual([200, '{"got":"A7","by":"POST"}']);
  expect((await send(path, { headers: { 'X-Maintenance': 'yes' } })).status).toBe(418);
  await openNewest(/replies/);
  await openTab('Reply');
  await expect(details().getByRole('tabpanel')).toContainText('a rule of Replies');
  await expect(details().getByRole('tabpanel')).toContainText('Maintenance');
  await expectNothingSerious('reply by a rule');
  expect((await send(path, { headers: { 'X-Reset': 'yes' }, body: '{"r":1}' })).error).toMatch(/ECONNRESET|hang up/);
  await expect(rows().first()).toContainText('no answer');
  await openNewest(/replies/);
  await openTab('Reply');
  await expect(details().getByRole('tabpanel')).toContainText('no answer');

  await view('Replies');
  const turns = await unfold(endpoint(), 'Answer in turn');
  for (const [index, status] of [500, 500, 200].entries()) {
    await turns.getByRole('button', { name: 'Add answer' }).click();
    const answer = turns.getByRole('group', { name: `Answer ${index + 1}`, exact: true });
    await answer.getByRole('spinbutton', { name: 'Status' }).fill(String(status));
  }
  await expect(turns).toContainText('500, 500, 200, then 200 for good');
  await save();
  const statuses: (number | null)[] = [];
  for (let n = 0; n < 4; n += 1) statuses.push((await send(path, json({ n }))).status);
  expect(statuses).toEqual([500, 500, 200, 200]);

  const chance = await unfold(endpoint(), 'By chance');
  await chance.getByRole('button', { name: 'Add share' }).click();
  await chance.getByRole('spinbutton', { name: 'Percent' }).fill('100');
  await chance.getByRole('spinbutton', { name: 'Delay' }).fill('300');
  await save();
  const before = performance.now();
  expect((await send(path, json({ n: 9 }))).status).toBe(503);
  expect(performance.now() - before).toBeGreaterThanOrEqual(300);
});

test('@receiving 3: handshakes are answered, and what needs a person waits for a click', async () => {
  await addEndpoint('Slack');
  await endpoint().getByRole('combobox', { name: 'Provider' }).selectOption('slack');
  await addSecret('slack e2e', 'slack-signing-secret-e2e');
  await save();
  const body = JSON.stringify({ token: 'x', challenge: 'c-123', type: 'url_verification' });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const mac = createHmac('sha256', 'slack-signing-secret-e2e').update(`v0:${timestamp}:${body}`).digest('hex');
  const slack = await send('/in/slack', {
    body,
    headers: {
      'Content-Type': 'application/json',
      'X-Slack-Request-Timestamp': timestamp,
      'X-Slack-Signature': `v0=${mac}`,
    },
  });
  expect(slack.status).toBe(200);
  expect(slack.body).toContain('c-123');
  await openNewest(/slack/);
  await openTab('Reply');
  await expect(details().getByRole('tabpanel')).toContainText('the provider’s handshake of Slack');

  await addEndpoint('Asana');
  await endpoint().getByRole('combobox', { name: 'Provider' }).selectOption('asana');
  await save();
  const hello = await send('/in/asana', { headers: { 'X-Hook-Secret': 'asana-hook-secret-e2e' }, body: '' });
  expect([hello.status, hello.headers['x-hook-secret']]).toEqual([200, 'asana-hook-secret-e2e']);
  await openNewest(/asana/);
  const bar = details().getByRole('region', { name: 'Secret of the handshake' });
  await expectNothingSerious('Asana handshake');
  await bar.getByRole('button', { name: 'Keep secret' }).click();
  await expect(bar).toContainText('The endpoint uses it from now on');
  const events = '{"events":[]}';
  await send('/in/asana', {
    body: events,
    headers: { 'X-Hook-Signature': createHmac('sha256', 'asana-hook-secret-e2e').update(events).digest('hex') },
  });
  await expect(rows().first()).toHaveAccessibleName(/asana.*, valid/);

  const subscribe = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=made-up-token';
  const sns = await send('/in/sns', {
    headers: { 'Content-Type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'SubscriptionConfirmation' },
    body: JSON.stringify({
      Type: 'SubscriptionConfirmation',
      MessageId: '00000000-0000-4000-8000-000000000001',
      Token: 'made-up-token',
      TopicArn: 'arn:aws:sns:eu-west-1:000000000000:made-up',
      Message: 'Confirm',
      SubscribeURL: subscribe,
      Timestamp: new Date().toISOString(),
      SignatureVersion: '2',
      Signature: 'AAAA',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/made-up.pem',
    }),
  });
  expect(sns.status).toBe(200);
  await openNewest(/sns/);
  const consent = details().getByRole('region', { name: 'Confirmation' });
  await expect(consent).toContainText('waits for a confirmation');
  await expect(consent).toContainText(subscribe);
  await expect(consent.getByRole('button', { name: 'Confirm', exact: true })).toBeEnabled();
  await expectNothingSerious('SNS confirmation');
});

test('@receiving 4: only those who may, only so often, and web pages are marked', async () => {
  await addEndpoint('Guarded');
  const path = '/in/guarded';
  const access = await unfold(endpoint(), 'Access');
  const networks = access.getByRole('textbox', { name: 'Networks that may send' });
  await networks.fill('203.0.113.0/40');
  await endpoint().getByRole('button', { name: 'Save', exact: true }).click();
  await expect(access.getByText('“203.0.113.0/40” must be an address or a network')).toBeInViewport();
  await networks.fill('');
  await networks.focus();
  await page.evaluate(pasteIntoFocus('{"hooks":["192.30.252.0/22","2a0a:a440::/29"]}'));
  await expect(networks).toHaveValue('192.30.252.0/22\n2a0a:a440::/29');
  await expectNothingSerious('access');
  await save();
  expect((await send(path)).status).toBe(403);
  await unfold(endpoint(), 'Access');
  await networks.fill('127.0.0.0/8\n::1');
  await access.getByRole('combobox', { name: 'Rate of one sender' }).selectOption('own');
  await access.getByRole('spinbutton', { name: 'Requests' }).fill('1');
  await access.getByRole('spinbutton', { name: 'Per seconds' }).fill('600');
  await access.getByRole('spinbutton', { name: 'At once' }).fill('1');
  await save();
  expect((await send(path, { body: '{"n":1}' })).status).toBe(200);
  const limited = await send(path, { body: '{"n":2}' });
  expect([limited.status, Number(limited.headers['retry-after']) > 0]).toEqual([429, true]);
  await view('Inbox');
  await page.getByRole('button', { name: /refused/ }).click();
  const refused = page.getByRole('dialog', { name: /refused/ });
  await expect(refused).toContainText('Address not allowed');
  await expect(refused).toContainText('Too many requests in a short time');
  await page.keyboard.press('Escape');

  await send('/in/page', { headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' } });
  await expect(rows().first()).toContainText('web page');
  await openNewest(/in\/page/);
  await expect(details().getByRole('note', { name: /^Web page/ })).toBeVisible();
});

/** Code for the window that pastes a text as a person does: the clipboard itself is closed to pages. */
function pasteIntoFocus(text: string): string {
  return `{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', ${JSON.stringify(text)});
    document.activeElement.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }`;
}

test('@receiving 5: forwards to local apps: the app’s own answer, copies, and its health', async () => {
  const app = await startTarget();
  const other = await startTarget();
  app.status = 202;
  await addEndpoint('Forwarded');
  const path = '/in/forwarded';
  await addForward(1, `${app.url}/hook`);
  await addForward(2, `${other.url}/copy`);
  const copy = endpoint().getByRole('group', { name: 'Forward 2', exact: true });
  await expect(copy.getByRole('radio', { name: 'Copy' })).toBeChecked();
  await save();
  await expectNothingSerious('forwards');

  const answer = await send(`${path}?a=1`, { ...json({ n: 1 }), method: 'PUT' });
  expect([answer.status, answer.body]).toEqual([202, 'ok']);
  expect(seen(app)).toEqual([['PUT', '/hook?a=1', '{"n":1}']]);
  expect(headerValue(app.received[0]?.headers ?? [], 'X-Forwarded-Host')).toBe(new URL(running.url).host);
  await expect.poll(() => seen(other)).toEqual([['PUT', '/copy?a=1', '{"n":1}']]);
  await expect(endpoint().getByRole('list', { name: 'Forwards' }).getByRole('listitem').first()).toContainText('up');

  await openNewest(/forwarded/);
  await openTab('Reply');
  const results = details().getByRole('list', { name: 'Forwards' });
  await expect(results.getByRole('listitem')).toHaveCount(2);
  await expect(results).toContainText('202');
  await expect(details().getByRole('tabpanel')).toContainText('the app behind a forward of Forwarded');
  await expectNothingSerious('forward results');
  await results.getByRole('link', { name: 'Show the delivery' }).click();
  await expect(page.getByRole('grid', { name: 'Attempts' })).toBeVisible();

  await app.close();
  expect((await send(path, json({ n: 2 }))).status).toBe(502);
  await view('Forwarded');
  const list = endpoint().getByRole('list', { name: 'Forwards' });
  await expect(list.getByRole('listitem').first()).toContainText(/down since \d\d:\d\d/);
  await other.close();
});

async function addForward(n: number, url: string): Promise<void> {
  await endpoint().getByRole('button', { name: 'Add forward' }).click();
  const forward = endpoint().getByRole('group', { name: `Forward ${n}`, exact: true });
  await forward.getByRole('textbox', { name: 'Address of the app' }).fill(url);
}

const seen = (target: TargetServer) =>
  target.received.map(({ method, target: path, body }) => [method, path, body.toString()]);

/** A tunnel as small as can be: says its address and pipes what comes there to the port it is given. */
const tunnelProgram = `
import { connect, createServer } from 'node:net';
const server = createServer((outside) => {
  const inside = connect(Number(process.argv[2]), '127.0.0.1');
  outside.pipe(inside).pipe(outside);
  const end = () => (outside.destroy(), inside.destroy());
  outside.on('error', end);
  inside.on('error', end);
});
server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () =>
  console.log('open at http://127.0.0.1:' + server.address().port + '/'),
);
process.on('SIGTERM', () => process.exit(0));
`;

test('@receiving 6: a tunnel is opened, proved, and told where it stands', async () => {
  const program = join(folder, 'tunnel.mjs');
  await writeFile(program, tunnelProgram);
  await addEndpoint('Tunnelled');
  await save();
  await page.getByRole('link', { name: 'Add tunnel' }).click();
  await expectNothingSerious('new tunnel');
  const tunnel = form('Tunnel');
  await tunnel.getByRole('radio', { name: 'Own command' }).check();
  await tunnel.getByRole('textbox', { name: 'Name', exact: true }).fill('Loop');
  await tunnel.getByRole('textbox', { name: 'Command' }).fill('no-such-program-e2e {port}');
  await tunnel.getByRole('textbox', { name: 'Address holds' }).fill('127.0.0.1');
  await tunnel.getByRole('button', { name: 'Save and start' }).click();
  await expect(tunnel.getByRole('alert')).toContainText('no-such-program-e2e');
  const bar = page.getByRole('status', { name: 'Tunnel', exact: true });
  await expect(bar).toContainText('Tunnel failed');
  await expectNothingSerious('failed tunnel');

  const port = await freePort();
  await tunnel.getByRole('textbox', { name: 'Command' }).fill(`"${process.execPath}" "${program}" {port} ${port}`);
  await save('Tunnel');
  await startAgain(tunnel);
  await expect(tunnel.getByRole('status', { name: 'Tunnel state' })).toContainText(`Up`);
  await expect(tunnel.getByRole('status', { name: 'Probe' })).toContainText('came through unchanged');
  await tunnel.getByRole('button', { name: 'Probe now' }).click();
  await expect(bar).toContainText(`http://127.0.0.1:${port}`);
  const addresses = tunnel.getByRole('table', { name: 'Public addresses' });
  await expect(addresses).toContainText(`http://127.0.0.1:${port}/in/tunnelled`);
  const log = await unfold(tunnel, 'Log');
  await expect(log.getByRole('log')).toContainText('open at');
  await expectNothingSerious('open tunnel');

  const came = await fetch(`http://127.0.0.1:${port}/in/through`, { method: 'POST', body: '{"through":"tunnel"}' });
  expect(came.status).toBe(200);
  await openNewest(/in\/through/);
  await expect(details().getByRole('heading', { level: 1 })).toContainText('/in/through');
  await page.getByRole('link', { name: 'Add endpoint' }).click();
  await expect(endpoint()).toContainText('Nobody guesses it');
  await endpoint().getByRole('textbox', { name: 'Name', exact: true }).fill('Outside');
  await expect(endpoint()).toContainText(`http://127.0.0.1:${port}/in/outside`);

  // Another address: what was registered with providers must be registered anew.
  await view('Loop');
  const elsewhere = await freePort();
  await tunnel.getByRole('textbox', { name: 'Command' }).fill(`"${process.execPath}" "${program}" {port} ${elsewhere}`);
  await save('Tunnel');
  const moved = tunnel.getByRole('region', { name: 'Moved address' });
  await expect(moved).toContainText(`http://127.0.0.1:${port}`);
  await expect(moved.getByRole('list', { name: 'Register anew' })).toContainText(`${elsewhere}/in/tunnelled`);
  await expectNothingSerious('moved tunnel');
  await moved.getByRole('button', { name: 'Registered' }).click();
  await expect(moved).toBeHidden();
  await tunnel.getByRole('button', { name: 'Stop' }).click();
  await expect(bar).toContainText('Tunnel stopped');
});

/** A tunnel that failed does not start by being saved everywhere: the button is there for it. */
async function startAgain(tunnel: Locator): Promise<void> {
  const start = tunnel.getByRole('button', { name: 'Start', exact: true });
  if (await start.isVisible()) await start.click();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

test('@receiving 7: the oldest requests go, pinned ones stay with their note', async () => {
  await send('/in/keep-me', json({ keep: true }));
  await openNewest(/keep-me/);
  await details().getByRole('button', { name: 'Pin' }).click();
  await expect(details().getByRole('button', { name: 'Pin' })).toHaveAttribute('aria-pressed', 'true');
  await details().getByRole('button', { name: 'Note' }).click();
  await page.getByRole('textbox', { name: 'Note on this request' }).fill('the one with the bug');
  await expectNothingSerious('note');
  await page.getByRole('button', { name: 'Save note' }).click();
  await expect(details().getByRole('note', { name: 'Note' })).toContainText('the one with the bug');
  await expect(rows().first()).toHaveAccessibleName(/keep-me.*, pinned/);

  for (let n = 0; n < 6; n += 1) await send('/in/many', json({ n }));
  await view('Settings');
  await page.getByRole('spinbutton', { name: 'Requests' }).fill('3');
  await expectNothingSerious('settings');
  await page.getByRole('spinbutton', { name: 'Requests' }).press('Enter');
  await view('Inbox');
  await expect(rows().filter({ hasText: 'keep-me' })).toHaveCount(1);
  await expect.poll(() => rows().count(), { timeout: 30_000 }).toBeLessThanOrEqual(4);
  await expect(rows().filter({ hasText: 'keep-me' })).toHaveCount(1);
});

test('@receiving the window never failed on the way', () => {
  expect(faults).toEqual([]);
});
