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
  let result = await runNpm(root, 'ci');
  if (result.code !== 0 && result.output.includes('Missing:')) {
    // A registry that lacks some package of another platform makes npm write a
    // lock file that `npm ci` refuses. Installing takes the same versions from it.
    log('npm ci finds packages of other platforms missing in the lock file: using npm install.');
    result = await runNpm(root, 'install', '--no-save');
  }
  if (result.code !== 0) {
    throw new SetupError(`npm could not install the packages:\n${firstLines(result.output)}`);
  }
}

/**
 * @param {string} root
 * @param {string[]} args
 */
function runNpm(root, ...args) {
  const npm = npmCommand();
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  return runWatched(npm.command, [...npm.args, ...args, ...flags], {
    cwd: root,
    shell: npm.shell,
  });
}

/**
 * npm's explanation, without the list of all its options that may follow.
 * @param {string} output
 */
function firstLines(output) {
  return output.trim().split('\n').slice(0, 20).join('\n');
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
