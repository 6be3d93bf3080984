// The Inbox as a tool for many requests, in the real app: suggestions, groups, choosing, the activity line, saved filters.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

let running: RunningApp;
let page: Page;
let axe: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  running = await launchApp();
  page = running.page;
  await page
    .getByRole('region', { name: 'Secret storage' })
    .getByRole('button', { name: /this run/ })
    .click();
});
test.afterAll(() => running?.close());

const grid = () => page.getByRole('grid', { name: 'Requests' });
const rows = () => grid().getByRole('row');
const filter = () => page.getByRole('textbox', { name: 'Filter requests' });
const offers = () => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
const post = async (path: string, body: string, method = 'POST'): Promise<void> => {
  await fetch(`${running.url}/in/${path}`, { method, ...(method === 'GET' ? {} : { body }) });
};

/** What axe finds serious or critical in both themes. */
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
    await page.screenshot({ path: test.info().outputPath(`${screen}-${colorScheme}.png`) });
  }
}

test('the filter box offers keys, then values, to the keyboard and the pointer', async () => {
  for (let n = 0; n < 6; n += 1) await post('shop', `{"n":${n}}`);
  await post('other', '', 'GET');
  await expect(rows()).toHaveCount(7);

  await page.keyboard.press('/');
  await expect(filter()).toBeFocused();
  await page.keyboard.type('met');
  await expect(offers()).toHaveText([/^method:/]);
  await expectNothingSerious('suggestions');
  await page.keyboard.press('ArrowDown');
  await expect(offers().first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(filter()).toHaveValue('method:');
  await offers().filter({ hasText: 'GET' }).click();
  await expect(filter()).toHaveValue('method:GET ');
  await expect(rows()).toHaveCount(1);
  await expect(page.getByText('1 of 7 requests')).toBeVisible();
  await filter().press('Escape');
  await expect(rows()).toHaveCount(7);

  await filter().press('ArrowDown');
  await expect(offers()).toHaveCount(18);
  await filter().press('Escape');
  await expect(offers()).toHaveCount(0);
  await filter().fill('nonsense:1');
  await expect(page.getByText(/Unknown key "nonsense"/)).toBeVisible();
  await filter().fill('');
  await expect(rows()).toHaveCount(7);
});

test('duplicates fold into one row, unfold with the keyboard, and take in new ones', async () => {
  for (let n = 0; n < 3; n += 1) await post('twice', '{"same":true}');
  await expect(rows()).toHaveCount(10);
  const toggle = page.getByRole('button', { name: 'Fold duplicates' });
  await toggle.click();
  await expect(rows()).toHaveCount(8);
  const group = grid().getByRole('row', { name: /same body, group of \d, folded/ });
  await expect(group).toHaveCount(1);
  await expectNothingSerious('folded');
  await group.click();
  await page.keyboard.press('ArrowRight');
  await expect(rows()).toHaveCount(10);
  await expectNothingSerious('unfolded');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect(rows()).toHaveCount(8);
  await post('twice', '{"same":true}');
  await expect(grid().getByRole('row', { name: /group of 4, folded/ })).toHaveCount(1);
  await expect(rows()).toHaveCount(8);
  await grid().getByRole('button', { name: 'Group of 4' }).click();
  await expect(rows()).toHaveCount(11);
  await toggle.click();
  await expect(rows()).toHaveCount(11);
});

test('chosen requests are pinned, deleted, had back, and gone for good', async () => {
  await grid().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+Space');
  await expect(page.getByRole('status', { name: 'Chosen' })).toHaveText('2 chosen');
  await rows()
    .nth(3)
    .click({ modifiers: ['ControlOrMeta'] });
  await expect(page.getByRole('status', { name: 'Chosen' })).toHaveText('3 chosen');
  const bar = page.getByRole('group', { name: 'Chosen requests' });
  await expectNothingSerious('chosen');
  await bar.getByRole('button', { name: 'Pin' }).click();
  await expect(grid().getByRole('row', { name: /pinned/ })).toHaveCount(3);
  await bar.getByRole('button', { name: 'Unpin' }).click();
  await expect(grid().getByRole('row', { name: /pinned/ })).toHaveCount(0);
  await bar.getByRole('button', { name: 'Delete' }).click();
  await expect(rows()).toHaveCount(8);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows()).toHaveCount(11);
  await rows().first().click();
  await page.keyboard.press('Delete');
  await expect(rows()).toHaveCount(10);
  await page
    .getByRole('alert')
    .filter({ hasText: '“/in/twice” deleted' })
    .getByRole('button', { name: 'Dismiss' })
    .click();
  await expect(page.getByText('10 requests')).toBeVisible();
  await page.reload();
  await expect(rows()).toHaveCount(10);
});

test('the activity line says what came when, and a drag over it narrows the filter', async () => {
  const line = page.getByRole('img', { name: /^Last 15 min: 10 requests, 0 failed/ });
  await expect(line).toBeVisible();
  const box = await line.boundingBox();
  if (box === null) throw new Error('the line has no place');
  await page.mouse.move(box.x + box.width * 0.9, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + 10);
  await page.mouse.up();
  await expect(filter()).toHaveValue(/^since:\S+Z before:\S+Z$/);
  await expect(rows()).toHaveCount(10);
  await page.mouse.click(box.x + 5, box.y + 10);
  await expect(page.getByRole('heading', { name: 'No request matches' })).toBeVisible();
  await expectNothingSerious('narrowed');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(rows()).toHaveCount(10);
});

test('a filter is saved under a name, picked and removed', async () => {
  await filter().fill('method:GET');
  await expect(rows()).toHaveCount(1);
  const open = () => page.getByRole('button', { name: 'Saved filters' }).click();
  await open();
  await page.getByRole('textbox', { name: 'Save the present filter as' }).fill('Only GET');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: /^Only GET/ })).toBeVisible();
  await expectNothingSerious('saved');
  await open();
  await expect(page.getByRole('textbox', { name: 'Save the present filter as' })).toBeHidden();
  await filter().fill('');
  await expect(rows()).toHaveCount(10);
  await open();
  await page.getByRole('button', { name: /^Only GET/ }).click();
  await expect(filter()).toHaveValue('method:GET');
  await expect(rows()).toHaveCount(1);
  await open();
  await page.getByRole('button', { name: 'Remove the filter Only GET' }).click();
  await expect(page.getByText('No filter is saved yet')).toBeVisible();
});
