// Starts and ends the real app for the benchmark of the window, and a bare Electron window to compare its start with.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron } from '@playwright/test';

const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
const switches = asRoot ? ['--no-sandbox'] : [];

/**
 * @param {string} root
 * @param {string} dataDir
 */
export async function startApp(root, dataDir) {
  const startedAt = Date.now();
  const app = await electron.launch({
    cwd: root,
    args: [...switches, '.'],
    env: { ...process.env, HOOKBENCH_DATA_DIR: dataDir, HOOKBENCH_PORT: '0' },
  });
  const page = await app.firstWindow();
  // The first row that a person can act on, or the first steps where there is none.
  const interactiveAt = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => {
          if (document.querySelector('[role="grid"] [role="row"], .first-run') === null) requestAnimationFrame(look);
          else requestAnimationFrame(() => resolve(Date.now()));
        };
        look();
      }),
  );
  const status = page.getByRole('status', { name: 'Receiver' });
  await status
    .getByText(/http:\/\/127\.0\.0\.1:\d+/)
    .first()
    .waitFor();
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec((await status.textContent()) ?? '')?.[0] ?? '';
  return { app, page, url, startMs: Number(interactiveAt) - startedAt, close: () => app.close() };
}

/** Milliseconds from spawning Electron to the first frame of an empty page. */
export async function bareStart() {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-bare-'));
  try {
    writeFileSync(join(dir, 'package.json'), '{"name":"bare","main":"main.cjs"}');
    writeFileSync(
      join(dir, 'main.cjs'),
      `const { app, BrowserWindow } = require('electron');
app.setPath('userData', ${JSON.stringify(join(dir, 'user'))});
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, show: false });
  window.once('ready-to-show', () => window.show());
  window.loadFile(${JSON.stringify(join(dir, 'page.html'))});
});`,
    );
    writeFileSync(join(dir, 'page.html'), '<!doctype html><title>Bare</title><p>Hello</p>');
    const startedAt = Date.now();
    const app = await electron.launch({ args: [...switches, dir] });
    const page = await app.firstWindow();
    const shownAt = await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now())))),
    );
    await app.close();
    return Number(shownAt) - startedAt;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
