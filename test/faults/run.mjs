// Runs the faults: kills the headless host at random moments and compares what it promised with what it kept.
//
//   npm run faults -- [--only F1,F8,F9,F12] [--rounds 20] [--seed N] [--quick] [--full] [--self-test] [--report FILE]
//                     [--cli FILE]
//
// --full kills as often as the design asks for (F1 100 times, F12 50 times with a target that is down for a minute);
// --quick kills 5 times, and F9 stops the host for seconds instead of 90. F8 needs libfaketime; without it, it is
// skipped, which --full does not pass.
// --cli and --early replace the product and the composition that acknowledges too early by other scripts.
// --self-test runs a composition that acknowledges too early and fails unless the losses are seen.
// Exit codes: 0 all passed, 1 something was lost (or the self-test saw nothing), 2 bad usage.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findBlindSpots } from './doctored.mjs';
import { buildEarlyAck } from './early-ack-build.mjs';
import { runKillUnderLoad } from './f1-kill-under-load.mjs';
import { runKillWhileSending } from './f12-kill-while-sending.mjs';
import { runClockJump } from './f8-clock-jump.mjs';
import { runStopAndContinue } from './f9-stop-and-continue.mjs';
import { createProcesses } from './processes.mjs';
import { ensureBuilt } from '../../scripts/build.mjs';

const faults = { F1: runKillUnderLoad, F8: runClockJump, F9: runStopAndContinue, F12: runKillWhileSending };
/** Kills of the full form; F8 and F9 kill nothing. */
const fullRounds = { F1: 100, F8: 1, F9: 1, F12: 50 };
const root = join(import.meta.dirname, '..', '..');

/** @param {string} text */
const log = (text) => void process.stderr.write(`${text}\n`);

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  log(
    `${message}\nUsage: npm run faults -- [--only ${Object.keys(faults).join(',')}] [--rounds N] [--seed N] [--quick] [--full] [--self-test] [--report FILE] [--cli FILE]`,
  );
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', default: Object.keys(faults).join(',') },
        rounds: { type: 'string' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        'self-test': { type: 'boolean', default: false },
        report: { type: 'string', default: join(root, '.cache', 'faults', 'report.json') },
        cli: { type: 'string' },
        early: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const given = readArguments();
const isSelfTest = given['self-test'];
const { quick, full } = given;
/** @param {keyof typeof faults} fault */
const roundsOf = (fault) =>
  Number(given.rounds ?? (full ? fullRounds[fault] : fullRounds[fault] === 1 ? 1 : quick || isSelfTest ? 5 : 20));
const seed = Number(given.seed);
const names = /** @type {(keyof typeof faults)[]} */ (given.only.split(','));
if (quick && full) refuse('--quick and --full exclude each other.');
if (!Number.isInteger(seed)) refuse('--seed must be a whole number.');
for (const name of names) if (!Object.hasOwn(faults, name)) refuse(`--only: there is no fault "${name}".`);
for (const name of names)
  if (!Number.isInteger(roundsOf(name)) || roundsOf(name) < 1) refuse('--rounds must be a whole number from 1.');

const processes = createProcesses((line) => log(`not JSON: ${line.slice(0, 200)}`));
process.once('exit', processes.killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** @typedef {{ fault: keyof typeof faults, label: string, cli: string, enqueueCli?: string }} Trial */

/** @returns {Promise<Trial[]>} */
async function planTrials() {
  const product = given.cli === undefined ? join(root, 'out', 'main', 'cli.js') : resolve(given.cli);
  if (given.cli === undefined) await ensureBuilt(root, log);
  if (!isSelfTest) return names.map((fault) => ({ fault, label: '', cli: product }));
  const early = given.early === undefined ? await buildEarlyAck(root) : resolve(given.early);
  return names.flatMap((fault) => selfTrials(fault, product, early));
}

/**
 * @param {keyof typeof faults} fault
 * @param {string} product
 * @param {string} early
 * @returns {Trial[]}
 */
function selfTrials(fault, product, early) {
  // Nothing is acknowledged early there; F9's judgement is tried with doctored copies.
  if (fault === 'F8' || fault === 'F9') return [];
  if (fault !== 'F12') return [{ fault, label: ' (acknowledges early)', cli: early }];
  return [
    { fault, label: ' (confirms enqueuing early)', cli: product, enqueueCli: early },
    { fault, label: ' (saves its progress late)', cli: early, enqueueCli: product },
  ];
}

/**
 * Whether a trial of the self-test was seen through: something lost, or attempts forgotten.
 * @param {{ readonly lost: readonly string[], readonly attemptsFell?: readonly string[] }} result
 */
function isSeenThrough(result) {
  return result.lost.length > 0 || (result.attemptsFell ?? []).length > 0;
}

/** @param {{ readonly pass: boolean, readonly skipped?: string, readonly lost: readonly string[] }} result */
function isGood(result) {
  if (isSelfTest) return isSeenThrough(result);
  return result.pass || (result.skipped !== undefined && !full);
}

const trials = await planTrials().catch((error) => {
  log(error instanceof Error ? error.message : String(error));
  return process.exit(1);
});
log(`seed ${seed}${isSelfTest ? ', self-test' : ''}${full ? ', in full' : ''}`);
const results = [];
for (const { fault, label, ...scripts } of trials) {
  const result = await faults[fault]({ ...scripts, rounds: roundsOf(fault), quick, full, seed, processes, log });
  results.push({ ...result, label });
  const kept = 'keptFolder' in result && typeof result.keptFolder === 'string' ? result.keptFolder : null;
  if (isSelfTest) {
    process.stdout.write(
      `${result.summary}${label}: ${isSeenThrough(result) ? 'seen, as it must be' : 'NOT SEEN: the harness is blind'}\n`,
    );
    // What is lost here was lost on purpose.
    if (kept !== null) rmSync(kept, { recursive: true, force: true });
    continue;
  }
  const skipped = 'skipped' in result ? result.skipped : null;
  process.stdout.write(
    `${result.summary}: ${skipped === null ? (result.pass ? 'pass' : 'FAIL') : `skipped: ${skipped}`}\n`,
  );
  for (const problem of result.problems) process.stdout.write(`  ${problem}\n`);
  if (kept !== null) process.stdout.write(`  kept: ${kept}\n`);
}
const blindSpots = isSelfTest ? findBlindSpots() : [];
for (const spot of blindSpots) process.stdout.write(`The harness is blind. ${spot}\n`);

const pass = blindSpots.length === 0 && results.every(isGood);
mkdirSync(dirname(resolve(given.report)), { recursive: true });
writeFileSync(given.report, `${JSON.stringify({ seed, selfTest: isSelfTest, pass, blindSpots, results }, null, 2)}\n`);
process.exit(pass ? 0 : 1);
