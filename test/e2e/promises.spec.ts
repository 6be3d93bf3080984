// Promises of the README that only the real window can break: captured content is never executed, secrets never reach
// the window, and what was captured is there after a crash of the window and after a restart.

import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

const payloads = 'test/fixtures/hostile/payload';
const secret = 'whsec_CANARY_that_the_window_never_sees';

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(() => running?.close());
test.describe.configure({ mode: 'serial' });

test('markup and scripts in bodies, headers and paths stay text in every tab', async () => {
  const { page, app, url } = running;
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('app://')) foreign.push(request.url());
  });
  page.on('dialog', (dialog) => void foreign.push(`dialog ${dialog.message()}`));
  page.on('framenavigated', (frame) => void foreign.push(`navigated ${frame.url()}`));
  const title = await page.title();
  const names = readdirSync(payloads).filter((name) => /^(html|svg|json-script|markdown|url|ansi|log)/.test(name));
  expect(names.length).toBeGreaterThan(14);
  for (const name of names) {
    const type = name.endsWith('.svg') ? 'image/svg+xml' : name.endsWith('.json') ? 'application/json' : 'text/html';
    const body = readFileSync(join(payloads, name));
    const path = `/in/${name}?q=<img src=x onerror=alert(1)>`.replaceAll(' ', '%20');
    await fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': type, 'X-Html': '<script>alert(1)</script>' },
    });
  }
  const rows = page.getByRole('grid', { name: 'Requests' }).getByRole('row');
  await expect(rows).toHaveCount(names.length);
  for (let index = 0; index < names.length; index += 1) {
    await rows.nth(index).click();
    for (const tab of ['Body', 'Headers', 'Raw']) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await expect(page.getByRole('tabpanel')).toBeVisible();
    }
  }
  expect(foreign.filter((line) => !line.startsWith('navigated app://'))).toEqual([]);
  expect(await page.title()).toBe(title);
  expect(page.url()).toMatch(/^app:\/\//);
  expect(app.windows()).toHaveLength(1);
});

test('a secret goes into the host and never comes back into the window, a file, or a copy', async () => {
  const { page, dataDir } = running;
  await page
    .getByRole('region', { name: 'Secret storage' })
    .getByRole('button', { name: /this run/ })
    .click();
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Everything else' }).click();
  await page.getByLabel('New secret’s name').fill('canary');
  await page.getByLabel('New secret’s value').fill(secret);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Secrets in use' }).getByText('canary')).toBeVisible();

  const state = JSON.stringify(await page.evaluate('hookbench.call("state.get", undefined)'));
  expect(state).toContain('"canary"');
  expect(state).not.toContain('CANARY_that');
  expect(await page.content()).not.toContain('CANARY_that');

  await fetch(`${running.url}/leak`, { method: 'POST', body: JSON.stringify({ note: `it is ${secret}` }) });
  const rows = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Inbox' });
  await rows.click();
  await expect(page.getByRole('row', { name: /\/leak/ })).toBeVisible();
  const { value } = (await page.evaluate('hookbench.call("requests.list", { query: "path:/leak", limit: 1 })')) as {
    value: { rows: { id: string }[] };
  };
  const copied = await page.evaluate(
    `hookbench.call("requests.copyAs", { id: ${JSON.stringify(value.rows[0]?.id)}, format: "curl" })`,
  );
  expect(JSON.stringify(copied)).toContain('redacted:');
  expect(JSON.stringify(copied)).not.toContain('CANARY_that');

  for (const name of await readdir(dataDir)) {
    // The captured request itself holds the text; a secret that is kept for this run stands in no document.
    if (name.includes('.json')) expect(await readFile(join(dataDir, name), 'utf8'), name).not.toContain('CANARY_that');
  }
});

test('a crashed window is loaded anew by itself, and the receiver never stopped', async () => {
  const { app, url } = running;
  const rendererPid = () =>
    app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return contents === undefined || contents.isCrashed() ? 0 : contents.getOSProcessId();
    });
  const before = await rendererPid();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  expect((await fetch(`${url}/while-it-is-down`, { method: 'POST', body: 'x' })).status).toBe(200);
  await expect.poll(async () => [0, before].includes(await rendererPid())).toBe(false);
});

test('after a restart on the same folder everything captured is there', async () => {
  await running.close(true);
  running = await launchApp({ dataDir: running.dataDir });
  await expect(running.page.getByRole('row', { name: /while-it-is-down/ })).toBeVisible();
});
