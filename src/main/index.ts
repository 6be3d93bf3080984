// The desktop entry: lock, paths, window and host, side by side. Everything it starts is in other files.

import { join } from 'node:path';
import { app, powerMonitor, safeStorage, session } from 'electron';
import type { IpcMainInvokeEvent } from 'electron';
import type { Show } from '../shared/news.ts';
import { makeId } from '../shared/id.ts';
import { electronFolder } from './electron/app-paths.ts';
import { findDeepLink, readDeepLink } from '../shared/deep-link.ts';
import { createDesktop } from './electron/dialogs.ts';
import { installMenu } from './electron/menu.ts';
import type { AppMenu } from './electron/menu.ts';
import { registerScheme, serveRenderer } from './electron/protocol.ts';
import { createSecretBox } from './electron/secret-box.ts';
import { secureContents, secureSession } from './electron/security.ts';
import { connectShell } from './electron/shell.ts';
import { failStart } from './electron/startup-failure.ts';
import { isTrustedSender, listenForCalls, sendChanges } from './electron/transport.ts';
import { createMainWindow } from './electron/window.ts';
import type { MainWindow } from './electron/window.ts';
import { readEnvironment } from './host-options.ts';
import type { Environment } from './host-options.ts';
import { createHost } from './host.ts';
import type { Host } from './host.ts';
import { createBatcher } from './ipc/batcher.ts';
import { createRouter } from './ipc/router.ts';
import type { Batcher } from './ipc/batcher.ts';
import type { Router } from './ipc/router.ts';
import { stderrLogger, systemClock, systemRandom } from './system.ts';
import { version } from './version.ts';

/** Longest time that stopping may take before the app ends all the same, ms. */
const stopDeadlineMs = 10_000;

const logger = stderrLogger();
process.umask(0o077);
// A closed terminal makes every line of the log fail; reporting that would fail again, without end.
process.stderr.on('error', () => {});
// A bug in one callback must not end the capture of requests; Electron's default would be a box that waits.
process.on('uncaughtException', (error) => logger.error('uncaught', error));
process.on('unhandledRejection', (error) => logger.error('unhandled', error));

try {
  start(readEnvironment(process.env, process.platform));
} catch (error) {
  failStart(error, logger);
}

function start(environment: Environment): void {
  const { dataDir } = environment;
  app.setName('Hookbench');
  const dataDirGiven = Boolean(process.env['HOOKBENCH_DATA_DIR']);
  app.setPath('userData', electronFolder({ appData: app.getPath('appData'), dataDir, dataDirGiven }));
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    logger.info('Hookbench is already running: its window comes to the front.');
    app.exit(0);
    return;
  }
  registerScheme();
  secureContents(app);
  if (app.isPackaged) app.setAsDefaultProtocolClient('hookbench');
  // A Mac hands links over by this event, also the one that started the app.
  let linked = findDeepLink(process.argv.slice(1));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    linked ??= readDeepLink(url);
  });
  app
    .whenReady()
    .then(() => openWindowAndHost(environment, linked ?? ''))
    .catch((error: unknown) => failStart(error, logger));
}

async function openWindowAndHost(environment: Environment, place: string): Promise<void> {
  const devTools = !app.isPackaged;
  secureSession(session.defaultSession, { devTools });
  serveRenderer(session.defaultSession, join(import.meta.dirname, '../renderer'));
  const resources = join(app.getAppPath(), 'resources');
  const shell: { staysOpen: () => boolean } = { staysOpen: () => false };
  /** The window is told once the host is there; until then the words wait. */
  const tell = (show: Show): void => {
    connected.then(({ batcher }) => batcher.add({ type: 'show', show })).catch(() => {});
  };
  const show = (wanted: Show): void => {
    tell(wanted);
    window.focus();
  };
  const menu = installMenu({
    dataDir: environment.dataDir,
    devTools,
    onAction: (id) => show({ kind: 'action', id }),
  });
  const window = createMainWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    icon: join(resources, 'icon.png'),
    stateFile: join(app.getPath('userData'), 'window.json'),
    devTools,
    logger,
    place,
    staysOpen: () => shell.staysOpen(),
    onRestored: (at, hung) => tell({ kind: 'restored', at, hung }),
  });
  const follow = (link: string | null): void => {
    if (link === null) window.focus();
    else show({ kind: 'place', hash: link });
  };
  app.on('second-instance', (_, args) => follow(findDeepLink(args)));
  app.on('open-url', (_, url) => follow(readDeepLink(url)));
  app.on('activate', () => window.focus());

  const connected = connectHost(environment, window, menu);
  listenForCalls(connected.then(({ router }) => router));
  stopOnQuit(
    window,
    connected.then(({ host }) => host),
  );
  const { host } = await connected;
  const tray = connectShell({ window, host, show, resources, clock: systemClock, logger });
  shell.staysOpen = () => tray.isThere && host.parts.settings.data.closeToTray === true;
  powerMonitor.on('resume', () => host.resumed());
  await host.start();
}

async function connectHost(
  environment: Environment,
  { browserWindow }: MainWindow,
  menu: AppMenu,
): Promise<{ host: Host; batcher: Batcher; router: Router<IpcMainInvokeEvent> }> {
  const host = await createHost({
    dataDir: environment.dataDir,
    version,
    clock: systemClock,
    random: systemRandom,
    logger,
    secretBox: await createSecretBox(safeStorage, process.platform),
    desktop: createDesktop(
      () => browserWindow,
      (facts) => menu.update(facts),
    ),
    listen: { host: '127.0.0.1', port: environment.port },
    limits: environment.limits,
    sendTimeoutMs: environment.sendTimeoutMs,
    runQueue: true,
    newSecrets: 'as-chosen',
    searchProgram: join(import.meta.dirname, 'search-worker.js'),
  });
  const batcher = createBatcher({ send: (batch) => sendChanges(browserWindow, batch), clock: systemClock });
  host.onChange((change) => batcher.add(change));
  const router = createRouter({
    handlers: host.handlers,
    isTrusted: isTrustedSender(browserWindow),
    currentBatch() {
      batcher.flush();
      return batcher.lastBatch;
    },
    makeId: () => makeId('bug', systemRandom),
    logger,
  });
  return { host, batcher, router };
}

/** Quitting waits for the host: requests in flight are finished and everything is on disk before the process ends. */
function stopOnQuit(window: MainWindow, host: Promise<Host>): void {
  let stopping = false;
  // A host that never started ends the app elsewhere.
  host.catch(() => {});
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    window.saveState();
    if (!window.browserWindow.isDestroyed()) window.browserWindow.hide();
    systemClock.after(stopDeadlineMs, () => app.exit(3));
    host
      .then((running) => running.stop())
      .then(() => app.exit(0))
      .catch((error: unknown) => {
        logger.error('stopping failed', error);
        app.exit(3);
      });
  });
}
