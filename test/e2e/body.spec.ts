// The Body tab in the real app, by accessible names only: each viewer with a request that was really posted, decoding,
// finding, copying and saving, and bodies of 50 MB that never hold the window up.

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

let running: RunningApp;
let page: Page;
const faults: string[] = [];

test.beforeAll(async () => {
  process.env['HOOKBENCH_BODY_LIMIT'] = '67108864';
  running = await launchApp();
  delete process.env['HOOKBENCH_BODY_LIMIT'];
  page = running.page;
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
});
test.afterAll(() => running?.close());
test.afterEach(() => expect(faults).toEqual([]));
test.describe.configure({ mode: 'serial' });

const details = () => page.getByRole('region', { name: 'Request details' });
const views = () => details().getByRole('radiogroup', { name: 'View' }).first();
const clipboard = () => running.app.evaluate(({ clipboard: board }) => board.readText());

/** Posts a body to a path of its own and opens it. */
async function open(name: string, body: string | Uint8Array, headers: Record<string, string>): Promise<void> {
  const reply = await fetch(`${running.url}/in/${name}`, { method: 'POST', body: Buffer.from(body), headers });
  expect(reply.status).toBe(200);
  await page
    .getByRole('grid', { name: 'Requests' })
    .getByRole('row', { name: new RegExp(`/in/${name}\\b`) })
    .click();
  await expect(details().getByRole('button', { name: 'Save body' })).toBeVisible();
}

async function show(view: string): Promise<void> {
  await views().getByText(view, { exact: true }).click();
}

test('JSON opens as a tree of what was sent, and a keyboard walks it', async () => {
  const sent = '{"id":12345678901234567890,"a":1.0e+2,"a":"\\u0041","data":{"object":{"id":"in_1","odd key":[true]}}}';
  await open('tree', sent, { 'Content-Type': 'application/json' });
  const tree = details().getByRole('tree', { name: 'Body as tree' });
  await expect(tree.getByRole('treeitem')).toHaveCount(9);
  await expect(tree.getByRole('treeitem', { name: /12345678901234567890/ })).toBeVisible();
  await expect(tree.getByRole('treeitem', { name: /"a": repeated key/ })).toHaveCount(2);
  await expect(tree.getByText('"\\u0041"')).toBeVisible();

  await tree.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const node = details().getByRole('group', { name: 'Chosen node' });
  await expect(node).toContainText('data.object.id');
  await node.getByRole('button', { name: 'Copy path' }).click();
  await expect.poll(clipboard).toBe('data.object.id');
  await node.getByRole('button', { name: 'Copy value' }).click();
  await expect.poll(clipboard).toBe('"in_1"');
  await node.getByRole('button', { name: 'Copy as filter' }).click();
  await expect.poll(clipboard).toBe('body.data.object.id:in_1');

  await tree.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(tree.getByRole('treeitem')).toHaveCount(6);
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem')).toHaveCount(9);

  await show('Text');
  await expect(details().getByRole('textbox', { name: 'Body as text' })).toContainText('12345678901234567890');
  await details().getByRole('button', { name: 'Copy all' }).click();
  await expect.poll(clipboard).toContain('"odd key"');
});

test('the chosen view is kept for the kind, and broken JSON says where it breaks', async () => {
  await open('kept', '{"second":true}', { 'Content-Type': 'application/json' });
  await expect(details().getByRole('textbox', { name: 'Body as text' })).toBeVisible();
  await show('Tree');
  await open('broken', '{"a":1,\n"b":]}', { 'Content-Type': 'application/json' });
  await expect(details().getByRole('note')).toContainText('Not valid JSON at line 2, column 5');
  await expect(details().getByRole('textbox', { name: 'Body as text' })).toBeVisible();
});

test('words are found in tree and text', async () => {
  const items = Array.from({ length: 3_000 }, (_, i) => `{"n":${i},"word":"${i % 1_000 === 999 ? 'Needle' : 'hay'}"}`);
  await open('find', `[${items.join(',')}]`, { 'Content-Type': 'application/json' });
  const tree = details().getByRole('tree', { name: 'Body as tree' });
  await tree.focus();
  await page.keyboard.press('Control+f');
  const find = details().getByRole('search', { name: 'Find in body' });
  await find.getByRole('textbox', { name: 'Find in body' }).fill('needle');
  await expect(find.getByRole('status', { name: 'Matches' })).toHaveText('1 of 3');
  await page.keyboard.press('Enter');
  await expect(find.getByRole('status', { name: 'Matches' })).toHaveText('2 of 3');
  await expect(details().getByRole('group', { name: 'Chosen node' })).toContainText('[1999].word');
  await page.keyboard.press('Escape');
  await expect(find).toBeHidden();
});

test('form fields keep order and repeats, and a JSON payload opens as a tree', async () => {
  const payload = encodeURIComponent('{"action":"opened","number":7}');
  await open('form', `a=1&a=two+words&empty=&payload=${payload}`, {
    'Content-Type': 'application/x-www-form-urlencoded',
  });
  const fields = details().getByRole('table', { name: 'Form fields' });
  await expect(fields.getByRole('row')).toHaveCount(5);
  await expect(fields.getByRole('row').nth(2)).toContainText('two words');
  await expect(details().getByRole('tree', { name: 'Field payload as tree' })).toContainText('"opened"');
  await fields.getByRole('switch', { name: 'As sent' }).click();
  await expect(fields.getByRole('row').nth(2)).toContainText('a=two+words');
});

