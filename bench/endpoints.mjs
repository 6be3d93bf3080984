// What endpoints with rules and a forward cost: the receiver as it comes out of the box, and the same with ten endpoints
// of 50 rules each, one of which asks a local app for its answer. Both in one run, in turn, so that what slows the
// machine down slows both.
//
//   npm run bench:endpoints -- [--check] [--rounds 3] [--seconds 5] [--connections 32]
//
// --check exits with 1 under 0.5 of the plain receiver.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/build.mjs';
import { load, startServer } from './servers.mjs';
import { writeEvents } from './stripe-events.mjs';

/** @typedef {import('./servers.mjs').Server} Server */

const leastRatio = 0.5;
const endpoints = 10;
const rulesEach = 50;
const secret = 'whsec_a_secret_for_the_benchmark_only';
const root = join(import.meta.dirname, '..');
const cli = join(root, 'out', 'main', 'cli.js');

const { values: given } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
  },
});
await ensureBuilt(root, (text) => void process.stderr.write(`${text}\n`));

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

const app = await startServer('app', [join(import.meta.dirname, 'bare-server.mjs'), 'http'], folder);
servers.push(app);
const configured = join(folder, 'configured');
configure(configured, `http://127.0.0.1:${app.port}`);
const listen = ['listen', '--json', '--port', '0', '--data-dir'];
const plain = await startServer(
  'plain',
  [cli, ...listen, join(folder, 'plain'), '--provider', 'stripe', '--secret', secret],
  folder,
);
servers.push(plain);
const full = await startServer('with-endpoints', [cli, ...listen, configured], folder);
servers.push(full);

for (const server of [plain, full]) await measure(server, 3, 'w');
for (let round = 1; round <= Number(given.rounds); round += 1) {
  for (const server of [plain, full]) {
    const run = await measure(server, Number(given.seconds), `r${round}`);
    server.runs.push(run);
    process.stderr.write(`round ${round}, ${server.name}: ${Math.round(run.perSecond)} req/s\n`);
  }
}
report();

/**
 * Ten endpoints, through the command line as a person would make them.
 * @param {string} dataDir
 * @param {string} appUrl
 */
function configure(dataDir, appUrl) {
  const rules = Array.from({ length: rulesEach }, (_, n) => ({
    name: `rule ${n}`,
    // Each looks at another part of the request, and none holds: all of them are tried for every request.
    when: [
      [
        { field: 'event', op: 'is', value: `order.rule${n}.*` },
        { field: 'header', name: `X-Rule-${n}`, op: 'exists' },
        { field: 'json', name: 'data.object.status', op: 'is', value: `rule ${n}` },
        { field: 'path', op: 'has', value: `/rule-${n}/` },
        { field: 'verdict', op: 'is', value: 'expired' },
      ][n % 5],
    ],
    reply: { status: 503, headers: [], body: '' },
  }));
  const file = join(folder, 'rules.json');
  writeFileSync(file, JSON.stringify(rules));
  for (let n = 1; n <= endpoints; n += 1) {
    const options = ['--path', `/in/stripe-${n}`, '--provider', 'stripe', '--secret', secret, '--rules', file];
    const forward = n === 1 ? ['--forward-to', appUrl] : [];
    const args = [cli, 'endpoint', 'add', `stripe-${n}`, '--data-dir', dataDir, ...options, ...forward];
    execFileSync(process.execPath, args, { stdio: 'ignore' });
  }
}

/**
 * @param {Server} server
 * @param {number} seconds
 * @param {string} run
 */
function measure(server, seconds, run) {
  const events = join(folder, 'events.txt');
  writeEvents(events, { secret, count: 15_000 * seconds, run, now: Date.now() });
  const paths = server === full ? endpoints : 0;
  return load(server, { seconds, connections: Number(given.connections), events, paths });
}

function report() {
  const ratios = full.runs.map((run, round) => run.perSecond / (plain.runs[round]?.perSecond ?? Number.NaN));
  const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  const failed = [...plain.runs, ...full.runs].reduce((sum, run) => sum + run.failed, 0);
  for (const { name, runs } of [plain, full]) {
    const [middle] = runs.toSorted((a, b) => a.perSecond - b.perSecond).slice(Math.floor(runs.length / 2));
    if (!middle) continue;
    const { perSecond, p50, p99, cpuUs } = middle;
    process.stdout.write(
      `${name.padEnd(16)}${Math.round(perSecond)} req/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${Math.round(cpuUs)} us of processor time\n`,
    );
  }
  process.stdout.write(
    `${ratio.toFixed(2)} of the plain receiver with ${endpoints} endpoints of ${rulesEach} rules and one forward\n`,
  );
  const problems = [
    ...(failed > 0 ? [`${failed} requests failed`] : []),
    ...(ratio < leastRatio ? [`${ratio.toFixed(2)} of the plain receiver, under ${leastRatio}`] : []),
  ];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  for (const server of servers) server.child.kill('SIGTERM');
  process.exitCode = given.check && problems.length > 0 ? 1 : 0;
}
