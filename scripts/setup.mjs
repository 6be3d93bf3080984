// Brings a fresh checkout to where the app starts and its tests run: packages,
// Electron runtime, libraries and programs of the system. Looks first and does
// only what is missing, so running it again costs a moment. Plain Node without
// packages, because it runs before there are any.
//
//   node scripts/setup.mjs              everything, for development and tests
//   node scripts/setup.mjs --for start  only what starting the app needs

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronBinary, ensureElectron } from './setup/electron-runtime.mjs';
import { withLock } from './setup/lock.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { SetupError } from './setup/setup-error.mjs';
import { ensureSystemParts } from './setup/system-parts.mjs';

export const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param {string} line */
const print = (line) => console.log(line);

/**
 * @param {object} options
 * @param {'tests' | 'start'} options.purpose
 * @param {string} [options.root]
 * @param {(line: string) => void} [options.log]
 */
export async function setUp({ purpose, root = projectRoot, log = print }) {
  checkNode(process.versions.node);
  const onWait = (/** @type {number | undefined} */ pid) =>
    log(`Another set-up is at work here${pid ? ` (process ${pid})` : ''}: waiting for it.`);
  await withLock(
    path.join(root, '.cache', 'setup.lock'),
    async () => {
      await ensurePackages(root, log);
      // Without a display `npm start` runs the receiver in the terminal, which
      // needs neither Electron nor its libraries.
      if (purpose === 'start' && !hasDisplay()) return;
      await ensureElectron({ root, log });
      await ensureSystemParts({
        electron: electronBinary(root),
        forTests: purpose === 'tests',
        needsXvfb: purpose === 'tests' && needsXvfb(),
        log,
      });
    },
    { onWait },
  );
}

export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Playwright and Electron are driven over X, also where there is Wayland. */
export function needsXvfb() {
  return process.platform === 'linux' && !process.env.DISPLAY;
}

/** @param {string} version */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(`Hookbench needs Node 20.19 or newer; this is Node ${version}.`);
}

/**
 * The message alone when it is for the person at the keyboard.
 * @param {unknown} error
 */
export function printFailure(error) {
  console.error(error instanceof SetupError ? error.message : error);
}

/** So that locks are released and children ended: `exit` handlers do not run on a signal. */
export function exitOnSignals() {
  /** @type {[NodeJS.Signals, number][]} */
  const signals = [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ];
  const handlers = signals.map(([signal, code]) => {
    const handler = () => process.exit(code);
    process.on(signal, handler);
    return () => process.removeListener(signal, handler);
  });
  return () => handlers.forEach((remove) => remove());
}

/** @param {string} moduleUrl */
export function isMainModule(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && fs.realpathSync(started) === fileURLToPath(moduleUrl);
}

if (isMainModule(import.meta.url)) {
  const args = process.argv.slice(2);
  const forStart = args[0] === '--for' && args[1] === 'start';
  if (args.length > 0 && !forStart) {
    console.error('Usage: node scripts/setup.mjs [--for start]');
    process.exit(2);
  }
  exitOnSignals();
  await setUp({ purpose: forStart ? 'start' : 'tests' }).catch((error) => {
    printFailure(error);
    process.exit(1);
  });
}
