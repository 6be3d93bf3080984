// F12: SIGKILL while sending. Messages are enqueued for three targets, the process that delivers is killed again and
// again, then the queue drains; every confirmed message must have been accepted by every target at least once. In full
// it is the 2,000 deliveries of the design, with one target down for a minute; in short, fewer and half the rounds.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyFor, readLedger } from './ledger.mjs';
import { createRandom } from './random.mjs';
import { checkSent } from './sent-check.mjs';
import { checkIntegrity, told } from './stored.mjs';

/** Messages, each to three targets; they come in batches, one before each of the first rounds. */
const sizes = { quick: { messages: 500, batches: 5 }, full: { messages: 670, batches: 10 } };
/** How long the third target is down in full, ms from the first send on. */
const downMs = 60_000;
/** A schedule of 13 minutes in 7.6 s. */
const speed = '100';
const secret = `whsec_${Buffer.from('a secret for the fault harness only').toString('base64')}`;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {string} [options.enqueueCli] Script that enqueues, if another than the one that sends.
 * @param {number} options.rounds Kills.
 * @param {boolean} options.full
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runKillWhileSending({ cli, enqueueCli = cli, rounds, full, seed, processes, log }) {
  const { messages, batches } = full ? sizes.full : sizes.quick;
  const random = createRandom(seed, 'F12');
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f12-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const ledgerFile = join(folder, 'targets.jsonl');
  // Slow enough that four sends at once per target keep the queue busy until the last kill.
  const delayMs = 6 * rounds;
  const targets = processes.start(join(import.meta.dirname, 'targets.mjs'), [
    ledgerFile,
    secret,
    String(seed),
    String(delayMs),
  ]);
  const ports = await targets.line((line) => line.type === 'ready', 10_000);
  /** @type {Map<string, string>} */
  const names = new Map(['good', 'failing', 'late'].map((name) => [`http://127.0.0.1:${ports[name]}/in`, name]));

  /** @type {import('./sent-check.mjs').Enqueued[]} */
  const enqueued = [];
  /** @type {Map<string, number>[]} */
  const attemptCounts = [];
  /** @type {string[]} */
  const trouble = [];
  let kills = 0;
  let hitInFlight = 0;
  let peakMemoryMb = 0;
  const startedAt = performance.now();
  /** When the third target is up, where its time counts and not the rounds. */
  let isRaised = Promise.resolve();
  const list = async () => {
    /** @type {import('./sent-check.mjs').Listed[]} */
    const listing = [];
    const { code, errors } = await processes.run(cli, ['deliveries', '--json', '--data-dir', dataDir], {
      onLine: (line) =>
        line.type === 'delivery' && listing.push({ id: line.id, state: line.state, attempts: line.attempts }),
    });
    if (code !== 0) trouble.push(`listing the deliveries ended with ${code}: ${errors.slice(-500)}`);
    attemptCounts.push(new Map(listing.map((entry) => [entry.id, entry.attempts.length])));
    return listing;
  };

  for (let round = 1; round <= rounds; round += 1) {
    if (round <= batches) {
      const file = join(folder, `batch-${round}.jsonl`);
      writeFileSync(file, batchOf(seed, round, messages / batches));
      enqueued.push(
        ...(await enqueueAndKill(processes, enqueueCli, dataDir, file, messages / batches, names, trouble)),
      );
    }
    if (full && round === 1) isRaised = wait(downMs).then(() => raiseLateTarget(targets));
    if (!full && round === Math.ceil(rounds / 2) + 1) await raiseLateTarget(targets);

    /** @type {Map<string, number>} */
    const printed = new Map();
    const sender = processes.start(cli, ['run-queue', '--json', '--speed', speed, '--data-dir', dataDir], {
      onLine: (line) => line.type === 'attempt' && printed.set(line.delivery, line.n),
    });
    // Most kills hit a queue that is sending, one in five hits one that is still reading its files.
    const isEarly = round % 5 === 2;
    if (!isEarly) await sender.line((line) => line.type === 'attempt', 5_000).catch(() => undefined);
    await Promise.race([wait(isEarly ? random.between(20, 400) : random.between(500, 2_000)), sender.ended]);
    if (!sender.isAlive()) trouble.push(`round ${round}: run-queue ended by itself: ${sender.errors().slice(-500)}`);
    peakMemoryMb = Math.max(peakMemoryMb, sender.peakMemory());
    await sender.stop('SIGKILL');
    kills += 1;
    attemptCounts.push(printed);
    const listing = await list();
    if (listing.some(({ state }) => state === 'sending')) hitInFlight += 1;
    log(`F12 round ${round} of ${rounds}: ${describe(listing)}${isEarly ? ' (killed while starting)' : ''}`);
  }
  if (!full && rounds < 2) await raiseLateTarget(targets);
  await isRaised;
  const killingMs = Math.round(performance.now() - startedAt);

  const drainStartedAt = performance.now();
  const drain = await processes.run(
    cli,
    ['run-queue', '--until-empty', '--json', '--speed', speed, '--data-dir', dataDir],
    { timeoutMs: full ? 300_000 : 90_000 },
  );
  const drainMs = Math.round(performance.now() - drainStartedAt);
  if (drain.code !== 0) trouble.push(`draining ended with ${drain.code ?? 'a time-out'}: ${drain.errors.slice(-500)}`);
  const listing = await list();
  log(`F12 drained in ${drainMs} ms: ${describe(listing)}`);
  targets.closeInput();
  await targets.ended;

  const got = /** @type {import('./sent-check.mjs').Got[]} */ ([]);
  await readLedger(ledgerFile, (entry) => got.push(entry));
  const checks = checkSent({ enqueued, got, listing, attemptCounts, kills });
  const problems = [
    ...trouble,
    ...told(checks.lost, 'confirmed but never accepted by the target'),
    ...told(checks.ghosts, 'sent but never confirmed'),
    ...told(checks.badSignatures, 'with a bad signature'),
    ...told(checks.wrongBytes, 'with other bytes'),
    ...told(checks.olderTimestamps, 'with a time older than the attempt before'),
    ...told(checks.falselyDelivered, 'called delivered, but never accepted'),
    ...told(checks.gaveUpEarly, 'dead with attempts left'),
    ...told(checks.stuck, 'not finished after the queue was drained'),
    ...told(checks.unlisted, 'confirmed but not listed'),
    ...told(checks.attemptsFell, 'with fewer attempts than before a kill'),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
  ];
  if (checks.duplicates > checks.allowedDuplicates)
    problems.push(`${checks.duplicates} duplicates, over ${checks.allowedDuplicates}`);
  if (checks.enqueued < messages * names.size * Math.min(1, rounds / batches))
    problems.push(`only ${checks.enqueued} deliveries were confirmed`);
  // A kill of a process that has nothing to do proves nothing.
  if (full && hitInFlight < kills / 2) problems.push(`only ${hitInFlight} of ${kills} kills hit sends in flight`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'F12',
    seed,
    pass,
    problems,
    kills,
    hitInFlight,
    killingMs,
    sent: checks.enqueued,
    attempts: checks.got,
    accepted: checks.accepted,
    lost: checks.lost,
    duplicates: checks.duplicates,
    allowedDuplicates: checks.allowedDuplicates,
    dead: checks.dead,
    attemptsFell: checks.attemptsFell,
    drainMs,
    peakMemoryMb,
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `F12 kill -9 while sending: ${kills} kills (${hitInFlight} with sends in flight), ${checks.enqueued} confirmed, ${checks.got} attempts seen, ${checks.accepted} accepted, ` +
      `${checks.lost.length} lost, ${checks.duplicates} duplicates (${checks.allowedDuplicates} allowed), ${checks.dead} dead, ` +
      `${checks.attemptsFell.length} with attempts forgotten`,
  };
}

