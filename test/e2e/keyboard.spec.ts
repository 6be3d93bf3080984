// The main job without a pointer: receive, inspect, diagnose, replay, send, redrive, export. Nothing here clicks or puts
// the focus anywhere but by pressing keys, and wherever the focus goes it can be seen.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { startTarget } from '../support/target-server.ts';
import type { TargetServer } from '../support/target-server.ts';

let running: RunningApp;
let page: Page;
let target: TargetServer;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  target = await startTarget();
  running = await launchApp();
  page = running.page;
});
test.afterAll(async () => {
  await running?.close();
  await target?.close();
});

const press = (key: string) => page.keyboard.press(key);
const row = (grid: string, name: RegExp) => page.getByRole('grid', { name: grid }).getByRole('row', { name });

/** What is known of the element that has the focus. */
interface Focused {
  /** As far as it is written on the element. */
  readonly name: string;
  readonly tag: string;
  /** A person can see where the focus is. */
  readonly seen: boolean;
}

/** Runs in the page. The outline may lie on the frame of a field or an editor, or on the card of a choice. */
const lookAtFocus = `(() => {
  const element = document.activeElement;
  const labels = [...(element.labels ?? [])].map((label) => label.innerText).join(' ');
  const name = element.getAttribute('aria-label') ?? (labels || element.innerText);
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--accent)';
  const accent = getComputedStyle(probe).color;
  probe.remove();
  let seen = false;
  for (let at = element, up = 0; at !== null && up < 4; at = at.parentElement, up += 1) {
    const style = getComputedStyle(at);
    const outline = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
    seen ||= outline || style.borderTopColor === accent;
  }
  return { name: name.trim(), tag: element.tagName.toLowerCase(), seen };
})()`;

function focused(): Promise<Focused> {
  return page.evaluate(lookAtFocus) as Promise<Focused>;
}

/** Goes on with Tab until the element of this name has the focus; on its way the focus is always visible. */
async function tabTo(name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await press('Tab');
    const at = await focused();
    if (at.tag === 'body') continue;
    passed.push(at.name.slice(0, 40));
    // An editor draws its frame a moment after it got the focus.
    const sight = expect.poll(async () => (await focused()).seen, { message: `the focus on ${at.tag} “${at.name}”` });
    await sight.toBe(true);
    if (name.test(at.name)) return;
  }
  throw new Error(`Tab never came to ${name}: ${passed.join(' | ')}`);
}

async function typeOver(text: string): Promise<void> {
  await press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('receive: the test event is sent by Enter and arrives', async () => {
  await tabTo(/^Send test event$/);
  await press('Enter');
  await expect(row('Requests', /hookbench\.test.*\bvalid/)).toBeVisible();
});

test('inspect and diagnose: down the list, into the tabs, to the cause', async () => {
  const seconds = String(Math.floor(Date.now() / 1_000));
  const forged = { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': `v1,${'A'.repeat(43)}=` };
  const body = '{"type":"forged.event"}';
  await fetch(`${running.url}/hookbench/test-event`, { method: 'POST', body, headers: forged });
  await expect(row('Requests', /forged\.event.*invalid/)).toBeVisible();
  await press('/');
  await expect.poll(focused).toMatchObject({ name: 'Filter requests', seen: true });
  await page.keyboard.type('verdict:invalid');
  await expect(row('Requests', /hookbench\.test/)).toHaveCount(0);
  await press('Escape');
  await tabTo(/^Requests$/);
  await press('ArrowDown');
  await expect(row('Requests', /forged\.event/)).toHaveAttribute('aria-selected', 'true');
  await press('Enter');
  await expect.poll(async () => (await focused()).name).toMatch(/^Body/);
  await press('ArrowRight');
  await press('ArrowRight');
  await expect.poll(focused).toMatchObject({ name: 'Signature', seen: true });
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Invalid');
  await expect(page.getByRole('list', { name: 'Diagnosis' })).toBeVisible();
  await press('/');
  await expect.poll(focused).toMatchObject({ name: 'Filter requests' });
  await press('ControlOrMeta+a');
  await press('Delete');
  await expect(row('Requests', /hookbench\.test/)).toBeVisible();
});

test('replay: the valid event goes to a handler, signed anew', async () => {
  await tabTo(/^Requests$/);
  await press('End');
  await expect(row('Requests', /hookbench\.test/)).toHaveAttribute('aria-selected', 'true');
  await press('r');
  await expect(page.getByRole('form', { name: 'Replay' })).toBeVisible();
  await tabTo(/^URL$/);
  await typeOver(`${target.url}/replayed`);
  await press('ControlOrMeta+Enter');
  await expect.poll(() => target.received.length).toBe(1);
  expect(target.received[0]?.target).toBe('/replayed');
});

test('send: an event that fails five times ends in Dead letters', async () => {
  target.status = 500;
  await press('ControlOrMeta+2');
  await expect(page.getByRole('form', { name: 'Compose' })).toBeVisible();
  await tabTo(/^URL$/);
  await typeOver(`${target.url}/composed`);
  await tabTo(/^Secret$/);
  await page.keyboard.type('keyboard-secret');
  await press('Escape');
  await tabTo(/^Retry schedule$/);
  await page.keyboard.type('classic');
  await tabTo(/^Speed/);
  await typeOver('1000');
  await press('ControlOrMeta+Enter');
  await expect.poll(() => target.received.filter((one) => one.target === '/composed').length).toBe(5);
  await press('ControlOrMeta+4');
  await expect(row('Dead letters', /127\.0\.0\.1/)).toBeVisible();
});

test('redrive: the dead letter is sent again and delivered', async () => {
  target.status = 200;
  await press('j');
  await expect(row('Dead letters', /127\.0\.0\.1/)).toHaveAttribute('aria-selected', 'true');
  await expect.poll(focused).toMatchObject({ name: 'Dead letters', seen: true });
  await tabTo(/^Redrive$/);
  await press('Enter');
  await expect.poll(() => target.received.filter((one) => one.target === '/composed').length).toBe(6);
  await press('g');
  await press('d');
  await expect(row('Deliveries', /delivered/i).first()).toBeVisible();
});

test('export: everything goes to a file by the palette', async () => {
  const path = join(running.dataDir, 'keyboard.har');
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await press('ControlOrMeta+k');
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
  await page.keyboard.type('export har');
  await press('Enter');
  await expect(page.getByRole('combobox', { name: 'Format' })).toBeFocused();
  await tabTo(/^Export$/);
  await press('Enter');
  await expect(page.getByText(/requests exported/)).toBeVisible();
  expect(await readFile(path, 'utf8')).toContain('forged.event');
});
