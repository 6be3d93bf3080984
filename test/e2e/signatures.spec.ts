// Signatures in the real app, by accessible names only: the cause of a failed check with a recipe for the handler, own
// schemes from the first test to the import elsewhere, and test key pairs whose private half never shows.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import Stripe from 'stripe';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

const stripeSecret = 'whsec_only_for_the_signature_test';
const acmeSecret = 'acme-secret-for-the-signature-test';
const stripe = new Stripe('sk_test_not_a_key');

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

const view = (name: string) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click();
const row = (name: RegExp) => page.getByRole('grid', { name: 'Requests' }).getByRole('row', { name });
const details = () => page.getByRole('region', { name: 'Request details' });
const form = (name: string) => page.getByRole('form', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name });
const clipboard = () => running.app.evaluate(({ clipboard: board }) => board.readText());

async function openSignature(name: RegExp): Promise<void> {
  await view('Inbox');
  await row(name).first().click();
  await details()
    .getByRole('tab', { name: /^Signature/ })
    .click();
}

async function save(name: string): Promise<void> {
  await form(name).getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(`${name} saved`).first()).toBeVisible();
}

/** Reports of earlier actions would cover what comes next. */
async function dismissToasts(): Promise<void> {
  const dismiss = page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).first();
  // A message may go by itself meanwhile.
  while (await dismiss.isVisible()) await dismiss.click({ timeout: 2_000 }).catch(() => undefined);
}

