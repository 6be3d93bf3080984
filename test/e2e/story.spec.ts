// The main job in the real app, by accessible names only: receive, judge, tell duplicates, replay, send, die, redrive,
// export. Requests are signed and judged by Stripe's own library and node:crypto.

import { createHmac } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import Stripe from 'stripe';
import { headerValue } from '../../src/shared/headers.ts';
import { harValidator } from '../support/har-schema.ts';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { startTarget } from '../support/target-server.ts';
import type { TargetServer } from '../support/target-server.ts';

const secret = 'whsec_only_for_the_end_to_end_test';
const stripe = new Stripe('sk_test_not_a_key');

let running: RunningApp;
let page: Page;
let target: TargetServer;
const faults: string[] = [];

test.beforeAll(async () => {
  target = await startTarget();
  running = await launchApp();
  page = running.page;
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
});

test.afterAll(async () => {
  await running?.close();
  await target?.close();
});

const view = (name: string) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click();
const requests = () => page.getByRole('grid', { name: 'Requests' });
const row = (name: RegExp) => requests().getByRole('row', { name });
const details = () => page.getByRole('region', { name: 'Request details' });
const form = (name: string) => page.getByRole('form', { name });

async function writeBody(name: string, text: string): Promise<void> {
  const body = form(name).getByRole('textbox', { name: 'Body' });
  await body.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

async function postStripe(payload: string, header: string): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'Stripe-Signature': header };
  const reply = await fetch(`${running.url}/in/stripe`, { method: 'POST', body: payload, headers });
  expect(reply.status).toBe(200);
}

test.describe.configure({ mode: 'serial' });

test('the first run sends a signed event and it arrives valid', async () => {
  await page.getByRole('button', { name: 'Send test event' }).click();
  await expect(row(/hookbench\.test.*valid/)).toBeVisible();
});

test('the window has no Node, and secrets and content stay where they belong', async () => {
  const seen = await page.evaluate(() => ({
    require: typeof (globalThis as { require?: unknown }).require,
    process: typeof (globalThis as { process?: unknown }).process,
    bridge: Object.keys((globalThis as unknown as { hookbench: object }).hookbench).toSorted(),
  }));
  expect(seen).toEqual({ require: 'undefined', process: 'undefined', bridge: ['call', 'onChanges'] });
  expect(page.url()).toMatch(/^app:\/\//);
});

test('without a keyring the question is a bar, and the answer is kept', async () => {
  const bar = page.getByRole('region', { name: 'Secret storage' });
  if (await bar.isVisible()) {
    await bar.getByRole('button', { name: /this run/i }).click();
    await expect(bar).toBeHidden();
  }
});

test('a Stripe-signed request is valid, the same again a retry, a tampered one invalid with its reason', async () => {
  await view('Everything else');
  await addSecret('stripe e2e', secret);

  const payload = '{"id":"evt_e2e","type":"invoice.paid","data":{"amount":1}}';
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
  await view('Inbox');
  await postStripe(payload, header);
  await expect(row(/invoice\.paid.*\bvalid.*first/)).toBeVisible();
  await postStripe(payload, header);
  await expect(row(/invoice\.paid.*\bvalid.*retry/)).toBeVisible();
  await postStripe(payload.replace('"amount":1', '"amount":9'), header);
  await row(/invoice\.paid.*invalid.*conflict/).click();
  await details()
    .getByRole('tab', { name: /^Signature/ })
    .click();
  const verdict = details().getByRole('status', { name: 'Verdict' });
  await expect(verdict).toContainText('Invalid');
  await expect(verdict).toContainText(/body was changed|another secret/);
});

test('a replay, edited and signed anew, is accepted by Stripe’s library', async () => {
  await row(/invoice\.paid.*\bvalid.*first/).click();
  await details().getByRole('button', { name: 'Replay' }).click();
  const replay = form('Replay');
  await replay.getByRole('textbox', { name: 'URL' }).fill(`${target.url}/replayed`);
  await replay.getByRole('radio', { name: /same id/i }).check();
  await replay.getByRole('combobox', { name: 'Secret' }).fill('stripe e2e');
  await page.keyboard.press('Escape');
  const edited = '{"id":"evt_e2e","type":"invoice.paid","data":{"amount":4200,"note":"edited 🎉"}}';
  await writeBody('Replay', edited);
  await replay.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => target.received.length).toBe(1);
  const [arrived] = target.received;
  expect(arrived?.body.toString('utf8')).toBe(edited);
  const event = stripe.webhooks.constructEvent(
    arrived?.body ?? '',
    headerValue(arrived?.headers ?? [], 'stripe-signature') ?? '',
    secret,
  );
  expect(event.id).toBe('evt_e2e');
});

