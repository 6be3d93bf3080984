// What the window may not do: everything but show the app's own files. Captured content is never trusted, so no page,
// popup, permission, download or request to anywhere is possible even if some of it came to life.

import type { App, Session, WebContents, WebFrameMain } from 'electron';
import { appOrigin } from './renderer-files.ts';

/** Applies the rules to the session that the window uses. */
export function secureSession(session: Session, options: { readonly devTools: boolean }): void {
  const isAppPermission = (permission: string, origin: string) =>
    permission === 'clipboard-sanitized-write' && isAppUrl(origin);
  session.setPermissionRequestHandler((contents, permission, decide) =>
    decide(isAppPermission(permission, contents.getURL())),
  );
  session.setPermissionCheckHandler((_, permission, origin) => isAppPermission(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, decide) => {
    const allowed = isAppUrl(details.url) || (options.devTools && details.url.startsWith('devtools://'));
    decide({ cancel: !allowed });
  });
}

/** Applies the rules to every page that the app ever makes. */
export function secureContents(app: App): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Whether a call comes from the main frame of this window while it shows the app itself. */
export function isAppFrame(frame: WebFrameMain | null, window: WebContents | null): boolean {
  if (frame === null || window === null || window.isDestroyed()) return false;
  return frame === window.mainFrame && frame.parent === null && frame.origin === appOrigin;
}

function isAppUrl(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`) || url.startsWith(`blob:${appOrigin}/`);
}
