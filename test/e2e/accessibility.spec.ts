// Every screen, in both themes and at the smallest size, judged by axe: nothing serious, nothing critical.

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

test.beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  running = await launchApp();
  page = running.page;
});
test.afterAll(() => running?.close());

/** What axe finds serious or critical on the screen as it is, one line each. */
async function serious(): Promise<string[]> {
  await page.evaluate(axe);
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`));
}

const view = (name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: false }).first().click();

test('axe finds a fault that is put there, so its silence means something', async () => {
  await page.evaluate("document.body.append(document.createElement('button'))");
  expect((await serious()).join('\n')).toContain('button-name');
  await page.reload();
  await page.getByRole('status', { name: 'Receiver' }).waitFor();
});

for (const scheme of ['dark', 'light'] as const) {
  test(`no screen has a serious fault, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await view('Inbox');
    expect(await serious(), 'Inbox').toEqual([]);
    if (scheme === 'dark') await page.getByRole('button', { name: 'Send test event' }).click();
    else await fetch(`${running.url}/in/x`, { method: 'POST', body: '{"a":[1,2.50,"\u202e"]}' });
    await page.getByRole('grid', { name: 'Requests' }).getByRole('row').first().click();
    for (const tab of ['Body', 'Headers', 'Signature', 'Deliveries', 'Reply', 'Raw']) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      expect(await serious(), tab).toEqual([]);
    }
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('form', { name: 'Replay' }).waitFor();
    expect(await serious(), 'Replay').toEqual([]);
    for (const name of ['Compose', 'Deliveries', 'Dead letters', 'Everything else', 'Settings']) {
      await view(name);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      expect(await serious(), name).toEqual([]);
    }
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
    expect(await serious(), 'palette').toEqual([]);
    await page.keyboard.press('Escape');
  });
}
