// Sending like a provider in the real app, by accessible names only: one test per numbered item of the plan, against
// servers of this machine that answer as told. Each new screen is judged by axe on the way.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { headerValue } from '../../src/shared/headers.ts';
import { startExpressHandler } from '../fixtures/handlers/express.mjs';
import { startFastifyHandler } from '../fixtures/handlers/fastify.mjs';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { startTarget } from '../support/target-server.ts';
import type { TargetServer } from '../support/target-server.ts';

const handlerSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let running: RunningApp;
let page: Page;
let axe: string;
const faults: string[] = [];

test.beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
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
test.afterAll(() => running?.close());
test.describe.configure({ mode: 'serial' });

const view = (name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();
const form = (name: string) => page.getByRole('form', { name, exact: true });
const grid = (name: string) => page.getByRole('grid', { name, exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const rules = () => form('Target').getByRole('group', { name: 'Delivery rules' });

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

async function addTarget(name: string, url: string, events: string): Promise<void> {
  await page.getByRole('link', { name: 'Add target' }).click();
  await form('Target').getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await form('Target').getByRole('textbox', { name: 'URL' }).fill(url);
  await form('Target').getByRole('textbox', { name: 'Events' }).fill(events);
}

async function addSecret(name: string, value: string): Promise<void> {
  await page.getByLabel('New secret’s name').fill(name);
  await page.getByLabel('New secret’s value').fill(value);
}

async function saveTarget(): Promise<void> {
  await form('Target').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Target saved').first()).toBeVisible();
  await dismissToasts();
}

/** Opens Compose with everything that a send depends on set. */
async function compose(url: string, event = 'order.created', schedule = 'classic', speed = '1000'): Promise<void> {
  await view('Compose');
  const matching = form('Compose').getByRole('checkbox', { name: /Every active target/ });
  if (await matching.isVisible()) await matching.setChecked(false);
  await form('Compose').getByRole('combobox', { name: 'Provider' }).selectOption('generic');
  await form('Compose').getByRole('textbox', { name: 'URL' }).fill(url);
  await form('Compose').getByRole('textbox', { name: 'Event' }).fill(event);
  await form('Compose').getByRole('combobox', { name: 'Secret' }).fill('compose-secret');
  await page.keyboard.press('Escape');
  await form('Compose').getByRole('combobox', { name: 'Retry schedule' }).selectOption(schedule);
  await form('Compose').getByRole('spinbutton', { name: 'Speed' }).fill(speed);
}

const send = () => form('Compose').getByRole('button', { name: /^Send/ }).click();
const seen = (target: TargetServer, path: string) => target.received.filter((request) => request.target === path);

test('@sending 1 an event reaches every active target whose filter takes it', async () => {
  const target = await startTarget();
  await addTarget('Orders', `${target.url}/orders`, 'order.*');
  await addSecret('orders new', 'orders-secret-new');
  await saveTarget();
  await addSecret('orders newer', 'orders-secret-newer');
  await saveTarget();
  await expect(page.getByRole('list', { name: 'Secrets in use' }).getByRole('listitem')).toHaveText([
    /orders newer/,
    /orders new/,
  ]);

  await rules().getByText('Delivery rules').click();
  await rules().getByRole('spinbutton', { name: 'Total time-out' }).fill('5000');
  await rules().getByRole('spinbutton', { name: 'Attempts at once' }).fill('2');
  await rules().getByRole('spinbutton', { name: 'Rate' }).fill('50');
  await rules().getByRole('checkbox', { name: 'Strict order' }).check();
  await rules().getByRole('checkbox', { name: 'Allow link-local addresses' }).click();
  const question = page.getByRole('dialog', { name: 'Allow link-local addresses' });
  await expectNothingSerious('link-local question');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(rules().getByRole('checkbox', { name: 'Allow link-local addresses' })).not.toBeChecked();
  await rules().getByRole('checkbox', { name: 'Do not check certificates' }).check();
  await saveTarget();
  await expect(form('Target').getByText('Certificates are not checked.')).toBeVisible();
  await expectNothingSerious('target');
  await rules().getByRole('checkbox', { name: 'Do not check certificates' }).uncheck();
  await saveTarget();
  await expect(rules()).toContainText('4 rules of your own');

  await addTarget('Everything', `${target.url}/everything`, '*');
  await saveTarget();
  await addTarget('Refunds', `${target.url}/refunds`, 'refund.created');
  await saveTarget();
  await addTarget('Resting', `${target.url}/resting`, '*');
  await form('Target').getByRole('combobox', { name: 'State' }).selectOption('paused');
  await saveTarget();

  await compose('', 'order.created', 'classic');
  await form('Compose')
    .getByRole('checkbox', { name: /Every active target/ })
    .check();
  await expect(form('Compose').getByText('Now: Orders, Everything')).toBeVisible();
  await form('Compose').getByRole('combobox', { name: 'Secret' }).fill('');
  await page.keyboard.press('Escape');
  await send();
  await expect
    .poll(() => target.received.map((request) => request.target).toSorted())
    .toEqual(['/everything', '/orders']);
  await target.close();
});

test('@sending 2 a schedule runs on a fast clock, with own waits and simulated time', async () => {
  const target = await startTarget();
  target.status = 500;
  await compose(`${target.url}/fast`);
  await form('Compose').getByRole('combobox', { name: 'Provider' }).selectOption('standard-webhooks');
  await form('Compose').getByRole('combobox', { name: 'Secret' }).fill(handlerSecret);
  await page.keyboard.press('Escape');
  await form('Compose').getByRole('textbox', { name: 'Event' }).fill('order.created');
  await form('Compose').getByRole('button', { name: 'Own schedules' }).click();
  const dialog = page.getByRole('dialog', { name: 'Own schedules' });
  await dialog.getByRole('button', { name: 'New schedule' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Twice an hour');
  await dialog.getByRole('textbox', { name: 'Waits' }).fill('5s, soon');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText(/“soon” is no duration/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Waits' }).fill('30m, 30m');
  await expectNothingSerious('own schedule');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('list', { name: 'Own schedules' })).toContainText('3 attempts over 60 min');
  await page.keyboard.press('Escape');

  await form('Compose').getByRole('combobox', { name: 'Retry schedule' }).selectOption({ label: 'Twice an hour' });
  await form('Compose').getByRole('spinbutton', { name: 'Speed' }).fill('3600');
  await form('Compose')
    .getByRole('radiogroup', { name: 'Signed time' })
    .getByRole('radio', { name: 'Simulated' })
    .check();
  await expectNothingSerious('compose');
  await send();

  await view('Dead letters');
  await expect(grid('Dead letters').getByRole('row', { name: /order\.created.*3 failed/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Delivery log' })).toContainText('simulated time');
  await expect(page.getByRole('region', { name: /^Attempt 3/ })).toContainText('signed with the simulated time');
  await expect(page.getByRole('region', { name: /^Attempt 3/ })).toContainText('Total');
  const sent = seen(target, '/fast');
  const ids = new Set(sent.map(({ headers }) => headerValue(headers, 'webhook-id')));
  const [first = 0, second = 0, third = 0] = sent.map(({ headers }) =>
    Number(headerValue(headers, 'webhook-timestamp')),
  );
  expect([sent.length, ids.size]).toEqual([3, 1]);
  // Half an hour within jitter and what the attempts themselves took, an hour a second.
  for (const wait of [second - first, third - second]) {
    expect(wait).toBeGreaterThanOrEqual(27 * 60);
    expect(wait).toBeLessThan(3 * 3_600);
  }
  await target.close();
});

test('@sending 3 a target that answers 410 is parked, says why, and is resumed', async () => {
  const target = await startTarget();
  target.status = 410;
  await addTarget('Gone', `${target.url}/gone`, 'gone.*');
  await saveTarget();
  await compose('', 'gone.fishing', 'classic');
  await form('Compose').getByRole('checkbox', { name: 'Gone' }).check();
  await send();
  await view('Gone');
  const state = form('Target').getByRole('status', { name: 'Target state' });
  await expect(state).toContainText('Parked: it answered 410 Gone');
  await expectNothingSerious('parked target');
  await view('Deliveries');
  await expect(grid('Deliveries').getByRole('row', { name: /gone\.fishing.*parked/ })).toBeVisible();

  target.status = 200;
  await view('Gone');
  await state.getByRole('button', { name: 'Resume' }).click();
  await expect(state).toBeHidden();
  await view('Deliveries');
  await expect(grid('Deliveries').getByRole('row', { name: /gone\.fishing.*delivered/ })).toBeVisible();
  await view('Compose');
  await form('Compose').getByRole('checkbox', { name: 'Gone' }).uncheck();
  await dismissToasts();
  await target.close();
});

test('@sending 4 a dead letter is edited and queued again, deleted with undo, and redriven by filter', async () => {
  const target = await startTarget();
  target.status = 500;
  const dead = grid('Dead letters');
  for (const event of ['letter.edit', 'letter.delete', 'letter.keep']) {
    await compose(`${target.url}/${event}`, event);
    await send();
    await view('Dead letters');
    await expect(dead.getByRole('row', { name: new RegExp(event) })).toBeVisible();
  }
  await expectNothingSerious('dead letters');

  target.status = 200;
  await dead.getByRole('row', { name: /letter\.edit/ }).click();
  await button('Edit and requeue').click();
  const dialog = page.getByRole('dialog', { name: 'Edit and requeue' });
  await dialog.getByRole('textbox', { name: 'URL' }).fill(`${target.url}/edited`);
  await dialog.getByRole('textbox', { name: 'Body' }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('{"edited":true}');
  await expectNothingSerious('edit dialog');
  await dialog.getByRole('button', { name: 'Requeue' }).click();
  await expect.poll(() => seen(target, '/edited').map(({ body }) => body.toString())).toEqual(['{"edited":true}']);
  await view('Dead letters');
  await expect(dead.getByRole('row', { name: /letter\.edit/ })).toBeHidden();
  await dismissToasts();

  await dead.getByRole('row', { name: /letter\.delete/ }).click();
  await button('Delete').click();
  await expect(dead.getByRole('row', { name: /letter\.delete/ })).toBeHidden();
  await button('Undo').click();
  await expect(dead.getByRole('row', { name: /letter\.delete/ })).toBeVisible();
  await dead.getByRole('row', { name: /letter\.delete/ }).click();
  await button('Delete').click();
  // Closing the message is the end of the time for an undo.
  await dismissToasts();
  await expect(dead.getByRole('row', { name: /letter\.delete/ })).toBeHidden();
  await page.reload();
  await expect(dead.getByRole('row', { name: /letter\.keep/ })).toBeVisible();
  await expect(dead.getByRole('row', { name: /letter\.delete/ })).toBeHidden();

  const filter = page.getByRole('group', { name: 'Filter dead letters' });
  await filter.getByRole('combobox', { name: 'Event' }).selectOption('letter.keep');
  await expect(dead.getByRole('row', { name: /order\.created/ })).toBeHidden();
  await filter.getByRole('button', { name: 'Redrive matching' }).click();
  await expect.poll(() => seen(target, '/letter.keep').length).toBe(6);
  await expect(dead.getByRole('row', { name: /letter\.keep/ })).toBeHidden();
  await filter.getByRole('button', { name: 'Show all' }).click();
  await expect(dead.getByRole('row', { name: /order\.created/ })).toBeVisible();
  await dismissToasts();
  await target.close();
});

test('@sending 5 a right handler passes the check and a faulty one has its fault named, JUnit saved', async () => {
  test.setTimeout(240_000);
  const scheme = { scheme: 'standard-webhooks', secret: handlerSecret } as const;
  const right = await startFastifyHandler(scheme);
  const faulty = await startExpressHandler({ ...scheme, faults: ['not-idempotent'] });
  const summary = form('Handler check').getByRole('status', { name: 'Summary' });
  await view('Handler check');
  await expectNothingSerious('handler check, empty');
  await button('Run').click();
  await expect(form('Handler check').getByText(/Give the handler’s URL/)).toBeVisible();

  const check = async (url: string, countUrl: string): Promise<void> => {
    await form('Handler check').getByRole('textbox', { name: 'URL', exact: true }).fill(url);
    await form('Handler check').getByRole('combobox', { name: 'Provider' }).selectOption('standard-webhooks');
    await form('Handler check').getByRole('combobox', { name: 'Secret' }).fill(handlerSecret);
    await page.keyboard.press('Escape');
    await form('Handler check').getByRole('combobox', { name: 'Idempotency' }).selectOption('url');
    await form('Handler check').getByRole('textbox', { name: 'Idempotency URL' }).fill(countUrl);
    await form('Handler check').getByRole('button', { name: /^Run/ }).click();
    await expect(grid('Cases').getByRole('row', { name: 'Valid request, pass' })).toBeVisible();
    await expect(summary).toContainText(/passed: the handler/, { timeout: 100_000 });
  };
  await check(right.url, right.countUrl);
  await expect(summary).toContainText('the handler does what it should');
  await expect(grid('Cases').getByRole('row', { name: /, fail$/ })).toHaveCount(0);

  const path = join(running.dataDir, 'check.xml');
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await button('Save JUnit').click();
  await expect(page.getByText('Report saved')).toBeVisible();
  expect(await readFile(path, 'utf8')).toContain('<testcase');
  await dismissToasts();

  await check(faulty.url, faulty.countUrl);
  await expect(summary).toContainText('can act twice');
  await expect(summary).toContainText('Fault: not-idempotent.');
  await expect(
    grid('Cases')
      .getByRole('row', { name: /, fail$/ })
      .first(),
  ).toContainText('not-idempotent');
  await form('Handler check')
    .getByRole('checkbox', { name: /^Only the/ })
    .check();
  await expect(grid('Cases').getByRole('row', { name: /, pass$/ })).toHaveCount(0);
  await expectNothingSerious('handler check, done');
  await Promise.all([right.close(), faulty.close()]);
});

test('@sending 6 what a provider sent while nobody listened is fetched, shown as missed, and forwarded', async () => {
  const arrived = { id: 'evt_here', type: 'note.arrived', at: new Date(Date.now() - 60_000).toISOString() };
  const missed = { id: 'evt_lost', type: 'note.lost', at: new Date(Date.now() - 30_000).toISOString() };
  const tokens: (string | undefined)[] = [];
  const api = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ data: [missed, arrived] }));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  await fetch(`${running.url}/in/notes`, {
    method: 'POST',
    body: JSON.stringify(arrived),
    headers: { 'Content-Type': 'application/json', 'X-Webhook-Delivery': arrived.id, 'X-Webhook-Signature': 'x' },
  });

  await view('Catch-up');
  await expectNothingSerious('catch-up, empty');
  await page.getByRole('link', { name: 'New pull' }).click();
  const pull = form('Pull');
  await pull.getByRole('textbox', { name: 'Name', exact: true }).fill('Notes');
  await pull.getByRole('combobox', { name: 'Provider' }).selectOption('generic');
  const fields = { 'List URL': `http://127.0.0.1:${(api.address() as AddressInfo).port}/events`, 'List path': 'data' };
  for (const [name, value] of Object.entries(fields)) await pull.getByRole('textbox', { name }).fill(value);
  await pull.getByRole('button', { name: 'Save' }).click();
  await expect(pull.getByText(/must not be empty|is missing/).first()).toBeVisible();
  await pull.getByRole('textbox', { name: 'Id path' }).fill('id');
  await pull.getByRole('textbox', { name: 'Time path' }).fill('at');
  await pull.getByRole('textbox', { name: 'Event path' }).fill('type');
  await pull.getByRole('spinbutton', { name: 'Every' }).fill('');
  await addSecret('notes token', 'token-not-real');
  await expectNothingSerious('pull form');
  await pull.getByRole('button', { name: 'Save' }).click();

  const since = new Date(Date.now() - 3_600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  await form('Look').getByLabel('Since').fill(since);
  await button('Look now').click();
  const events = grid('Events');
  await expect(events.getByRole('row', { name: /note\.lost, missed/ })).toBeVisible();
  await expect(events.getByRole('row', { name: /note\.arrived, arrived/ })).toBeVisible();
  expect(new Set(tokens)).toEqual(new Set(['Bearer token-not-real']));
  await expectNothingSerious('catch-up');
  await expect(page.getByRole('link', { name: 'Catch-up' })).toHaveAttribute('title', /1 missed event/);

  await button('Look now').click();
  await events
    .getByRole('row', { name: /note\.lost, pulled/ })
    .getByRole('link')
    .click();
  await expect(grid('Requests').getByRole('row', { name: /pulled/ })).toHaveCount(1);
  const target = await startTarget();
  await page.getByRole('note', { name: 'Pulled' }).getByRole('button', { name: 'Forward' }).click();
  await form('Replay').getByRole('textbox', { name: 'URL' }).fill(`${target.url}/forwarded`);
  await form('Replay').getByRole('button', { name: /^Send/ }).click();
  await expect.poll(() => target.received.map(({ body }) => body.toString())).toEqual([JSON.stringify(missed)]);
  await dismissToasts();
  await Promise.all([target.close(), new Promise((resolve) => api.close(resolve))]);
});

test('@sending 7 the same event goes out many times, with live figures, and is stopped', async () => {
  const target = await startTarget();
  await compose(`${target.url}/many`, 'order.created', 'quick', '1');
  const many = form('Compose').getByRole('group', { name: 'Send many' });
  await many.getByText('Send many').click();
  await many.getByRole('spinbutton', { name: 'Count' }).fill('60');
  await many.getByRole('spinbutton', { name: 'Rate' }).fill('100');
  await many.getByRole('button', { name: 'Start' }).click();
  const figures = many.getByRole('status', { name: 'Send many' });
  await expect(figures).toContainText('60 of 60 sent, 60 delivered');
  await expect(figures.getByRole('list', { name: 'Answers' })).toContainText('200 × 60');
  await expect(figures).toContainText(/p99.*ms/);
  expect(seen(target, '/many')).toHaveLength(60);
  expect(new Set(seen(target, '/many').map(({ headers }) => headerValue(headers, 'x-webhook-delivery'))).size).toBe(60);
  await expectNothingSerious('send many');

  await form('Compose').getByRole('textbox', { name: 'URL' }).fill('http://192.0.2.7/far');
  await expect(many.getByRole('checkbox', { name: 'I may load 192.0.2.7' })).not.toBeChecked();
  await many.getByRole('button', { name: 'Start' }).click();
  await expect(many.getByRole('alert')).toContainText('confirm');

  await form('Compose').getByRole('textbox', { name: 'URL' }).fill(`${target.url}/endless`);
  await many.getByRole('spinbutton', { name: 'Count' }).fill('5000');
  await many.getByRole('spinbutton', { name: 'Rate' }).fill('20');
  await many.getByRole('button', { name: 'Start' }).click();
  await expect.poll(() => seen(target, '/endless').length).toBeGreaterThan(3);
  await many.getByRole('button', { name: 'Stop' }).click();
  await expect(figures).toContainText('Stopped');
  await target.close();
  expect(faults).toEqual([]);
});
