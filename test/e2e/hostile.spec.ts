// Hostile content in the real app: every case that must stay text, decode within bounds, or be searched within bounds.
// After each, an ordinary request is answered and stored within a second.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makeBomb } from '../support/bomb.ts';
import { watchHostile } from '../support/hostile-watch.ts';
import type { HostileWatch } from '../support/hostile-watch.ts';
import { launchApp } from '../support/launch-app.ts';
import type { RunningApp } from '../support/launch-app.ts';

interface HostileCase {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly contentType?: string;
  readonly args?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect: { readonly class: string; readonly bodySha256?: string };
}

const folder = 'test/fixtures/hostile';
const { cases } = JSON.parse(readFileSync(join(folder, 'window-index.json'), 'utf8')) as {
  cases: readonly HostileCase[];
};
const ofClass = (name: string, kind: string) => cases.filter((one) => one.expect.class === name && one.kind === kind);

let running: RunningApp;
let watch: HostileWatch;
test.beforeAll(async () => {
  running = await launchApp();
  watch = await watchHostile(running);
  // Only root may listen on the port that the payloads point to; what the window asks for is seen by anyone.
  expect(watch.isListening || process.getuid?.() !== 0).toBe(true);
});
test.afterAll(async () => {
  await watch?.close();
  await running?.close();
});
test.describe.configure({ mode: 'serial' });

interface Row {
  readonly id: string;
  readonly sha256: string;
}

/** Calls the host as the window does. */
async function call<T>(name: string, input: unknown): Promise<T> {
  const answer = (await running.page.evaluate(`hookbench.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`)) as
    { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
  return answer.value;
}

async function newest(query: string): Promise<Row | undefined> {
  return (await call<{ rows: readonly Row[] }>('requests.list', { query, limit: 1 })).rows[0];
}

async function post(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<number> {
  return (
    await fetch(`${running.url}${path}`, {
      method: 'POST',
      body: new Blob([body]),
      headers,
    })
  ).status;
}

let probes = 0;
/** An ordinary request is answered and stored within a second. */
async function expectAlive(after: string): Promise<void> {
  const path = `/alive-${(probes += 1)}`;
  const before = performance.now();
  expect(await post(path, '{}', { 'Content-Type': 'application/json' }), after).toBe(200);
  expect(await newest(`path:${path}`), after).toBeDefined();
  expect(performance.now() - before, after).toBeLessThan(1_000);
}

/** Opens a stored request by its address, as a link would. */
async function open(id: string, path: string): Promise<void> {
  await running.page.evaluate(`location.hash = '#/inbox/${id}'`);
  const details = running.page.getByRole('region', { name: 'Request details' });
  await expect(details).toContainText(`POST ${path}`);
  await details.getByRole('tab', { name: 'Body' }).click();
}

/** Shows the body in each of its views. */
async function openViews(): Promise<void> {
  const views = running.page.getByRole('radiogroup', { name: 'View' });
  await expect(views).toBeVisible();
  for (const label of await views.locator('label').all()) await label.click();
}

const markup = '<img src=x onerror="document.title=1"><script>alert(1)</script>';

for (const { id, file, contentType, expect: wanted } of ofClass('render-inert', 'payload')) {
  test(`${id} stays text wherever it is shown`, async () => {
    const { page } = running;
    const path = `/in/${id}`;
    const status = await post(`${path}?q=${encodeURIComponent(markup)}`, readFileSync(join(folder, file)), {
      'Content-Type': contentType ?? 'text/plain',
      'X-Html': markup,
      'X-GitHub-Event': markup,
    });
    expect(status).toBe(200);
    const row = (await newest(`path:${path}`)) as Row;
    expect(row.sha256).toBe(wanted.bodySha256);
    await open(row.id, path);
    await openViews();
    for (const tab of ['Headers', 'Signature', 'Deliveries', 'Reply', 'Raw']) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await expect(page.getByRole('tabpanel')).toBeVisible();
    }
    for (const format of ['curl', 'har', 'jsonl']) {
      expect(await call<string>('requests.copyAs', { id: row.id, format })).toContain(id);
    }
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await expect(page.getByRole('form', { name: 'Replay' })).toBeVisible();
    await watch.expectQuiet(id);
    await expectAlive(id);
  });
}

test('two of them side by side, and found by their own words, stay text', async () => {
  const { page } = running;
  const a = (await newest('path:/in/html-script')) as Row;
  const b = (await newest('path:/in/html-img-onerror')) as Row;
  await page.evaluate(`location.hash = '#/compare/${a.id}/${b.id}'`);
  await expect(
    page.getByRole('region', { name: 'Comparison' }).getByRole('table', { name: 'Differences' }),
  ).toBeVisible();
  await watch.expectQuiet('compare');
  for (const word of ['onerror', '<script>', 'PWNED', 'javascript:alert(1)']) {
    await call('requests.list', { query: `"${word}"`, limit: 50 });
  }
  await watch.expectQuiet('search');
});

for (const { id, args = [], headers = {} } of ofClass('decode-bounded', 'generated')) {
  test(`${id} is stored as it came and decoded within bounds`, async () => {
    const { page, app } = running;
    const body = await makeBomb(args[0] ?? '', Number(args[1]));
    expect(await post(`/in/${id}`, body, headers)).toBe(200);
    const row = (await newest(`path:/in/${id}`)) as Row;
    const detail = await call<{ readonly storedSize: number }>('requests.get', { id: row.id });
    expect(detail.storedSize).toBe(body.length);
    await open(row.id, `/in/${id}`);
    const memory = () =>
      app.evaluate(({ app: electronApp }) =>
        electronApp.getAppMetrics().reduce((sum, { memory: { workingSetSize } }) => sum + workingSetSize, 0),
      );
    const before = await memory();
    await page.getByRole('button', { name: 'Decode', exact: true }).click();
    await expect(page.getByRole('status', { name: 'Encoding' })).toContainText(/preview cut at|10(\.\d)? M/);
    await expectAlive(id);
    expect((await memory()) - before, 'KB more').toBeLessThan(150 * 1_024);
    await watch.expectQuiet(id);
  });
}

test('patterns and queries that break searches answer within a second', async () => {
  const [redos, syntax] = ['redos.json', 'search-syntax.json'].map(
    (name) => JSON.parse(readFileSync(join(folder, 'search', name), 'utf8')) as unknown,
  ) as [
    { cases: { pattern: string; subject: { text: string; repeat: number; tail: string } }[] },
    { queries: string[] },
  ];
  for (const { subject } of redos.cases) {
    await post('/in/redos', subject.text.repeat(subject.repeat) + subject.tail, { 'Content-Type': 'text/plain' });
  }
  for (const query of [...redos.cases.map(({ pattern }) => pattern), ...syntax.queries]) {
    const before = performance.now();
    await running.page.evaluate(`hookbench.call('requests.list', { query: ${JSON.stringify(query)}, limit: 50 })`);
    expect(performance.now() - before, query).toBeLessThan(1_000);
  }
  await expectAlive('search');
  await watch.expectQuiet('search');
});
