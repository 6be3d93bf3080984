// The Inbox over 5,000 stored requests, in the real app: its end and its start, any place by the scroll bar, a filter with
// its count, groups, and an export of what was chosen.

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { storeRequests } from '../support/stored-requests.ts';

const count = 5_000;
let running: RunningApp;
let page: Page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookbench-e2e-scale-'));
  await storeRequests(dataDir, count);
  running = await launchApp({ dataDir });
  page = running.page;
  await page
    .getByRole('region', { name: 'Secret storage' })
    .getByRole('button', { name: /this run/ })
    .click();
  await expect(page.getByText('5,000 requests')).toBeVisible();
});
test.afterAll(() => running?.close());

const grid = () => page.getByRole('grid', { name: 'Requests' });
const row = (name: RegExp) => grid().getByRole('row', { name });
const filter = () => page.getByRole('textbox', { name: 'Filter requests' });

test('End goes to the oldest request, Home to the newest', async () => {
  await expect(grid()).toHaveAttribute('aria-rowcount', String(count));
  await grid().focus();
  await page.keyboard.press('End');
  await expect(grid().locator(`[aria-rowindex="${count}"]`)).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('region', { name: 'Request details' })).toContainText('/in/old/0');
  await page.keyboard.press('ArrowUp');
  await expect(grid().locator(`[aria-rowindex="${count - 1}"]`)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await expect(grid().locator('[aria-rowindex="1"]')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('region', { name: 'Request details' })).toContainText(`/in/old/${count - 1}`);
});

test('the scroll bar reaches any place, and what arrives meanwhile moves nothing', async () => {
  await page.evaluate(
    '(() => { const grid = document.querySelector(\'[aria-label="Requests"][role=grid]\'); grid.scrollTo({ top: grid.scrollHeight / 2 }); })()',
  );
  const middle = grid().locator(`[aria-rowindex="${count / 2 + 3}"]`);
  await expect(middle).toHaveAttribute('aria-label', new RegExp(`/in/old/${count / 2 - 3},`));
  const before = await middle.boundingBox();
  await fetch(`${running.url}/in/new/1`, { method: 'POST', body: '{"new":1}' });
  const pill = page.getByRole('button', { name: '1 new' });
  await expect(pill).toBeVisible();
  const after = await row(new RegExp(`/in/old/${count / 2 - 3},`)).boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? -99))).toBeLessThan(2);
  await pill.click();
  await expect(row(/\/in\/new\/1/)).toBeVisible();
  await expect(page.getByText('5,001 requests')).toBeVisible();
});

test('a filter says how many of all it takes, and its end is reached', async () => {
  await filter().fill('method:PUT');
  await expect(page.getByText('2,500 of 5,001 requests')).toBeVisible();
  await grid().focus();
  await page.keyboard.press('End');
  await expect(grid().locator('[aria-rowindex="2500"]')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('region', { name: 'Request details' })).toContainText('/in/old/0');
  await filter().fill('needle-77-');
  await expect(page.getByText('1 of 5,001 requests')).toBeVisible();
  await expect(grid().getByRole('row')).toHaveCount(1);
  await filter().fill('');
  await expect(page.getByText('5,001 requests')).toBeVisible();
});

test('groups fold over the whole length', async () => {
  const toggle = page.getByRole('button', { name: 'Fold duplicates' });
  await toggle.click();
  for (let n = 0; n < 3; n += 1) await fetch(`${running.url}/in/twice`, { method: 'POST', body: '{"same":true}' });
  await expect(row(/group of 3, folded/)).toHaveCount(1);
  await grid().focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('region', { name: 'Request details' })).toContainText('/in/old/0');
  await page.keyboard.press('Home');
  await expect(row(/group of 3, folded/)).toHaveAttribute('aria-selected', 'true');
  await toggle.click();
});

test('chosen requests are exported, in the order of their arrival', async () => {
  const path = join(running.dataDir, 'chosen.jsonl');
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await filter().fill('method:PUT');
  await expect(page.getByText('2,500 of 5,004 requests')).toBeVisible();
  await grid().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+Space');
  await expect(page.getByRole('status', { name: 'Chosen' })).toHaveText('2 chosen');
  await page.getByRole('button', { name: 'Export chosen' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export requests' });
  await dialog.getByRole('combobox', { name: 'Format' }).selectOption('JSON lines');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText('2 requests exported')).toBeVisible();
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines.map((line) => /\/in\/old\/\d+/.exec(line)?.[0])).toEqual(['/in/old/4996', '/in/old/4998']);
});
