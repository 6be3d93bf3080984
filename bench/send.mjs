// How fast Hookbench sends with everything on (signature, state saved before the first byte, outcome saved after the
// last), beside a bare loop of the same requests on the same machine in the same minute; and whether 10,000 waiting
// deliveries leave its event loop free.
//
//   npm run bench:send -- [--check] [--rounds 3] [--deliveries 2000] [--seconds 10] [--cpu-profile DIR] [--json]
//                         [--cli FILE]
//
// The product opens a connection for each attempt; the bare loop does the same for the ratio, and once more with
// connections kept open, for comparison. --check exits with 1 under 0.35 of the first, or over a standstill of 50 ms.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Webhook } from 'standardwebhooks';
import packageFile from '../package.json' with { type: 'json' };
import { ensureBuilt } from '../scripts/build.mjs';
import { cpuMs, runQuiet, startChild, startQuiet } from './children.mjs';
import { messageBody } from './messages.mjs';
import { measureWaiting } from './waiting.mjs';

const leastRatio = 0.35;
const mostBlockMs = 50;
const waitingDeliveries = 10_000;
/** The product's own limits: 4 attempts at once per target, 16 in all. */
const targets = 4;
const concurrency = 16;
const bodyBytes = 1_024;
/** Overdue deliveries leave at 4 per second and target, times the speed: this takes the brake off. */
const speed = '1000000';
const root = join(import.meta.dirname, '..');
const secret = `whsec_${Buffer.from('a secret for the benchmark only!').toString('base64')}`;

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '3' },
        deliveries: { type: 'string', default: '2000' },
        seconds: { type: 'string', default: '10' },
        'cpu-profile': { type: 'string' },
        json: { type: 'boolean', default: false },
        cli: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const given = readArguments();
for (const name of /** @type {const} */ (['rounds', 'deliveries', 'seconds'])) {
  if (!(Number.isInteger(Number(given[name])) && Number(given[name]) > 0))
    refuse(`--${name} must be a whole number from 1.`);
}
const deliveries = Number(given.deliveries);
if (deliveries % targets !== 0 || deliveries > waitingDeliveries)
  refuse(`--deliveries must be a multiple of ${targets}, at most ${waitingDeliveries}: more the queue does not hold.`);
if (given.cli === undefined) {
  await ensureBuilt(root, (text) => void process.stderr.write(`${text}\n`)).catch((error) => refuse(error.message));
}
const cli = given.cli === undefined ? join(root, 'out', 'main', 'cli.js') : resolve(given.cli);

// Not the system's folder for temporary files: that may be memory, where waiting for the disk costs nothing.
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** @typedef {{ perSecond: number, cpuUs: number, wrong: string[] }} Run */

const sink = startChild([join(import.meta.dirname, 'sink.mjs')]);
const { port } = await sink.line('ready');
/** @type {{ bareNew: Run[], bareKept: Run[], hookbench: Run[] }} */
const runs = { bareNew: [], bareKept: [], hookbench: [] };
/** @type {Record<keyof typeof runs, string>} */
const names = {
  bareNew: 'bare loop',
  bareKept: 'bare loop, connections kept',
  hookbench: 'Hookbench',
};
for (let round = 1; round <= Number(given.rounds); round += 1) {
  runs.bareNew.push(await runBare('new'));
  runs.bareKept.push(await runBare('kept'));
  runs.hookbench.push(await runHookbench(round));
  const figures = Object.values(runs).map((list) => Math.round(list.at(-1)?.perSecond ?? NaN));
  process.stderr.write(`round ${round}: ${figures.join(', ')} per second\n`);
}
const dataDir = join(folder, 'waiting');
await enqueue(dataDir, waitingDeliveries);
await expect(Infinity, 0);
const waiting = await measureWaiting({ cli, dataDir, folder, seconds: Number(given.seconds) });
report();
sink.process.stdin?.end();

/**
 * @param {number | null} count
 * @param {number} warmUp
 */
async function expect(count, warmUp) {
  const isWaiting = sink.line('waiting');
  sink.write(`${JSON.stringify({ expect: count, warmUp })}\n`);
  await isWaiting;
}

/**
 * The first quarter warms up: compiling the hot code takes Hookbench, which has more of it, some time.
 * @param {readonly string[]} args
 * @param {number} count
 * @returns {Promise<{ seen: any, cpuUs: number }>}
 */
async function measure(args, count) {
  await expect(count, Math.floor(count / 4));
  const isDone = sink.line('seen');
  const child = startQuiet(args, join(folder, 'output.jsonl'));
  const seen = await Promise.race([
    isDone,
    child.ended.then(async (code) => {
      if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
      return isDone;
    }),
  ]);
  const cpuUs = (cpuMs(child.process.pid) * 1_000) / count;
  const code = await child.ended;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return { seen, cpuUs };
}

/**
 * @param {'new' | 'kept'} mode
 * @returns {Promise<Run>}
 */
async function runBare(mode) {
  const count = deliveries * 2;
  const script = join(import.meta.dirname, 'bare-sender.mjs');
  const numbers = [port, count, concurrency, bodyBytes, targets].map(String);
  const { seen, cpuUs } = await measure([script, mode, ...numbers], count);
  return { perSecond: seen.perSecond, cpuUs, wrong: [] };
}

