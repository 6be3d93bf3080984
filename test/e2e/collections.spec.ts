// Collections in and out of the real window: a file chosen, dropped or pasted, one that is refused, and what was chosen
// exported, read back and found again. @collections

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

let running: RunningApp;
let page: Page;
let axe: string;

test.beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  running = await launchApp();
  page = running.page;
});
test.afterAll(() => running?.close());

const status = () => page.getByRole('status', { name: 'Import' });
const rows = () => page.getByRole('grid', { name: 'Requests' }).getByRole('row');
const exportDialog = () => page.getByRole('dialog', { name: 'Export requests' });

const postman = JSON.stringify({
  info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
  event: [{ listen: 'prerequest', script: { exec: ['throw new Error("ran")'] } }],
  item: [
    {
      name: 'order',
      request: {
        method: 'POST',
        header: [{ key: 'Content-Type', value: 'application/json' }],
        url: 'https://shop.example/in/order?x=1',
        body: { mode: 'raw', raw: '{"order":1}' },
      },
    },
    { name: 'ping', request: { method: 'GET', url: 'https://shop.example/in/ping' } },
  ],
});

async function openImport(): Promise<void> {
  await page.evaluate("location.hash = '#/inbox'");
  await page.getByRole('link', { name: 'Import' }).click();
  await page.getByRole('heading', { name: 'Import requests' }).waitFor();
  const over = page.getByRole('button', { name: 'Start over' });
  if (await over.isVisible()) await over.click();
}

async function choose(name: string, text: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

async function drop(selector: string, name: string, text: string): Promise<void> {
  const [at, called, content] = [selector, name, text].map((word) => JSON.stringify(word));
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${content}], ${called}));
    for (const type of ['dragover', 'drop'])
      document.querySelector(${at}).dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  })()`);
}

async function expectNothingSerious(where: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(axe);
    const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
    const found = results.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    expect(found, `${where}, ${colorScheme}`).toEqual([]);
    await page.screenshot({ path: `test-results/collections-${where}-${colorScheme}.png` });
  }
}

test('a Postman file is chosen, shown and stored @collections', async () => {
  await openImport();
  await expectNothingSerious('empty');
  await choose('shop.json', postman);
  await expect(status()).toContainText('Postman collection, 2 requests');
  await expect(page.getByRole('region', { name: 'Requests in the file' })).toContainText('/in/order?x=1');
  await expect(page.getByRole('region', { name: 'Left out' })).toContainText(/script/i);
  await expectNothingSerious('preview');
  await page.getByRole('button', { name: 'Import 2 requests' }).click();
  await expect(status()).toContainText('2 requests imported from shop.json');
  await expectNothingSerious('done');
  await page.getByRole('button', { name: 'Show imported requests' }).click();
  await expect(page.getByRole('textbox', { name: 'Filter requests' })).toHaveValue('imported:true');
  await expect(rows()).toHaveCount(2);
  await expect(rows().first()).toHaveAccessibleName(/imported/);
  await rows().first().click();
  await page.getByRole('tab', { name: /^Reply/ }).click();
  await expect(page.getByRole('region', { name: 'Reply sent' })).toContainText('it never arrived here');
  await expectNothingSerious('inbox');
});

test('a file that is dropped and a command that is pasted are shown too @collections', async () => {
  await page.evaluate("location.hash = '#/settings'");
  await drop('nav', 'dropped.json', postman);
  await expect(page).toHaveURL(/^app:.*#\/import$/);
  await expect(status()).toContainText('dropped.json');
  await openImport();
  await page
    .getByRole('textbox', { name: 'cURL commands' })
    .fill("curl -X PUT https://a.example/in/pasted -d 'a=$(id)'");
  await page.getByRole('button', { name: 'Read the text' }).click();
  await expect(status()).toContainText('cURL commands, 1 request');
  await page.getByRole('button', { name: 'Import 1 request' }).click();
  await page.getByRole('button', { name: 'Show imported requests' }).click();
  await expect(rows()).toHaveCount(3);
  await expect(rows().filter({ hasText: '/in/pasted' })).toHaveCount(1);
});

test('a broken file is refused with the place named, and nothing is stored @collections', async () => {
  await openImport();
  await choose('bad.json', postman.slice(0, 300));
  await expect(page.getByRole('alert')).toContainText('Nothing of bad.json was imported');
  await expectNothingSerious('refused');
  await page.evaluate("location.hash = '#/inbox'");
  await expect(rows()).toHaveCount(3);
});

test('chosen requests are exported for Postman and read back @collections', async () => {
  const path = join(running.dataDir, 'out.json');
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await page.getByRole('grid', { name: 'Requests' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Export chosen' }).click();
  await expect(exportDialog().getByRole('radio', { name: '2 chosen' })).toBeChecked();
  for (const format of ['CSV table', 'OpenAPI 3.1 webhooks', 'Postman collection 2.1']) {
    await exportDialog().getByRole('combobox', { name: 'Format' }).selectOption(format);
    await expect(exportDialog().getByRole('region', { name: 'Preview' })).not.toBeEmpty();
  }
  await expect(exportDialog().getByRole('region', { name: 'Preview' })).toContainText('schema.getpostman.com');
  await expectNothingSerious('export');
  await exportDialog().getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText('2 requests exported')).toBeVisible();
  await expect(exportDialog()).toBeHidden();
  const text = await readFile(path, 'utf8');
  await openImport();
  await choose('out.json', text);
  await expect(status()).toContainText('Postman collection, 2 requests');
});

test('the palette opens both, and the smallest window holds them @collections', async () => {
  await page.setViewportSize({ width: 960, height: 600 });
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search commands' }).fill('Export requests');
  await page.keyboard.press('Enter');
  await expect(exportDialog()).toBeVisible();
  await expect(exportDialog().getByRole('button', { name: 'Export', exact: true })).toBeInViewport();
  await page.screenshot({ path: 'test-results/collections-export-small.png' });
  await page.keyboard.press('Escape');
  await expect(exportDialog()).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search commands' }).fill('Import requests');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Import requests' })).toBeVisible();
  await page.screenshot({ path: 'test-results/collections-import-small.png' });
});