/**
 * @param {number} seed
 * @param {number} round
 * @param {number} count
 */
function batchOf(seed, round, count) {
  const lines = [];
  for (let n = 0; n < count; n += 1) {
    const id = `msg_f12_${seed}_${round}_${n}`;
    lines.push(JSON.stringify({ id, event: 'order.created', bodyBase64: bodyFor(id, 256).toString('base64') }));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Enqueues a batch for all targets and kills the process the moment the last delivery was confirmed: whoever confirms
 * before writing loses here.
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} cli
 * @param {string} dataDir
 * @param {string} file
 * @param {number} count Messages in it.
 * @param {Map<string, string>} names Target names by URL.
 * @param {string[]} trouble
 */
async function enqueueAndKill(processes, cli, dataDir, file, count, names, trouble) {
  /** @type {import('./sent-check.mjs').Enqueued[]} */
  const confirmed = [];
  const expected = count * names.size;
  const to = [...names.keys()].flatMap((url) => ['--to', url]);
  const args = ['send', '--json', '--data-dir', dataDir, ...to, '--provider', 'standard-webhooks', '--secret', secret];
  const enqueuer = processes.start(cli, [...args, '--batch', file, '--speed', speed, '--enqueue-only'], {
    onLine: (line) => {
      if (line.type !== 'delivery') return;
      confirmed.push({ id: line.id, messageId: line.messageId, target: names.get(line.url) ?? line.url });
      if (confirmed.length === expected) void enqueuer.stop('SIGKILL');
    },
  });
  const timer = setTimeout(() => void enqueuer.stop('SIGKILL'), 30_000);
  const { code } = await enqueuer.ended;
  clearTimeout(timer);
  if (confirmed.length !== expected)
    trouble.push(
      `enqueuing ended with ${code} after ${confirmed.length} of ${expected}: ${enqueuer.errors().slice(-500)}`,
    );
  return confirmed;
}

/** @param {import('./processes.mjs').Child} targets */
async function raiseLateTarget(targets) {
  const isUp = targets.line((line) => line.type === 'up', 5_000);
  targets.write('up\n');
  await isUp;
}

/** @param {readonly import('./sent-check.mjs').Listed[]} listing */
function describe(listing) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { state } of listing) counts[state] = (counts[state] ?? 0) + 1;
  return Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}
