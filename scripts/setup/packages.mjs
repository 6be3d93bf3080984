// The npm packages: are those in node_modules the ones of the lock file, and if
// not, `npm ci`. Reads what npm itself leaves behind instead of keeping a record
// of its own, so that a plain `npm install` by hand counts as well.

import fs from 'node:fs';
import path from 'node:path';
import { runWatched } from './watched-child.mjs';
import { SetupError } from './setup-error.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }>} LockedPackages */

/**
 * @param {string} root
 * @param {(line: string) => void} log
 */
export async function ensurePackages(root, log) {
  if (packagesAreCurrent(root)) return;
  if (!fs.existsSync(path.join(root, 'package-lock.json'))) {
    throw new SetupError('package-lock.json is missing: restore it with git and run this again.');
  }
  log('Installing the packages of package-lock.json (npm ci).');
  const npm = npmCommand();
  const args = [...npm.args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = await runWatched(npm.command, args, { cwd: root, shell: npm.shell });
  if (result.code !== 0) {
    throw new SetupError(`npm ci failed:\n${result.output.trim()}`);
  }
}

/**
 * npm writes node_modules/.package-lock.json last, so its presence says that the
 * installation was finished.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === '' || entry.link) continue;
    const found = installed[name];
    if (!found && entry.optional) continue;
    if (found?.version !== entry.version || found?.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((name) => name in wanted);
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** The npm that runs this script, or else the one on the PATH. */
export function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running)) {
    return { command: process.execPath, args: [running], shell: false };
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}
