// F13: every fsync takes 200 ms. 100 requests a second are still acknowledged, because one commit holds many of them;
// memory stays within the cap for bodies in flight, and above the cap there is a 503. In full, strace delays the system
// calls of the product; in short, a composition of the host stands still in each commit, which needs no strace.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyFor, percentile, readLedger, sha256 } from './ledger.mjs';
import { checkReceived } from './received-check.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { headerOf, openWire, post } from './wire.mjs';

const delayMs = 200;
const requestsPerSecond = 100;
const mostP99Ms = 1_000;
const mebi = 1_048_576;
/** The product's cap for bodies in flight, and what it may take in all above its start. */
const capMb = 256;
const mostRiseMb = 400;
const largeBytes = 16 * mebi;
/** For uploads that stall; waiting for room ends after half of it. */
const requestTimeoutMs = 3_000;
const clientScript = join(import.meta.dirname, 'client.mjs');

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {ReturnType<typeof import('./compositions.mjs').createCompositions>} options.composition
 * @param {boolean} options.quick Without strace, and with fewer large bodies.
 * @param {boolean} [options.each] Every request is committed alone, for the self-test.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runSlowDisk({ cli, composition, quick, each = false, seed, processes, log }) {
  const result = { fault: 'F13', seed, kills: 0 };
  const why = quick ? null : whyNoStrace();
  if (why !== null)
    return { ...result, sent: 0, lost: [], pass: false, skipped: why, problems: [], summary: 'F13 slow disk' };
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f13-'));
  const way = quick
    ? {
        script: await composition('slow-commit'),
        through: () => [],
        env: { FAULTS_COMMIT: each ? 'each' : 'group', FAULTS_COMMIT_MS: String(delayMs) },
      }
    : { script: cli, through: (/** @type {string} */ name) => straceCommand(join(folder, `${name}.strace`)), env: {} };
  const options = { ...way, cli, quick, seed, processes, folder };
  const load = await loadSlowly(options);
  log(`F13 load: ${load.acked} of ${load.sent} acknowledged, p99 ${load.p99Ms} ms`);
  // What the self-test is about shows in the load alone.
  const room = each ? null : await fillTheRoom(options);
  if (room !== null) log(`F13 room: ${room.stored} large bodies stored, ${room.busy} got 503, peak ${room.peakMb} MiB`);
  const delayed = quick ? null : countDelayed(folder);
  const problems = [...load.problems, ...(room?.problems ?? [])];
  if (delayed === 0) problems.push('no system call was delayed: nothing was slow');

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    ...result,
    pass,
    problems,
    sent: load.sent,
    acked: load.acked,
    lost: load.lost,
    way: quick ? 'composition' : 'strace',
    delayedCalls: delayed,
    ackMs: { p50: load.p50Ms, p99: load.p99Ms, max: load.maxMs },
    room: room && { stored: room.stored, busy: room.busy, peakMb: room.peakMb, startMb: room.startMb },
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `F13 slow disk (${quick ? 'commits' : 'fsync'} of ${delayMs} ms): ${load.acked} of ${load.sent} acknowledged, ` +
      `${load.lost.length} lost, p50 ${load.p50Ms} ms, p99 ${load.p99Ms} ms` +
      (room === null ? '' : `; ${room.stored} large bodies stored, ${room.busy} got 503, peak ${room.peakMb} MiB`),
  };
}

function whyNoStrace() {
  if (process.platform !== 'linux') return 'strace needs Linux';
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=fsync', 'true'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT')
      return 'strace is not there ("apt-get install strace" on Debian)';
    return `strace may not trace here (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`;
  }
}

/**
 * With -D the tracer is a process apart, so that the process that was started is the host itself.
 * @param {string} traceFile
 */
function straceCommand(traceFile) {
  const calls = 'fsync,fdatasync';
  return [
    ...['strace', '-f', '-D', '--seccomp-bpf', '-qq', '-o', traceFile, '-e', `trace=${calls}`],
    ...['-e', `inject=${calls}:delay_exit=${delayMs * 1_000}`],
  ];
}

