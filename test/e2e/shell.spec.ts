// What the desktop adds to the window, in the real app: palette, menus, links, notifications, tray, window state, files
// that are dropped, undo, and a page that dies and comes back.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

let running: RunningApp;
let page: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  running = await launchApp();
  page = running.page;
});
test.afterAll(() => running?.close());

const grid = () => page.getByRole('grid', { name: 'Requests' });
const row = (name: RegExp) => grid().getByRole('row', { name });
const palette = () => page.getByRole('dialog', { name: 'Command palette' });
const title = (name: string) => page.getByRole('heading', { level: 1, name });

async function post(path: string, body = '{}', headers: Record<string, string> = {}): Promise<void> {
  const reply = await fetch(`${running.url}${path}`, { method: 'POST', body, headers });
  expect(reply.status).toBe(200);
}

/** Chooses in the menu of the application, as a person would. */
async function menu(id: string): Promise<void> {
  await running.app.evaluate(({ Menu }, wanted) => Menu.getApplicationMenu()?.getMenuItemById(wanted)?.click(), id);
}

async function menuState(id: string): Promise<{ enabled: boolean; visible: boolean } | null> {
  return running.app.evaluate(({ Menu }, wanted) => {
    const item = Menu.getApplicationMenu()?.getMenuItemById(wanted);
    return item ? { enabled: item.enabled, visible: item.visible } : null;
  }, id);
}

