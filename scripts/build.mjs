// Builds out/ when it is not what the sources of this moment give. Decided by
// their content and not by their times, which a clone, a checkout or a copy
// change at will. Knows nothing of what is built.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './setup/lock.mjs';
import { SetupError } from './setup/setup-error.mjs';
import { runWatched } from './setup/watched-child.mjs';

const INPUT_FOLDERS = ['src', 'resources'];
const INPUT_FILES = ['electron.vite.config.ts', 'package.json', 'package-lock.json'];
const OUTPUTS = ['out/main/index.js', 'out/main/cli.js'];
const RECORD = 'out/build-record.json';

/**
 * @param {string} root
 * @param {(line: string) => void} log
 */
export async function ensureBuilt(root, log) {
  await withLock(path.join(root, '.cache', 'build.lock'), async () => {
    if (!isBuildStale(root)) return;
    log('Building (electron-vite build).');
    const inputs = hashInputs(root);
    fs.rmSync(path.join(root, RECORD), { force: true });
    const tool = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const result = await runWatched(process.execPath, [tool, 'build'], { cwd: root });
    if (result.code !== 0) throw new SetupError(`The build failed:\n${result.output.trim()}`);
    const missing = OUTPUTS.filter((name) => !fs.existsSync(path.join(root, name)));
    if (missing.length > 0) throw new SetupError(`The build left out ${missing.join(', ')}.`);
    fs.writeFileSync(path.join(root, RECORD), JSON.stringify({ inputs, outputs: times(root) }));
  });
}

/**
 * A build made by hand leaves outputs with other times than the recorded ones,
 * and counts as stale: nothing says what it was made from.
 * @param {string} root
 */
export function isBuildStale(root) {
  try {
    const record = JSON.parse(fs.readFileSync(path.join(root, RECORD), 'utf8'));
    return record.inputs !== hashInputs(root) || JSON.stringify(record.outputs) !== JSON.stringify(times(root));
  } catch {
    return true;
  }
}

/** @param {string} root */
function times(root) {
  return OUTPUTS.map((name) => fs.statSync(path.join(root, name)).mtimeMs);
}

/** @param {string} root */
function hashInputs(root) {
  const hash = createHash('sha256');
  const rootFiles = fs.readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name));
  const files = [...INPUT_FILES, ...rootFiles, ...INPUT_FOLDERS.flatMap((folder) => listFiles(root, folder))];
  for (const file of files.sort()) {
    const content = path.join(root, file);
    if (!fs.existsSync(content)) continue;
    hash.update(`${file}\0`).update(fs.readFileSync(content)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function listFiles(root, folder) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listFiles(root, name);
    return entry.isFile() ? [name] : [];
  });
}