/** @param {string} folder */
function countDelayed(folder) {
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.strace'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.filter((line) => /f(data)?sync\(.*DELAYED/.test(line)).length;
}

/** @typedef {{ script: string, through: (name: string) => readonly string[], env: Readonly<Record<string, string>>, cli: string,
 *   quick: boolean, seed: number, processes: import('./processes.mjs').Processes, folder: string }} Way */

/**
 * Starts the host on a slow disk, in a folder of its own.
 * @param {Way} way
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [more]
 */
async function startSlow({ script, through, env, processes, folder }, name, more = {}) {
  const dataDir = join(folder, name);
  mkdirSync(dataDir, { mode: 0o700 });
  const host = processes.start(script, ['listen', '--json', '--data-dir', dataDir, '--port', '0'], {
    through: through(name),
    env: { ...env, ...more },
  });
  const { port } = await host.line((line) => line.type === 'ready', 30_000);
  return { dataDir, host, port: /** @type {number} */ (port) };
}

/** A steady load. @param {Way} way */
async function loadSlowly(way) {
  const { cli, quick, seed, processes, folder } = way;
  /** @type {string[]} */
  const problems = [];
  const { dataDir, host, port } = await startSlow(way, 'load');
  const ledgerFile = join(folder, 'client.jsonl');
  const client = processes.start(clientScript, [
    `http://127.0.0.1:${port}/faults`,
    ledgerFile,
    String(requestsPerSecond),
    `f13-${seed}`,
  ]);
  await wait(quick ? 3_000 : 20_000);
  client.closeInput();
  // Where acknowledgements fall behind, the rest of them proves nothing more.
  await Promise.race([client.ended, wait(4_000, undefined, { ref: false })]);
  await client.stop('SIGKILL');
  if (!host.isAlive()) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  await host.stop('SIGKILL');

  const ledger = /** @type {import('./received-check.mjs').LedgerEntry[]} */ ([]);
  await readLedger(ledgerFile, (entry) => ledger.push(entry));
  const checks = checkReceived(ledger, await readStored(processes, cli, dataDir, problems));
  const ackMs = ledger.flatMap((entry) => (entry.t === 'ack' && entry.ms !== undefined ? [entry.ms] : []));
  const p99Ms = percentile(ackMs, 0.99);
  const unserved = ledger.filter((entry) => entry.t === 'refused' || entry.t === 'err').map((entry) => entry.id);
  problems.push(
    ...told(checks.lost, 'acknowledged but not stored'),
    ...told(checks.ghosts, 'stored but never sent'),
    ...told(checks.wrongBytes, 'stored with other bytes'),
    ...told(unserved, `of ${requestsPerSecond} a second not acknowledged`),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
    ...told(findDebris(dataDir), 'crash or quarantine files'),
  );
  if (p99Ms > mostP99Ms) problems.push(`acknowledged after ${p99Ms} ms (p99), over ${mostP99Ms}`);
  if (percentile(ackMs, 0.5) < delayMs / 4) problems.push(`half of the acknowledgements did not wait for a slow disk`);
  return {
    problems,
    sent: checks.sent,
    acked: checks.acked,
    lost: checks.lost,
    p50Ms: percentile(ackMs, 0.5),
    p99Ms,
    maxMs: Math.max(0, ...ackMs),
  };
}

/**
 * Large bodies beyond the cap. @param {Way} way
 */
async function fillTheRoom(way) {
  /** @type {string[]} */
  const problems = [];
  await stallInTheRoom(way, problems);
  return { problems, ...(await floodTheRoom(way, problems)) };
}

/**
 * Senders that stall hold the whole room: one more large body gets 503, small ones are served, and the stalled are cut.
 * @param {Way} way
 * @param {string[]} problems
 */
