// The two channels between the window and the host: `call` asks, `changes` tells. Nothing else crosses.

import { ipcMain } from 'electron';
import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';
import type { ChangeBatch } from '../../shared/news.ts';
import { AppError, toErrorValue } from '../../shared/errors.ts';
import type { Router } from '../ipc/router.ts';
import { isAppFrame } from './security.ts';

/** Whether the caller is the page in this window. */
export function isTrustedSender(window: BrowserWindow): (event: IpcMainInvokeEvent) => boolean {
  return (event) =>
    !window.isDestroyed() && event.sender === window.webContents && isAppFrame(event.senderFrame, window.webContents);
}

/** Answers calls through the router; those that come while the host still starts wait for it. */
export function listenForCalls(router: Promise<Router<IpcMainInvokeEvent>>): void {
  // Who started the host tells the person that it failed; here it only must not count as unhandled.
  router.catch(() => {});
  ipcMain.handle('call', async (event, name: unknown, input: unknown) => {
    try {
      return await (await router).route(event, name, input);
    } catch {
      return { ok: false, error: toErrorValue(new AppError('BUG', 'Hookbench could not start.')) };
    }
  });
}

/** Sends a batch to the page, if there is one. */
export function sendChanges(window: BrowserWindow, batch: ChangeBatch): void {
  if (!window.isDestroyed() && !window.webContents.isDestroyed()) window.webContents.send('changes', batch);
}
