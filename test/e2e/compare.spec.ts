// Two requests side by side in the real app: from the menu, by choosing, by the keyboard, in both themes.

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

async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  const type = { 'Content-Type': 'application/json' };
  await fetch(`${running.url}${path}`, { method: 'POST', body, headers: { ...type, ...headers } });
}

async function seriousFaults(): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120) ?? ''}`);
}

const comparison = () => page.getByRole('region', { name: 'Comparison' });
const differences = () => comparison().getByRole('table', { name: 'Differences' });
const status = () => page.getByRole('status').filter({ hasText: /difference|The same/ });
const newest = () => page.getByRole('grid', { name: 'Requests' }).getByRole('row').first();
const inbox = () => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Inbox' }).click();

test('a request is compared with the one before of its group', async () => {
  await post('/in/shop', '{"id":"evt_1","total":12345678901234567890}', { 'Webhook-Id': 'msg_1', 'X-Request-Id': 'a' });
  await post('/in/shop', '{"id":"evt_1","total":12345678901234567891}', { 'Webhook-Id': 'msg_1', 'X-Request-Id': 'b' });
  // The first one alone is shown for a moment.
  await expect(newest()).toHaveAccessibleName(/conflict/);
  await newest().click();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('menuitem', { name: 'With the one before of its group' }).click();
  await expect(status()).toHaveText('2 differences');
  await expect(differences().getByRole('row', { name: /total/ })).toContainText('12345678901234567891');
  await expect(comparison().getByRole('group', { name: 'Right' })).toContainText('later');

  await page.getByRole('checkbox', { name: 'Ignore what always changes' }).click();
  await expect(status()).toHaveText('1 difference, 1 ignored');
  await page.getByRole('button', { name: 'Swap' }).click();
  await expect(comparison().getByRole('group', { name: 'Right' })).toContainText('earlier');
  await expect(status()).toHaveText('1 difference, 1 ignored');
  await comparison().getByRole('group', { name: 'Left' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Request details' })).toBeVisible();
});

test('any other request is chosen, with the keyboard alone', async () => {
  await post('/in/other', '{"id":"evt_1","total":12345678901234567891}', {
    'Webhook-Id': 'msg_9',
    'X-Request-Id': 'c',
  });
  await inbox();
  await newest().click();
  await page.getByRole('button', { name: 'Compare', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: /another request/ }).focus();
  await page.keyboard.press('Enter');
  const find = page.getByRole('textbox', { name: 'Find a request' });
  await expect(find).toBeFocused();
  const choices = page.getByRole('list', { name: 'Requests to compare with' }).getByRole('link');
  await expect(choices).toHaveCount(2);
  await find.fill('nothing:at-all');
  await expect(page.getByText(/Known keys|not known|unknown/i).first()).toBeVisible();
  const id = /compare\/[^/]+\/(req_\w+)/.exec((await choices.last().getAttribute('href')) ?? '')?.[1] ?? '';
  await find.fill(id);
  await expect(choices).toHaveCount(1);
  await page.keyboard.press('Tab');
  await expect(choices.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(status()).toHaveText(/differences$/);
});

test('the same request is the same byte for byte; what is gone is said', async () => {
  await inbox();
  await newest().click();
  const id = /inbox\/(req_\w+)/.exec(await page.evaluate('location.hash'))?.[1] ?? '';
  await page.evaluate(`location.hash = '#/compare/${id}/${id}'`);
  await expect(comparison().getByRole('heading', { name: 'The same, byte for byte' })).toBeVisible();
  await page.evaluate(`location.hash = '#/compare/${id}/req_gone'`);
  await expect(comparison()).toContainText('There is no request req_gone.');
  await page.evaluate(`location.hash = '#/inbox/${id}'`);
  await expect(page.getByRole('region', { name: 'Request details' })).toContainText('answered 200');
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('compare');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Find a request' })).toBeVisible();
});

test('nothing serious is wrong with it, in both themes and small', async () => {
  const long = { note: `\u202e${'long '.repeat(400)}`, list: [1, 2, 3], gone: true };
  await post('/in/long', JSON.stringify(long), { 'Webhook-Id': 'msg_3', 'X-Long': 'x'.repeat(300) });
  await post('/in/long', JSON.stringify({ ...long, gone: undefined, note: `${long.note}!`, list: [1, 9] }, null, 2), {
    'Webhook-Id': 'msg_3',
  });
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await inbox();
    await newest().click();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('menuitem', { name: /before of its group/ }).click();
    await expect(differences()).toBeVisible();
    // What differs lies far behind the start of both, and is shown.
    await expect(differences().getByRole('row', { name: /^note/ })).toContainText('!');
    await differences()
      .getByRole('row', { name: /^X-Long/ })
      .getByRole('button', { name: 'Show all' })
      .click();
    await expect(differences().getByRole('row', { name: /^X-Long/ })).toContainText('x'.repeat(300));
    expect(await seriousFaults(), scheme).toEqual([]);
    await page.getByRole('button', { name: 'With another…' }).click();
    await expect(page.getByRole('textbox', { name: 'Find a request' })).toBeVisible();
    expect(await seriousFaults(), `${scheme}, choosing`).toEqual([]);
  }
});