async function stallInTheRoom(way, problems) {
  const { cli, processes } = way;
  const { dataDir, host, port } = await startSlow(way, 'stalled', {
    HOOKBENCH_REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
  });
  const stalled = Array.from({ length: (capMb * mebi) / largeBytes }, () => openWire(port));
  for (const wire of stalled) wire.write(headOf('/stalled', largeBytes, 'stalled'));
  // The first connections are taken one by one between two commits.
  await wait(300);
  const oneMore = openWire(port);
  oneMore.write(post('/more', bodyFor('one-more', mebi), { 'X-Fault-Id': 'one-more' }));
  const small = openWire(port);
  small.write(post('/small', '{}', { 'X-Fault-Id': 'small' }));
  await small.until(() => small.replies().length > 0 || small.isClosed(), 2_000);
  if (small.replies()[0]?.status !== 200)
    problems.push(`a small request got ${small.replies()[0]?.status} while there was no room for large ones`);
  await oneMore.until(() => oneMore.replies().length > 0 || oneMore.isClosed(), requestTimeoutMs + 2_000);
  const [refusal = null] = oneMore.replies();
  const retryAfter = headerOf(refusal, 'retry-after');
  if (refusal?.status !== 503 || !(Number(retryAfter) > 0))
    problems.push(`a body without room got ${refusal?.status}, Retry-After ${retryAfter}`);
  await Promise.all(stalled.map((wire) => wire.until(() => wire.isClosed(), requestTimeoutMs + 5_000)));
  const open = stalled.filter((wire) => !wire.isClosed()).length;
  if (open > 0) problems.push(`${open} stalled uploads were not cut off`);
  for (const wire of [...stalled, oneMore, small]) wire.destroy();
  if (!host.isAlive()) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  await host.stop('SIGKILL');
  const stored = await readStored(processes, cli, dataDir, problems);
  const ids = stored.map(({ id }) => id);
  if (ids.join() !== 'small') problems.push(`stored are ${ids.join()}, not the small request alone`);
}

/**
 * More whole bodies at once than the room holds: each is stored or gets 503, and the memory stays within the cap.
 * @param {Way} way
 * @param {string[]} problems
 */
async function floodTheRoom(way, problems) {
  const { cli, quick, seed, processes } = way;
  const { dataDir, host, port } = await startSlow(way, 'flood');
  const startMb = host.peakMemory();
  const count = quick ? 6 : 20;
  const bodies = Array.from({ length: count }, (_, n) => `large-${seed}-${n}`);
  const uploads = await Promise.all(
    bodies.map(async (id) => {
      const wire = openWire(port);
      wire.write(headOf('/large', largeBytes, id));
      wire.write(bodyFor(id, largeBytes));
      await wire.until(() => wire.replies().length > 0 || wire.isClosed(), 60_000);
      wire.destroy();
      return { id, status: wire.replies()[0]?.status ?? null };
    }),
  );
  const peakMb = host.peakMemory();
  if (!host.isAlive()) problems.push(`the host ended: ${host.errors().slice(-500)}`);
  await host.stop('SIGKILL');
  /** @type {Map<string, string>} */
  const stored = new Map();
  for (const entry of await readStored(processes, cli, dataDir, problems)) stored.set(entry.id, entry.bodySha);
  const acked = uploads.filter(({ status }) => status === 200).map(({ id }) => id);
  problems.push(
    ...told(
      acked.filter((id) => stored.get(id) !== sha256(bodyFor(id, largeBytes))),
      'large bodies acknowledged but not stored whole',
    ),
    ...told(
      uploads.filter(({ status }) => status !== 200 && status !== 503).map(({ id, status }) => `${id} ${status}`),
      'large bodies answered neither 200 nor 503',
    ),
  );
  if (acked.length === 0) problems.push('no large body was stored');
  if (peakMb > startMb + mostRiseMb) problems.push(`memory rose from ${startMb} to ${peakMb} MiB, over ${mostRiseMb}`);
  return { stored: acked.length, busy: uploads.filter(({ status }) => status === 503).length, peakMb, startMb };
}

/** @param {string} path @param {number} length @param {string} id */
function headOf(path, length, id) {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Fault-Id: ${id}\r\nContent-Length: ${length}\r\n\r\n`;
}
