// The one window: how it is made, where it stands, and whether it is seen.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Logger } from '../ports.ts';
import { isHeadless } from './display.ts';
import { recoverPage } from './recovery.ts';
import { appOrigin } from './renderer-files.ts';
import { minimumSize, parseWindowState } from './window-state.ts';

/** What the window is made from. */
export interface WindowOptions {
  /** Built preload script. */
  readonly preload: string;
  /** Icon of the window where the system does not take it from the package. */
  readonly icon: string;
  /** File that keeps the window's place. */
  readonly stateFile: string;
  readonly devTools: boolean;
  readonly logger: Logger;
  /** View to open, as the address behind `#`; empty for where the person was last. */
  readonly place: string;
  /** Closing only hides it: Hookbench goes on in the tray. */
  readonly staysOpen: () => boolean;
  /** The page died or hung and is there again. */
  readonly onRestored: (at: number, hung: boolean) => void;
}

/** The window and its place. */
export interface MainWindow {
  readonly browserWindow: BrowserWindow;
  /** Brings it to the front, out of the task bar if need be. */
  focus(): void;
  /** A person can see it and types into it. */
  isInFront(): boolean;
  /** Keeps its place for the next start. */
  saveState(): void;
}

/** Colours of the page behind the app, so that nothing flashes before the first paint. */
const background = { dark: '#0e1014', light: '#f5f6f9' } as const;

/** Creates the window, hidden until its first paint, and starts loading. Call when the app is ready. */
export function createMainWindow(options: WindowOptions): MainWindow {
  const { stateFile, logger } = options;
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const { maximized, ...bounds } = parseWindowState(readText(stateFile), screens);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Hookbench',
    show: false,
    // Electron 33 crashes when it frames a window that is drawn into memory.
    frame: !isHeadless(),
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    ...(existsSync(options.icon) ? { icon: options.icon } : {}),
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      // The dictionaries of the spell checker would be downloaded.
      spellcheck: false,
      devTools: options.devTools,
    },
  });

  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  window.on('page-title-updated', (event) => event.preventDefault());

  function saveState(): void {
    if (window.isDestroyed()) return;
    try {
      writeFileSync(stateFile, JSON.stringify({ ...window.getNormalBounds(), maximized: window.isMaximized() }), {
        mode: 0o600,
      });
    } catch (error) {
      logger.warn(`the window's place could not be kept: ${String(error)}`);
    }
  }
  window.on('close', (event) => {
    saveState();
    if (!options.staysOpen()) return;
    event.preventDefault();
    window.hide();
  });

  recoverPage(window, { logger, onRestored: options.onRestored });
  window.loadURL(`${appOrigin}/${options.place}`).catch((error: Error & { code?: string }) => {
    // A reload or a quit while the page still loads.
    if (error.code !== 'ERR_ABORTED') logger.error('the window could not load', error);
  });

  return {
    browserWindow: window,
    saveState,
    isInFront: () => !window.isDestroyed() && window.isVisible() && !window.isMinimized() && window.isFocused(),
    focus() {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
