// Help in place in the real app: the first two minutes of a new person, and the handler for a provider.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

let running: RunningApp;
let page: Page;
test.beforeAll(async () => {
  running = await launchApp();
  page = running.page;
});
test.afterAll(() => running?.close());
test.describe.configure({ mode: 'serial' });

async function seriousFaults(): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`);
}

async function inBothThemes(name: string): Promise<void> {
  const shots = process.env['HELP_SHOTS'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFaults(), `${name}, ${colorScheme}`).toEqual([]);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}-${colorScheme}.png` });
  }
}

const clipboard = () => running.app.evaluate(({ clipboard: board }) => board.readText());
const firstSteps = () => page.getByRole('region', { name: 'First steps' });

test('the first steps hold the real address for any provider', async () => {
  await expect(firstSteps().getByText(`${running.url}/in/stripe`)).toBeVisible();
  await inBothThemes('first-run');
  await firstSteps().getByRole('combobox', { name: 'Provider' }).selectOption('github');
  await expect(firstSteps().getByText(`${running.url}/in/github`)).toBeVisible();
  await expect(firstSteps().getByRole('link', { name: 'Open a tunnel' })).toBeVisible();
});

test('the handler for the provider is one step away, in every framework', async () => {
  await firstSteps().getByRole('link', { name: 'The handler that verifies it properly' }).click();
  await expect(page.getByRole('heading', { name: 'Set up a provider' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Provider' })).toHaveValue('github');
  await expect(page.getByRole('list', { name: 'Steps' }).getByText(`${running.url}/in/github`)).toBeVisible();
  for (const [name, mark] of [
    ['Fastify', 'addContentTypeParser'],
    ['Next.js', 'export async function POST'],
    ['Go', 'func isGenuine'],
    ['Flask', 'def is_genuine'],
  ] as const) {
    await page.getByRole('tab', { name }).click();
    await expect(page.getByRole('region', { name: `Handler for ${name}` })).toContainText(mark);
  }
  await inBothThemes('help');
});

test('the framework is remembered, and the handler can be copied', async () => {
  await page.getByRole('combobox', { name: 'Provider' }).selectOption('adyen');
  await expect(page.getByRole('tab', { name: 'Flask' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('combobox', { name: 'Scheme' }).selectOption('adyen-standard');
  await page.getByRole('button', { name: 'Copy the handler' }).click();
  expect(await clipboard()).toContain('def is_genuine_item');
  await inBothThemes('help-adyen');
  await page.getByRole('combobox', { name: 'Provider' }).selectOption('rfc9421');
  await expect(page.getByText(/too much to write by hand/)).toBeVisible();
});

test('a small window cuts nothing', async () => {
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(960, 600));
  await page.getByRole('combobox', { name: 'Provider' }).selectOption('meta');
  await inBothThemes('help-small');
  const wider = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  expect(wider).toBe(false);
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Inbox' }).click();
  await inBothThemes('first-run-small');
});

test('one click sends a signed event that really arrives', async () => {
  await firstSteps().getByRole('button', { name: 'Send test event' }).click();
  await expect(page.getByRole('grid', { name: 'Requests' }).getByRole('row', { name: /valid/i }).first()).toBeVisible();
});