test('parts of a multipart body open, and are saved under a safe name', async () => {
  const body = [
    '--bound',
    'Content-Disposition: form-data; name="note"',
    '',
    'hello',
    '--bound',
    'Content-Disposition: form-data; name="file"; filename="../../evil.json"',
    'Content-Type: application/json',
    '',
    '{"part":true}',
    '--bound--',
  ].join('\r\n');
  await open('parts', body, { 'Content-Type': 'multipart/form-data; boundary=bound' });
  const parts = details().getByRole('table', { name: 'Parts' });
  await expect(parts.getByRole('row')).toHaveCount(3);
  await parts.getByRole('button', { name: 'Open part 2' }).click();
  await expect(details().getByRole('region', { name: 'Part 2' }).getByRole('tree')).toContainText('"part"');

  const folder = await mkdtemp(join(tmpdir(), 'hookbench-saved-'));
  await running.app.evaluate(({ dialog }, into) => {
    dialog.showSaveDialog = ((_window: unknown, { defaultPath }: { defaultPath: string }) => {
      const name = defaultPath.split('/').at(-1) ?? '';
      return Promise.resolve({ canceled: false, filePath: `${into}/${name}` });
    }) as typeof dialog.showSaveDialog;
  }, folder);
  await parts.getByRole('button', { name: 'Save part 2' }).click();
  await expect(page.getByText(join(folder, 'evil.json'))).toBeVisible();
  expect(await readFile(join(folder, 'evil.json'), 'utf8')).toBe('{"part":true}');
});

test('XML shows as text and as a tree without replacing an entity', async () => {
  await open('xml', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><order id="1"><line>&x;</line></order>', {
    'Content-Type': 'application/xml',
  });
  await expect(details().getByRole('textbox', { name: 'Body as text' })).toContainText('&x;');
  await show('Tree');
  await expect(details().getByRole('tree', { name: 'Body as tree' })).toContainText('&x;');
});

test('an image is shown from its bytes, a huge one is not decoded', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  await open('image', png, { 'Content-Type': 'image/png' });
  const image = details().getByRole('img', { name: 'Body as an image: png, 1 x 1' });
  await expect.poll(() => image.evaluate((element) => Reflect.get(element, 'naturalWidth') as number)).toBe(1);
  const huge = Buffer.from(png);
  huge.writeUInt32BE(30_000, 16);
  huge.writeUInt32BE(30_000, 20);
  await open('huge', huge, { 'Content-Type': 'image/png' });
  await expect(details().getByText(/30,000 x 30,000 pixels/)).toBeVisible();
  await show('Hex');
  await expect(details().getByRole('region', { name: 'Body as hex' })).toContainText('89 50 4e 47');
});

test('a compressed body is decoded on demand', async () => {
  await open('gzip', gzipSync('{"decoded":"yes"}'), {
    'Content-Type': 'application/json',
    'Content-Encoding': 'gzip',
  });
  await details().getByRole('button', { name: 'Decode' }).click();
  await expect(details().getByRole('tree', { name: 'Body as tree' })).toContainText('"yes"');
  await expect(details().getByRole('status', { name: 'Encoding' })).toContainText(/gzip, \d+ B to 17 B/);
  await details().getByRole('button', { name: 'Show as stored' }).click();
  await expect(details().getByRole('region', { name: 'Body as hex' })).toContainText('1f 8b');
});

const fifty = 52_428_800;

for (const [name, type, make] of [
  ['json', 'application/json', () => `[${'{"id":"evt_0000000000","n":12345},'.repeat(1_541_000)}{"last":"needle"}]`],
  ['line', 'text/plain', () => `${'all in one line '.repeat(fifty / 16)}needle`],
] as const) {
  test(`50 MB of ${name} open, scroll and are searched without a long task`, async () => {
    await page.evaluate(`(() => {
      globalThis.longTasks = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.longTasks.push(Math.round(entry.duration));
      }).observe({ type: 'longtask' });
      setTimeout(() => {
        for (const end = performance.now() + 150; performance.now() < end; ) { /* busy */ }
      });
    })()`);
    // The watch itself is seen to work: a task that was long on purpose.
    await expect.poll(() => page.evaluate('globalThis.longTasks.some((ms) => ms > 100)')).toBe(true);
    await page.evaluate('globalThis.longTasks.length = 0');
    await open(`large-${name}`, make(), { 'Content-Type': type });
    if (name === 'json') {
      await expect(details().getByRole('tree', { name: 'Body as tree' })).toBeVisible();
      await expect(details().getByText(/The tree shows the first 1/)).toBeVisible();
      await show('Text');
    }
    const text = details().getByRole('region', { name: 'Body as text' });
    await expect(text).toBeVisible();
    await text.focus();
    await page.keyboard.press('End');
    await expect(details().getByText(/more comes as you scroll/)).toBeVisible();
    await page.keyboard.press('Control+f');
    const find = details().getByRole('search', { name: 'Find in body' });
    await find.getByRole('textbox', { name: 'Find in body' }).fill('needle');
    await expect(find.getByRole('status', { name: 'Matches' })).toHaveText('1 of 1', { timeout: 30_000 });
    await expect(text.getByText('needle')).toBeVisible({ timeout: 30_000 });
    expect(await page.evaluate('globalThis.longTasks.filter((ms) => ms > 100)')).toEqual([]);
    await page.keyboard.press('Escape');
  });
}
