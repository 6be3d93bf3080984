// F4: the disk is full. Requests are refused with 503 and said to be not stored, saves are refused and leave the good
// file whole, and both resume by themselves once there is room. Three disks: a tmpfs of 8 MB under the command line, the
// same under a host that is told to change its documents, and a limit on the size of a file (which cuts writes short).

import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { saveWhileFull } from './f4-documents.mjs';
import { percentile, readLedger } from './ledger.mjs';
import { checkReceived } from './received-check.mjs';
import { mountSmallDisk, whyNoSmallDisk } from './small-disk.mjs';
import { checkIntegrity, findDebris, findLeftovers, readStored, told } from './stored.mjs';
import { ask, headerOf, post } from './wire.mjs';

const diskBytes = 8 * 1_048_576;
/** Of the disk, taken from the start so that it is full within seconds. */
const ballastLeaves = 3 * 1_048_576;
const fileBytes = 1_048_576;
const requestsPerSecond = 100;
/** Requests that are waited for once there is room; more would fill a small disk again. */
const enoughStored = 30;
const resumeMs = 5_000;
const clientScript = join(import.meta.dirname, 'client.mjs');

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {ReturnType<typeof import('./compositions.mjs').createCompositions>} options.composition
 * @param {boolean} options.quick
 * @param {boolean} [options.inPlace] Documents are saved in place, for the self-test.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runDiskFull({ cli, composition, quick, inPlace = false, seed, processes, log }) {
  const why = whyNoSmallDisk();
  const result = { fault: 'F4', seed, kills: 0, sent: 0, lost: /** @type {string[]} */ ([]) };
  if (why !== null) return { ...result, pass: false, skipped: why, problems: [], summary: 'F4 disk full' };
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f4-'));
  /** @type {import('./small-disk.mjs').SmallDisk[]} */
  const disks = [];
  let pass = false;
  /** @param {string} name */
  const mountAt = (name) => {
    const disk = mountSmallDisk(join(folder, name), diskBytes);
    disks.push(disk);
    return disk;
  };
  try {
    /** @type {import('./small-disk.mjs').SmallDisk} */
    let first;
    try {
      first = mountAt('disk');
    } catch (error) {
      const skipped = `mount refused: ${error instanceof Error ? error.message.trim() : String(error)}`;
      return { ...result, pass: false, skipped, problems: [], summary: 'F4 disk full' };
    }
    const loadMs = quick ? 700 : 3_000;
    const common = { cli, seed, processes, log, loadMs };
    const disk = await loadUntilFull({
      ...common,
      name: 'disk full',
      folder,
      dataDir: join(folder, 'disk', 'data'),
      through: [],
      prepare: () => first.fill(ballastLeaves),
      isTight: () => first.free() < 65_536,
      mayFindRoom: false,
      close: () => first.fill(),
      open: () => first.clear(),
    });
    const limited = await loadUntilFull({
      ...common,
      name: 'file limit',
      folder,
      dataDir: join(folder, 'limited'),
      through: ['prlimit', `--fsize=${fileBytes}:unlimited`],
      prepare: () => {},
      isTight: () => false,
      mayFindRoom: true,
      close: () => {},
      open: (pid) => execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']),
    });
    const documents = await saveWhileFull({
      cli,
      script: await composition('driven'),
      disk: mountAt('documents'),
      dataDir: join(folder, 'documents', 'data'),
      quick,
      inPlace,
      processes,
      log,
    });
    const trials = [disk, limited];
    const problems = [...trials, documents].flatMap((trial) => trial.problems);
    pass = problems.length === 0;
    return {
      ...result,
      pass,
      problems,
      kills: trials.length,
      sent: sum(trials.map((trial) => trial.sent)),
      lost: trials.flatMap((trial) => trial.lost),
      trials: trials.map(({ problems: _problems, lost, ...rest }) => ({ ...rest, lost: lost.length })),
      documents,
      ...(pass ? {} : { keptFolder: folder }),
      summary:
        `F4 disk full: ${trials
          .map(
            (trial) =>
              `${trial.name}: ${trial.acked} acknowledged, ${trial.lost.length} lost, ${trial.refused} refused with 503 ` +
              `(${trial.acceptedWhileFull} accepted while full), stores again after ${trial.resumedMs} ms`,
          )
          .join('; ')}; documents: ${documents.refused} saves refused, ${documents.saved} saved, ` +
        `${documents.broken} files broken, saves again after ${documents.resumedMs} ms`,
    };
  } finally {
    for (const [index, disk] of disks.entries()) {
      disk.clear();
      const mounted = join(folder, index === 0 ? 'disk' : 'documents');
      // What is kept for a person must outlive the mount.
      if (!pass) cpSync(mounted, `${mounted}-copy`, { recursive: true, filter: (path) => !lstatSync(path).isSocket() });
      disk.unmount();
    }
    if (pass || disks.length === 0) rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * Loads a receiver until its disk is full, makes room, and kills and restarts it.
 * @param {{ cli: string, seed: number, processes: import('./processes.mjs').Processes, log: (text: string) => void,
 *   loadMs: number, name: string, folder: string, dataDir: string, through: readonly string[], prepare: () => void,
 *   isTight: () => boolean, mayFindRoom: boolean, close: () => void, open: (pid: number) => void }} options `close` takes the last room, `open` gives room back.
 */
async function loadUntilFull(options) {
  const { cli, seed, processes, log, loadMs, name, folder, dataDir, through } = options;
  /** @type {string[]} */
  const problems = [];
  mkdirSync(dataDir, { mode: 0o700 });
  options.prepare();
  const seen = { stored: 0, notStored: 0, faults: /** @type {string[]} */ ([]) };
  /** @param {any} line */
  const onLine = (line) => {
    if (line.type === 'request') seen.stored += 1;
    if (line.type === 'refused' && line.reason === 'not-stored') seen.notStored += 1;
    if (line.type === 'error') seen.faults.push(line.message);
  };
  const listen = ['listen', '--json', '--data-dir', dataDir];
  const host = processes.start(cli, [...listen, '--port', '0'], { onLine, through });
  const { port } = await host.line((line) => line.type === 'ready', 15_000);
  const ledgerFile = join(folder, `${name.replace(' ', '-')}.jsonl`);
  const client = processes.start(clientScript, [
    `http://127.0.0.1:${port}/faults`,
    ledgerFile,
    String(requestsPerSecond),
    `f4-${seed}`,
  ]);
  const isFull = await holds(() => seen.notStored >= 20 || options.isTight() || !host.isAlive(), 25_000);
  if (!isFull) problems.push(`${name}: the disk was not full within 25 s of load`);
  options.close();
  const fullFrom = Date.now();
  await wait(loadMs);
  const probe = await ask(port, post('/probe', '{}'));
  const retryAfter = headerOf(probe.reply, 'retry-after');
  if (probe.reply?.status === 503 && !(Number(retryAfter) > 0))
    problems.push(`${name}: 503 with Retry-After ${retryAfter}`);
  const fullUntil = Date.now();
  if (!host.isAlive()) problems.push(`${name}: the host ended: ${host.errors().slice(-500)}`);
  if (host.isAlive()) options.open(host.pid);
  const openedAt = Date.now();
  const storedBefore = seen.stored;
  await holds(() => seen.stored >= storedBefore + enoughStored || !host.isAlive(), 2 * resumeMs);
  const peakMemoryMb = host.peakMemory();
  await host.stop('SIGKILL');
  client.closeInput();
  await client.ended;

  const ledger = /** @type {import('./received-check.mjs').LedgerEntry[]} */ ([]);
  await readLedger(ledgerFile, (entry) => ledger.push(entry));
  const stored = await readStored(processes, cli, dataDir, problems);
  const checks = checkReceived(
    ledger,
    stored.filter(({ isOurs }) => isOurs),
  );
  problems.push(...(await restart(options, listen, port)));

  const sentAt = new Map(ledger.flatMap((entry) => (entry.t === 'sent' ? [[entry.id, entry.at]] : [])));
  const acks = ledger.filter((entry) => entry.t === 'ack');
  const whileFull = ledger.filter(
    (entry) => entry.t !== 'sent' && (sentAt.get(entry.id) ?? 0) >= fullFrom && entry.at <= fullUntil,
  );
  const acceptedWhileFull = whileFull.filter((entry) => entry.t === 'ack').length;
  const otherAnswers = ledger.filter((entry) => entry.t === 'refused' && entry.status !== 503);
  const resumed = acks.find((entry) => (sentAt.get(entry.id) ?? 0) >= openedAt);
  const resumedMs = resumed === undefined ? Infinity : resumed.at - openedAt;
  const refusedMs = ledger.flatMap((entry) => (entry.t === 'refused' && entry.ms !== undefined ? [entry.ms] : []));
  problems.push(
    ...told(checks.lost, `acknowledged but not stored (${name})`),
    ...told(checks.ghosts, `stored but never sent (${name})`),
    ...told(checks.storedTwice, `stored twice (${name})`),
    ...told(checks.wrongBytes, `stored with other bytes (${name})`),
    ...told(checks.outOfOrder, `numbered out of order (${name})`),
    ...told(
      otherAnswers.map((entry) => `${entry.id} ${entry.status}`),
      `answered neither 2xx nor 503 (${name})`,
    ),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), `from the integrity check (${name})`),
    ...told(findDebris(dataDir), `crash or quarantine files (${name})`),
    ...told(findLeftovers(dataDir), `leftovers (${name})`),
  );
  if (whileFull.length === 0) problems.push(`${name}: no request came while the disk was full`);
  // Where only a file may not grow, a log that was emptied has room again: what is accepted must be stored, no more.
  if (acceptedWhileFull > 0 && !options.mayFindRoom)
    problems.push(`${name}: ${acceptedWhileFull} requests got 2xx while the disk was full`);
  if (seen.faults.length === 0) problems.push(`${name}: nothing said that storing fails`);
  if (resumedMs > resumeMs) problems.push(`${name}: stored again only after ${resumedMs} ms, over ${resumeMs}`);
  log(`F4 ${name}: ${checks.acked} acknowledged, ${refusedMs.length} refused, resumed after ${resumedMs} ms`);
  return {
    name,
    problems,
    sent: checks.sent,
    acked: checks.acked,
    stored: checks.stored,
    lost: checks.lost,
    refused: refusedMs.length,
    notStoredLines: seen.notStored,
    whileFull: whileFull.length,
    acceptedWhileFull,
    resumedMs,
    refusedP99Ms: percentile(refusedMs, 0.99),
    peakMemoryMb,
    saidFault: seen.faults[0] ?? null,
  };
}

