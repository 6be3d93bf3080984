// Runs the faults: does to the headless host what machines, disks and strangers do, and compares what it promised with
// what it kept.
//
//   npm run faults -- [--only F1,F4,...] [--rounds 20] [--seed N] [--quick] [--full] [--self-test] [--report FILE]
//                     [--cli FILE]
//
// F1, F12: kills; F4: full disk; F6: descriptors; F7: port and folder taken; F8: clock jumps; F9: standstill; F13: slow
// disk; B5: hostile raw cases; B6: mutations of them; B7: starvation; B8: web pages.
// --full kills as often as the design asks for (F1 100 times, F12 50 times with a target that is down for a minute),
// sends 20,000 mutations and attacks for a minute; --quick is what `npm test` runs, seconds each. What a machine cannot
// do (F4 needs root, F8 libfaketime, F13 strace unless --quick) is skipped, which --full does not pass.
// --cli and --early replace the product and the composition that acknowledges too early by other scripts.
// --self-test sets faulty programs before the faults, and fails unless they are seen through.
// Exit codes: 0 all passed, 1 something was lost (or the self-test saw nothing), 2 bad usage.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createCompositions } from './compositions.mjs';
import { findBlindSpots } from './doctored.mjs';
import { createProcesses } from './processes.mjs';
import { faults, weakReceiver } from './registry.mjs';
import { ensureBuilt } from '../../scripts/build.mjs';

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
/** @param {string} name */
const faultOf = (name) => /** @type {import('./registry.mjs').Fault} */ (faults[name]);
/** @param {string} name */
const roundsOf = (name) => {
  const { fullRounds } = faultOf(name);
  return Number(given.rounds ?? (full ? fullRounds : fullRounds === 1 ? 1 : quick || isSelfTest ? 5 : 20));
};
const seed = Number(given.seed);
const names = given.only.split(',');
if (quick && full) refuse('--quick and --full exclude each other.');
if (!Number.isInteger(seed)) refuse('--seed must be a whole number.');
for (const name of names) if (!Object.hasOwn(faults, name)) refuse(`--only: there is no fault "${name}".`);
for (const name of names)
  if (!Number.isInteger(roundsOf(name)) || roundsOf(name) < 1) refuse('--rounds must be a whole number from 1.');

const processes = createProcesses((line) => log(`not JSON: ${line.slice(0, 200)}`));
process.once('exit', processes.killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
const composition = createCompositions(root);
const product = given.cli === undefined ? join(root, 'out', 'main', 'cli.js') : resolve(given.cli);

/** @returns {Promise<import('./registry.mjs').Trial[]>} */
async function planTrials() {
  if (given.cli === undefined) await ensureBuilt(root, log);
  if (!isSelfTest) return names.map((fault) => ({ fault, label: '', options: {}, sees: [] }));
  const early = given.early === undefined ? await composition('early-ack') : resolve(given.early);
  const programs = { product, early, weak: weakReceiver };
  return names.flatMap((fault) =>
    faultOf(fault)
      .selfTests(programs)
      .map((trial) => ({ fault, ...trial })),
  );
}

/**
 * What a self-test should have seen and did not.
 * @param {import('./registry.mjs').Trial} trial
 * @param {import('./registry.mjs').Result} result
 */
function missed({ sees }, { problems }) {
  return sees.filter((one) => !problems.some((problem) => one.test(problem)));
}

const trials = await planTrials().catch((error) => {
  log(error instanceof Error ? error.message : String(error));
  return process.exit(1);
});
log(`seed ${seed}${isSelfTest ? ', self-test' : ''}${full ? ', in full' : ''}`);
const results = [];
let pass = true;
for (const trial of trials) {
  const { fault, label, options } = trial;
  const common = { cli: product, composition, rounds: roundsOf(fault), quick, full, seed, processes, log };
  const startedAt = performance.now();
  const result = await faultOf(fault).run({ ...common, ...options });
  const unseen = missed(trial, result);
  results.push({ ...result, label, unseen: unseen.map(String), tookMs: Math.round(performance.now() - startedAt) });
  const { skipped, keptFolder } = result;
  if (skipped !== undefined) {
    // Neither passed nor failed; a run in full leaves nothing out.
    if (full) pass = false;
    process.stdout.write(`${result.summary}${label}: skipped: ${skipped}\n`);
    continue;
  }
  if (isSelfTest) {
    if (unseen.length > 0) pass = false;
    const seen = unseen.length === 0 ? 'seen, as it must be' : `NOT SEEN (${unseen.join(', ')}): the harness is blind`;
    process.stdout.write(`${result.summary}${label}: ${seen}\n`);
    // What is lost here was lost on purpose.
    if (keptFolder !== undefined) rmSync(keptFolder, { recursive: true, force: true });
    continue;
  }
  if (!result.pass) pass = false;
  process.stdout.write(`${result.summary}: ${result.pass ? 'pass' : 'FAIL'}\n`);
  for (const problem of result.problems) process.stdout.write(`  ${problem}\n`);
  if (keptFolder !== undefined) process.stdout.write(`  kept: ${keptFolder}\n`);
}
const blindSpots = isSelfTest ? findBlindSpots() : [];
for (const spot of blindSpots) process.stdout.write(`The harness is blind. ${spot}\n`);
if (blindSpots.length > 0) pass = false;

mkdirSync(dirname(resolve(given.report)), { recursive: true });
writeFileSync(given.report, `${JSON.stringify({ seed, selfTest: isSelfTest, pass, blindSpots, results }, null, 2)}\n`);
process.exit(pass ? 0 : 1);
