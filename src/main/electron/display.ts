// Whether anybody can see a window, and whether windows are drawn at all. Asked of Chromium's own switches, because
// those decide.

import { app } from 'electron';

/** Chromium draws into memory only (`--ozone-platform=headless`): for tests and machines without a display server. */
export function isHeadless(): boolean {
  return app.commandLine.getSwitchValue('ozone-platform') === 'headless';
}

/** Somebody may be looking: a box that waits for a click will get one. */
export function hasScreen(): boolean {
  if (isHeadless()) return false;
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}
