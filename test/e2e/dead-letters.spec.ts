// Dead letters chosen by hand, with the keyboard and the pointer, in the real app.

import { expect, test } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { startTarget } from '../support/target-server.ts';
import type { TargetServer } from '../support/target-server.ts';

let running: RunningApp;
let target: TargetServer;
test.beforeAll(async () => {
  running = await launchApp();
  target = await startTarget();
});
test.afterAll(async () => {
  await running.close();
  await target.close();
});

test('@sending 4 dead letters are chosen by hand, redriven and deleted', async () => {
  const { page } = running;
  await page
    .getByRole('region', { name: 'Secret storage' })
    .getByRole('button', { name: /this run/ })
    .click();
  const view = (name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();
  target.status = 500;
  for (let n = 0; n < 5; n += 1) {
    await view('Compose');
    const form = page.getByRole('form', { name: 'Compose', exact: true });
    await form.getByRole('textbox', { name: 'URL' }).fill(`${target.url}/letter.${n}`);
    await form.getByRole('combobox', { name: 'Retry schedule' }).selectOption('github');
    await form.getByRole('button', { name: /^Send/ }).click();
    await expect.poll(() => target.received.length).toBe(n + 1);
  }
  await view('Dead letters');
  const dead = page.getByRole('grid', { name: 'Dead letters' });
  const chosen = page.getByRole('status', { name: 'Chosen' });
  const box = (n: number) => dead.getByRole('row').nth(n).getByRole('checkbox');
  // The first row is the head.
  await expect(dead.getByRole('row')).toHaveCount(6);

  await test.step('with the keyboard: one, a run of them, none, all', async () => {
    await dead.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Space');
    await expect(chosen).toHaveText(/^3 chosen/);
    for (const n of [1, 2, 3]) await expect(box(n)).toBeChecked();
    await page.keyboard.press('Escape');
    await expect(chosen).toHaveText('');
    await page.keyboard.press('ControlOrMeta+a');
    await expect(chosen).toHaveText(/^5 chosen/);
    await dead.getByRole('checkbox', { name: 'Choose all' }).click();
    await expect(chosen).toHaveText('');
  });

  await test.step('with the pointer: a run, then one less; those are redriven', async () => {
    await box(2).click();
    await box(4).click({ modifiers: ['Shift'] });
    await dead
      .getByRole('row')
      .nth(3)
      .click({ modifiers: ['ControlOrMeta'] });
    await expect(chosen).toHaveText(/^2 chosen/);
    target.status = 200;
    await page.getByRole('button', { name: 'Redrive', exact: true }).click();
    await expect.poll(() => target.received.length).toBe(7);
    await view('Dead letters');
    await expect(dead.getByRole('row')).toHaveCount(4);
  });

  await test.step('chosen ones are deleted, and come back', async () => {
    await box(1).click();
    await box(3).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(dead.getByRole('row')).toHaveCount(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(dead.getByRole('row')).toHaveCount(4);
  });
});