/** What axe finds serious or critical on the screen as it is, one line each. */
async function serious(): Promise<string[]> {
  await page.evaluate(axe);
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`));
}

async function expectNothingSerious(screen: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await serious(), `${screen}, ${colorScheme}`).toEqual([]);
  }
}

test('a body that was written anew is named as the cause, with a recipe for the handler', async () => {
  await view('Everything else');
  await page.getByLabel('New secret’s name').fill('stripe e2e');
  await page.getByLabel('New secret’s value').fill(stripeSecret);
  await save('Endpoint');

  const payload = '{"id":"evt_cause","type":"invoice.paid","data":{"amount":1}}';
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret: stripeSecret });
  await fetch(`${running.url}/in/stripe`, {
    method: 'POST',
    body: JSON.stringify(JSON.parse(payload), null, 2),
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': header },
  });
  await openSignature(/invoice\.paid.*invalid/);
  await expect(details().getByRole('status', { name: 'Verdict' })).toContainText('Invalid');
  const causes = details().getByRole('list', { name: 'Diagnosis' }).getByRole('listitem');
  await expect(causes).toHaveCount(1);
  await expect(causes.first()).toContainText('body-reserialized');

  const recipe = details().getByRole('group', { name: 'Read the raw body' });
  await expect(recipe.getByRole('region', { name: 'Code for Express' })).toContainText('express.raw');
  await recipe.getByRole('combobox', { name: 'Framework' }).selectOption('Flask');
  await expect(recipe.getByRole('region', { name: 'Code for Flask' })).toContainText('request.get_data()');
  await recipe.getByRole('button', { name: 'Copy the code' }).click();
  await expect.poll(clipboard).toContain('raw_body = request.get_data()');

  const cause = (await causes.first().getByRole('strong').textContent()) ?? '';
  await details().getByRole('tab', { name: /^Body/ }).click();
  await expect(details().getByText(cause)).toBeVisible();
});

test('the signature tab shows secret, age against tolerance, and the signed bytes', async () => {
  const payload = '{"id":"evt_valid","type":"invoice.voided"}';
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret: stripeSecret });
  await fetch(`${running.url}/in/stripe`, { method: 'POST', body: payload, headers: { 'Stripe-Signature': header } });
  await openSignature(/invoice\.voided.*\bvalid/);
  const check = details().getByRole('region', { name: 'Signature check' });
  await expect(check.getByRole('status', { name: 'Verdict' })).toContainText('stripe e2e');
  await expect(check).toContainText(/\d s of 300 s/);
  await expect(check.getByRole('region', { name: 'Signed bytes' })).toContainText(/^\d{10}\.\{"id":"evt_valid"/);
  await expect(check.getByRole('list', { name: 'Diagnosis' })).toBeHidden();
});

async function postAcme(n: number): Promise<void> {
  const body = `{"id":"acme_${n}","kind":"parcel.sent","n":${n}}`;
  const time = Math.floor(Date.now() / 1_000);
  const mac = createHmac('sha256', acmeSecret).update(`${time}.${body}`).digest('hex');
  await fetch(`${running.url}/in/acme`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', 'X-Acme-Signature': `time=${time};mac=${mac}` },
  });
}

test('an own scheme is described, tried on a captured request and saved', async () => {
  await postAcme(1);
  await view('Settings');
  await page.getByRole('link', { name: 'Own schemes' }).click();
  await page.getByRole('link', { name: 'New scheme' }).click();
  const scheme = form('Scheme');
  await scheme.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme parcels');
  await scheme.getByRole('button', { name: 'Add part' }).click();
  await scheme.getByRole('button', { name: 'Add part' }).click();
  await scheme.getByRole('textbox', { name: 'Part 2 text' }).fill('.');
  await scheme.getByRole('combobox', { name: 'Part 3', exact: true }).selectOption('Timestamp');
  // By keyboard alone: the timestamp goes up twice and keeps the focus, the text once.
  await scheme.getByRole('button', { name: 'Move part 3 up' }).focus();
  await page.keyboard.press('Enter');
  await expect(scheme.getByRole('button', { name: 'Move part 2 up' })).toBeFocused();
  await page.keyboard.press('Enter');
  await scheme.getByRole('button', { name: 'Move part 3 up' }).click();
  const signed = page.getByRole('group', { name: 'What is signed' });
  await expect(signed).toContainText('timestamp + "." + body');

  await scheme
    .getByRole('button', { name: 'Save', exact: true })
    .or(page.getByRole('button', { name: 'Save' }))
    .click();
  await expect(scheme.getByText(/say where the timestamp stands/)).toBeVisible();
  await scheme.getByRole('textbox', { name: 'Signature header' }).fill('X-Acme-Signature');
  await scheme.getByRole('combobox', { name: 'Header holds' }).selectOption('pairs');
  await scheme.getByRole('textbox', { name: 'Timestamp key' }).fill('time');
  await scheme.getByRole('textbox', { name: 'Signature key' }).fill('mac');
  await scheme.getByRole('textbox', { name: 'Separator' }).fill(';');
  await scheme.getByRole('textbox', { name: 'Message id in the body' }).fill('id');
  await scheme.getByRole('textbox', { name: 'Event in the body' }).fill('kind');
  await expect(signed).toContainText(/X-Acme-Signature: time=\d+;mac=/);

  const trial = form('Test on a request');
  await trial.getByLabel('New secret’s name').fill('acme e2e');
  await trial.getByLabel('New secret’s value').fill(acmeSecret);
  await trial.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(trial.getByRole('status', { name: 'Test result' })).toContainText('Valid');
  await expect(trial.getByRole('region', { name: 'Signed bytes' })).toContainText('.{"id":"acme_1"');

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Scheme saved')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Acme parcels' })).toBeVisible();
});

test('a saved scheme checks requests at an endpoint', async () => {
  await page.getByRole('link', { name: 'Add endpoint' }).click();
  const endpoint = form('Endpoint');
  await endpoint.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme');
  await endpoint.getByRole('combobox', { name: 'Provider' }).selectOption('Acme parcels');
  await endpoint.getByRole('button', { name: 'Use acme e2e' }).click();
  await save('Endpoint');
  await postAcme(2);
  await openSignature(/parcel\.sent.*\bvalid/);
  await expect(details().getByRole('status', { name: 'Verdict' })).toContainText('Acme parcels');
});

test('a scheme goes only when nobody uses it, and comes back from the clipboard', async () => {
  await dismissToasts();
  await view('Settings');
  await page.getByRole('link', { name: 'Own schemes' }).click();
  await page.getByRole('table', { name: 'Own schemes' }).getByRole('link', { name: 'Acme parcels' }).click();
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  await expect.poll(clipboard).toContain('"hookbench-scheme"');
  const copied = await clipboard();
  expect(copied).not.toContain(acmeSecret);

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(dialog('Delete scheme').getByRole('list', { name: 'Used by' })).toContainText('Acme');
  await dialog('Delete scheme').getByRole('link', { name: 'Acme' }).click();
  await form('Endpoint').getByRole('combobox', { name: 'Provider' }).selectOption('Detect from the headers');
  await save('Endpoint');

  await view('Settings');
  await page.getByRole('link', { name: 'Own schemes' }).click();
  await page.getByRole('link', { name: 'Acme parcels' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog('Delete scheme').getByRole('button', { name: 'Delete for good' }).click();
  await expect(page.getByText('No schemes yet')).toBeVisible();

  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const text = dialog('Import a scheme').getByRole('textbox', { name: 'Scheme as JSON' });
  await text.fill(copied.replace('"time"', '""'));
  await dialog('Import a scheme').getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog('Import a scheme').getByText(/scheme\.format\.timestampKey/)).toBeVisible();
  await text.fill(copied);
  await dialog('Import a scheme').getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Acme parcels' })).toBeVisible();
  await expect(form('Scheme').getByRole('textbox', { name: 'Signature key' })).toHaveValue('mac');
});

test('a test key pair signs a Discord event, and only its public half shows', async () => {
  await page.getByRole('link', { name: 'Add endpoint' }).click();
  const endpoint = form('Endpoint');
  await endpoint.getByRole('textbox', { name: 'Name', exact: true }).fill('Discord');
  await endpoint.getByRole('combobox', { name: 'Provider' }).selectOption('Discord');
  await endpoint.getByRole('button', { name: 'Make test key pair' }).click();
  const shown = dialog('Public key').getByRole('region', { name: 'Public key text' });
  await expect(shown).toHaveText(/^[0-9a-f]{64}$/);
  const key = await shown.textContent();
  await dialog('Public key').getByRole('button', { name: 'Copy the public key' }).click();
  await expect.poll(clipboard).toBe(key);
  await dialog('Public key').getByRole('button', { name: 'Close' }).click();
  await expect(endpoint.getByRole('list', { name: 'Secrets in use' })).toContainText('Discord test key');
  await save('Endpoint');

  await view('Compose');
  const compose = form('Compose');
  await compose.getByRole('combobox', { name: 'Provider' }).selectOption('Discord');
  await compose.getByRole('combobox', { name: 'Sample' }).selectOption('APPLICATION_AUTHORIZED');
  await compose.getByRole('textbox', { name: 'URL' }).fill(`${running.url}/in/discord`);
  await compose.getByRole('combobox', { name: 'Secret' }).fill('Discord test key');
  await page.keyboard.press('Escape');
  await compose.getByRole('button', { name: 'Show public key' }).click();
  await expect(shown).toHaveText(key ?? '');
  await dialog('Public key').getByRole('button', { name: 'Close' }).click();
  await compose.getByRole('button', { name: 'Send', exact: true }).click();
  await openSignature(/APPLICATION_AUTHORIZED.*\bvalid/);
  await expect(details().getByRole('status', { name: 'Verdict' })).toContainText('Discord test key');

  const told = JSON.stringify(await page.evaluate('hookbench.call("state.get", undefined)'));
  expect(`${told}${await page.content()}`).not.toMatch(/PRIVATE KEY|BEGIN/);
});

test('a provider that signs the URL is checked with the public one', async () => {
  await page.getByRole('link', { name: 'Add endpoint' }).click();
  const endpoint = form('Endpoint');
  await endpoint.getByRole('textbox', { name: 'Name', exact: true }).fill('Twilio');
  await endpoint.getByRole('combobox', { name: 'Provider' }).selectOption('Twilio');
  await expect(endpoint.getByText('Twilio signs the URL.')).toBeVisible();
  await endpoint.getByRole('textbox', { name: 'Public URL' }).fill('ftp://hooks.example');
  await endpoint.getByLabel('New secret’s name').fill('twilio e2e');
  await endpoint.getByLabel('New secret’s value').fill('not-an-auth-token');
  await endpoint.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(endpoint.getByText('must start with http:// or https://')).toBeVisible();
  await endpoint.getByRole('textbox', { name: 'Public URL' }).fill('https://hooks.example');
  await endpoint.getByRole('checkbox', { name: 'Trust forwarded host' }).check();
  await save('Endpoint');

  const signed = 'https://hooks.example/in/twilio?a=1';
  const mac = createHmac('sha1', 'not-an-auth-token').update(`${signed}Body😀FromHe`).digest('base64');
  await fetch(`${running.url}/in/twilio?a=1`, {
    method: 'POST',
    body: new URLSearchParams({ From: 'He', Body: '😀' }),
    headers: { 'X-Twilio-Signature': mac },
  });
  await openSignature(/in\/twilio.*\bvalid/);
  const check = details().getByRole('region', { name: 'Signature check' });
  await expect(check.getByText(signed).first()).toBeVisible();
  await expect(check.getByText('set as the endpoint’s public URL')).toBeVisible();
});

test('the new screens have no serious fault', async () => {
  await dismissToasts();
  await expectNothingSerious('Signature, valid');
  await openSignature(/invoice\.paid.*invalid/);
  await expect(details().getByRole('list', { name: 'Diagnosis' })).toBeVisible();
  await expectNothingSerious('Signature, with its cause');

  await page.getByRole('link', { name: 'Add endpoint' }).click();
  await form('Endpoint').getByRole('combobox', { name: 'Provider' }).selectOption('Twilio');
  await expect(form('Endpoint').getByText('Twilio signs the URL.')).toBeVisible();
  await expectNothingSerious('Endpoint');

  await view('Settings');
  await page.getByRole('button', { name: 'Show public key' }).click();
  await expect(dialog('Public key')).toBeVisible();
  await expectNothingSerious('Public key');
  await dialog('Public key').getByRole('button', { name: 'Close' }).click();

  await page.getByRole('link', { name: 'Own schemes' }).click();
  await expect(page.getByRole('table', { name: 'Own schemes' })).toBeVisible();
  await expectNothingSerious('Own schemes');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog('Import a scheme')).toBeVisible();
  await expectNothingSerious('Import');
  await dialog('Import a scheme').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('link', { name: 'Acme parcels' }).click();
  await form('Test on a request').getByRole('button', { name: 'Test', exact: true }).click();
  await expect(form('Test on a request').getByRole('status', { name: 'Test result' })).toBeVisible();
  await expectNothingSerious('Scheme');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(dialog('Delete scheme')).toBeVisible();
  await expectNothingSerious('Delete');
  await dialog('Delete scheme').getByRole('button', { name: 'Keep it' }).click();
  expect(faults).toEqual([]);
});
