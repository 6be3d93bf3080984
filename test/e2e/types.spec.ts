// A captured event as a type, from the menu of the open request.

import { expect, test } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
});
test.afterAll(() => running?.close());

test('this request, and all of its event, as TypeScript and as JSON Schema', async () => {
  const { page, url } = running;
  for (const body of ['{"action":"opened","number":1}', '{"action":"opened","merged":true}']) {
    await fetch(`${url}/in/github`, {
      method: 'POST',
      body,
      headers: {
        'Content-Type': 'application/json',
        'X-GitHub-Event': 'pull_request',
        'X-Hub-Signature-256': 'sha256=00',
      },
    });
  }
  const rows = page.getByRole('grid', { name: 'Requests' }).getByRole('row');
  await expect(rows).toHaveCount(2);
  await rows.first().click();
  await page.getByRole('button', { name: 'Copy as' }).click();
  await page.getByRole('menuitem', { name: /TypeScript type/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Types' });
  await expect(dialog.getByText('merged')).toBeVisible();
  await expect(dialog.getByText('number')).toHaveCount(0);
  await expect(dialog.getByRole('status', { name: 'Types made' })).toContainText('1 request');

  await dialog.getByText(/^All 2 of/).click();
  await expect(dialog.getByText('number?')).toBeVisible();
  await expect(dialog.getByRole('status', { name: 'Types made' })).toContainText('2 requests');
  await dialog.getByRole('tab', { name: 'JSON Schema' }).click();
  await expect(dialog.getByText('draft/2020-12')).toBeVisible();
  await page.screenshot({ path: process.env['TYPES_SHOT'] ?? 'test-results/types.png' });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});
