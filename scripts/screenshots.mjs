// Takes the pictures in docs/screenshots: every screen and state of the real app, in both themes and in the smallest
// window. Ends with 1 where a picture could not be taken or shows a fault: text cut, a pane that scrolls sideways, texts
// that lie on each other, or what axe calls serious.
//
//   npm run screenshots [-- arguments for Playwright, for example -g tunnels]

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { shrinkPng } from './screenshots/shrink-png.mjs';
import { exitOnSignals, needsXvfb, printFailure, projectRoot, setUp } from './setup.mjs';

/**
 * @typedef {{ name: string, shows: string, small: boolean }} Entry
 * @typedef {{ screen: string, fault: string }} Fault
 */

const taken = path.join(projectRoot, 'test-results', 'screenshots', 'taken');
const kept = path.join(projectRoot, 'docs', 'screenshots');
const themes = ['dark', 'light', 'small'];

exitOnSignals();
const extra = process.argv.slice(2);
try {
  await setUp({ purpose: 'tests' });
  await ensureBuilt(projectRoot, (text) => console.log(text));
  process.exitCode = await run();
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}

async function run() {
  fs.rmSync(taken, { recursive: true, force: true });
  const code = await takePictures();
  /** @type {Entry[]} */
  const entries = readLines('index.jsonl');
  /** @type {Fault[]} */
  const faults = readLines('faults.jsonl');
  const isWhole = code === 0 && extra.length === 0;
  // A part of the pictures replaces its own; only a whole run knows which are no more.
  if (isWhole) for (const theme of themes) fs.rmSync(path.join(kept, theme), { recursive: true, force: true });
  const bytes = keepPictures();
  if (isWhole) fs.writeFileSync(path.join(kept, 'README.md'), writeIndex(entries));
  for (const { screen, fault } of faults) console.log(`${screen}: ${fault}`);
  console.log(
    `\n${entries.length} screens, ${(bytes / 1_048_576).toFixed(1)} MiB of pictures, ${faults.length} faults` +
      (code === 0 ? '' : ', not all could be taken'),
  );
  return code === 0 && faults.length === 0 ? 0 : 1;
}

/** @returns {Promise<number>} */
function takePictures() {
  const [program = '', ...args] = [
    ...(needsXvfb() ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : []),
    process.execPath,
    path.join(projectRoot, 'node_modules', '@playwright/test', 'cli.js'),
    'test',
    '-c',
    'test/screenshots/playwright.config.ts',
    ...extra,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: projectRoot,
      env: { ...process.env, HOOKBENCH_SCREENSHOTS: taken },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Writes what was taken, made small, and returns its bytes. */
function keepPictures() {
  let bytes = 0;
  for (const theme of themes) {
    const from = path.join(taken, theme);
    if (!fs.existsSync(from)) continue;
    fs.mkdirSync(path.join(kept, theme), { recursive: true });
    for (const name of fs.readdirSync(from).toSorted()) {
      const small = shrinkPng(fs.readFileSync(path.join(from, name)));
      bytes += small.length;
      fs.writeFileSync(path.join(kept, theme, name), small);
    }
  }
  return bytes;
}

/** @param {string} file */
function readLines(file) {
  const at = path.join(taken, file);
  if (!fs.existsSync(at)) return [];
  return fs
    .readFileSync(at, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** @param {readonly Entry[]} entries */
function writeIndex(entries) {
  const rows = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, shows, small }) => {
      const link = (/** @type {string} */ folder) => `[${folder}](${folder}/${name}.png)`;
      const sizes = small ? link('small') : '';
      return `| ${name} | ${shows} | ${link('dark')} | ${link('light')} | ${sizes} |`;
    });
  return [
    '# Every screen',
    '',
    '<!-- Written by `npm run screenshots`; do not edit. -->',
    '',
    'Taken from the real app at 1280 x 800, and at 960 x 600 under “small”.',
    '',
    '| Screen | What it shows | | | |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
