// What only a desktop can do: ask where to save, and hand an address to the browser after asking.

import { basename, join } from 'node:path';
import { app, dialog, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import type { Desktop } from '../ports.ts';
import { checkExternalUrl } from './external-url.ts';

/** Creates the desktop port; dialogs belong to the window that `window` gives, `factsChanged` moves the menus. */
export function createDesktop(window: () => BrowserWindow, factsChanged: Desktop['factsChanged']): Desktop {
  return {
    factsChanged,
    async chooseSaveFile(suggestedName) {
      const defaultPath = join(app.getPath('downloads'), basename(suggestedName));
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        defaultPath,
        properties: ['showOverwriteConfirmation'],
      });
      return canceled || filePath === '' ? null : filePath;
    },
    async openExternal(url) {
      const address = checkExternalUrl(url);
      const { response } = await dialog.showMessageBox(window(), {
        type: 'question',
        message: 'Open this address in the browser?',
        detail: address,
        buttons: ['Open', 'Cancel'],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      });
      if (response === 0) await shell.openExternal(address);
    },
  };
}
