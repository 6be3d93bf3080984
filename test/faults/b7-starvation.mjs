// B7: hundreds of sockets that only hold on: idle ones, headers that never end, bodies that drip. Ordinary requests are
// answered at once all the while, and every attacker is cut off by its limit.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyFor, percentile, sha256 } from './ledger.mjs';
import { countDescriptors, processorMs } from './procfs.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { openWire, post } from './wire.mjs';
import { startLocalApp, writeWorkspace } from './workspace-file.mjs';

const sizes = {
  quick: { idle: 100, slow: 100, drip: 30, durationMs: 8_000, headersMs: 1_500, requestMs: 3_000, lookEveryMs: 250 },
  // The product's own limits.
  full: {
    idle: 500,
    slow: 500,
    drip: 100,
    durationMs: 60_000,
    headersMs: 10_000,
    requestMs: 30_000,
    lookEveryMs: 1_000,
  },
};
/** What a busy machine may add to a limit, ms. */
const slackMs = 1_000;
const probeEveryMs = 50;
const mostProbeMs = 1_000;
/** The short form runs beside other tests on two cores. */
const mostProbeP99Ms = { quick: 500, full: 200 };
const bodySize = 2_048;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {boolean} options.quick
 * @param {number} [options.durationMs] For the self-test, which needs no long one.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runStarvation({ cli, quick, durationMs, seed, processes, log }) {
  const chosen = quick ? sizes.quick : sizes.full;
  const size = { ...chosen, durationMs: durationMs ?? chosen.durationMs };
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-b7-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const app = await startLocalApp();
  writeWorkspace(dataDir, { appUrl: app.url, forward: 'answer' });
  /** @type {Record<string, string>} */
  const env = quick
    ? {
        HOOKBENCH_HEADERS_TIMEOUT_MS: String(size.headersMs),
        HOOKBENCH_REQUEST_TIMEOUT_MS: String(size.requestMs),
      }
    : {};
  const host = processes.start(cli, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], { env });
  const { port } = await host.line((line) => line.type === 'ready', 15_000);

  /** @type {{ id: string, ms: number, status: number | null }[]} */
  const probes = [];
  const kept = openWire(port);
  /** @param {import('./wire.mjs').Wire} wire */
  const probeOn = async (wire) => {
    const id = `b7-${seed}-${probes.length}`;
    const probe = { id, ms: Infinity, status: /** @type {number | null} */ (null) };
    probes.push(probe);
    const before = wire.replies().length;
    const startedAt = performance.now();
    wire.write(post('/probe', bodyFor(id, bodySize), { 'X-Fault-Id': id }));
    await wire.until(() => wire.replies().length > before || wire.isClosed(), 5_000);
    probe.ms = Math.round((performance.now() - startedAt) * 10) / 10;
    probe.status = wire.replies()[before]?.status ?? null;
  };
  await probeOn(kept);
  const descriptorsBefore = countDescriptors(host.pid).all;

  const longestMs = size.requestMs + size.lookEveryMs + 3 * slackMs;
  const attackers = processes.start(
    join(import.meta.dirname, 'b7-attackers.mjs'),
    [port, size.durationMs, longestMs, size.idle, size.slow, size.drip].map(String),
  );
  const result = attackers.line((line) => line.type === 'result', size.durationMs + longestMs + 30_000);
  const full = await attackers.line((line) => line.type === 'full', 10_000).catch(() => null);
  const attackedFrom = performance.now();
  const processorFrom = processorMs(host.pid);
  for (let n = 0; performance.now() - attackedFrom < size.durationMs - 500 && host.isAlive(); n += 1) {
    // Every other one as a sender that comes for the first time.
    if (n % 2 === 0) await probeOn(kept);
    else {
      const fresh = openWire(port);
      await probeOn(fresh);
      fresh.destroy();
    }
    await wait(probeEveryMs);
  }
  const processorShare = (processorMs(host.pid) - processorFrom) / (performance.now() - attackedFrom);
  const { kinds, mostOpen } = await result;
  const isAlive = host.isAlive();
  const descriptorsAfter = await settled(host.pid, descriptorsBefore);
  kept.destroy();
  const peakMemoryMb = host.peakMemory();
  await host.stop('SIGTERM');
  app.close();

  /** @type {string[]} */
  const problems = [];
  const stored = new Map(
    (await readStored(processes, cli, dataDir, problems)).map((entry) => [entry.id, entry.bodySha]),
  );
  const acked = probes.filter(({ status }) => status === 200);
  const lost = acked.filter(({ id }) => stored.get(id) !== sha256(bodyFor(id, bodySize))).map(({ id }) => id);
  const unserved = probes.filter(({ status }) => status !== 200).map(({ id, status }) => `${id} ${status}`);
  const probeMs = probes.map(({ ms }) => ms);
  const p99Ms = percentile(probeMs, 0.99);
  const maxMs = Math.max(...probeMs);
  const limits = { idle: size.headersMs, slow: size.headersMs, drip: size.requestMs };
  if (!isAlive) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  if (full === null) problems.push(`only ${mostOpen} attackers were connected at once`);
  for (const [kind, limit] of Object.entries(limits)) {
    const { count, uncut, maxMs: longest } = kinds[kind];
    if (uncut > 0) problems.push(`${uncut} ${kind} attackers were not cut off`);
    const most = limit + size.lookEveryMs + slackMs;
    if (longest > most) problems.push(`a ${kind} attacker held on for ${longest} ms, over ${most}`);
    if (count === 0) problems.push(`no ${kind} attacker came`);
  }
  problems.push(
    ...told(unserved, 'probes not answered'),
    ...told(lost, 'acknowledged but not stored'),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(findDebris(dataDir), 'crash or quarantine files'),
  );
  if (maxMs > mostProbeMs) problems.push(`a probe took ${maxMs} ms, over ${mostProbeMs}`);
  const mostP99Ms = quick ? mostProbeP99Ms.quick : mostProbeP99Ms.full;
  if (p99Ms > mostP99Ms) problems.push(`probes took ${p99Ms} ms (p99), over ${mostP99Ms}`);
  if (descriptorsAfter > descriptorsBefore)
    problems.push(`${descriptorsAfter} descriptors stay open, ${descriptorsBefore} before`);
  log(`B7: ${mostOpen} attackers at once, ${probes.length} probes, p99 ${p99Ms} ms`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'B7',
    seed,
    pass,
    problems,
    kills: 0,
    sent: probes.length,
    lost,
    attackers: { mostOpen, kinds },
    probeMs: { p50: percentile(probeMs, 0.5), p99: p99Ms, max: maxMs },
    processorShare: Math.round(processorShare * 1_000) / 1_000,
    descriptors: { before: descriptorsBefore, after: descriptorsAfter },
    peakMemoryMb,
    forwarded: app.asked.length,
    ...(pass ? {} : { keptFolder: folder }),
    summary: `B7 starvation: ${mostOpen} attackers at once, cut off after ${Object.entries(limits)
      .map(([kind]) => `${kinds[kind].maxMs} ms (${kinds[kind].count} ${kind})`)
      .join(', ')} at most; ${acked.length} of ${probes.length} probes answered, p99 ${p99Ms} ms, max ${maxMs} ms`,
  };
}

/**
 * Open descriptors once they are down to `wanted`, or after three seconds.
 * @param {number} pid
 * @param {number} wanted
 */
async function settled(pid, wanted) {
  for (let tries = 0; ; tries += 1) {
    const { all } = countDescriptors(pid);
    if (all <= wanted || tries >= 60) return all;
    await wait(50);
  }
}