async function runInPalette(query: string, option: RegExp | string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await palette().getByRole('textbox', { name: 'Search commands' }).fill(query);
  await expect(palette().getByRole('button', { name: option }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(palette()).toBeHidden();
}

test('the palette runs actions, opens views, finds requests by path and id, and says when nothing matches', async () => {
  await post('/in/orders/created');
  await post('/in/orders/paid');
  await row(/orders\/paid/).click();
  await runInPalette('set', /^Settings/);
  await expect(title('Settings')).toBeVisible();
  await runInPalette('orders/crea', /POST \/in\/orders\/created/);
  await expect(title('/in/orders/created')).toBeVisible();
  const id =
    String(await page.evaluate('location.hash'))
      .split('/')
      .at(-1) ?? '';
  await runInPalette('everything', /Endpoint Everything else/);
  await runInPalette(id, new RegExp(id));
  await expect(title('/in/orders/created')).toBeVisible();
  await runInPalette('theme dark', /Theme: dark/);
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await runInPalette('theme as', /Theme: as the system/);

  await page.keyboard.press('ControlOrMeta+k');
  await palette().getByRole('textbox', { name: 'Search commands' }).fill('no such thing at all');
  await expect(palette().getByRole('status')).toContainText('Nothing is called');
  await page.keyboard.press('Escape');
  await expect(palette()).toBeHidden();
});

test('keys go to views and act on the open request, but never while a person types', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page.getByRole('grid', { name: 'Deliveries' }).or(title('Deliveries')).first()).toBeVisible();
  await page.keyboard.press('ControlOrMeta+1');
  await expect(title('/in/orders/created')).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: 'Pin', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: 'Pin', exact: true })).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('/');
  await expect(page.getByRole('textbox', { name: 'Filter requests' })).toBeFocused();
  await page.keyboard.type('rcg');
  await expect(page.getByRole('textbox', { name: 'Filter requests' })).toHaveValue('rcg');
  expect(String(await page.evaluate('location.hash'))).toMatch(/^#\/inbox\//);
  await page.getByRole('textbox', { name: 'Filter requests' }).fill('');
  await grid().focus();
  await page.keyboard.press('r');
  await expect(page.getByRole('form', { name: 'Replay' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+1');
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Command palette');
  await expect(list).toContainText('g then i');
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
});

test('the menu has the actions, is enabled by what is open, and runs them', async () => {
  await menu('go.inbox');
  await expect(title('/in/orders/created')).toBeVisible();
  await expect.poll(() => menuState('request.replay')).toEqual({ enabled: true, visible: true });
  await expect.poll(() => menuState('request.unpin')).toMatchObject({ visible: false });
  await menu('go.compose');
  await expect(page.getByRole('form', { name: 'Compose' })).toBeVisible();
  await expect.poll(() => menuState('request.replay')).toEqual({ enabled: false, visible: true });
  const labels = await running.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label));
  expect(labels).toEqual(expect.arrayContaining(['File', 'Edit', 'View', 'Go', 'Request']));
  const accelerator = await running.app.evaluate(
    ({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('palette')?.accelerator,
  );
  expect(accelerator).toBe('CommandOrControl+K');
});

test('capture is paused and goes on at the same address', async () => {
  const status = page.getByRole('status', { name: 'Receiver' });
  await menu('capture.pause');
  await expect(status).toContainText('Capture is paused');
  await expect(fetch(running.url)).rejects.toThrow();
  await expect.poll(() => menuState('capture.resume')).toEqual({ enabled: true, visible: true });
  await status.getByRole('button', { name: 'Resume capture' }).click();
  await expect(status).toContainText(running.url);
  await post('/in/after-pause');
});

test('a deleted request is had back by the key', async () => {
  await menu('go.inbox');
  await row(/after-pause/).click();
  await menu('request.delete');
  await expect(row(/after-pause/)).toHaveCount(0);
  await expect(page.getByRole('alert').filter({ hasText: 'deleted' })).toBeVisible();
  await expect.poll(() => menuState('undo')).toMatchObject({ enabled: true });
  await page.keyboard.press('ControlOrMeta+z');
  await expect(row(/after-pause/)).toBeVisible();
  await expect.poll(() => menuState('undo')).toMatchObject({ enabled: false });
});

test('a link to a request opens it through the app that runs; anything else opens nothing', async () => {
  await row(/after-pause/).click();
  const id =
    String(await page.evaluate('location.hash'))
      .split('/')
      .at(-1) ?? '';
  await menu('go.settings');
  await expect(title('Settings')).toBeVisible();
  startSecond(`hookbench://request/${id}`);
  await expect(title('/in/after-pause')).toBeVisible();
  startSecond('hookbench://view/deliveries');
  await expect(page).toHaveURL(/#\/deliveries/);
  startSecond('hookbench://replay/x?send=1');
  await expect(page).toHaveURL(/#\/deliveries/);
});

/** Starts the app again with a link, as the system does. It hands the link over and ends. */
function startSecond(link: string): void {
  const electron = createRequire(import.meta.url)('electron') as unknown as string;
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  execFileSync(electron, [...(asRoot ? ['--no-sandbox'] : []), '.', link], {
    env: { ...process.env, HOOKBENCH_DATA_DIR: running.dataDir, HOOKBENCH_PORT: '0' },
    stdio: 'ignore',
    timeout: 30_000,
  });
}

test('while nobody looks, a failure is told once with its verdict, and a click leads there', async () => {
  await running.app.evaluate(({ BrowserWindow, Notification, Tray }) => {
    const seen = { notices: [] as { title: string; body: string }[], tips: [] as string[], last: null as unknown };
    (globalThis as unknown as { seen: typeof seen }).seen = seen;
    Notification.prototype.show = function show(this: Electron.Notification) {
      seen.notices.push({ title: this.title, body: this.body });
      seen.last = this;
    };
    // A machine without a message service would show nothing.
    Notification.isSupported = () => true;
    Tray.prototype.setToolTip = function setToolTip(tip: string) {
      seen.tips.push(tip);
    };
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  const seen = () =>
    running.app.evaluate(() => {
      const { notices, tips } = (
        globalThis as unknown as { seen: { notices: { title: string; body: string }[]; tips: string[] } }
      ).seen;
      return { notices, tips };
    });
  await post('/in/quiet');
  const seconds = String(Math.floor(Date.now() / 1_000));
  const forged = { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': `v1,${'A'.repeat(43)}=` };
  await post('/hookbench/test-event', '{"type":"invoice.paid"}', forged);
  await expect.poll(async () => (await seen()).notices.length).toBe(1);
  expect((await seen()).notices[0]).toEqual({
    title: 'invoice.paid',
    body: 'Standard Webhooks · Signature invalid',
  });
  expect((await seen()).tips.at(-1)).toContain('2 unread requests');
  await running.app.evaluate(() => {
    (globalThis as unknown as { seen: { last: { emit(name: string): void } } }).seen.last.emit('click');
  });
  await expect(page).toHaveURL(/#\/inbox\/req_/);
  await expect
    .poll(() => running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()))
    .toBe(true);
});

test('a file becomes the body where it is dropped, and is read for an import elsewhere', async () => {
  await menu('go.compose');
  const body = page.getByRole('group', { name: 'Message body' });
  await body.waitFor();
  await dropFile('[aria-label="Message body"]', 'order.json', '{"dropped":true}');
  await expect(page.getByRole('status', { name: 'Dropped file' })).toContainText('order.json');
  await expect(body).toContainText('dropped');
  await page.getByRole('button', { name: 'Put back' }).click();
  await expect(body).not.toContainText('dropped');
  await dropFile('nav', 'evil.html', '<script>1</script>');
  await expect(page.getByRole('alert').filter({ hasText: 'Nothing of evil.html was imported' })).toBeVisible();
  await expect(page).toHaveURL(/^app:.*#\/import$/);
});

async function dropFile(selector: string, name: string, text: string): Promise<void> {
  const [at, called, content] = [selector, name, text].map((word) => JSON.stringify(word));
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${content}], ${called}, { type: 'application/json' }));
    for (const type of ['dragover', 'drop']) {
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector(${at}).dispatchEvent(event);
    }
  })()`);
}

test('a page that dies is loaded again, says so, and shows what came meanwhile', async () => {
  await menu('go.inbox');
  await expect(grid()).toBeVisible();
  // Playwright lets go of a page that crashed, so this one is looked at from the app itself.
  // A script that the page took with it when it died is never answered.
  const inPage = (script: string): Promise<unknown> =>
    running.app.evaluate(({ BrowserWindow }, code) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const late = new Promise((resolve) => setTimeout(resolve, 1_000, null));
      return Promise.race([contents?.executeJavaScript(code).catch(() => null), late]);
    }, script);
  const text = async (): Promise<string> => String(await inPage('document.body.innerText'));
  const crash = () =>
    running.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
  await crash();
  await post('/in/while-down');
  await expect.poll(text).toContain('The window crashed and was restored');
  await expect.poll(text).toContain('/in/while-down');
  await inPage('document.querySelector(\'[aria-label="Restored"] button\').click()');
  await expect.poll(text).not.toContain('was restored');

  // Three times it comes back by itself; then it waits for the person.
  for (let times = 2; times <= 3; times += 1) {
    await crash();
    await expect.poll(text).toContain('was restored');
  }
  await crash();
  await expect.poll(text).toContain('The window keeps crashing');
  await post('/in/still-received');
  await inPage('document.querySelector("a").click()');
  await expect.poll(text).toContain('/in/still-received');
});

test('the next start opens where the person was, in a window of the same size', async () => {
  await menu('go.settings');
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1100, 700));
  const { dataDir } = running;
  await running.close(true);
  running = await launchApp({ dataDir });
  page = running.page;
  await expect(title('Settings')).toBeVisible();
  const size = await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getSize());
  expect(size).toEqual([1100, 700]);
});
