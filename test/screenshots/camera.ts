// Takes one screen in every theme and size, and says what is wrong with it. A fault does not end the run: all pictures
// are wanted, and all faults at once.

import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { fullSize, smallSize } from './stage.ts';
import type { Stage } from './stage.ts';

/** Where the pictures go; the script names it. */
const folder = process.env['HOOKBENCH_SCREENSHOTS'] ?? 'test-results/screenshots/taken';

/** One fault of a screen: the offender, what it says, and what is wrong with it. */
interface LayoutFault {
  readonly kind: 'sideways' | 'cut' | 'overlap';
  readonly where: string;
  readonly text: string;
  readonly detail: string;
}

/** Takes the screen as it is. */
export interface Camera {
  /**
   * @param name file name without its end, for example `inbox-empty`
   * @param shows one sentence for the index
   * @param options `small`: at 960 x 600 too; `keepToasts`: messages belong to the picture
   */
  shot(
    name: string,
    shows: string,
    options?: { readonly small?: boolean; readonly keepToasts?: boolean },
  ): Promise<void>;
}

/** A camera on a stage. */
export async function createCamera(stage: Stage): Promise<Camera> {
  const { page } = stage;
  const findFaults = await readFile(join(import.meta.dirname, 'layout-faults.js'), 'utf8');
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

  async function take(theme: 'dark' | 'light', file: string, sharp: boolean): Promise<void> {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await settle(page);
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await page.screenshot({ path, animations: 'disabled', caret: 'hide', scale: 'css' });
    const found = [
      ...(await page.evaluate<LayoutFault[]>(findFaults)).map(
        ({ kind, where, text, detail }) => `${kind}: ${where} "${text}" (${detail})`,
      ),
      ...(sharp ? await seriousFaults(page, axe) : []),
    ];
    for (const fault of new Set(found)) await note('faults.jsonl', { screen: file, fault });
  }

  return {
    async shot(name, shows, options = {}) {
      if (options.keepToasts !== true) await dismissToasts(page);
      await page.mouse.move(640, 795);
      await take('dark', `dark/${name}.png`, true);
      await take('light', `light/${name}.png`, true);
      if (options.small === true) {
        await stage.resize(smallSize);
        await take('dark', `small/${name}.png`, false);
        await stage.resize(fullSize);
      }
      await note('index.jsonl', { name, shows, small: options.small === true });
    },
  };
}

async function note(file: string, line: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await appendFile(join(folder, file), `${JSON.stringify(line)}\n`);
}

/** Fonts and the view's own code are there, and nothing on the page has changed for a moment. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    await document.fonts.ready;
    const quietMs = 250;
    const deadline = performance.now() + 4_000;
    await new Promise((resolve) => {
      let changedAt = performance.now();
      const observer = new MutationObserver(() => (changedAt = performance.now()));
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      const look = () => {
        const now = performance.now();
        const isThere = document.querySelector('h1, h2, [role="grid"]') !== null;
        if ((isThere && now - changedAt > quietMs) || now > deadline) {
          observer.disconnect();
          resolve();
        } else requestAnimationFrame(look);
      };
      look();
    });
  })()`);
}

/** Reports of earlier actions would cover what the picture shows. */
async function dismissToasts(page: Page): Promise<void> {
  const dismiss = page.getByRole('alert').getByRole('button', { name: 'Dismiss' });
  for (let tries = 0; tries < 20 && (await dismiss.count()) > 0; tries += 1) {
    await dismiss
      .first()
      .click({ timeout: 1_000 })
      .catch(() => {});
  }
}

async function seriousFaults(page: Page, axe: string): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe);
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.html.slice(0, 140)}`));
}
