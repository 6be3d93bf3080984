// Brings the page back after its process died or stopped answering. Host and capture go on meanwhile: what the page shows
// comes from the store, so nothing is lost. A page that dies again and again gives way to one that needs no script.

import type { BrowserWindow } from 'electron';
import type { Logger } from '../ports.ts';
import { appOrigin } from './renderer-files.ts';

/** More deaths than this within a minute, and the page with a button comes instead. */
const calmDeaths = 3;
const deathSpanMs = 60_000;
/** A page that still does not answer after this is ended; Chromium has waited 30 s by then. */
const hangMs = 5_000;
/** Between two loads of the page with the button, ms. */
const pauseMs = 1_000;

const homeUrl = `${appOrigin}/`;
const crashedUrl = `${appOrigin}/crashed.html`;
/** Where the button leads. Every navigation is refused (security.ts); this one is taken as a wish. */
const reloadUrl = `${appOrigin}/reload`;

/** What recovery is given. */
export interface RecoveryOptions {
  readonly logger: Logger;
  /** The page is there again; `hung` when it had stopped answering. */
  readonly onRestored: (at: number, hung: boolean) => void;
}

/** Watches the page of this window for as long as it lives. */
export function recoverPage(window: BrowserWindow, { logger, onRestored }: RecoveryOptions): void {
  const { webContents } = window;
  let deaths: number[] = [];
  let restoring = false;
  let hung = false;
  let hangTimer: NodeJS.Timeout | null = null;

  const load = (url: string): void => {
    if (window.isDestroyed()) return;
    window.loadURL(url).catch((error: Error & { code?: string }) => {
      if (error.code !== 'ERR_ABORTED') logger.error('the window could not load', error);
    });
  };

  webContents.on('render-process-gone', (_, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    deaths = [...deaths.filter((at) => now - at < deathSpanMs), now];
    logger.error(`the window's process ended (${details.reason}, code ${details.exitCode})`);
    restoring = true;
    if (deaths.length <= calmDeaths) webContents.reload();
    else setTimeout(() => load(crashedUrl), deaths.length > calmDeaths + 1 ? pauseMs : 0);
  });

  webContents.on('did-finish-load', () => {
    if (!restoring || webContents.getURL() === crashedUrl) return;
    restoring = false;
    onRestored(Date.now(), hung);
    hung = false;
  });

  webContents.on('will-frame-navigate', ({ url, isMainFrame }) => {
    if (!isMainFrame || url !== reloadUrl || webContents.getURL() !== crashedUrl) return;
    deaths = [];
    setImmediate(() => load(homeUrl));
  });

  window.on('unresponsive', () => {
    // A page that stands at a breakpoint does not answer either.
    if (webContents.isDevToolsOpened()) return;
    hangTimer ??= setTimeout(() => {
      hangTimer = null;
      if (window.isDestroyed()) return;
      logger.error('the window does not answer; its process is ended');
      hung = true;
      webContents.forcefullyCrashRenderer();
    }, hangMs);
  });
  window.on('responsive', () => {
    if (hangTimer !== null) clearTimeout(hangTimer);
    hangTimer = null;
  });
}