/**
 * Starts the host on what the kill left: ready within 5 s, the next request stored within 1 s.
 * @param {{ cli: string, processes: import('./processes.mjs').Processes, name: string }} options
 * @param {readonly string[]} listen
 * @param {number} port
 */
async function restart({ cli, processes, name }, listen, port) {
  const startedAt = performance.now();
  const host = processes.start(cli, [...listen, '--port', String(port)]);
  const ready = await host.line((line) => line.type === 'ready', 15_000);
  const readyMs = Math.round(performance.now() - startedAt);
  const next = await ask(port, post('/next', '{}'), 3_000);
  await host.stop('SIGTERM');
  const { code } = await host.ended;
  return [
    ...(readyMs > 5_000 ? [`${name}: ready only ${readyMs} ms after the restart`] : []),
    ...told(ready.recovered, `files needed mending after the restart (${name})`),
    ...(next.reply?.status === 200 && next.ms <= 1_000
      ? []
      : [`${name}: the first request after the restart got ${next.reply?.status} in ${Math.round(next.ms)} ms`]),
    ...(code === 0 ? [] : [`${name}: the restarted host ended with ${code}`]),
  ];
}

/**
 * Whether `condition` came to hold in time.
 * @param {() => boolean} condition
 * @param {number} ms
 */
async function holds(condition, ms) {
  const until = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > until) return false;
    await wait(10);
  }
  return true;
}