/**
 * Enqueues, then measures the process that delivers until its queue is empty.
 * @param {number} round
 * @returns {Promise<Run>}
 */
async function runHookbench(round) {
  const dir = join(folder, `data-${round}`);
  await enqueue(dir, deliveries);
  const profile =
    given['cpu-profile'] === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', resolve(given['cpu-profile'])];
  const command = [cli, 'run-queue', '--until-empty', '--json', '--speed', speed, '--data-dir', dir];
  const { seen, cpuUs } = await measure([...profile, ...command], deliveries);
  const wrong = findWrong(seen);
  rmSync(dir, { recursive: true, force: true });
  return { perSecond: seen.perSecond, cpuUs, wrong };
}

/**
 * Puts deliveries into a folder's queue, as many for each target.
 * @param {string} dir
 * @param {number} count
 */
async function enqueue(dir, count) {
  mkdirSync(dir, { mode: 0o700 });
  const batch = join(folder, 'batch.jsonl');
  const lines = Array.from({ length: count / targets }, (_, n) =>
    JSON.stringify({
      id: `msg_${n}`,
      event: 'order.created',
      bodyBase64: messageBody(n, bodyBytes).toString('base64'),
    }),
  );
  writeFileSync(batch, `${lines.join('\n')}\n`);
  const to = Array.from({ length: targets }, (_, n) => ['--to', `http://127.0.0.1:${port}/in/${n}`]).flat();
  const signer = ['--provider', 'standard-webhooks', '--secret', secret];
  const args = [cli, 'send', '--json', '--data-dir', dir, ...to, ...signer, '--batch', batch, '--enqueue-only'];
  await runQuiet(args, join(folder, 'enqueued.jsonl'));
}

/**
 * What the target saw, judged by the Standard Webhooks project's own library.
 * @param {any} seen
 * @returns {string[]}
 */
function findWrong(seen) {
  const webhook = new Webhook(secret);
  const wrong = [];
  if (seen.distinct !== seen.count) wrong.push(`${seen.count - seen.distinct} deliveries came twice`);
  if (seen.samples.length === 0) wrong.push('no request was looked at');
  for (const { headers, bodyBase64 } of seen.samples) {
    try {
      webhook.verify(Buffer.from(bodyBase64, 'base64'), headers);
    } catch {
      wrong.push(`the signature of ${headers['webhook-id']} is wrong`);
    }
  }
  return wrong;
}

function report() {
  // Per round, then the median: what slows the machine down slows all of a round.
  /** @param {Run[]} base */
  const ratioTo = (base) =>
    median(runs.hookbench.map((run, round) => run.perSecond / (base[round]?.perSecond ?? Number.NaN)));
  const ratios = { toBare: ratioTo(runs.bareNew), toBareKept: ratioTo(runs.bareKept) };
  const rows = Object.entries(runs).map(([key, list]) => ({
    sender: names[/** @type {keyof typeof runs} */ (key)],
    perSecond: Math.round(median(list.map((run) => run.perSecond))),
    cpuUs: Math.round(median(list.map((run) => run.cpuUs))),
  }));
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    system: `${process.platform} ${release()}`,
    node: process.version,
    hookbench: packageFile.version,
  };
  const problems = runs.hookbench.flatMap((run) => run.wrong);
  if (ratios.toBare < leastRatio) problems.push(`${ratios.toBare.toFixed(2)} of the bare loop, under ${leastRatio}`);
  if (waiting.working.own > mostBlockMs)
    problems.push(
      `with ${waitingDeliveries} waiting the event loop stood still for ${waiting.working.own.toFixed(0)} ms (${waiting.working.over} times over ${mostBlockMs} ms)`,
    );

  if (given.json) process.stdout.write(`${JSON.stringify({ ratios, rows, waiting, machine, problems })}\n`);
  else {
    const { starting, working, answerMs } = waiting;
    const ms = (/** @type {number} */ value) => `${value.toFixed(0)} ms`;
    const lines = [
      `${ratios.toBare.toFixed(2)} of a bare loop that opens a connection per request, as Hookbench does; ${ratios.toBareKept.toFixed(2)} of one that keeps them open`,
      `${'sender'.padEnd(30)}${'per second'.padStart(12)}${'cpu us'.padStart(9)}`,
      ...rows.map(
        (row) => `${row.sender.padEnd(30)}${String(row.perSecond).padStart(12)}${String(row.cpuUs).padStart(9)}`,
      ),
      `${deliveries} deliveries of ${bodyBytes} bytes to ${targets} targets, ${concurrency} at once, ${given.rounds} rounds`,
      `${waitingDeliveries} waiting: event loop at most ${ms(working.own)} in one piece (${ms(working.max)} with the time that other programs took), p99 ${ms(working.p99)}; while starting ${ms(starting.own)}`,
      `webhooks that arrived meanwhile were answered after ${ms(answerMs.p50)} (p50), ${ms(answerMs.p99)} (p99), ${ms(answerMs.max)} (longest)`,
      `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}, Hookbench ${machine.hookbench}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = given.check && problems.length > 0 ? 1 : 0;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2 : (sorted[Math.floor(half)] ?? 0);
}
