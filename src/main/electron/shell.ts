// Joins the desktop to the host: menu, tray, notifications and links all end in a word to the window, and none of them
// does anything to the data by itself but to pause the capture.

import { Notification } from 'electron';
import { findProvider } from '../../shared/providers/index.ts';
import type { Show } from '../../shared/news.ts';
import type { Host } from '../host.ts';
import type { Clock, Logger } from '../ports.ts';
import { createNotices } from './notices.ts';
import type { Notice } from './notices.ts';
import { createTray } from './tray.ts';
import type { TrayIcon } from './tray.ts';
import type { MainWindow } from './window.ts';

/** What the shell is made from. */
export interface ShellOptions {
  readonly window: MainWindow;
  readonly host: Pick<Host, 'parts' | 'handlers' | 'onChange' | 'receiver'>;
  /** Brings the window to the front and tells it what to show. */
  readonly show: (show: Show) => void;
  /** Folder of the icons. */
  readonly resources: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Puts the tray there and listens for what is to be told. Gives the tray's icon. */
export function connectShell({ window, host, show, resources, clock, logger }: ShellOptions): TrayIcon {
  const { browserWindow } = window;
  let unread = 0;
  const tray = createTray({
    resources,
    logger,
    onOpen: () => window.focus(),
    onPause(paused) {
      Promise.resolve(host.handlers['receiver.pause']({ paused })).catch((error: unknown) =>
        logger.error('pausing failed', error),
      );
    },
  });
  const notices = createNotices({
    mode: () => host.parts.settings.data.notifications ?? 'failures',
    inFront: () => window.isInFront(),
    providerName: (id) => findProvider(id)?.name ?? host.parts.definition(id)?.name ?? id,
    after: (ms, run) => clock.after(ms, run),
    show: (notice) => showNotice(notice, () => show({ kind: 'place', hash: notice.place })),
  });
  tray.setReceiver(host.receiver());
  host.onChange((change) => {
    if (change.type === 'receiver') tray.setReceiver(change.receiver);
    if (change.type === 'request' && !window.isInFront()) {
      unread += 1;
      tray.setUnread(unread);
    }
    notices.add(change);
  });
  browserWindow.on('focus', () => {
    unread = 0;
    tray.setUnread(0);
  });
  browserWindow.on('closed', () => notices.stop());
  return tray;
}

/** Messages that are on the screen: one that is collected as garbage never hears of its click. */
function showNotice({ title, body }: Notice, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body, silent: true });
  shown.add(notification);
  const [oldest] = shown;
  if (shown.size > mostShown && oldest !== undefined) shown.delete(oldest);
  const forget = (): void => void shown.delete(notification);
  notification.on('click', () => {
    forget();
    onClick();
  });
  notification.on('close', forget);
  notification.on('failed', forget);
  notification.show();
}

/** Some desktops never say that a message is gone. */
const mostShown = 50;
const shown = new Set<Notification>();
