// Starts the real app under Playwright on a data folder of its own, so that runs never meet each other or a person's data.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';

/** The app and its window. */
export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  /** For example `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Quits the app; `keep` leaves the data folder for another start. */
  close(keep?: boolean): Promise<void>;
}

/** Starts the app and waits until its status bar says where it listens. */
export async function launchApp(given: { readonly dataDir?: string } = {}): Promise<RunningApp> {
  const dataDir = given.dataDir ?? (await mkdtemp(join(tmpdir(), 'hookbench-e2e-')));
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const app = await electron.launch({
    args: [...(asRoot ? ['--no-sandbox'] : []), '.'],
    env: { ...(process.env as Record<string, string>), HOOKBENCH_DATA_DIR: dataDir, HOOKBENCH_PORT: '0' },
  });
  const page = await app.firstWindow();
  const status = page.getByRole('status', { name: 'Receiver' });
  await status
    .getByText(/http:\/\/127\.0\.0\.1:\d+/)
    .first()
    .waitFor();
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec((await status.textContent()) ?? '')?.[0] ?? '';
  return {
    app,
    page,
    dataDir,
    url,
    async close(keep = false) {
      await app.close();
      if (!keep) {
        await rm(dataDir, { recursive: true, force: true });
        await rm(`${dataDir}-electron`, { recursive: true, force: true });
      }
    },
  };
}
