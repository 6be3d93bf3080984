// F6: no file descriptors left. The host may have 64; 200 clients connect and say nothing. Whoever was connected before
// is still served and stored, the host neither ends nor spins, and takes new connections as soon as the others go.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyFor, percentile, sha256 } from './ledger.mjs';
import { countDescriptors, processorMs } from './procfs.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { ask, openWire, post } from './wire.mjs';

const descriptors = 64;
const clients = 200;
/** Limits of the design: processor share while starved, and ms until connections are taken again. */
const mostProcessor = 0.2;
const resumeMs = 2_000;
const bodySize = 2_048;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {boolean} options.quick
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runDescriptors({ cli, quick, seed, processes, log }) {
  const result = { fault: 'F6', seed, kills: 0, lost: /** @type {string[]} */ ([]) };
  if (process.platform !== 'linux') {
    const skipped = 'prlimit and /proc need Linux';
    return { ...result, sent: 0, pass: false, skipped, problems: [], summary: 'F6 descriptors' };
  }
  const starvedMs = quick ? 3_000 : 15_000;
  /** @type {string[]} */
  const problems = [];
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f6-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], {
    through: ['prlimit', `--nofile=${descriptors}:${descriptors}`],
    // The crowd is to stay until it goes by itself.
    env: { HOOKBENCH_HEADERS_TIMEOUT_MS: '60000', HOOKBENCH_REQUEST_TIMEOUT_MS: '60000' },
  });
  const { port } = await host.line((line) => line.type === 'ready', 15_000);

  /** @type {string[]} */
  const acked = [];
  let sent = 0;
  /** @param {import('./wire.mjs').Wire} wire @param {number} ms */
  const sendOn = async (wire, ms) => {
    const id = `f6-${seed}-${sent}`;
    sent += 1;
    const before = wire.replies().length;
    const startedAt = performance.now();
    wire.write(post('/faults', bodyFor(id, bodySize), { 'X-Fault-Id': id }));
    await wire.until(() => wire.replies().length > before || wire.isClosed(), ms);
    if (wire.replies()[before]?.status === 200) acked.push(id);
    return performance.now() - startedAt;
  };

  const kept = openWire(port);
  await sendOn(kept, 5_000);
  const atStart = countDescriptors(host.pid);

  const crowd = Array.from({ length: clients }, () => openWire(port));
  await Promise.all(crowd.map((wire) => wire.until(() => wire.isOpen() || wire.isClosed(), 2_000)));
  await wait(200);
  const turnedAway = () => crowd.filter((wire) => wire.isClosed()).length;
  const starvedFrom = performance.now();
  const processorFrom = processorMs(host.pid);
  /** @type {number[]} */
  const servedMs = [];
  /** @type {number[]} */
  const refusalMs = [];
  while (performance.now() - starvedFrom < starvedMs && host.isAlive()) {
    servedMs.push(await sendOn(kept, 2_000));
    const late = openWire(port);
    const openedAt = performance.now();
    if (await late.until(() => late.isClosed(), 1_000)) refusalMs.push(performance.now() - openedAt);
    late.destroy();
    await wait(100);
  }
  const processorShare = Math.max(0, processorMs(host.pid) - processorFrom) / (performance.now() - starvedFrom);
  const starved = countDescriptors(host.pid);
  const away = turnedAway();
  const errorLines = host.errors().split('\n').length - 1;

  for (const wire of crowd) wire.destroy();
  const goneAt = performance.now();
  let resumedMs = Infinity;
  while (performance.now() - goneAt < 2 * resumeMs && host.isAlive()) {
    const fresh = openWire(port);
    await sendOn(fresh, 500);
    const isServed = fresh.replies()[0]?.status === 200;
    fresh.destroy();
    if (isServed) {
      resumedMs = Math.round(performance.now() - goneAt);
      break;
    }
    await wait(20);
  }
  const isAlive = host.isAlive();
  if (!isAlive) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  const after = await settledDescriptors(host.pid, atStart.all);
  kept.destroy();
  await host.stop('SIGKILL');

  const startedAt = performance.now();
  const again = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', String(port)]);
  await again.line((line) => line.type === 'ready', 15_000);
  const readyMs = Math.round(performance.now() - startedAt);
  const next = await ask(port, post('/next', '{}'), 3_000);
  await again.stop('SIGTERM');

  const stored = new Map((await readStored(processes, cli, dataDir, problems)).map((entry) => [entry.id, entry]));
  const lost = acked.filter((id) => !stored.has(id));
  const wrongBytes = acked.filter((id) => {
    const entry = stored.get(id);
    return entry !== undefined && entry.bodySha !== sha256(bodyFor(id, bodySize));
  });
  problems.push(
    ...told(lost, 'acknowledged but not stored'),
    ...told(wrongBytes, 'stored with other bytes'),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(findDebris(dataDir), 'crash or quarantine files'),
  );
  const unserved = sent - acked.length;
  // Attempts of new clients may fail while the crowd leaves; those on the kept connection may not.
  const keptServed = servedMs.filter((ms) => ms < 2_000).length;
  if (starved.all < descriptors - 2) problems.push(`only ${starved.all} of ${descriptors} descriptors were in use`);
  if (away === 0) problems.push('every client was taken: nothing was starved');
  if (keptServed < servedMs.length || servedMs.length < 5)
    problems.push(`the connection from before was served ${keptServed} of ${servedMs.length} times while starved`);
  if (refusalMs.length === 0) problems.push('a new client is left hanging instead of being turned away');
  if (processorShare > mostProcessor)
    problems.push(`${Math.round(processorShare * 100)} % processor while starved, over ${mostProcessor * 100} %`);
  if (resumedMs > resumeMs) problems.push(`connections were taken again after ${resumedMs} ms, over ${resumeMs}`);
  if (after > atStart.all) problems.push(`${after} descriptors stay open, ${atStart.all} before`);
  if (readyMs > 5_000) problems.push(`ready only ${readyMs} ms after the restart`);
  if (next.reply?.status !== 200 || next.ms > 1_000)
    problems.push(`the first request after the restart got ${next.reply?.status} in ${Math.round(next.ms)} ms`);
  log(`F6: ${away} of ${clients} turned away, ${Math.round(processorShare * 1_000) / 10} % processor`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    ...result,
    pass,
    problems,
    kills: 1,
    sent,
    acked: acked.length,
    unserved,
    lost,
    turnedAway: away,
    descriptors: { atStart: atStart.all, starved: starved.all, after },
    processorShare: Math.round(processorShare * 1_000) / 1_000,
    servedMs: { p50: Math.round(percentile(servedMs, 0.5)), max: Math.round(Math.max(0, ...servedMs)) },
    refusalMs: { p50: Math.round(percentile(refusalMs, 0.5)), max: Math.round(Math.max(0, ...refusalMs)) },
    resumedMs,
    errorLines,
    readyMs,
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `F6 descriptors: ${starved.all} of ${descriptors} in use, ${away} of ${clients} clients turned away, ` +
      `${keptServed} of ${servedMs.length} served meanwhile, ${Math.round(processorShare * 100)} % processor, ` +
      `taken again after ${resumedMs} ms, ${lost.length} lost`,
  };
}

/**
 * Open descriptors once they are down to `wanted`, or after two seconds.
 * @param {number} pid
 * @param {number} wanted
 */
async function settledDescriptors(pid, wanted) {
  for (let tries = 0; ; tries += 1) {
    const { all } = countDescriptors(pid);
    if (all <= wanted || tries >= 40) return all;
    await wait(50);
  }
}
