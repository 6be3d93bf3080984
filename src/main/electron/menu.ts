// The application menu: the system's own roles, so that copy, zoom and quit work as everywhere.

import { app, Menu, shell } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';

/** Sets the menu. */
export function installMenu(options: { readonly dataDir: string; readonly devTools: boolean }): void {
  const mac = process.platform === 'darwin';
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    ...(options.devTools ? [{ role: 'toggleDevTools' } as const] : []),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  const help: MenuItemConstructorOptions[] = [
    { label: 'Show data folder', click: () => shell.showItemInFolder(options.dataDir) },
    ...(mac ? [] : [{ type: 'separator' } as const, { role: 'about' } as const]),
  ];
  app.setAboutPanelOptions({ applicationName: 'Hookbench', applicationVersion: app.getVersion() });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(mac ? [{ role: 'appMenu' } as const] : []),
      { role: 'fileMenu' },
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
      { role: 'help', submenu: help },
    ]),
  );
}