test('an event to a failing target shows its attempts, ends in Dead letters, and is delivered by a redrive', async () => {
  target.status = 500;
  await view('Compose');
  const compose = form('Compose');
  await compose.getByRole('textbox', { name: 'URL' }).fill(`${target.url}/composed`);
  await compose.getByRole('combobox', { name: 'Secret' }).fill('compose-secret');
  await page.keyboard.press('Escape');
  await compose.getByRole('combobox', { name: 'Retry schedule' }).selectOption('classic');
  await compose.getByRole('spinbutton', { name: 'Speed' }).fill('1000');
  await compose.getByRole('button', { name: 'Send' }).click();

  await view('Dead letters');
  const dead = page.getByRole('grid', { name: 'Dead letters' });
  await expect(dead.getByRole('row', { name: /composed|order|127\.0\.0\.1/ }).first()).toBeVisible();
  expect(target.received.filter((request) => request.target === '/composed')).toHaveLength(5);
  await dead
    .getByRole('row', { name: /composed|order|127\.0\.0\.1/ })
    .first()
    .click();
  await expect(page.getByRole('grid', { name: 'Attempts' }).getByRole('row', { name: /500/ })).toHaveCount(5);

  target.status = 200;
  await page.getByRole('button', { name: 'Redrive', exact: true }).first().click();
  await expect.poll(() => target.received.length).toBe(7);
  const arrived = target.received.at(-1);
  const expected = createHmac('sha256', 'compose-secret')
    .update(arrived?.body ?? '')
    .digest('hex');
  expect(headerValue(arrived?.headers ?? [], 'x-webhook-signature')).toBe(expected);
  await view('Deliveries');
  await expect(
    page
      .getByRole('grid', { name: 'Deliveries' })
      .getByRole('row', { name: /delivered/i })
      .first(),
  ).toBeVisible();
});

test('the HAR export is valid by the published schema and masks secrets', async () => {
  const headers = { Authorization: 'Bearer CANARY-in-the-app', 'Content-Type': 'text/plain' };
  await fetch(`${running.url}/secret`, { method: 'POST', body: 'x', headers });
  const path = join(running.dataDir, 'export.har');
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await view('Inbox');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export requests' });
  await dialog.getByRole('combobox', { name: 'Format' }).selectOption('HAR 1.2');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText(/requests exported/)).toBeVisible();
  const text = await readFile(path, 'utf8');
  const validate = harValidator();
  validate(JSON.parse(text));
  expect(validate.errors).toBeNull();
  expect(text).not.toContain('CANARY');
});

test('what the README shows is what the app shows', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await view('Inbox');
  await row(/invoice\.paid.*invalid.*conflict/).click();
  await details()
    .getByRole('tab', { name: /^Signature/ })
    .click();
  await expect(details().getByText('Expected').first()).toBeVisible();
  // A message may go by itself at any moment, so each is closed from inside the page.
  await page.evaluate(`document.querySelectorAll('[role="alert"] [aria-label="Dismiss"]').forEach((it) => it.click())`);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await mkdir('test-results', { recursive: true });
  await page.screenshot({ path: 'test-results/inbox.png', animations: 'disabled' });
  if (process.env['HOOKBENCH_WRITE_DOCS']) await copyFile('test-results/inbox.png', 'docs/inbox.png');
  expect(faults).toEqual([]);
});

async function addSecret(name: string, value: string): Promise<void> {
  await page.getByLabel('New secret’s name').fill(name);
  await page.getByLabel('New secret’s value').fill(value);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Secrets in use' }).getByText(name)).toBeVisible();
}
