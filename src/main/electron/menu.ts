// The application menu: every action of the one table with its keys, beside the system's own roles, so that copy, zoom
// and quit work as everywhere.

import { app, Menu, shell } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import { actionTable, isEnabled, isOffered } from '../../shared/actions.ts';
import type { ActionId, ActionInfo, MenuName } from '../../shared/actions.ts';
import { noFacts } from '../../shared/facts.ts';
import type { Facts } from '../../shared/facts.ts';
import { acceleratorOf } from './accelerator.ts';

/** What the menu is given. */
export interface MenuOptions {
  readonly dataDir: string;
  readonly devTools: boolean;
  readonly onAction: (id: ActionId) => void;
}

/** The menu as it stands. */
export interface AppMenu {
  /** Shows what is possible now. */
  update(facts: Facts): void;
}

/** Sets the menu. */
export function installMenu(options: MenuOptions): AppMenu {
  const mac = process.platform === 'darwin';
  app.setAboutPanelOptions({ applicationName: 'Hookbench', applicationVersion: app.getVersion() });
  const menu = Menu.buildFromTemplate([
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    { label: 'File', submenu: [...actionItems('file', options, mac), separator, { role: mac ? 'close' : 'quit' }] },
    { label: 'Edit', submenu: [...editRoles, separator, ...actionItems('edit', options, mac)] },
    { label: 'View', submenu: [...actionItems('view', options, mac), separator, ...viewRoles(options.devTools)] },
    { label: 'Go', submenu: actionItems('go', options, mac) },
    { label: 'Request', submenu: actionItems('request', options, mac) },
    { role: 'windowMenu' },
    { role: 'help', submenu: [...actionItems('help', options, mac), ...helpItems(options.dataDir, mac)] },
  ]);
  Menu.setApplicationMenu(menu);
  const update = (facts: Facts): void => {
    for (const action of actionTable) {
      const item = menu.getMenuItemById(action.id);
      if (!item) continue;
      item.enabled = isEnabled(action, facts);
      item.visible = isOffered(action, facts);
    }
  };
  update(noFacts);
  return { update };
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

const editRoles: readonly MenuItemConstructorOptions[] = [
  { role: 'undo' },
  { role: 'redo' },
  separator,
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
];

function viewRoles(devTools: boolean): MenuItemConstructorOptions[] {
  return [
    { role: 'reload' },
    ...(devTools ? [{ role: 'toggleDevTools' } as const] : []),
    separator,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    separator,
    { role: 'togglefullscreen' },
  ];
}

function helpItems(dataDir: string, mac: boolean): MenuItemConstructorOptions[] {
  return [
    { label: 'Show data folder', click: () => shell.showItemInFolder(dataDir) },
    ...(mac ? [] : [separator, { role: 'about' } as const]),
  ];
}

function actionItems(name: MenuName, { onAction }: MenuOptions, mac: boolean): MenuItemConstructorOptions[] {
  const own: readonly (ActionInfo & { readonly id: ActionId })[] = actionTable.filter(({ menu }) => menu === name);
  return own.map((action) => {
    const accelerator = acceleratorOf(action.keys, mac);
    return {
      id: action.id,
      label: action.label,
      click: () => onAction(action.id),
      // The page has the keys itself; here they are only shown, and a Mac asks the page first.
      ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
    };
  });
}
