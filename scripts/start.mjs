// What `npm start` runs: sets up, builds when that is needed, and starts the
// desktop app, or the live receiver in the terminal where there is no display.
// Signals reach the app, also those sent to the npm above.
//
//   npm start [-- arguments for the app]

import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';
import { ensureBuilt } from './build.mjs';
import { electronBinary } from './setup/electron-runtime.mjs';
import { exitOnSignals, hasDisplay, isMainModule, printFailure, projectRoot, setUp } from './setup.mjs';

/**
 * @typedef {object} Launch
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string | undefined} notice
 */

/**
 * @param {object} options
 * @param {string} options.root
 * @param {readonly string[]} options.extra arguments for the app
 * @param {boolean} options.display
 * @param {boolean} options.wayland a display, but none of X
 * @param {string | undefined} options.sandboxObstacle
 * @returns {Launch}
 */
export function planLaunch({ root, extra, display, wayland, sandboxObstacle }) {
  if (!display) {
    return {
      command: process.execPath,
      args: ['out/main/cli.js', 'listen', ...extra],
      notice: 'No display found: the live receiver runs here in the terminal instead of the window.',
    };
  }
  // The folder comes first: the app takes what follows it as its arguments.
  return {
    command: electronBinary(root),
    args: [
      '.',
      ...(sandboxObstacle ? ['--no-sandbox'] : []),
      ...(wayland ? ['--ozone-platform=wayland'] : []),
      ...extra,
    ],
    notice: sandboxObstacle && `Starting with --no-sandbox: ${sandboxObstacle}.`,
  };
}

/** @returns {string | undefined} why Chromium's sandbox cannot work here */
function findSandboxObstacle() {
  if (process.platform !== 'linux') return undefined;
  if (process.getuid?.() === 0) return 'Electron has no sandbox for the user root';
  const probe = spawnSync('unshare', ['--user', '--map-root-user', 'true'], { stdio: 'ignore' });
  return probe.error || probe.status === 0
    ? undefined
    : 'this system does not allow user namespaces, which the sandbox is built on';
}

/**
 * @param {Launch} launch
 * @param {string} cwd
 * @returns {Promise<number>} the exit code of the child
 */
function runToEnd(launch, cwd) {
  return new Promise((resolve) => {
    const env = { ...process.env };
    delete env.ELECTRON_RUN_AS_NODE;
    const child = spawn(launch.command, [...launch.args], { cwd, env, stdio: 'inherit' });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    process.on('SIGHUP', () => child.kill('SIGHUP'));
    process.on('SIGINT', () => {
      // A terminal sends Ctrl+C to the child too, and twice would look impatient.
      if (!process.stdin.isTTY) child.kill('SIGINT');
    });
    const stopWatching = onLosingNpm(() => child.kill('SIGTERM'));
    child.once('error', (error) => {
      stopWatching();
      console.error(`${launch.command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      stopWatching();
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
    });
  });
}

/**
 * npm sends a signal on to the shell it runs scripts in, and that shell dies of
 * it without a word to us. Its absence is the only thing to go by.
 * @param {() => void} end
 */
function onLosingNpm(end) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    end();
  }, 250);
  return () => clearInterval(timer);
}

if (isMainModule(import.meta.url)) {
  const stopExiting = exitOnSignals();
  try {
    await setUp({ purpose: 'start' });
    await ensureBuilt(projectRoot, (line) => console.log(line));
  } catch (error) {
    printFailure(error);
    process.exit(1);
  }
  const display = hasDisplay();
  const launch = planLaunch({
    root: projectRoot,
    extra: process.argv.slice(2),
    display,
    wayland: process.platform === 'linux' && !process.env.DISPLAY,
    sandboxObstacle: display ? findSandboxObstacle() : undefined,
  });
  if (launch.notice) console.log(launch.notice);
  stopExiting();
  process.exitCode = await runToEnd(launch, projectRoot);
}
