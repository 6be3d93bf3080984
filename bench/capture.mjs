// How fast Hookbench receives with everything on (signature, duplicates, history, answer after the commit), beside
// the least that Node and Fastify can do on the same machine in the same minute.
//
//   npm run bench -- [--check] [--rounds 3] [--seconds 5] [--connections 32] [--cpu-profile DIR] [--json]
//                    [--cli FILE]
//
// --check exits with 1 under 0.33 of bare node:http or over a p99 of 50 ms. --cli measures another build.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/build.mjs';
import { load, startServer } from './servers.mjs';
import { writeEvents } from './stripe-events.mjs';

/** @typedef {import('./servers.mjs').Server} Server */
/** @typedef {import('./servers.mjs').Run} Run */

const leastRatio = 0.33;
const mostP99Ms = 50;
const root = join(import.meta.dirname, '..');
const secret = 'whsec_a_secret_for_the_benchmark_only';

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
        seconds: { type: 'string', default: '5' },
        connections: { type: 'string', default: '32' },
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
const seconds = Number(given.seconds);
for (const name of /** @type {const} */ (['rounds', 'seconds', 'connections'])) {
  if (!(Number.isInteger(Number(given[name])) && Number(given[name]) > 0))
    refuse(`--${name} must be a whole number from 1.`);
}

try {
  execFileSync('wrk', ['-v'], { stdio: 'ignore' });
} catch (error) {
  // wrk prints its version and ends with 1: only a missing program is a reason to stop.
  if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') {
    refuse(
      'The benchmark needs wrk: "apt-get install wrk" on Debian and Ubuntu, "brew install wrk" on macOS; there is none for Windows.',
    );
  }
}
if (given.cli === undefined) {
  await ensureBuilt(root, (text) => void process.stderr.write(`${text}\n`)).catch((error) => refuse(error.message));
}

// Not the system's folder for temporary files: that may be memory, where waiting for the disk costs nothing.
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'bench-'));
/** @type {Server[]} */
const servers = [];
process.once('exit', () => {
  for (const server of servers) server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const profileArgs =
  given['cpu-profile'] === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', resolve(given['cpu-profile'])];
if (given['cpu-profile'] !== undefined) mkdirSync(given['cpu-profile'], { recursive: true });
const bareServer = join(import.meta.dirname, 'bare-server.mjs');
const cli = given.cli === undefined ? join(root, 'out', 'main', 'cli.js') : resolve(given.cli);
const hookbenchArgs = [
  ...profileArgs,
  ...[cli, 'listen', '--json', '--port', '0', '--data-dir', join(folder, 'data')],
  ...['--provider', 'stripe', '--secret', secret],
];
// One by one, so that what has started is ended even when the next one fails.
servers.push(await startServer('node:http', [bareServer, 'http'], folder));
servers.push(await startServer('Fastify', [bareServer, 'fastify'], folder));
servers.push(await startServer('Hookbench', hookbenchArgs, folder));

// Compiling the hot code takes Hookbench, which has more of it, some seconds.
for (const server of servers) await measure(server, 3, 'w');
for (let round = 1; round <= Number(given.rounds); round += 1) {
  for (const server of servers) {
    const run = await measure(server, seconds, `r${round}`);
    server.runs.push(run);
    process.stderr.write(`round ${round}, ${server.name}: ${Math.round(run.perSecond)} req/s\n`);
  }
}
const [http, fastify, hookbench] = /** @type {[Server, Server, Server]} */ (/** @type {unknown} */ (servers));
hookbench.child.kill('SIGTERM');
await once(hookbench.child, 'exit');
report(await countLines(hookbench.outputFile));

/**
 * One run against one server, with events that this server has not seen.
 * @param {Server} server
 * @param {number} duration Seconds.
 * @param {string} run Name of the round.
 */
function measure(server, duration, run) {
  const events = join(folder, 'events.txt');
  // More than Hookbench takes. The bare servers start over, and do not mind.
  writeEvents(events, { secret, count: 15_000 * duration, run, now: Date.now() });
  return load(server, { seconds: duration, connections: Number(given.connections), events });
}

/**
 * What Hookbench printed: proof that every request was stored and every signature judged.
 * @param {string} file
 */
async function countLines(file) {
  const counts = { requests: 0, valid: 0, first: 0 };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!line.startsWith('{"type":"request"')) continue;
    counts.requests += 1;
    if (line.includes('"verdict":{"status":"valid"')) counts.valid += 1;
    if (line.includes('"duplicate":{"kind":"first"')) counts.first += 1;
  }
  return counts;
}

/** @param {{ requests: number, valid: number, first: number }} kept */
function report(kept) {
  /** @param {Run[]} runs @param {'perSecond' | 'p50' | 'p99' | 'cpuUs'} figure */
  const middle = (runs, figure) => median(runs.map((run) => run[figure]));
  // Per round, then the median: what slows the machine down slows all three of a round.
  /** @param {Server} base */
  const ratioTo = (base) =>
    median(hookbench.runs.map((run, round) => run.perSecond / (base.runs[round]?.perSecond ?? NaN)));
  const rows = servers.map((server) => ({
    server: server.name,
    perSecond: Math.round(middle(server.runs, 'perSecond')),
    p50: middle(server.runs, 'p50'),
    p99: middle(server.runs, 'p99'),
    cpuUs: Math.round(middle(server.runs, 'cpuUs')),
    failed: server.runs.reduce((sum, run) => sum + run.failed, 0),
  }));
  const ratios = { toHttp: ratioTo(http), toFastify: ratioTo(fastify) };
  const p99 = middle(hookbench.runs, 'p99');
  const problems = [];
  if (kept.requests < hookbench.answered)
    problems.push(`${hookbench.answered} answered, only ${kept.requests} printed as stored`);
  if (kept.valid < kept.requests)
    problems.push(`${kept.requests - kept.valid} of ${kept.requests} signatures were not judged valid`);
  for (const row of rows) if (row.failed > 0) problems.push(`${row.server}: ${row.failed} requests failed`);
  if (ratios.toHttp < leastRatio) problems.push(`${ratios.toHttp.toFixed(2)} of bare node:http, under ${leastRatio}`);
  if (p99 > mostP99Ms) problems.push(`p99 is ${p99.toFixed(1)} ms, over ${mostP99Ms}`);

  if (given.json) process.stdout.write(`${JSON.stringify({ rows, ratios, kept, problems })}\n`);
  else {
    process.stdout.write(
      `${'server'.padEnd(12)}${'req/s'.padStart(8)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'cpu us'.padStart(9)}\n`,
    );
    for (const row of rows) {
      process.stdout.write(
        `${row.server.padEnd(12)}${String(row.perSecond).padStart(8)}${row.p50.toFixed(1).padStart(9)}${row.p99.toFixed(1).padStart(9)}${String(row.cpuUs).padStart(9)}\n`,
      );
    }
    process.stdout.write(
      `Hookbench: ${ratios.toHttp.toFixed(2)} of node:http, ${ratios.toFastify.toFixed(2)} of Fastify; `,
    );
    process.stdout.write(`${kept.requests} stored, ${kept.valid} valid, ${kept.first} seen for the first time\n`);
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = given.check && problems.length > 0 ? 1 : 0;
  for (const server of [http, fastify]) server.child.kill('SIGTERM');
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2 : (sorted[Math.floor(half)] ?? 0);
}
