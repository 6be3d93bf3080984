// Watches the real window for anything that captured content must never cause: scripts, connections, navigation, windows,
// downloads, violations of the content security policy.

import { createServer } from 'node:net';
import { expect } from '@playwright/test';
import type { RunningApp } from './launch-app.ts';

/** What was seen so far. */
export interface HostileWatch {
  /** Fails when anything was seen. */
  expectQuiet(what: string): Promise<void>;
  /** Whether the port that the payloads point to could be listened on. */
  readonly isListening: boolean;
  close(): Promise<void>;
}

/** Starts to watch. */
export async function watchHostile({ app, page }: RunningApp): Promise<HostileWatch> {
  const seen: string[] = [];
  const title = await page.title();
  const address = page.url();
  const beacon = createServer((socket) => {
    seen.push('a connection to port 9');
    socket.destroy();
  });
  const isListening = await new Promise<boolean>((resolve) => {
    beacon.once('error', () => resolve(false));
    beacon.listen(9, '127.0.0.1', () => resolve(true));
  });
  page.on('request', (request) => {
    if (!/^(app|blob):/.test(request.url())) seen.push(`request ${request.url()}`);
  });
  page.on('dialog', (dialog) => void seen.push(`dialog ${dialog.message()}`));
  page.on('download', (download) => void seen.push(`download ${download.url()}`));
  page.on('pageerror', (error) => void seen.push(`error ${error.message}`));
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || new URL(frame.url()).host !== new URL(address).host)
      seen.push(`frame ${frame.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/.test(message.text())) seen.push(message.text());
  });
  await page.evaluate(`
    globalThis.__seen = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      globalThis.__seen.push('policy ' + event.violatedDirective + ' ' + event.blockedURI));
    for (const name of ['alert', 'print', 'open', 'confirm', 'prompt', 'fetch'])
      globalThis[name] = () => { globalThis.__seen.push('called ' + name); };
  `);
  await app.evaluate(({ session, shell, app: electronApp }) => {
    const requests: string[] = [];
    (globalThis as unknown as { hostileRequests: string[] }).hostileRequests = requests;
    session.defaultSession.webRequest.onBeforeRequest((details, callback) => {
      if (!/^(app|blob|devtools):/.test(details.url)) requests.push(`network ${details.url}`);
      callback({});
    });
    session.defaultSession.on('will-download', (_event, item) => requests.push(`download ${item.getURL()}`));
    electronApp.on('web-contents-created', () => requests.push('new contents'));
    shell.openExternal = (url: string) => {
      requests.push(`opened ${url}`);
      return Promise.resolve();
    };
  });
  return {
    isListening,
    async expectQuiet(what) {
      const inWindow = (await page.evaluate('globalThis.__seen')) as string[];
      const inApp = await app.evaluate(() => (globalThis as unknown as { hostileRequests: string[] }).hostileRequests);
      expect([...seen, ...inWindow, ...inApp], what).toEqual([]);
      expect(await page.evaluate('globalThis.pwned ?? null'), what).toBeNull();
      expect(await page.title(), what).toBe(title);
      expect(app.windows(), what).toHaveLength(1);
      expect(await page.locator('iframe, object, embed, video, base, meta[http-equiv="refresh"]').count(), what).toBe(
        0,
      );
    },
    close: () => new Promise((resolve) => (isListening ? beacon.close(() => resolve()) : resolve())),
  };
}
