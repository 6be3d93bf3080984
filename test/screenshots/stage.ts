// The app on a stage: a data folder of its own, a clock that begins at the same moment in every run, and a fixed zone,
// so that two runs take nearly the same pictures.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import type { Bridge, CommandInput, CommandName, CommandOutput } from '../../src/shared/contract.ts';
import type { Result } from '../../src/shared/errors.ts';

/** The moment at which every run begins: a Monday, noon. */
export const opening = Date.UTC(2026, 10, 23, 12, 0, 0);
/** Size of the pictures. */
export const fullSize = { width: 1280, height: 800 } as const;
/** The smallest window. */
export const smallSize = { width: 960, height: 600 } as const;

/** The running app and what moves it. */
export interface Stage {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  /** Address of the receiver; empty where it could not listen. */
  readonly url: string;
  /** Sets the clock of the app and of its window, epoch ms; it runs on from there. */
  setTime(at: number): Promise<void>;
  /** Runs a command as the window would; throws its error. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** Opens a view by its address. */
  go(hash: string): Promise<void>;
  resize(size: { readonly width: number; readonly height: number }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Shifts the clock of the realm it runs in so that it shows `at` now. The window passes the time first, the app after
 * its electron module.
 */
function shiftClock(first: unknown, second?: number): void {
  const at = typeof first === 'number' ? first : (second ?? 0);
  const realm = globalThis as unknown as { Date: DateConstructor; realDate?: DateConstructor };
  const Real = (realm.realDate ??= realm.Date);
  const shift = at - Real.now();
  // A proxy keeps `instanceof`, the prototype and the static functions as they are.
  realm.Date = new Proxy(Real, {
    construct: (target, given) =>
      given.length === 0 ? new target(target.now() + shift) : Reflect.construct(target, given),
    apply: (target) => new target(target.now() + shift).toString(),
    get: (target, key) => (key === 'now' ? () => target.now() + shift : Reflect.get(target, key)),
  });
}

/** Starts the app. `port` 0 is any; with `listens: false` nothing is waited for but the status bar. */
export async function openStage(given: { readonly port?: number; readonly listens?: boolean } = {}): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookbench-stage-'));
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const app = await electron.launch({
    args: [...(asRoot ? ['--no-sandbox'] : []), '--force-device-scale-factor=1', '--lang=en-GB', '.'],
    env: {
      ...(process.env as Record<string, string>),
      TZ: 'UTC',
      HOOKBENCH_DATA_DIR: dataDir,
      HOOKBENCH_PORT: String(given.port ?? 0),
    },
  });
  const page = await app.firstWindow();
  const status = page.getByRole('status', { name: 'Receiver' });
  await status
    .getByText(given.listens === false ? /Not listening/ : /http:\/\/127\.0\.0\.1:\d+/)
    .first()
    .waitFor();
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec((await status.textContent()) ?? '')?.[0] ?? '';

  const stage: Stage = {
    app,
    page,
    dataDir,
    url,
    async setTime(at) {
      await app.evaluate(shiftClock, at);
      await page.evaluate(shiftClock, at);
    },
    async call(name, input) {
      // Bytes do not survive the way into the page, so that they go as numbers.
      const { body: given = null } = (input ?? {}) as { readonly body?: unknown };
      const bytes = given instanceof Uint8Array ? [...given] : null;
      const result = (await page.evaluate(
        async ([command, value, body]) => {
          const { hookbench } = globalThis as unknown as { hookbench: Bridge };
          const whole = body === null ? value : { ...(value as object), body: new Uint8Array(body) };
          return hookbench.call(command, whole as never);
        },
        [name, bytes === null ? input : { ...(input as object), body: null }, bytes] as const,
      )) as Result<never>;
      if (!result.ok) throw new Error(`${name}: ${result.error.message} ${JSON.stringify(result.error.details)}`);
      return result.value;
    },
    async go(hash) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    },
    async resize(size) {
      await app.evaluate(({ BrowserWindow }, to) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(to.width, to.height);
      }, size);
      await page.waitForFunction(`innerWidth === ${size.width} && innerHeight === ${size.height}`);
    },
    async close() {
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
      await rm(`${dataDir}-electron`, { recursive: true, force: true });
    },
  };
  await stage.resize(fullSize);
  await stage.setTime(opening);
  return stage;
}
