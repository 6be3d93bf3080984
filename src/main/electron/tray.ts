// The icon in the system's tray: how many requests came while nobody looked, and the few things that need no window.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, clipboard, Menu, nativeImage, Tray } from 'electron';
import type { Logger } from '../ports.ts';
import type { ReceiverState } from '../../shared/news.ts';

/** What the tray is given. */
export interface TrayOptions {
  /** Folder of the icons. */
  readonly resources: string;
  readonly logger: Logger;
  readonly onOpen: () => void;
  readonly onPause: (paused: boolean) => void;
}

/** The icon. */
export interface TrayIcon {
  setUnread(count: number): void;
  setReceiver(receiver: ReceiverState): void;
  /** There is an icon to come back by. */
  readonly isThere: boolean;
}

/** Puts the icon there; where the system refuses, everything else works without it. */
export function createTray(options: TrayOptions): TrayIcon {
  const tray = makeTray(options);
  let unread = 0;
  let receiver: ReceiverState = { status: 'starting' };

  function draw(): void {
    const count = unread === 0 ? '' : unread === 1 ? ', 1 unread request' : `, ${unread} unread requests`;
    tray?.setToolTip(`Hookbench: ${receiverWords(receiver)}${count}`);
    if (process.platform === 'darwin') tray?.setTitle(unread === 0 ? '' : String(unread));
    else tray?.setImage(icon(options.resources, unread > 0));
  }

  function drawMenu(): void {
    const url = receiver.status === 'listening' ? receiver.url : null;
    const paused = receiver.status === 'stopped';
    tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Hookbench', click: options.onOpen },
        { type: 'separator' },
        {
          label: paused ? 'Resume capture' : 'Pause capture',
          enabled: paused || url !== null,
          click: () => options.onPause(!paused),
        },
        {
          label: 'Copy the receiver’s URL',
          enabled: url !== null,
          click: () => void clipboard.writeText(url ?? ''),
        },
        { type: 'separator' },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
  }

  tray?.on('click', options.onOpen);
  draw();
  drawMenu();
  return {
    isThere: tray !== null,
    setUnread(count) {
      if (count === unread) return;
      unread = count;
      app.setBadgeCount(count);
      draw();
    },
    setReceiver(state) {
      receiver = state;
      draw();
      drawMenu();
    },
  };
}

function makeTray({ resources, logger }: TrayOptions): Tray | null {
  if (!existsSync(join(resources, 'tray.png'))) return null;
  try {
    return new Tray(icon(resources, false));
  } catch (error) {
    logger.warn(`there is no tray: ${String(error)}`);
    return null;
  }
}

/** A Mac draws the template in the colour of its menu bar and puts the count beside it. */
function icon(resources: string, unread: boolean): Electron.NativeImage {
  const mac = process.platform === 'darwin';
  return nativeImage.createFromPath(
    join(resources, mac ? 'trayTemplate.png' : unread ? 'tray-unread.png' : 'tray.png'),
  );
}

function receiverWords(receiver: ReceiverState): string {
  switch (receiver.status) {
    case 'listening':
      return receiver.storeFault === null ? `listening at ${receiver.url}` : 'refusing requests';
    case 'stopped':
      return 'capture is paused';
    case 'failed':
      return 'not listening';
    case 'starting':
      return 'starting';
  }
}
