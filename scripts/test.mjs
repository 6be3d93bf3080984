// What `npm test` runs: sets up, builds, then the static checks, the unit tests
// and the end-to-end tests, each whatever the one before gave. The last line it
// prints is the sum over all of them.
//
//   npm test [-- --only check|unit|e2e [arguments for that runner]]

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { npmCommand } from './setup/packages.mjs';
import { exitOnSignals, needsXvfb, printFailure, projectRoot, setUp } from './setup.mjs';
import { countCommand, countPlaywright, countVitest, sumUp } from './test-summary.mjs';

/** @typedef {import('./test-summary.mjs').Counts} Counts */

const SUITES = ['check', 'unit', 'e2e'];

exitOnSignals();
const { only, extra } = readArguments(process.argv.slice(2));
await setUp({ purpose: 'tests' }).catch((error) => {
  printFailure(error);
  endWith([countCommand(1)]);
  process.exit();
});

const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'hookbench-tests-'));
process.once('exit', () => fs.rmSync(reports, { recursive: true, force: true }));

/** @type {Counts[]} */
const results = [];
const built = only === 'check' || (await build());
if (!built) results.push(countCommand(1));
if (isWanted('check')) results.push(await runCheck());
if (isWanted('unit')) results.push(await runUnit());
// Without a build the end-to-end tests would run the one before it, or nothing.
if (isWanted('e2e') && built) results.push(await runEndToEnd());

endWith(results);

/** @param {readonly Counts[]} counts */
function endWith(counts) {
  const { line, exitCode } = sumUp(counts);
  process.exitCode = exitCode;
  console.log(`\n${line}`);
}

/** @param {readonly string[]} args */
function readArguments(args) {
  if (args.length === 0) return { only: undefined, extra: [] };
  const [flag, suite, ...extra] = args;
  if (flag !== '--only' || suite === undefined || !SUITES.includes(suite)) {
    console.error(`Usage: npm test [-- --only ${SUITES.join('|')} [arguments for that runner]]`);
    process.exit(2);
  }
  return { only: suite, extra };
}

/** @param {string} suite */
function isWanted(suite) {
  return only === undefined || only === suite;
}

async function build() {
  try {
    await ensureBuilt(projectRoot, (text) => console.log(text));
    return true;
  } catch (error) {
    printFailure(error);
    return false;
  }
}

async function runCheck() {
  const npm = npmCommand();
  return countCommand(await run(npm.command, [...npm.args, 'run', 'check', '--', ...extra], {}, npm.shell));
}

async function runUnit() {
  const file = path.join(reports, 'vitest.json');
  const exitCode = await run(process.execPath, [
    inPackages('vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...extra,
  ]);
  return countVitest(readReport(file), exitCode);
}

async function runEndToEnd() {
  const file = path.join(reports, 'playwright.json');
  const command = [
    ...(needsXvfb() ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : []),
    process.execPath,
    inPackages('@playwright/test', 'cli.js'),
    'test',
    '--reporter=list,json',
    ...extra,
  ];
  const [program = '', ...args] = command;
  const exitCode = await run(program, args, { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  return countPlaywright(readReport(file), exitCode);
}

/** @param {string[]} parts */
function inPackages(...parts) {
  return path.join(projectRoot, 'node_modules', ...parts);
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @param {boolean} [shell]
 * @returns {Promise<number | null>}
 */
function run(command, args, env = {}, shell = false) {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      shell,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const endChild = () => child.kill('SIGTERM');
    process.once('exit', endChild);
    /** @param {number | null} code */
    const settle = (code) => {
      process.removeListener('exit', endChild);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      settle(null);
    });
    child.once('close', settle);
  });
}
