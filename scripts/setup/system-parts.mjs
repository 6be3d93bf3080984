// The libraries and programs of the operating system: what is missing is found
// by looking, never from a record, and installed where this may be done without
// asking (root on a Debian-like system). Elsewhere the command to run is named.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runWatched } from './watched-child.mjs';
import { SetupError } from './setup-error.mjs';

/** What Electron needs on a bare Debian; Ubuntu 24.04 has some under a name that ends in t64. */
const ELECTRON_PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libnotify4',
  'libatk-bridge2.0-0',
  'libsecret-1-0',
];
const TEST_PROGRAMS = new Map([
  ['curl', 'curl'],
  ['openssl', 'openssl'],
  ['wrk', 'wrk'],
  // Tunnels over ssh are tested against a server of the tests' own; nothing else here needs one.
  ['sshd', 'openssh-server'],
  ['ssh', 'openssh-client'],
]);
const DISPLAY_PROGRAMS = new Map([
  ['xvfb-run', 'xvfb'],
  ['Xvfb', 'xvfb'],
  ['xauth', 'xauth'],
]);

/**
 * @typedef {object} Missing
 * @property {readonly string[]} what for people
 * @property {readonly string[]} packages Debian's names
 * @property {boolean} blocking whether nothing works without; a font may be where nobody looks
 */

/**
 * @param {object} options
 * @param {string} options.electron path of the binary
 * @param {boolean} options.forTests
 * @param {boolean} options.needsXvfb
 * @param {(line: string) => void} options.log
 */
export async function ensureSystemParts(options) {
  if (process.platform !== 'linux') return;
  const missing = await findMissing(options);
  if (missing.what.length === 0) return;

  const apt = findProgram('apt-get');
  const mayInstall = apt !== undefined && process.getuid?.() === 0;
  if (!mayInstall && !missing.blocking) return;
  if (!apt) {
    throw new SetupError(
      `These are missing on this system: ${missing.what.join(', ')}. Install them with its package manager and run this again.`,
    );
  }
  const packages = await availableNames(missing.packages);
  if (!mayInstall) {
    throw new SetupError(
      `Missing: ${missing.what.join(', ')}. Install with:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}\nand run this again.`,
    );
  }

  options.log(`Installing with apt-get, for ${missing.what.join(', ')}: ${packages.join(' ')}.`);
  await aptGet(apt, ['update', '-qq']);
  // The lists may have been empty until now.
  const names = await availableNames(missing.packages);
  const installed = await withoutServices(names, () =>
    aptGet(apt, ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...names]),
  );
  const still = await findMissing(options);
  if (still.blocking) {
    throw new SetupError(`apt-get did not provide ${still.what.join(', ')}:\n${installed.output.trim()}`);
  }
}

/** Answers Debian's question whether services may start during an installation. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
/** Tells a policy of ours, left behind by a set-up that was killed, from one that a person or an image put there. */
const POLICY_MARK = '# Written by the set-up of Hookbench; it may be deleted.';

/**
 * Runs an installation that starts no SSH server and leaves none switched on: a developer's machine must not get one
 * because tests need the program. A server that was there before is left as it is.
 * @template T
 * @param {readonly string[]} names packages to install
 * @param {() => Promise<T>} install
 * @param {string} [policy] path of the policy
 * @returns {Promise<T>}
 */
export async function withoutServices(names, install, policy = SERVICE_POLICY) {
  if (!names.includes('openssh-server') || (await isInstalled('openssh-server'))) return install();
  const remove = writePolicy(policy);
  try {
    return await install();
  } finally {
    const systemctl = findProgram('systemctl');
    // Without a running systemd this only removes the links that would start it.
    if (systemctl) await runWatched(systemctl, ['disable', 'ssh.service', 'ssh.socket'], { cwd: os.tmpdir() });
    remove();
  }
}

/**
 * Speaks of ssh only, and only while this process lives: a file that is left behind changes nothing. A policy that
 * somebody else put there stays as it is.
 * @param {string} policy path
 * @returns {() => void} takes it away
 */
function writePolicy(policy) {
  if (fs.existsSync(policy) && !fs.readFileSync(policy, 'utf8').includes(POLICY_MARK)) return () => {};
  const remove = () => fs.rmSync(policy, { force: true });
  process.once('exit', remove);
  const rule = `case "$1" in ssh*) kill -0 ${process.pid} 2>/dev/null && exit 101 ;; esac`;
  fs.writeFileSync(policy, `#!/bin/sh\n${POLICY_MARK}\n${rule}\nexit 0\n`, { mode: 0o755 });
  return () => {
    process.removeListener('exit', remove);
    remove();
  };
}

/** @param {string} name a Debian package */
async function isInstalled(name) {
  const result = await runWatched('dpkg-query', ['-W', '-f=${db:Status-Status}', name], { cwd: os.tmpdir() });
  return result.code === 0 && result.output.trim() === 'installed';
}

/**
 * @param {{ electron: string, forTests: boolean, needsXvfb: boolean }} options
 * @returns {Promise<Missing>}
 */
async function findMissing({ electron, forTests, needsXvfb }) {
  const what = [];
  const packages = [];
  const libraries = await missingLibraries(electron);
  if (libraries.length > 0) {
    what.push(...libraries);
    packages.push(...ELECTRON_PACKAGES);
  }
  const programs = [...(forTests ? TEST_PROGRAMS : []), ...(needsXvfb ? DISPLAY_PROGRAMS : [])];
  for (const [program, name] of programs) {
    if (findProgram(program)) continue;
    what.push(program);
    packages.push(name);
  }
  const blocking = what.length > 0;
  if (!hasFonts()) {
    what.push('a font');
    packages.push('fonts-dejavu-core');
  }
  return { what, packages: [...new Set(packages)], blocking };
}

/** @param {string} binary */
async function missingLibraries(binary) {
  const result = await runWatched('ldd', [binary], { cwd: path.dirname(binary) });
  return parseMissingLibraries(result.output);
}

/**
 * @param {string} output of ldd
 * @returns {string[]}
 */
export function parseMissingLibraries(output) {
  const names = [...output.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
  return [...new Set(names)];
}

function hasFonts() {
  const own = ['.fonts', '.local/share/fonts'].map((name) => path.join(os.homedir(), name));
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', ...own];
  return folders.some((folder) => {
    try {
      const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return files.some((name) => /\.(ttf|otf|ttc)$/i.test(name));
    } catch {
      return false;
    }
  });
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<string[]>} under the names that this release knows
 */
async function availableNames(names) {
  const asked = names.flatMap((name) => [`${name}t64`, name]);
  const result = await runWatched('apt-cache', ['madison', ...asked], { cwd: os.tmpdir() });
  const known = new Set(result.output.split('\n').map((line) => line.split('|')[0]?.trim()));
  return names.map((name) => (known.has(`${name}t64`) ? `${name}t64` : name));
}

/**
 * @param {string} apt
 * @param {readonly string[]} args
 */
function aptGet(apt, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return runWatched(apt, args, { cwd: os.tmpdir(), env });
}

/** @param {string} name */
function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return [...folders, '/usr/sbin', '/sbin']
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
}
